"""Giving: several at once, a day nothing counts against, and no more of it shown to the coach than she lets be seen."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.db import session
from coachapp.worksheets.models import Assignment
from tests.cast import ALEX, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save

TAKEN_BACK = "Taken back. What somebody wrote on it stays theirs."


@pytest.fixture
def alex(practice):
    return practice.sign_in(ALEX)


@pytest.fixture
def nora(practice):
    return practice.sign_in(NORA)


@pytest.fixture
def desk(practice, nora):
    """All that Nora's desk says of Alex, and of what waits for her, without what differs in every answer."""
    base = f"/desk/clients/{practice.alex_ref}"
    pages = (
        "/desk/",
        "/desk/clients",
        base,
        f"{base}/worksheets",
        f"{base}/notes",
        f"{base}/sessions",
        f"{base}/worksheets/path",
    )

    def look() -> list[bytes]:
        return [plain(nora.get(page)) for page in pages]

    return look


def plain(answer) -> bytes:
    """A page without its tokens and without the time of day it was made."""
    page = re.sub(rb'(name="csrf_token" value|data-csrf)="[^"]+"', b"", answer.data)
    return re.sub(rb"\b\d\d:\d\d\b", b"", page)


def take_back(nora, practice, which: int = 0):
    page = nora.get(f"/desk/clients/{practice.alex_ref}/worksheets").get_data(as_text=True)
    return nora.post(re.findall(r'action="([^"]+/withdraw)"', page)[which])


def send(alex, number: int, revision: int, **more: str):
    alex.get(f"/me/worksheets/{number}")
    return alex.post(
        f"/me/worksheets/{number}", {"revision": str(revision), "f-facts": "Facts.", "go": "done", **more}
    )


def test_several_at_once_with_a_day_and_a_few_words(practice, nora, alex):
    base = f"/desk/clients/{practice.alex_ref}/worksheets"
    page = nora.get(base).get_data(as_text=True)
    chosen = re.findall(r'name="templates" value="([^"]+)"', page)[:3]
    today = clock.now().date()
    for day in (today - timedelta(days=2), today + timedelta(days=400), "soon"):
        nora.get(base)
        assert (
            nora.post(base, {"templates": chosen, "note": "kept", "wanted_on": str(day)}).status_code == 422
        )
        assert "kept" in nora.text and (str(day) in nora.page.get_data(as_text=True))
    day = today + timedelta(days=5)
    assert (
        nora.post(base, {"templates": chosen, "note": "When it suits.", "wanted_on": str(day)}).status_code
        == 303
    )
    words = f"Good to have by {day:%A} {day.day} {day:%B}. It will be here when you want it."
    page = alex.get("/me/worksheets").get_data(as_text=True)
    assert page.count(words) == 3
    alex.get("/me/worksheets/2")
    assert words in alex.text and "When it suits." in alex.text
    nora.get(base)
    assert nora.text.count(f"good to have by {day.day} {day:%B}") == 3
    with practice.app.app_context():
        session().execute(sa.update(Assignment).values(wanted_on=today - timedelta(days=3)))
        session().commit()
    for path in ("/me/worksheets", "/me/worksheets/2", "/me/"):
        alex.get(path)
        assert "Good to have" not in alex.text and "verdue" not in alex.text


def test_the_desk_is_the_same_to_the_letter_whether_she_began_or_not(practice, nora, alex, desk):
    practice.give(practice.alex)
    before = desk()
    assert b"Given on" in before[3] and b"egun" not in before[3].replace(b"begun or put aside", b"")
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-facts": "Begun."}, 0)
    assert desk() == before
    send(alex, 1, 1)
    assert desk() == before
    alex.get("/me/worksheets")
    assert alex.post("/me/worksheets/take/peace").status_code == 303
    assert desk() == before
    practice.give(practice.alex, "call-sheet")
    page = nora.get(f"/desk/clients/{practice.alex_ref}/worksheets").get_data(as_text=True)
    assert not re.search(r"/worksheets/\d+[/\"]", page), "a number counts what the coach knows nothing of"


def test_taking_back_says_the_same_and_leaves_her_what_she_wrote(practice, nora, alex, desk):
    answers, pages = [], []
    for number, begins in ((1, False), (2, True)):
        practice.give(practice.alex)
        if begins:
            alex.get(f"/me/worksheets/{number}")
            save(alex, number, {"f-facts": "Hers."}, 0)
        answer = take_back(nora, practice)
        answers.append((answer.status_code, answer.headers["Location"]))
        nora.follow()
        assert TAKEN_BACK in nora.text
        pages.append(desk())
    assert answers[0] == answers[1] and pages[0] == pages[1]
    assert alex.get("/me/worksheets/1").status_code == 404
    assert "Hers." in alex.get("/me/worksheets/2").get_data(as_text=True)
    assert save(alex, 2, {"f-facts": "More."}, 1).status_code == 204
    assert send(alex, 2, 2, share="y", **{"f-facts": "More."}).status_code == 303
    nora.get(f"/desk/clients/{practice.alex_ref}/worksheets/2")
    assert "More." in nora.text


def test_who_still_has_the_page_of_what_was_taken_back_is_told_and_twice_is_not_there(practice, nora, alex):
    practice.give(practice.alex)
    alex.get("/me/worksheets/1")
    page = nora.get(f"/desk/clients/{practice.alex_ref}/worksheets").get_data(as_text=True)
    address = re.findall(r'action="([^"]+/withdraw)"', page)[0]
    assert nora.post(address).status_code == 303
    answer = save(alex, 1, {"f-facts": "too late"}, 0)
    assert answer.status_code == 422 and "taken back" in answer.get_json()["message"]
    alex.get("/me/worksheets")
    assert alex.post("/me/worksheets/1", {"f-facts": "too late", "revision": "0"}).status_code == 409
    nora.get("/desk/clients")
    assert nora.post(address).status_code == 404
    nora.get("/desk/clients")
    assert nora.post(address.replace(practice.alex_ref, practice.maya_ref)).status_code == 404


def test_how_far_it_is_is_seen_while_she_lets_it_be_seen(practice, nora, alex):
    practice.give(practice.alex)
    base = f"/desk/clients/{practice.alex_ref}/worksheets"
    page = alex.get("/me/worksheets/1").get_data(as_text=True)
    assert 'name="progress"' in page and 'name="progress" value="y" checked' not in page
    send(alex, 1, 0, progress="y")
    page = nora.get(base).get_data(as_text=True)
    assert "put aside on" in page and "Private to Alex" in page and "Facts." not in page
    assert "withdraw" not in page and nora.get(f"{base}/1").status_code == 404
    elsewhere = practice.sign_in(ALEX)
    page = elsewhere.get("/me/worksheets/1").get_data(as_text=True)
    assert 'name="progress" value="y" checked' in page and 'name="progress_shown"' in page
    send(alex, 1, 1)
    assert "put aside on" not in nora.get(base).get_data(as_text=True)
    stale = {"revision": "1", "f-facts": "Facts.", "go": "save", "progress": "y", "progress_shown": "y"}
    assert elsewhere.post("/me/worksheets/1", stale).status_code == 303
    assert "put aside on" not in nora.get(base).get_data(as_text=True)
    send(alex, 1, 1, share="y")
    assert "put aside on" in nora.get(base).get_data(as_text=True)
    alex.get("/me/worksheets/1")
    alex.post("/me/worksheets/1/unshare")
    assert "put aside on" not in nora.get(base).get_data(as_text=True)
