"""Filling in together: only with her yes, only until one of them ends it, and every word of both is kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.audit.models import AuditEntry
from coachapp.db import session, transaction
from coachapp.worksheets.beside_models import FillingTogether
from tests.cast import ALEX, MAYA, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import FETCH, Practice, save
from tests.plain_browser import Browser

CANARY = "the words about Saturday"


class Two:
    """Alex and Nora, each in a browser, and the sheet between them."""

    def __init__(self, practice: Practice, key: str = "a-message-came") -> None:
        self.practice = practice
        practice.give(practice.alex, key)
        self.alex, self.nora = practice.sign_in(ALEX), practice.sign_in(NORA)
        self.list = f"/desk/clients/{practice.alex_ref}/worksheets"
        self.desk = f"{self.list}/1/together"
        self.hers = "/me/worksheets/1/together"

    def ask(self) -> None:
        self.nora.get(self.list)
        assert self.nora.post(self.desk).status_code == 303

    def says(self, what: str, browser: Browser | None = None) -> None:
        browser = browser or self.alex
        browser.get("/me/worksheets/1")
        assert browser.post(self.hers, {"say": what}).status_code == 303

    def agreed(self) -> "Two":
        self.ask()
        self.says("yes")
        return self

    def writes(self, words: str, revision: int = 0, **more: str):
        """Nora's script saves."""
        self.nora.get("/desk/worksheets")
        body = {"revision": str(revision), "f-facts": words, **more}
        return self.nora.post(f"{self.desk}/save", body, headers=FETCH)

    def statuses(self) -> set[int]:
        """What Nora gets at everything that would tell or change something."""
        here = self.desk
        found = {self.writes(CANARY, 99).status_code}
        for path in ("/0", "/999", "/a4/read/completed.pdf", "/letter/keep/large.pdf"):
            found.add(self.nora.get(here + path).status_code)
        return found


@pytest.fixture
def two(practice):
    return Two(practice)


def test_from_the_question_to_the_end(two):
    """The whole of it, once."""
    alex, nora = two.alex, two.nora
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-facts": CANARY}, 0)
    two.ask()
    page = nora.get(two.desk).get_data(as_text=True)
    assert CANARY not in page and "Take the question back" in page
    for path in ("/me/worksheets/1", "/me/worksheets", "/me/"):
        alex.get(path)
        assert "Nora would like to fill" in alex.text, path
    two.says("yes")
    page = nora.get(two.desk).get_data(as_text=True)
    assert CANARY in page and 'data-state="together"' in page
    answer = two.writes(f"{CANARY}, and more", 1)
    assert (answer.status_code, answer.headers["X-Revision"]) == (204, "2")
    told = alex.get(f"{two.hers}/1").get_json()
    assert told["state"] == "together" and told["revision"] == 2
    assert told["values"]["f-facts"] == [f"{CANARY}, and more"]
    two.says("no")
    assert two.statuses() == {404}
    alex.get("/me/worksheets/1")
    assert f"{CANARY}, and more" in alex.text and "fill this in with you" not in alex.text
