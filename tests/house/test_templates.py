"""Every template compiles, keeps to the policy of no inline style or script, and names only icons that exist."""

import re

import pytest

from coachapp.config import PROJECT
from coachapp.web.icons import FOLDER

TEMPLATES = sorted(path.relative_to(PROJECT / "templates") for path in PROJECT.glob("templates/**/*.html"))
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=\"|javascript:", re.IGNORECASE)
ICON = re.compile(r"icon\('([a-z0-9-]+)'|\bic='([a-z0-9-]+)'")


@pytest.fixture(scope="module")
def environment():
    from coachapp.app import create_app
    from coachapp.config import Config

    settings = Config(
        PROJECT / "instance", "sqlite:///:memory:", "sqlite:///:memory:", "x" * 16, (("t", bytes(32)),)
    )
    return create_app(settings).jinja_env


@pytest.mark.parametrize("name", TEMPLATES, ids=str)
def test_compiles(environment, name):
    assert environment.get_template(str(name)).name == str(name)


@pytest.mark.parametrize("name", TEMPLATES, ids=str)
def test_holds_nothing_inline(name):
    found = INLINE.findall((PROJECT / "templates" / name).read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize("name", TEMPLATES, ids=str)
def test_icons_exist(name):
    text = (PROJECT / "templates" / name).read_text(encoding="utf-8")
    wanted = {one or other for one, other in ICON.findall(text)}
    assert wanted <= {path.stem for path in FOLDER.glob("*.svg")}


def test_every_room_of_the_desk_has_an_icon_of_its_own():
    """Beside a word, an icon that two rooms share leads the eye to the wrong one."""
    text = (PROJECT / "templates" / "desk_base.html").read_text(encoding="utf-8")
    icons = re.findall(r"^  \('\w+', '/desk/[\w-]*', '([\w-]+)', ", text, re.MULTILINE)
    assert len(icons) > 8 and len(icons) == len(set(icons))
