"""A client's packages at the desk: given, looked at, paused, decided about, and taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import confirming, queries
from coachapp.booking.models import Appointment
from coachapp.payments.credit_queries import packages_of
from coachapp.practice.queries import offering
from tests.desk.people import FIRST, HOUR, at_desk, book, in_days, set_up
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

WORD = "For the hard winter, between us"


@pytest.fixture
def desk(app):
    return set_up(app)


@pytest.fixture
def nora(app, desk):
    return at_desk(app)


@pytest.fixture
def here(desk):
    return f"/desk/clients/{desk.maya_ref}/packages"


def hour(app, slug=HOUR):
    with app.app_context():
        return str(offering(slug).id)


def give(app, nora, here, sessions=3, **more):
    typed = {"what": hour(app), "sessions": str(sessions), "months": "6", "word": WORD, **more}
    return nora.fill(here, typed).status_code


def html(nora):
    return nora.page.get_data(as_text=True)


def standing(app, desk):
    with app.app_context():
        (mine,) = packages_of(desk.maya)
        assert mine.agrees
        return mine.left, mine.used, mine.expired, mine.taken


def test_given_by_hand_it_is_there_with_her_word_sealed(app, desk, nora, here):
    nora.get(here)
    assert "No package yet" in nora.text
    assert give(app, nora, here) == 303
    nora.get(here)
    assert "3 of 3 sessions left" in nora.text and "Given by you" in nora.text and WORD in nora.text
    nora.get(f"/desk/clients/{desk.maya_ref}")
    assert "3 of 3 sessions left" in nora.text and "Sessions given: Power hour" in nora.text
    with app.app_context():
        sealed = packages_of(desk.maya)[0]
        assert WORD not in repr(sealed)
    nora.get("/desk/")
    nora.post("/desk/cover", {"cover": "yes"})
    nora.get(here)
    assert WORD not in nora.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": ""},
        {"what": "nothing"},
        {"what": str(uuid4())},
        {"sessions": "0"},
        {"sessions": "51"},
        {"sessions": "٣x"},
        {"sessions": ""},
        {"months": "37"},
        {"word": "w" * 201},
    ],
)
def test_what_cannot_be_given_is_said_and_kept(app, desk, nora, here, wrong):
    assert give(app, nora, here, **wrong) == 422
    assert "One answer needs another look" in nora.text
    with app.app_context():
        assert packages_of(desk.maya) == []


def test_what_is_free_is_not_given(app, desk, nora, here):
    """The first conversation costs nothing: there is no session of it to use."""
    assert give(app, nora, here, what=hour(app, FIRST)) == 422


def test_another_coachs_client_is_unknown(app, desk, nora, here):
    give(app, nora, here)
    with app.app_context():
        mine = packages_of(desk.maya)[0].id
    for ref in (desk.rita_ref, desk.tom_ref, "C-0000"):
        status = 200 if ref == desk.tom_ref else 404
        assert nora.get(f"/desk/clients/{ref}/packages").status_code == status
        for act in ("pause", "go-on", "told", "take-back"):
            nora.get(here)
            assert nora.post(f"/desk/clients/{ref}/packages/{mine}/{act}").status_code == 404
    assert standing(app, desk) == (3, 0, 0, 0)


def test_booked_by_the_coach_with_a_session(app, desk, nora, here):
    give(app, nora, here, 1)
    day = in_days(3)
    typed = {"who": desk.maya_ref, "what": HOUR, "day": f"{day:%Y-%m-%d}", "at": "10:00"}
    nora.fill("/desk/book", typed)
    assert "Book it with a session of the package" in nora.text
    nora.post("/desk/book/go", {**typed, "session": "yes"})
    assert nora.page.status_code == 303, nora.text
    assert standing(app, desk) == (0, 1, 0, 0)
    nora.get(f"/desk/clients/{desk.maya_ref}/sessions")
    assert "From a package" in nora.text and "Not paid here" not in nora.text
    nora.fill("/desk/book", {**typed, "at": "14:00"})
    assert "with a session of the package" not in nora.text
    nora.post("/desk/book/go", {**typed, "at": "14:00", "session": "yes"})
    assert nora.page.status_code == 409 and "No session of this kind is left" in nora.text


def test_a_session_pays_for_what_is_booked_already(app, desk, nora, here):
    give(app, nora, here, 1)
    places = [book(app, desk.maya, in_days(days)) for days in (2, 9)]
    nora.get(here)
    assert "Booked and not paid here" in nora.text
    assert nora.post(f"{here}/use/{places[0]}").status_code == 303
    assert standing(app, desk) == (0, 1, 0, 0)
    nora.get(here)
    assert "Use a session" not in nora.text
    for place, status in ((places[0], 409), (places[1], 409), (uuid4(), 404)):
        nora.get(here)
        assert nora.post(f"{here}/use/{place}").status_code == status
    assert standing(app, desk) == (0, 1, 0, 0)


def used(app, desk, nora, here, starts_at):
    """A session booked with one of three, at that hour; the path of its place."""
    give(app, nora, here)
    place = book(app, desk.maya, starts_at, by_session=True)
    assert standing(app, desk) == (2, 1, 0, 0)
    return f"/desk/clients/{desk.maya_ref}/sessions/{place}"


def test_cancelled_by_the_coach_it_comes_back(app, desk, nora, here):
    path = used(app, desk, nora, here, in_days(1))
    nora.get(f"{path}/cancel")
    assert "The session goes back to the package at once." in nora.text
    nora.post(f"{path}/cancel")
    assert standing(app, desk) == (3, 0, 0, 0)
    nora.get(here)
    assert "Given back" in nora.text


def test_did_not_attend_her_wish_first_and_then_the_session(app, desk, nora, here):
    path = used(app, desk, nora, here, clock.now() - timedelta(minutes=30))
    nora.get(f"/desk/clients/{desk.maya_ref}/sessions")
    nora.post(f"{path}/absent")
    nora.follow()
    page = nora.text
    assert page.index("What Maya wished") < page.index("A session of a package was used")
    assert "Give it back" in page and "Use the session" in page
    assert standing(app, desk) == (2, 1, 0, 0), "nothing by itself"
    nora.get("/desk/")
    assert "Maya R. did not attend: the session is not decided yet" in nora.text and f'"{here}"' in html(nora)
    nora.post(f"{path}/absent/session", {"give": "no"})
    nora.get("/desk/")
    assert "not decided yet" not in nora.text
    nora.get(f"{path}/absent")
    assert "The session stays used" in nora.text and "Use the session" not in nora.text
    assert standing(app, desk) == (2, 1, 0, 0)
    nora.post(f"{path}/absent/session", {"give": "yes"})
    nora.follow()
    assert "The session was given back" in nora.text
    nora.get(here)
    nora.post(f"{path}/absent/session", {"give": "yes"})
    assert standing(app, desk) == (3, 0, 0, 0), "twice is once"


def test_a_session_that_stands_is_not_decided_about(app, desk, nora, here):
    path = used(app, desk, nora, here, in_days(1))
    nora.get(here)
    assert nora.post(f"{path}/absent/session", {"give": "yes"}).status_code == 409
    assert standing(app, desk) == (2, 1, 0, 0)


def test_cancelled_late_by_her_it_stays_used_until_the_coach_says_otherwise(app, desk, nora, here):
    path = used(app, desk, nora, here, clock.now() + timedelta(hours=2))
    with app.app_context():
        place = queries.places_of(desk.maya)[0]
        confirming.cancel(place, "http://127.0.0.1:8000", by="client", now=clock.now())
    assert standing(app, desk) == (2, 1, 0, 0)
    nora.get(here)
    assert "cancelled" in nora.text and "Give it back" in nora.text
    nora.post(f"{path}/absent/session", {"give": "yes"})
    assert nora.page.headers["Location"].endswith("/packages")
    assert standing(app, desk) == (3, 0, 0, 0)


def test_paused_by_either_and_ended_by_either(app, desk, nora, here):
    give(app, nora, here)
    with app.app_context():
        mine = packages_of(desk.maya)[0]
    nora.get(here)
    nora.post(f"{here}/{mine.id}/pause")
    nora.follow()
    assert "Paused since" in nora.text and "End the pause" in nora.text
    nora.post(f"{here}/{mine.id}/pause")
    nora.get(here)
    nora.post(f"{here}/{mine.id}/go-on")
    with app.app_context():
        after = packages_of(desk.maya)[0]
    assert after.paused_at is None and after.until == mine.until, "the same day moves nothing"


def test_taking_back_what_was_given(app, desk, nora, here):
    give(app, nora, here)
    with app.app_context():
        mine = packages_of(desk.maya)[0].id
    nora.get(f"{here}/{mine}/take-back")
    assert "Take back 3 sessions left?" in nora.text and "so no money goes back" in nora.text
    assert nora.post(f"{here}/{mine}/take-back", {"amount": "5"}).status_code == 422
    nora.get(f"{here}/{mine}/take-back")
    nora.post(f"{here}/{mine}/take-back")
    assert nora.page.status_code == 303 and standing(app, desk) == (0, 0, 0, 3)


def test_a_repeating_series_cancelled_gives_every_session_back(app, desk, nora, here):
    give(app, nora, here)
    for days in (2, 9):
        book(app, desk.maya, in_days(days), by_session=True)
    assert standing(app, desk) == (1, 2, 0, 0)
    with app.app_context():
        with db.transaction() as session:
            session.execute(sa.update(Appointment).values(series_id=uuid4()))
        first = queries.places_of(desk.maya)[0]
    nora.get(f"/desk/clients/{desk.maya_ref}/sessions/{first.id}/cancel-rest")
    assert "in sessions of a package" in nora.text
    nora.post(f"/desk/clients/{desk.maya_ref}/sessions/{first.id}/cancel-rest")
    assert standing(app, desk) == (3, 0, 0, 0)
