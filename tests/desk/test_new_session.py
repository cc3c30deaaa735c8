"""A session the coach books: shown once more with the words that leave, then booked, or kindly refused."""

from datetime import date

import pytest
from sqlalchemy import select

from coachapp.db import session
from coachapp.notifications.models import OutboxMessage
from tests.desk.people import HOUR, MADRID, book, in_days


def typed(ref: str, at) -> dict[str, object]:
    local = at.astimezone(MADRID)
    return {"who": ref, "what": HOUR, "day": local.date(), "at": f"{local:%H:%M}"}


def test_the_mail_is_shown_before_and_leaves_as_shown(app, desk, nora):
    what = typed(desk.maya_ref, in_days(3))
    assert nora.fill("/desk/book", what).status_code == 200
    assert "This mail leaves Into the inbox only Maya R. can see: Your update" in nora.text
    assert "Lisbon time" in nora.text
    with app.app_context():
        assert session().scalars(select(OutboxMessage)).all() == []
    assert nora.post("/desk/book/go", what).status_code == 303
    nora.follow()
    assert "The session is booked." in nora.text
    with app.app_context():
        kinds = session().execute(select(OutboxMessage.client_id, OutboxMessage.state)).all()
    assert (desk.maya, "waiting") in [tuple(row) for row in kinds]


def test_nothing_leaves_for_someone_who_was_not_asked(desk, nora):
    nora.fill("/desk/book", typed(desk.tom_ref, in_days(3)))
    assert "No mail leaves. Tell Tom O. in a way that is safe." in nora.text
    assert "Book it and send" not in nora.text


@pytest.mark.parametrize("step", ["/desk/book", "/desk/book/go"])
def test_overlap_is_told_and_what_was_typed_is_kept(app, desk, nora, step):
    at = in_days(3)
    book(app, desk.maya, at)
    nora.get("/desk/book")
    assert nora.post(step, typed(desk.tom_ref, at)).status_code == 409
    page = nora.page.get_data(as_text=True)
    assert "There is a session, or blocked time, at this hour. Choose another." in nora.text
    assert f'<option value="{desk.tom_ref}" selected>' in page
    assert f'<option value="{HOUR}" selected>' in page
    assert 'value="10:00"' in page


def test_a_time_gone_by_is_refused(desk, nora):
    assert nora.fill("/desk/book", typed(desk.tom_ref, in_days(-1))).status_code == 422
    assert "Choose a time that is still to come" in nora.text


def test_unknown_people_and_offerings(desk, nora):
    what = typed(desk.rita_ref, in_days(3))
    assert nora.fill("/desk/book", what).status_code == 422
    assert "Choose a client" in nora.text
    assert nora.fill("/desk/book", typed(desk.tom_ref, in_days(3)) | {"what": "nothing"}).status_code == 422
    assert nora.fill("/desk/book", {}).status_code == 422


# Madrid's clocks go forward on the last Sunday of March and back on the last of October, at least until 2037.
@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2037, 3, 29), "02:30 does not exist. The session begins at 03:30 instead."),
        (date(2037, 10, 25), "02:30 comes twice. This is the first of the two."),
    ],
)
def test_clock_changes_are_said(desk, nora, day, words):
    what = {"who": desk.maya_ref, "what": HOUR, "day": day, "at": "02:30"}
    assert nora.fill("/desk/book", what).status_code == 200
    assert words in nora.text
