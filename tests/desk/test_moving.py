"""The coach moves a session: shown once more with the words that leave, then moved, or kindly refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coachapp.booking.confirming import cancel
from coachapp.booking.queries import place
from coachapp.db import session
from coachapp.notifications.models import OutboxMessage
from tests.desk.people import MADRID, book, in_days


def typed(at) -> dict[str, object]:
    local = at.astimezone(MADRID)
    return {"day": local.date(), "at": f"{local:%H:%M}"}


@pytest.fixture
def maya_at_ten(app, desk):
    """Maya's session in three days: its address at the desk, and its place."""
    found = book(app, desk.maya, in_days(3))
    return f"/desk/clients/{desk.maya_ref}/sessions/{found}/move", found


def test_both_times_and_the_mail_are_shown_before_it_moves(app, nora, maya_at_ten):
    path, found = maya_at_ten
    to = in_days(4) + timedelta(minutes=17)
    assert nora.get(path).status_code == 200
    assert 'value="10:00"' in nora.page.get_data(as_text=True), "the form begins with the present time"
    assert nora.fill(path, typed(to)).status_code == 200
    assert "Moved to:" in nora.text and "Lisbon time" in nora.text and "/b/…" in nora.text
    with app.app_context():
        assert place(found).starts_at == in_days(3), "looking moves nothing"
    assert nora.post(f"{path}/go", typed(to)).status_code == 303
    nora.follow()
    assert "The session is moved." in nora.text
    with app.app_context():
        assert (place(found).starts_at, place(found).sequence) == (to, 1)
        kinds = session().scalars(select(OutboxMessage.kind)).all()
        assert kinds.count("moved") == 2, "one to the client and one to the coach"


@pytest.mark.parametrize("step", ["", "/go"])
def test_not_over_anybody_and_what_was_typed_is_kept(app, desk, nora, maya_at_ten, step):
    path, found = maya_at_ten
    book(app, desk.tom, in_days(4))
    nora.get(path)
    assert nora.post(path + step, typed(in_days(4) - timedelta(minutes=30))).status_code == 409
    assert "There is a session, or blocked time, at this hour. Choose another." in nora.text
    assert 'value="09:30"' in nora.page.get_data(as_text=True)
    with app.app_context():
        assert place(found).starts_at == in_days(3)


@pytest.mark.parametrize("step", ["", "/go"])
def test_half_an_hour_later_is_not_over_itself(nora, maya_at_ten, step):
    path, _found = maya_at_ten
    nora.get(path)
    later = typed(in_days(3) + timedelta(minutes=30))
    assert nora.post(path + step, later).status_code == (303 if step else 200)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day": "", "at": ""}, "Enter a day"),
        ({"day": "2026-02-30", "at": "25:00"}, "Enter a day"),
        ({"day": "9999-12-31", "at": "10:00"}, "Enter a day"),
        ({"day": -2, "at": "10:00"}, "Choose a time that is still to come"),
        ({"day": 3, "at": "10:00"}, "That is the time it has now"),
    ],
)
def test_what_is_no_time_to_move_to(nora, maya_at_ten, sent, said):
    path, _found = maya_at_ten
    day = sent["day"]
    typed_day = in_days(day).date() if isinstance(day, int) else day  # so many days from today
    assert nora.fill(path, sent | {"day": typed_day}).status_code == 422
    assert said in nora.text


def test_not_safe_to_come_stands_on_the_record(app, desk, nora, maya_at_ten):
    _path, found = maya_at_ten
    with app.app_context():
        cancel(place(found), "http://127.0.0.1:8000", by="unsafe", now=in_days(0))
    nora.get(f"/desk/clients/{desk.maya_ref}/sessions")
    assert "It was not safe to come" in nora.text


def test_only_her_own_and_only_what_stands(app, desk, nora, maya_at_ten):
    path, found = maya_at_ten
    assert nora.get(path.replace(desk.maya_ref, desk.tom_ref)).status_code == 404
    assert nora.get(path.replace(desk.maya_ref, desk.rita_ref)).status_code == 404
    assert nora.get(path.replace(str(found), "00000000-0000-0000-0000-000000000000")).status_code == 404
    cancel = path.replace("/move", "/cancel")
    nora.get(cancel)
    nora.post(cancel)
    assert nora.get(path).status_code == 404
    nora.get("/desk/")
    assert nora.post(f"{path}/go", typed(in_days(5))).status_code == 404
