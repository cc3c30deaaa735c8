"""The coach's own calendar: the private feed, and the invitations her mails carry. Never anything for a client."""

import email.policy
import re
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from coachapp import clock, db
from coachapp.booking import confirming, queries
from coachapp.booking.desk_operations import block_time, unblock_time
from coachapp.booking.ics import Entry, Summary, feed_file, invitation_file, uid_of
from coachapp.booking.models import Appointment
from coachapp.notifications.models import OutboxMessage
from coachapp.practice import own_calendar
from coachapp.practice.models import Coach
from tests.cast import ALEX, MAYA, NORA
from tests.desk.people import book, in_days
from tests.plain_browser import Browser

GOLDEN = Path(__file__).parent.parent / "golden"
PAGE = "/desk/calendars"
BASE = "http://127.0.0.1:8000"
ENTRY = Entry(
    uid=uid_of(UUID("0b6a3f0e-5c1d-4c5e-9a51-0f4b8d6d2c11")),
    sequence=0,
    starts_at=datetime(2026, 11, 18, 14, 30, tzinfo=UTC),
    ends_at=datetime(2026, 11, 18, 15, 30, tzinfo=UTC),
    summary=Summary.APPOINTMENT,
    changed_at=datetime(2026, 11, 10, 11, 42, 7, 900, tzinfo=UTC),
)
MOVED = Entry(**{**ENTRY.__dict__, "sequence": 1, "starts_at": ENTRY.starts_at - timedelta(hours=1)})
CANCELLED = Entry(**{**MOVED.__dict__, "sequence": 2, "cancelled": True})
NEUTRAL = {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"}


def events(data):
    return Calendar.from_ical(data).walk("VEVENT")


# ---- the files, byte for byte ----


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("invited.ics", invitation_file(ENTRY, "times@example.org", NORA.email)),
        ("invited-moved.ics", invitation_file(MOVED, "times@example.org", NORA.email)),
        ("invited-cancelled.ics", invitation_file(CANCELLED, "times@example.org", NORA.email)),
        ("feed.ics", feed_file([ENTRY, CANCELLED])),
        ("feed-empty.ics", feed_file([])),
    ],
)
def test_is_byte_for_byte_the_golden_file(name, data):
    assert data == (GOLDEN / name).read_bytes()


