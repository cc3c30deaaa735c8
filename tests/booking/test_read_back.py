"""Calendar files, invitations and the feed, read by another library than the one that writes them."""

import email.policy
from datetime import timedelta
from email.parser import BytesParser
from pathlib import Path

import vobject

from coachapp.booking.models import Appointment
from coachapp.notifications.models import OutboxMessage
from coachapp.practice import own_calendar
from coachapp.practice.models import Coach
from tests.cast import NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

# What a file in anyone's calendar may say, and what an invitation says besides.
NEUTRAL = {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"}
INVITED = NEUTRAL | {"ORGANIZER", "ATTENDEE"}


def names(event):
    return {child.name for child in event.getChildren()}


def told(event):
    """What the other library understands: which entry, in which version, when, and whether it stands."""
    return (
        event.uid.value,
        int(event.sequence.value),
        event.dtstart.value,
        event.dtend.value,
        event.summary.value,
        event.status.value,
    )


def as_booked(place, summary="Appointment", status="CONFIRMED"):
    uid = f"{place.appointment_id.hex}@appointments"
    return (uid, place.sequence, place.starts_at, place.ends_at, summary, status)


def move(walker, path):
    start = walker.morning()[9]
    walker.get(f"{path}/move")
    assert walker.post(f"{path}/move", {"slot": str(start), "tz": "UTC"}).status_code == 303


def test_the_clients_file_through_its_life(world):
    walker = world.paid()
    path = walker.place_path

    def read():
        (event,) = vobject.readOne(walker.get(f"{path}.ics").get_data(as_text=True)).vevent_list
        assert names(event) == NEUTRAL
        return told(event)

    assert read() == as_booked(walker.place())
    move(walker, path)
    assert read() == as_booked(walker.place())
    walker.fill(f"{path}/cancel", {})
    assert read() == as_booked(walker.place(), status="CANCELLED")
    assert walker.place().sequence == 2


def test_the_coachs_invitations_through_a_sessions_life(world):
    world.change(Coach, calendar_mail=True)
    walker = world.paid()
    path, seen = walker.place_path, []
    for change in (lambda: None, lambda: move(walker, path), lambda: walker.fill(f"{path}/cancel", {})):
        change()
        world.send_mail(timedelta(seconds=1))
        mail = world.mails_to(NORA.email)[-1]
        calendar = vobject.readOne(invitation_in(world, mail))
        assert names(calendar.vevent) == INVITED
        seen.append((calendar.method.value, told(calendar.vevent)[1:], walker.place()))
    assert [method for method, _told, _place in seen] == ["REQUEST", "REQUEST", "CANCEL"]
    for method, read, place in seen:
        assert read == as_booked(place, status="CANCELLED" if method == "CANCEL" else "CONFIRMED")[1:]
    kinds = {client is None for (client,) in world.rows(OutboxMessage.client_id)}
    assert kinds == {True, False}, "the client was told too, without a file"


def test_the_coachs_feed(world):
    walker = world.paid()
    with world.app.app_context():
        own_calendar.new_feed(1)
        token = own_calendar.feed_token(1)
    calendar = vobject.readOne(walker.get(f"/c/{token}.ics").get_data(as_text=True))
    (event,) = calendar.vevent_list
    assert names(event) == NEUTRAL and told(event) == as_booked(walker.place())
    world.change(Appointment, state="blocked")
    (event,) = vobject.readOne(walker.get(f"/c/{token}.ics").get_data(as_text=True)).vevent_list
    assert told(event)[4] == "Blocked"


def invitation_in(world, mail):
    """The calendar part of a caught mail, from the file it was kept in."""
    kept = BytesParser(policy=email.policy.default).parsebytes(
        Path(world.mail.folder, mail.file).read_bytes()
    )
    (part,) = [part for part in kept.walk() if part.get_content_type() == "text/calendar"]
    return part.get_content()
