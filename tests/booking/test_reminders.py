"""Reminders: by her own rule, once, never late, never for a time that was cancelled or moved; and one for the coach."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from coachapp import db, vault
from coachapp.booking.confirming import cancel
from coachapp.booking.desk_operations import book_for_client
from coachapp.booking.lead import due_at, evening_of, is_due, is_worth_it
from coachapp.booking.models import Appointment
from coachapp.booking.queries import place
from coachapp.booking.reminding import make_reminders, still_due
from coachapp.clients.operations import new_client, wish
from coachapp.clients.rules import DAY_BEFORE, REMINDERS, TWO_HOURS, WishesRow
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.operations import send_due
from coachapp.notifications.rules import MailTrouble
from coachapp.practice.operations import save_settings
from coachapp.practice.queries import offering
from coachapp.practice.rules import EVENING_BEFORE
from coachapp.safe_contact.operations import set_contact, things_changed
from coachapp.safe_contact.rules import Inbox
from coachapp.tick import run_tick
from tests.cast import ALEX, NORA
from tests.road import both_databases, open_practice
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

BASE = "http://127.0.0.1:8000"
# Wednesday, 18:00 in Madrid, 12:00 in New York.
START = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
BOOKED = START - timedelta(days=7)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MADRID = ZoneInfo("Europe/Madrid")


class Alex:
    """Alex with one session, and what was sent."""

    def __init__(self, app):
        self.app, self.sent = app, []
        with app.app_context():
            open_practice()
            self.id = new_client(1, ALEX.zone, now=BOOKED, name=ALEX.name)
            set_contact(self.id, Inbox.ONLY_ME, ALEX.email, now=BOOKED)
            self.place = self.book(START)

    def book(self, start, now=BOOKED):
        with self.app.app_context():
            hour = offering("power-hour")
            made = book_for_client(hour, self.id, ALEX.zone, start, BASE, now=now)
            send_due(lambda *_: None, now=now)
            return made

    def wishes(self, minutes, now=BOOKED):
        with self.app.app_context():
            wish(self.id, WishesRow(remind_min=minutes), now=now)

    def coach_wishes(self, minutes):
        with self.app.app_context():
            save_settings(1, practice={}, coach={"remind_min": minutes})

    def make(self, now):
        with self.app.app_context():
            make_reminders(BASE, now=now)

    def send(self, now, transport=None):
        def note(address, text, message_id, reply_to):
            self.sent.append((address, text, reply_to))

        with self.app.app_context():
            return send_due(transport or note, now=now)

    def tick(self, now):
        """What one tick does about reminders."""
        self.make(now)
        return self.send(now)

    def states(self, like="reminder:%"):
        with self.app.app_context():
            found = sa.select(OutboxMessage.state).where(OutboxMessage.unique_key.like(like))
            return sorted(db.session().scalars(found))

    def move(self, start, now):
        """As a move does it: another time, one more in sequence."""
        with self.app.app_context(), db.transaction() as session:
            row = session.get_one(Appointment, place(self.place).appointment_id)
            row.starts_at, row.ends_at = start, start + HOUR
            row.sequence, row.changed_at = row.sequence + 1, now


@pytest.fixture
def alex(app):
    return Alex(app)


# ---- when ----


def test_two_hours_are_two_hours_and_a_day_is_a_day_of_her_calendar():
    assert due_at(START, TWO_HOURS, MADRID) == START - 2 * HOUR
    assert due_at(START, DAY_BEFORE, MADRID) == START - DAY
    # Both nights when Madrid changes: the same time on her clock, 23 and 25 hours before.
    spring = datetime(2026, 3, 29, 10, 0, tzinfo=MADRID).astimezone(UTC)
    autumn = datetime(2026, 10, 25, 10, 0, tzinfo=MADRID).astimezone(UTC)
    assert spring - due_at(spring, DAY_BEFORE, MADRID) == 23 * HOUR
    assert autumn - due_at(autumn, DAY_BEFORE, MADRID) == 25 * HOUR
    assert due_at(autumn, TWO_HOURS, MADRID) == autumn - 2 * HOUR


def test_a_time_that_does_not_exist_the_day_before_moves_on():
    start = datetime(2026, 3, 30, 2, 30, tzinfo=MADRID).astimezone(UTC)
    assert due_at(start, DAY_BEFORE, MADRID).astimezone(MADRID).strftime("%d %H:%M") == "29 03:30"


@given(
    zone=st.sampled_from(["Europe/Madrid", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "UTC"]),
    minutes=st.integers(0, 2 * 366 * 1440),
    lead=st.sampled_from([*REMINDERS, 15, 30, 60]),
)
def test_it_is_due_before_and_worth_it_until_half_of_the_way(zone, minutes, lead):
    start = datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
    due = due_at(start, lead, ZoneInfo(zone))
    assert timedelta() < start - due <= lead * MINUTE + HOUR
    half = due + (start - due) / 2
    assert [is_worth_it(due, start, at) for at in (due - MINUTE, due, half, half + MINUTE, start)] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_what_was_settled_after_it_was_due_needs_none():
    due = START - 2 * HOUR
    assert is_due(START, TWO_HOURS, MADRID, due, due)
    assert not is_due(START, TWO_HOURS, MADRID, due + MINUTE, due + 2 * MINUTE)


def test_evening_is_six_on_her_clock():
    assert evening_of(START, MADRID).astimezone(MADRID).strftime("%d %H:%M") == "25 18:00"


# ---- to the client ----


def test_nobody_is_reminded_who_did_not_wish_it(alex):
    for hours in range(30):
        alex.make(START - hours * HOUR)
    assert alex.states() == []


@pytest.mark.parametrize(("minutes", "before"), [(DAY_BEFORE, DAY), (TWO_HOURS, 2 * HOUR)])
def test_she_is_reminded_once_and_of_nothing_but_the_time(alex, minutes, before):
    alex.wishes(minutes)
    assert alex.tick(START - before - MINUTE) == 0
    assert alex.tick(START - before) == 1
    for later in range(1, 200):
        if later % 20 == 0:
            assert alex.tick(START - before + later * MINUTE) == 0
    [(address, text, reply_to)] = alex.sent
    assert (address, text.subject, reply_to) == (ALEX.email, "Your update", NORA.email)
    assert text.body.startswith(
        "Wednesday 25 November, 12:00 to 13:00, New York time\n\nhttp://127.0.0.1:8000/b/"
    )
    assert "Power" not in text.body and "Nora" not in text.body


@pytest.mark.safety("D2")
def test_into_an_inbox_others_see_goes_the_time_only(alex):
    alex.wishes(TWO_HOURS)
    with alex.app.app_context():
        set_contact(alex.id, Inbox.SHARED, ALEX.email, now=BOOKED)
    alex.tick(START - 2 * HOUR)
    [(_address, text, reply_to)] = alex.sent
    assert text.body == "Wednesday 25 November, 12:00 to 13:00, New York time\n" and reply_to is None


@pytest.mark.safety("D2")
def test_who_wants_no_mail_gets_none_whatever_she_wished_before(alex):
    alex.wishes(TWO_HOURS)
    with alex.app.app_context():
        things_changed(alex.id, now=BOOKED)
    assert alex.tick(START - 2 * HOUR) == 0
    assert (alex.sent, alex.states()) == ([], ["refused"])


def test_one_written_and_not_sent_yet_does_not_leave_after_a_cancellation(alex):
    alex.wishes(TWO_HOURS)
    alex.make(START - 2 * HOUR)
    with alex.app.app_context():
        cancel(place(alex.place), BASE, by="client", now=START - 2 * HOUR)
    alex.send(START - 2 * HOUR + MINUTE)
    assert alex.states() == ["refused"]
    told = [text.body for address, text, _reply in alex.sent if address == ALEX.email]
    assert len(told) == 1 and told[0].startswith("Cancelled:")
    assert alex.tick(START - HOUR) == 0


def test_one_written_for_a_time_that_has_moved_does_not_leave_and_the_new_time_has_its_own(alex):
    alex.wishes(TWO_HOURS)
    alex.make(START - 2 * HOUR)
    alex.move(START + DAY, now=START - 2 * HOUR)
    assert alex.send(START - 2 * HOUR + MINUTE) == 0
    assert alex.tick(START + DAY - 2 * HOUR) == 1
    assert alex.states() == ["refused", "sent"]
    assert alex.sent[0][1].body.startswith("Thursday 26 November")


def test_words_about_the_old_time_do_not_leave_even_when_the_new_one_is_due(alex):
    alex.wishes(TWO_HOURS)
    alex.make(START - 2 * HOUR)
    alex.move(START + HOUR, now=START - 2 * HOUR)
    assert alex.tick(START - HOUR) == 1
    assert alex.states() == ["refused", "sent"]
    assert alex.sent[0][1].body.startswith("Wednesday 25 November, 13:00 to 14:00")


def test_it_does_not_come_late(alex):
    """The server was down: with less than half of the two hours left, nothing is written; nor once it has begun."""
    alex.wishes(TWO_HOURS)
    for late in (HOUR - MINUTE, timedelta(0), -MINUTE):
        assert alex.tick(START - late) == 0
    assert alex.states() == []


def test_down_for_a_while_it_still_comes(alex):
    alex.wishes(TWO_HOURS)
    assert alex.tick(START - HOUR) == 1


def test_one_that_waited_for_the_mail_server_too_long_stays(alex):
    alex.wishes(TWO_HOURS)

    def away(*_message):
        raise MailTrouble("away")

    alex.make(START - 2 * HOUR)
    assert alex.send(START - 2 * HOUR, away) == 0
    assert alex.send(START - 30 * MINUTE) == 0
    assert (alex.sent, alex.states()) == ([], ["refused"])


def test_taken_back_before_it_left_it_stays(alex):
    alex.wishes(TWO_HOURS)
    alex.make(START - 2 * HOUR)
    alex.wishes(None, now=START - 2 * HOUR)
    assert alex.send(START - 2 * HOUR) == 0


def test_booked_or_wished_later_than_it_was_due_there_is_none(alex):
    alex.wishes(DAY_BEFORE)
    alex.book(START + 3 * HOUR, now=START - 10 * HOUR)
    alex.tick(START - DAY)
    assert alex.tick(START - 10 * HOUR + MINUTE) == 0, "she has just booked it"
    alex.wishes(TWO_HOURS, now=START - HOUR)
    assert alex.tick(START - HOUR + MINUTE) == 0
    assert alex.tick(START + HOUR) == 1, "the later one is still two hours ahead"


@both_databases
def test_two_ticks_at_once_remind_once(alex):
    alex.wishes(TWO_HOURS)
    together, failed = threading.Barrier(3), []

    def work():
        together.wait()
        try:
            alex.tick(START - 2 * HOUR)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, len(alex.sent), alex.states()) == ([], 1, ["sent"])


def test_one_who_is_being_erased_stands_in_nobody_s_way(alex):
    alex.wishes(TWO_HOURS)
    alex.coach_wishes(30)
    with alex.app.app_context():
        vault.destroy_key(alex.id)
    assert alex.tick(START - 2 * HOUR) == 0
    assert alex.tick(START - 30 * MINUTE) == 1, "the coach's own is another matter"


def test_the_tick_does_it(alex):
    alex.wishes(TWO_HOURS)
    assert run_tick(alex.app, START - 2 * HOUR) == ()
    assert alex.states() == ["waiting"]


def test_a_key_of_nobody_is_not_due(alex):
    with alex.app.app_context():
        for key in (f"reminder:{alex.id}:0", f"coach reminder:{alex.id}:0", "coach evening:99:2026-11-25"):
            assert not still_due(key, START - HOUR)


# ---- to the coach ----


def test_the_coach_is_told_before_a_session_if_she_likes(alex):
    assert alex.tick(START - 30 * MINUTE) == 0
    alex.coach_wishes(30)
    assert [alex.tick(START - minutes * MINUTE) for minutes in (31, 30, 29, 20)] == [0, 1, 0, 0]
    [(address, text, _reply)] = alex.sent
    assert (address, text.subject) == (NORA.email, "Coming up: Wed 25 Nov, 18:00")
    assert "Power hour\nWednesday 25 November, 18:00 to 19:00, Madrid time" in text.body
    assert ALEX.name not in text.body


def test_or_the_evening_before_with_the_whole_next_day(alex):
    alex.coach_wishes(EVENING_BEFORE)
    alex.book(START - 9 * HOUR)
    evening = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert [alex.tick(evening + minutes * MINUTE) for minutes in (-1, 0, 1, 60)] == [0, 1, 0, 0]
    [(_address, text, _reply)] = alex.sent
    assert text.subject == "Tomorrow, Wednesday 25 November"
    assert "09:00 to 10:00  Power hour\n18:00 to 19:00  Power hour" in text.body


def test_an_evening_without_a_session_ahead_says_nothing_and_one_comes_late_for_nobody(alex):
    alex.coach_wishes(EVENING_BEFORE)
    assert alex.tick(datetime(2026, 11, 25, 17, 0, tzinfo=UTC)) == 0, "nothing on Thursday"
    assert alex.tick(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == 0, "after midnight it is the day itself"
    assert alex.states("coach evening%") == []


def test_the_coach_s_reminder_does_not_leave_for_a_time_that_was_cancelled(alex):
    alex.coach_wishes(60)
    alex.make(START - HOUR)
    with alex.app.app_context():
        cancel(place(alex.place), BASE, by="staff", now=START - HOUR)
    alex.send(START - HOUR)
    assert alex.states("coach reminder%") == ["refused"]