@pytest.mark.parametrize(("entry", "method"), [(ENTRY, "REQUEST"), (MOVED, "REQUEST"), (CANCELLED, "CANCEL")])
def test_an_invitation_reads_back_and_holds_nothing_but_these(entry, method):
    file = Calendar.from_ical(invitation_file(entry, "times@example.org", NORA.email))
    assert {name: str(value) for name, value in file.items()} == {
        "PRODID": "-//Calendar//EN",
        "VERSION": "2.0",
        "METHOD": method,
    }
    [found] = file.walk("VEVENT")
    assert set(found) == NEUTRAL | {"ORGANIZER", "ATTENDEE"}
    assert (str(found["organizer"]), str(found["attendee"])) == (
        "mailto:times@example.org",
        f"mailto:{NORA.email}",
    )
    assert dict(found["attendee"].params) == {
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert dict(found["organizer"].params) == {}
    assert (found.decoded("dtstart"), found["sequence"]) == (entry.starts_at, entry.sequence)
    assert [part.name for part in file.walk()] == ["VCALENDAR", "VEVENT"]


def lines_of(data):
    """Another reading of the same bytes, by the letter of RFC 5545: CRLF, folds of 75 octets, names before a colon."""
    text = data.decode()
    assert "\n" not in text.replace("\r\n", "") and all(
        len(line.encode()) <= 75 for line in text.split("\r\n")
    )
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert unfolded.pop() == ""
    return [tuple(re.fullmatch(r"([A-Z-]+)(?:;[^:]*)?:(.*)", line).groups()) for line in unfolded]


def test_every_line_is_written_as_the_standard_says():
    read = lines_of(
        invitation_file(ENTRY, "times@example.org", "a-rather-long-address-of-nora@mail.example.com")
    )
    assert read[:1] + read[-1:] == [("BEGIN", "VCALENDAR"), ("END", "VCALENDAR")]
    found = dict(read)
    assert found["DTSTART"] == "20261118T143000Z" and found["DTSTAMP"] == "20261110T114207Z"
    assert found["ATTENDEE"] == "mailto:a-rather-long-address-of-nora@mail.example.com"
    assert lines_of(feed_file([ENTRY])).count(("BEGIN", "VEVENT")) == 1


# ---- the feed ----


@pytest.fixture
def feed(app, desk, nora):
    """The path of Nora's feed, made by her at the desk."""
    nora.get(PAGE)
    assert nora.post(f"{PAGE}/feed").status_code == 303
    return feed_path(nora)


def feed_path(nora):
    found = re.search(
        r"<code>http://127\.0\.0\.1:8000(/c/[^<]+\.ics)</code>", nora.get(PAGE).get_data(as_text=True)
    )
    return found[1] if found else None


def fetch(app, path):
    """What a calendar program gets: no cookie, no sign-in."""
    return Browser(app).get(path)


def cancel(app, place_id):
    with app.app_context():
        confirming.cancel(queries.place(place_id), BASE, by="staff", now=clock.now())


def test_the_feed_shows_sessions_and_blocked_times_and_nothing_else(app, desk, feed):
    starts = in_days(3)
    place_id = book(app, desk.maya, starts)
    with app.app_context():
        block_time(1, in_days(4), in_days(4, 12), "Dentist", now=clock.now())
        free_again = block_time(1, in_days(5), in_days(5, 12), "Dentist", now=clock.now())
        unblock_time(1, free_again, now=clock.now())
        appointment_id = queries.place(place_id).appointment_id
    answer = fetch(app, feed)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    session, blocked = events(answer.data)
    assert set(session) == set(blocked) == NEUTRAL
    assert (str(session["summary"]), str(blocked["summary"])) == ("Appointment", "Blocked")
    assert (str(session["uid"]), session.decoded("dtstart")) == (uid_of(appointment_id), starts)
    for word in (b"Maya", b"Dentist", b"Power", b"Nora", b"Quiet", MAYA.email.encode(), b"Lisbon"):
        assert word not in answer.data


def test_the_uid_is_the_one_of_the_client_s_file(app, desk, feed):
    place_id = book(app, desk.maya, in_days(3))
    with app.app_context():
        path = f"/b/{queries.place_token(place_id)}.ics"
    [hers], [feeds_own] = events(fetch(app, path).data), events(fetch(app, feed).data)
    assert hers["uid"] == feeds_own["uid"]


def test_what_was_cancelled_stays_for_a_month_as_cancelled(app, desk, feed):
    cancel(app, book(app, desk.maya, in_days(3)))
    [found] = events(fetch(app, feed).data)
    assert (str(found["status"]), found["sequence"]) == ("CANCELLED", 1)
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Appointment).values(changed_at=clock.now() - timedelta(days=31)))
    assert events(fetch(app, feed).data) == []


def test_holds_and_requests_are_not_in_it_and_the_past_is_for_a_month(app, desk, feed):
    book(app, desk.maya, in_days(3))
    for state in ("held", "released", "requested"):
        with app.app_context(), db.transaction() as session:
            session.execute(sa.update(Appointment).values(state=state))
        assert events(fetch(app, feed).data) == []
    for days, shown in ((29, 1), (31, 0)):
        ended = clock.now() - timedelta(days=days)
        with app.app_context(), db.transaction() as session:
            times = {"starts_at": ended - timedelta(hours=1), "ends_at": ended}
            session.execute(sa.update(Appointment).values(state="confirmed", **times))
        assert len(events(fetch(app, feed).data)) == shown


def test_a_new_address_ends_the_old_one_and_taking_it_back_ends_both(app, nora, feed):
    nora.get(PAGE)
    nora.post(f"{PAGE}/feed")
    fresh = feed_path(nora)
    assert fresh != feed
    assert (fetch(app, feed).status_code, fetch(app, fresh).status_code) == (404, 200)
    nora.get(PAGE)
    nora.post(f"{PAGE}/feed/end")
    assert (fetch(app, fresh).status_code, feed_path(nora)) == (404, None)
    assert fetch(app, "/c/.ics").status_code == fetch(app, "/c/None.ics").status_code == 404


