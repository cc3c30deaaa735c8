"""The app with Nora and Alex in it, and private pages that hold a canary."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string

from coachapp.config import Config
from coachapp.web.guards import client_only, staff
from tests.accounts.people import Made, make
from tests.apps import open_app

CANARY = "the words that nobody else may read"
_PAGE = "{%% extends '%s_base.html' %%}{%% block main %%}<h1>%s</h1>{%% endblock %%}"


@pytest.fixture
def app(settings: Config) -> Iterator[Flask]:
    """The app, with a client's page and a coach's page of this test's own."""
    with open_app(settings) as made:
        made.add_url_rule("/me/canary", "canary", client_only(lambda: _page("portal")))
        made.add_url_rule("/desk/canary", "desk_canary", staff(lambda: _page("desk")))
        yield made


@pytest.fixture
def made(app: Flask) -> Made:
    return make(app)


def _page(frame: str) -> str:
    return render_template_string(_PAGE % (frame, CANARY))
