"""Sessions that repeat: every day shown before, booked together or not at all, one mail; cancelled together."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from coachapp import clock, vault
from coachapp.booking import queries
from coachapp.booking.desk_operations import block_time
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import AppointmentState, TimeTaken, TooLate
from coachapp.booking.series import book_series, cancel_rest
from coachapp.db import session
from coachapp.notifications.models import OutboxMessage
from coachapp.practice.queries import offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.accounts.people import join
from tests.cast import ALEX, MAYA
from tests.desk.people import HOUR, MADRID, book, in_days
from tests.plain_browser import Browser
from tests.road import both_databases

BASE = "http://127.0.0.1:8000"
WEEK = timedelta(weeks=1)
# Madrid's clocks go forward on 29 March 2037 and back on 25 October 2037.
FORWARD, BACK = date(2037, 3, 29), date(2037, 10, 25)


def typed(ref, at, every="1", times="4", **more):
    local = at.astimezone(MADRID)
    day = {"who": ref, "what": HOUR, "day": str(local.date()), "at": f"{local:%H:%M}"}
    return day | {"every": every, "times": times} | more


def ticked(nora):
    """The days that are ticked on the page."""
    page = nora.page.get_data(as_text=True)
    return re.findall(r'name="on" value="([^"]+)" checked', page)


def press(nora, what, days=None):
    """The button of the page of days."""
    return nora.post("/desk/book/go", what | {"on": ticked(nora) if days is None else days})


def standing(app, client_id):
    """(day, time on the coach's clock, series) of a client's confirmed sessions."""
    with app.app_context():
        rows = [row for row in queries.places_of(client_id) if row.state is AppointmentState.CONFIRMED]
    return [(row.starts_at.astimezone(MADRID), row.series_id) for row in rows]


def outbox(app, kind):
    """The words of every message of this kind, to the client and to the coach."""
    with app.app_context():
        rows = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)).all()
        return {
            "coach" if row.client_id is None else "client": vault.open_(
                row.client_id or vault.PRACTICE, "outbox_message.body", row.id, row.body_sealed
            )
            for row in rows
            if row.body_sealed
        }, len(rows)


def test_every_day_is_shown_and_one_mail_tells_them_all(app, desk, nora):
    at = in_days(3)
    what = typed(desk.maya_ref, at)
    assert nora.fill("/desk/book", what).status_code == 200
    assert len(ticked(nora)) == 4 and "Every week, 4 times at 10:00, Madrid time" in nora.text
    assert "One mail for all" in nora.text and "Lisbon time" in nora.text
    shown = re.search(r"Your update (.*?) http", nora.text)[1]
    assert standing(app, desk.maya) == []
    assert press(nora, what).status_code == 303
    nora.follow()
    assert "4 sessions are booked." in nora.text and nora.text.count("repeats") == 4
    found = standing(app, desk.maya)
    assert [(each.date() - at.astimezone(MADRID).date()).days for each, _series in found] == [0, 7, 14, 21]
    assert len({series for _at, series in found}) == 1 and found[0][1] is not None
    bodies, count = outbox(app, "booked")
    assert count == 2 and bodies["client"].count("Lisbon time") == 4 and bodies["client"].count("/b/") == 1
    assert " ".join(bodies["client"].split()).startswith(shown)
    assert bodies["coach"].count("Madrid time") == 4 and MAYA.name not in bodies["coach"]


@pytest.mark.safety("D2")
def test_an_inbox_someone_may_see_gets_the_times_alone_and_no_mail_is_no_mail(app, desk, nora):
    with app.app_context():
        set_contact(desk.maya, Inbox.SHARED, MAYA.email, now=clock.now())
    for ref, at in ((desk.maya_ref, in_days(3)), (desk.tom_ref, in_days(3, 15))):
        nora.fill("/desk/book", typed(ref, at))
        press(nora, typed(ref, at))
    bodies, count = outbox(app, "booked")
    assert count == 4, "one to each of them, refused for Tom, and two to the coach"
    assert "http" not in bodies["client"] and bodies["client"].count("Lisbon time") == 4
    assert len(standing(app, desk.tom)) == 4


def test_days_that_are_not_free_are_marked_and_left_out(app, desk, nora):
    at = in_days(3)
    book(app, desk.tom, at + WEEK)
    with app.app_context():
        block_time(
            desk.made.coach_id, at + 2 * WEEK - timedelta(hours=2), at + 3 * WEEK, "away", now=clock.now()
        )
    what = typed(desk.maya_ref, at, times="5")
    nora.fill("/desk/book", what)
    assert "2 days are not free and are left out." in nora.text
    assert nora.text.count("A session, or blocked time, is there. It is left out.") == 2
    assert len(ticked(nora)) == 3 and "away" not in nora.text
    press(nora, what)
    assert len(standing(app, desk.maya)) == 3


def test_she_unticks_what_does_not_suit(app, desk, nora):
    what = typed(desk.maya_ref, in_days(3))
    nora.fill("/desk/book", what)
    press(nora, what, ticked(nora)[1:3])
    assert len(standing(app, desk.maya)) == 2


def test_nothing_ticked_is_told(app, desk, nora):
    what = typed(desk.maya_ref, in_days(3))
    nora.fill("/desk/book", what)
    assert press(nora, what, ["1999-01-01", "nonsense", "\0"]).status_code == 422
    assert "Tick at least one day" in nora.text and standing(app, desk.maya) == []


def test_a_day_that_was_taken_meanwhile_stops_all_of_it(app, desk, nora):
    at = in_days(3)
    what = typed(desk.maya_ref, at)
    nora.fill("/desk/book", what)
    days = ticked(nora)
    book(app, desk.tom, at + 3 * WEEK)
    assert press(nora, what, days).status_code == 409
    assert "A day was taken meanwhile, and nothing is booked yet." in nora.text
    assert ticked(nora) == days[:3] and standing(app, desk.maya) == []
    assert press(nora, what).status_code == 303 and len(standing(app, desk.maya)) == 3


def test_a_series_is_written_whole_or_not_at_all(app, desk):
    at = in_days(3)
    book(app, desk.tom, at + 5 * WEEK)
    with app.app_context():
        before = session().scalar(select(func.count()).select_from(Appointment))
        with pytest.raises(TimeTaken):
            starts = [at + number * WEEK for number in range(8)]
            book_series(offering(HOUR), desk.maya, MAYA.zone, starts, BASE, now=clock.now())
        for table, expected in ((Appointment, before), (Place, 1)):
            assert session().scalar(select(func.count()).select_from(table)) == expected
    assert standing(app, desk.maya) == [] and outbox(app, "booked")[1] == 2, "those of Tom's own"


@both_databases
def test_two_series_for_the_same_hour_at_once(app, desk):
    at = in_days(3)

    def one(client_id):
        with app.app_context():
            try:
                starts = [at + number * WEEK for number in range(6)]
                return book_series(offering(HOUR), client_id, MAYA.zone, starts, BASE, now=clock.now())
            except TimeTaken:
                return None

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(one, (desk.maya, desk.tom)))
    assert sum(each is not None for each in won) == 1
    assert len(standing(app, desk.maya)) + len(standing(app, desk.tom)) == 6


def test_the_same_clock_time_across_both_changes(app, desk, nora):
    start = datetime(2037, 3, 8, 10, tzinfo=MADRID)
    what = typed(desk.maya_ref, start, every="4", times="10")
    nora.fill("/desk/book", what)
    press(nora, what)
    found = [at for at, _series in standing(app, desk.maya)]
    assert {(at.hour, at.minute) for at in found} == {(10, 0)} and len(found) == 10
    assert {at.utcoffset() for at in found} == {timedelta(hours=1), timedelta(hours=2)}
    assert {after.date() - before.date() for before, after in pairwise(found)} == {4 * WEEK}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (FORWARD, "02:30 does not exist. The session begins at 03:30 instead."),
        (BACK, "02:30 comes twice. This is the first of the two."),
    ],
)
def test_a_night_when_the_clocks_change_is_marked(desk, nora, change, words):
    start = datetime.combine(change - 2 * WEEK, datetime.min.time(), MADRID).replace(hour=2, minute=30)
    nora.fill("/desk/book", typed(desk.maya_ref, start))
    assert nora.text.count(words) == 1 and len(ticked(nora)) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"times": ""},
        {"times": "1"},
        {"times": "27"},
        {"times": "-3"},
        {"times": "many"},
        {"times": "9" * 400},
        {"every": "3"},
        {"every": "1; drop"},
    ],
)
@pytest.mark.parametrize("step", ["/desk/book", "/desk/book/go"])
def test_what_cannot_be_is_told_and_kept(app, desk, nora, change, step):
    nora.get("/desk/book")
    assert nora.post(step, typed(desk.maya_ref, in_days(3)) | change).status_code == 422
    assert "from 2 to 26" in nora.text or "Choose how often" in nora.text
    assert f'<option value="{desk.maya_ref}" selected>' in nora.page.get_data(as_text=True)
    assert standing(app, desk.maya) == []


def test_how_many_times_is_passed_over_where_nothing_repeats(app, desk, nora):
    what = typed(desk.maya_ref, in_days(3), every="0", times="many")
    assert nora.fill("/desk/book", what).status_code == 200 and "Book this session?" in nora.text
    assert nora.post("/desk/book/go", what).status_code == 303
    assert [series for _at, series in standing(app, desk.maya)] == [None]


def test_the_longest_series_there_is(app, desk, nora):
    what = typed(desk.maya_ref, in_days(3), every="4", times="26")
    nora.fill("/desk/book", what)
    assert press(nora, what).status_code == 303
    assert len(standing(app, desk.maya)) == 26
    bodies, count = outbox(app, "booked")
    years = set(re.findall(r"\b20\d\d\b", bodies["client"]))
    assert count == 2 and len(years) >= 2, "dates say their year once there is more than one"


@pytest.fixture
def series(app, desk):
    """Six weeks of Maya's, and one session of hers besides; the places in order."""
    at = in_days(3)
    with app.app_context():
        book_series(
            offering(HOUR), desk.maya, MAYA.zone, [at + n * WEEK for n in range(6)], BASE, now=clock.now()
        )
    book(app, desk.maya, at + 4 * WEEK + timedelta(hours=3))
    with app.app_context():
        return [row for row in queries.places_of(desk.maya) if row.series_id]


def test_this_and_all_later_ones_are_cancelled_with_one_mail(app, desk, nora, series):
    path = f"/desk/clients/{desk.maya_ref}/sessions/{series[2].id}/cancel-rest"
    assert path in nora.get(f"/desk/clients/{desk.maya_ref}/sessions").get_data(as_text=True)
    nora.get(path)
    assert "Cancel 4 sessions of Maya R.?" in nora.text and "One mail leaves" in nora.text
    assert "Nothing was paid here" in nora.text
    assert len(standing(app, desk.maya)) == 7
    nora.post(path)
    assert "The sessions are cancelled." in (nora.follow() and nora.text)
    left = standing(app, desk.maya)
    assert [series_id is None for _at, series_id in left] == [False, False, True]
    bodies, count = outbox(app, "cancelled")
    assert count == 2 and bodies["client"].startswith("Cancelled:")
    assert bodies["client"].count("Lisbon time") == bodies["coach"].count("Madrid time") == 4
    with app.app_context():
        assert [queries.place(each.id).sequence for each in series] == [0, 0, 1, 1, 1, 1]
    assert nora.get(path).status_code == 404
    nora.get("/desk/")
    assert nora.post(path).status_code == 404


def test_one_of_them_is_cancelled_alone_and_its_time_is_free_again(app, desk, nora, series):
    path = f"/desk/clients/{desk.maya_ref}/sessions/{series[1].id}/cancel"
    nora.fill(path, {})
    assert len(standing(app, desk.maya)) == 6
    book(app, desk.tom, series[1].starts_at)
    nora.get(f"/desk/clients/{desk.maya_ref}/sessions/{series[0].id}/cancel-rest")
    assert "Cancel 5 sessions" in nora.text


def test_a_session_that_does_not_repeat_has_no_rest(app, desk, nora, series):
    alone = book(app, desk.tom, in_days(2))
    nora.get("/desk/settings")
    path = f"/desk/clients/{desk.tom_ref}/sessions/{alone}/cancel-rest"
    assert nora.get(path).status_code == 409
    nora.get("/desk/settings")
    assert nora.post(path).status_code == 409 and len(standing(app, desk.tom)) == 1
    other = f"/desk/clients/{desk.tom_ref}/sessions/{series[0].id}/cancel-rest"
    assert nora.get(other).status_code == 404


@both_databases
def test_cancelled_twice_at_once_is_cancelled_once(app, desk, series):
    def one(_n):
        with app.app_context():
            try:
                cancel_rest(series[0], BASE, now=clock.now())
            except TooLate:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [False, True]
    assert len(standing(app, desk.maya)) == 1 and outbox(app, "cancelled")[1] == 2


def test_what_has_begun_stays(app, desk, series):
    with app.app_context():
        cancel_rest(series[0], BASE, now=series[1].starts_at)
    assert len(standing(app, desk.maya)) == 3, "the first two, and the one that does not repeat"


def test_she_sees_ordinary_sessions_in_her_own_space(app, desk, nora):
    alex = desk.made.client_id
    with app.app_context():
        starts = [in_days(3) + n * WEEK for n in range(3)]
        book_series(offering(HOUR), alex, ALEX.zone, starts, BASE, now=clock.now())
    browser = Browser(app)
    join(browser, desk.made)
    browser.get("/me/sessions")
    assert browser.text.count("Cancel this time") == 3 and "repeat" not in browser.text