def test_looking_changes_nothing_and_only_a_get_is_answered(app, feed):
    for method in ("post", "put", "delete"):
        assert getattr(app.test_client(), method)(feed).status_code in (400, 405)
    assert app.test_client().head(feed).status_code == 200


def test_the_token_is_kept_as_a_hash_and_sealed(app, desk, feed):
    token = feed.removeprefix("/c/").removesuffix(".ics")
    with app.app_context():
        row = db.session().get_one(Coach, desk.made.coach_id)
        assert token.encode() not in row.feed_sealed and token.encode() not in row.feed_hash
        assert own_calendar.feed_token(desk.made.coach_id) == token
        assert own_calendar.coach_of_feed(token) == desk.made.coach_id


def test_one_coach_s_feed_shows_no_other_coach_s_time(app, desk, nora, feed):
    book(app, desk.maya, in_days(3))
    with app.app_context():
        other = own_calendar.new_feed(desk.made.coach_id + 1)
    assert events(fetch(app, f"/c/{other}.ics").data) == []


def test_who_asks_without_end_is_asked_to_wait(app, feed):
    answers = {fetch(app, feed).status_code for _ in range(240)}
    assert answers == {200}
    assert fetch(app, feed).status_code == 429


# ---- the invitations ----


@pytest.fixture
def invited(world):
    """The world, with Nora wanting invitations."""
    with world.app.app_context():
        own_calendar.set_calendar_mail(1, True)
    return world


def sent(world, address):
    """The mails to an address as they came over the line, oldest first."""
    world.send_mail()
    files = [world.mail.folder / mail.file for mail in world.mails_to(address)]
    return [BytesParser(policy=email.policy.default).parsebytes(file.read_bytes()) for file in files]


def invitation(mail):
    assert mail.get_content_type() == "multipart/alternative"
    plain, calendar = mail.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("charset") == "utf-8" and calendar.get_filename() is None
    file = Calendar.from_ical(calendar.get_content())
    assert calendar.get_param("method") == str(file["method"])
    [found] = file.walk("VEVENT")
    return str(file["method"]), found


def test_a_booking_and_its_cancellation_reach_her_calendar(invited):
    walker = invited.paid()
    [mail] = sent(invited, NORA.email)
    method, found = invitation(mail)
    place = walker.place()
    assert (method, str(found["uid"]), found["sequence"]) == ("REQUEST", uid_of(place.appointment_id), 0)
    assert found.decoded("dtstart") == place.starts_at and found.decoded("dtend") == place.ends_at
    assert str(found["attendee"]) == f"mailto:{NORA.email}"
    walker.fill(f"{walker.place_path}/cancel", {})
    _first, second = sent(invited, NORA.email)
    method, found = invitation(second)
    assert (method, found["sequence"], str(found["status"])) == ("CANCEL", 1, "CANCELLED")
    assert str(found["uid"]) == uid_of(place.appointment_id)
    assert "Power hour" not in str(found) and ALEX.name not in second.as_string()


def test_the_plain_words_are_as_they_were(invited):
    invited.paid()
    [mail] = sent(invited, NORA.email)
    words = mail.get_body(("plain",)).get_content()
    assert "Power hour" in words and "/desk/" in words


@pytest.mark.safety("D2")
def test_a_client_s_mail_never_carries_a_file(invited):
    invited.paid()
    invited.send_mail()
    [mail] = sent(invited, ALEX.email)
    assert mail.get_content_type() == "text/plain" and not mail.is_multipart()
    assert invited.rows(OutboxMessage.calendar_sealed.is_(None)) != []
    for client_id, sealed in invited.rows(OutboxMessage.client_id, OutboxMessage.calendar_sealed):
        assert (client_id is None) == (sealed is not None)


def test_who_wants_none_gets_none(world):
    world.paid()
    [mail] = sent(world, NORA.email)
    assert mail.get_content_type() == "text/plain"


def test_the_words_of_an_invitation_are_forgotten_with_the_mail(invited):
    invited.paid()
    invited.send_mail()
    assert invited.rows(OutboxMessage.id) and any(x for (x,) in invited.rows(OutboxMessage.calendar_sealed))
    invited.tick(later=timedelta(hours=73))
    assert {x for (x,) in invited.rows(OutboxMessage.calendar_sealed)} == {None}
