"""Moving a booked time: the same order and calendar entry, never charged again;
and what is said when it is not safe."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from icalendar import Calendar

from coachapp import clock
from coachapp.audit.models import AuditEntry
from coachapp.booking import moving
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import TimeTaken, TooLate
from coachapp.practice.models import Offering
from coachapp.practice.queries import offering
from tests.cast import CHARLIE, NORA
from tests.road import MINUTE, at_utc, both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

HOUR = timedelta(hours=1)


@pytest.fixture
def booked(world):
    """Alex has paid for the power hour."""
    return world.paid()


def start_of(walker):
    return int(walker.place().starts_at.timestamp()) // 60


def move(walker, path, start, **more):
    walker.get(f"{path}/move")
    return walker.post(f"{path}/move", {"slot": str(start), "tz": walker.person.zone, **more})


def test_moving_keeps_order_entry_and_money(world, booked):
    path, before = booked.place_path, booked.place()
    world.send_mail()
    start = booked.morning()[5]
    page = booked.get(f"{path}/move").get_data(as_text=True)
    assert f'action="{path}/move"' in page and "Nothing is charged again" in booked.text
    move(booked, path, start)
    assert booked.page.status_code == 303
    booked.follow()
    assert "Your time is moved." in booked.text
    after = booked.place()
    assert (after.id, after.appointment_id, after.starts_at) == (
        before.id,
        before.appointment_id,
        at_utc(start),
    )
    assert after.ends_at - after.starts_at == before.ends_at - before.starts_at
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])
    (entry,) = Calendar.from_ical(booked.get(f"{path}.ics").data).walk("VEVENT")
    assert (entry["SEQUENCE"], entry["DTSTART"].dt) == (1, at_utc(start))
    assert str(entry["UID"]).startswith(before.appointment_id.hex)
    assert len(world.asked("POST", "/v1/checkout/sessions")) == 1
    assert [(kind, role) for kind, role in world.rows(AuditEntry.action, AuditEntry.role)][-1] == (
        "move",
        "client",
    )


def test_both_are_told_once_in_the_clients_way(world):
    for inbox, expected in (("only_me", True), ("shared", True), ("none", False)):
        walker = world.paid(inbox=inbox, email=f"{inbox.replace('_', '-')}@example.com")
        path, start = walker.place_path, walker.morning()[3]
        move(walker, path, start)
        move(walker, path, start)
        world.send_mail()
        mails = world.mails_to(f"{inbox.replace('_', '-')}@example.com")
        moved = [mail for mail in mails if "Moved to:" in mail.text]
        assert len(moved) == expected
        if moved:
            assert moved[0].subject == "Your update"
            assert ("/b/" in moved[0].text) is (inbox == "only_me")
    told = [
        mail.subject for mail in world.mails_to(NORA.email) if mail.subject.startswith("A time was moved")
    ]
    assert len(told) == 3


def test_her_own_time_is_not_in_her_way(world, booked):
    """Half an hour later overlaps what she has; for her it is free, for others it is not."""
    path, start = booked.place_path, start_of(booked)
    later = start + 30
    assert later not in world.walker(CHARLIE).free()
    assert f'value="{later}"' in booked.get(f"{path}/move?day={at_utc(later):%Y-%m-%d}").get_data(
        as_text=True
    )
    assert f'value="{start}"' not in booked.get(f"{path}/move").get_data(as_text=True), "she has that one"
    assert move(booked, path, later).status_code == 303
    assert start_of(booked) == later


def test_a_taken_time_leaves_the_old_one(world, booked):
    path, before = booked.place_path, start_of(booked)
    other = world.walker(CHARLIE)
    start = other.hold()
    for slot in (start, start + 30, 1, 999_999_999):
        assert move(booked, path, slot).status_code == 409
        assert "That time has been taken" in booked.text and "Your present time is still yours" in booked.text
    confirmed = dict(world.rows(Appointment.state, Appointment.starts_at))["confirmed"]
    assert confirmed == at_utc(before) and world.outbox() == [("booked", "waiting")]


@pytest.mark.parametrize("slot", ["", "tomorrow", "-5", "12345678901", "²"])
def test_what_is_no_time(booked, slot):
    path, before = booked.place_path, start_of(booked)
    assert move(booked, path, slot).status_code == 422
    assert "Choose one of the times first" in booked.text
    assert start_of(booked) == before


@pytest.mark.parametrize(("hours", "status"), [(24.01, 303), (23.99, 409)])
def test_until_the_cut_off(world, booked, hours, status):
    path, start = booked.place_path, booked.morning()[4]
    begins = clock.now() + timedelta(hours=hours)
    world.change(Appointment, starts_at=begins, ends_at=begins + HOUR)
    looked = booked.get(f"{path}/move").status_code
    token = booked.get(f"{path}") and booked.get("/book/power-hour") and booked.token
    assert booked.post(f"{path}/move", {"slot": str(start), "csrf_token": token}).status_code == status
    assert looked == (200 if status == 303 else 409)
    if status == 409:
        assert "Nora can still move it for you" in booked.text
        assert "/move" not in booked.get(path).get_data(as_text=True)


@pytest.mark.safety("D5")
def test_the_link_alone_moves_nothing(world):
    walker = world.paid(inbox="shared")
    path, before, start = walker.place_path, start_of(walker), walker.morning()[3]
    stranger = world.walker(CHARLIE)
    assert stranger.get(f"{path}/move").status_code == 404
    token = stranger.get("/book/power-hour") and stranger.token
    for where in ("move", "move/zone", "unsafe"):
        sent = {"slot": str(start), "csrf_token": token}
        assert stranger.post(f"{path}/{where}", sent).status_code == 404
    assert start_of(walker) == before


def test_looking_changes_nothing(world, booked):
    path, before = booked.place_path, booked.place()
    for where in ("move", "cancel", "unsafe"):
        booked.get(f"{path}/{where}")
    assert booked.place() == before


def test_a_cancelled_time_does_not_move(world, booked):
    path, start = booked.place_path, booked.morning()[3]
    booked.fill(f"{path}/cancel", {})
    assert booked.get(f"{path}/move").status_code == 409
    token = booked.get("/book/power-hour") and booked.token
    assert booked.post(f"{path}/move", {"slot": str(start), "csrf_token": token}).status_code == 409
    assert world.ledger()[0] == ["cancelled"]


def test_the_length_and_the_offering_it_was_booked_with_stay(world, booked):
    path = booked.place_path
    world.change(Offering, length_min=30, active=False)
    start = start_of(booked) + 60
    assert move(booked, path, start).status_code == 303
    assert booked.place().length_min == 60


def test_the_zone_she_chooses_in_becomes_hers(world, booked):
    path, start = booked.place_path, booked.morning()[3]
    booked.get(f"{path}/move")
    booked.post(f"{path}/move/zone", {"tz": "Asia/Kathmandu"})
    booked.follow()
    assert "Kathmandu" in booked.text
    booked.post(f"{path}/move", {"slot": str(start), "tz": "Asia/Kathmandu"})
    assert booked.place().zone == "Asia/Kathmandu"


@both_databases
def test_two_want_the_same_time_at_once(world):
    """Two booked people move to one time at the same moment: one gets it, the other keeps what she had."""
    people = [world.paid(), world.paid(email="robin@example.com")]
    start = people[0].morning()[6]
    places = [world.rows(Place.id)[number][0] for number in (0, 1)]
    gate, ended = Barrier(2), []

    def go(place_id):
        with world.app.app_context():
            place = moving.queries.place(place_id)
            gate.wait(10)
            try:
                moving.move_by_client(
                    place, offering("power-hour"), start, "Europe/Lisbon", world.url, now=clock.now()
                )
                ended.append("moved")
            except TimeTaken:
                ended.append("taken")

    threads = [Thread(target=go, args=(place_id,)) for place_id in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["moved", "taken"]
    assert [begins for (begins,) in world.rows(Appointment.starts_at)].count(at_utc(start)) == 1


class TestByTheCoach:
    def test_wherever_she_likes_but_over_nobody(self, world, booked):
        place = booked.place()
        held = at_utc(world.walker(CHARLIE).hold())
        with world.app.app_context():
            for minutes in (-59, 0, 59):
                with pytest.raises(TimeTaken):
                    moving.move_by_coach(place, held + minutes * MINUTE, world.url, now=clock.now())
            night = held.replace(hour=2, minute=17) + timedelta(days=200)
            moving.move_by_coach(place, night, world.url, now=clock.now())
            assert moving.queries.place(place.id).starts_at == night
        assert sorted(world.ledger()[0]) == ["confirmed", "held"]

    def test_also_after_the_cut_off_but_not_when_it_fell(self, world, booked):
        begins = clock.now() + timedelta(minutes=5)
        world.change(Appointment, starts_at=begins, ends_at=begins + HOUR)
        to = clock.now() + timedelta(days=3)
        with world.app.app_context():
            moving.move_by_coach(booked.place(), to, world.url, now=clock.now())
        world.change(Appointment, state="cancelled")
        with world.app.app_context(), pytest.raises(TooLate):
            moving.move_by_coach(booked.place(), to + HOUR, world.url, now=clock.now())


class TestUnsafe:
    """Not safe to come: everything goes back, before or after, no reason asked, and the coach is told."""

    @pytest.mark.parametrize("begins", [timedelta(hours=3), timedelta(minutes=-30), timedelta(hours=-24)])
    def test_everything_goes_back_until_a_day_after(self, world, booked, begins):
        path, at = booked.place_path, clock.now() + begins
        world.change(Appointment, starts_at=at, ends_at=at + HOUR)
        booked.get(f"{path}/cancel")
        assert "If it is not safe to come" in booked.text
        assert "You will get the full €95 back" in booked.text
        booked.post(f"{path}/unsafe")
        assert booked.page.status_code == 303
        booked.follow()
        assert "€95 goes back" in booked.text
        assert world.ledger() == (["cancelled"], ["paid"], [95_00], ["succeeded"])
        assert world.rows(Place.outcome) == [("unsafe",)]
        world.send_mail()
        assert any(mail.subject.startswith("A time was cancelled") for mail in world.mails_to(NORA.email))

    def test_not_for_ever(self, world, booked):
        path, at = booked.place_path, clock.now() - timedelta(hours=25, minutes=1)
        world.change(Appointment, starts_at=at, ends_at=at + HOUR)
        assert booked.get(f"{path}/cancel").status_code == 409
        token = booked.get("/book/power-hour") and booked.token
        assert booked.post(f"{path}/unsafe", {"csrf_token": token}).status_code == 409
        assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])

    def test_twice_is_once(self, world, booked):
        path, at = booked.place_path, clock.now() + HOUR
        world.change(Appointment, starts_at=at, ends_at=at + HOUR)
        token = booked.get(f"{path}/cancel") and booked.token
        answers = [booked.post(f"{path}/unsafe", {"csrf_token": token}).status_code for _ in range(2)]
        assert answers == [303, 409]
        assert world.ledger()[3] == ["succeeded"]
