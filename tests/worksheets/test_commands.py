"""`flask worksheets …` and what `migrate` does with the library."""

from coachapp import clock
from coachapp.worksheets.publishing import publish_library
from coachapp.worksheets.queries import templates
from coachapp.worksheets.shelf import library
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.worksheets.cases import LEAST


def run(app, *words):
    return app.test_cli_runner().invoke(args=["worksheets", *map(str, words)])


def test_check_names_each_mistake_with_its_line(app, tmp_path):
    good, bad = tmp_path / "least.yaml", tmp_path / "other.yaml"
    good.write_text(LEAST)
    assert run(app, "check", good).exit_code == 0
    bad.write_text(LEAST.replace("type: text", "type: txt"))
    result = run(app, "check", bad)
    assert result.exit_code == 1 and "other.yaml" in result.output and "Line 12" in result.output


def test_import_publishes_once_and_refuses_other_words_under_the_same_number(app, tmp_path):
    path = tmp_path / "least.yaml"
    path.write_text(LEAST)
    assert "Published: 1" in run(app, "import", path).output
    assert "Published: 0" in run(app, "import", path).output
    path.write_text(LEAST.replace("A title", "Another title"))
    result = run(app, "import", path)
    assert result.exit_code == 1 and "Raise its number" in result.output
    path.write_text(LEAST.replace("A title", "Another title").replace("version: 1", "version: 2"))
    run(app, "import", path)
    with app.app_context():
        assert [row.template.title for row in templates()] == ["Another title"]


def test_export_gives_files_that_import_back(app, tmp_path):
    with app.app_context():
        assert publish_library(clock.now()) == len(library())
        assert publish_library(clock.now()) == 0
    assert f"Written: {len(library())}" in run(app, "export", tmp_path / "all").output
    keys = ", ".join(sorted(template.key for template in library()))
    assert f"Good: {keys}." in run(app, "check", tmp_path / "all").output
    assert "Published: 0" in run(app, "import", tmp_path / "all").output
    assert "Written: 1" in run(app, "export", tmp_path / "our-door.yaml").output
    assert run(app, "export", tmp_path / "nothing.yaml").exit_code == 1
