"""The coach's side of a group: her dates, taken back or moved with everyone in them; told once, paid back once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import vobject

from coachapp import clock, db, vault
from coachapp.booking import desk_operations, group_dates, requests
from coachapp.booking.confirming import cancel
from coachapp.booking.desk_operations import block_time
from coachapp.booking.group import DaysTaken
from coachapp.booking.group_queries import group_date
from coachapp.booking.models import Appointment
from coachapp.booking.queries import place as place_of
from coachapp.booking.reminding import make_reminders
from coachapp.booking.rules import AppointmentState, TimeTaken, TooLate
from coachapp.clients.operations import wish
from coachapp.clients.rules import TWO_HOURS, WishesRow
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.operations import send_due
from coachapp.payments.models import Refund
from coachapp.payments.operations import finish
from coachapp.practice import own_calendar
from coachapp.practice.models import Coach
from coachapp.practice.queries import offering
from coachapp.practice.rules import EVENING_BEFORE
from tests.booking.test_read_back import INVITED, invitation_in
from tests.booking.whobooks import who_books
from tests.cast import NORA
from tests.groups import (
    BASE,
    CIRCLE,
    NORAS,
    add_client,
    add_dates,
    add_group,
    evening,
    minutes,
    paid_seat,
    the_date,
)
from tests.road import at_utc
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

HOUR = timedelta(hours=1)


@pytest.fixture
def circle(world):
    add_group(world.app)
    return add_dates(world.app, evening(3), evening(4))


def fall(world, date_id):
    """Cancel a date up to the commit; the refunds are not sent yet."""
    with world.app.app_context():
        return group_dates.cancel_date(group_date(date_id), world.url, by=NORAS, now=clock.now())


def send(world, refunds):
    with world.app.app_context():
        extensions = world.app.extensions
        finish(refunds, extensions["gateway"], extensions["payables"], now=clock.now())


def move(world, date_id, to):
    with world.app.app_context():
        group_dates.move_date(group_date(date_id), to, world.url, by=NORAS, now=clock.now())


def kinds(world, person):
    """What was written for this client, kind by kind."""
    return sorted(
        kind for kind, who in world.rows(OutboxMessage.kind, OutboxMessage.client_id) if who == person
    )


# ---- her time ----


def test_a_date_and_a_session_refuse_each_other(world, circle):
    """Both ways, whichever comes first, on the road and at the desk."""
    maya = add_client(world.app, "Maya")
    with world.app.app_context():
        hour = offering("power-hour")
        with pytest.raises(TimeTaken):
            desk_operations.book_for_client(hour, maya, "UTC", evening(3) + HOUR, BASE, now=clock.now())
        with pytest.raises(TimeTaken):
            block_time(1, evening(3), evening(3) + HOUR, "", now=clock.now())
        desk_operations.book_for_client(hour, maya, "UTC", evening(6), BASE, now=clock.now())
    with pytest.raises(DaysTaken) as found:
        add_dates(world.app, evening(5), evening(6) - HOUR, evening(7))
    assert found.value.starts == [evening(6) - HOUR]
    with world.app.app_context():
        assert (
            len(db.session().scalars(sa.select(Appointment.id).where(Appointment.seats.is_not(None))).all())
            == 2
        )
        with pytest.raises(TimeTaken):
            group_dates.move_date(group_date(circle[0]), evening(6), BASE, by=NORAS, now=clock.now())
        assert group_date(circle[0]).starts_at == evening(3)


def test_someone_who_is_booking_keeps_a_date_away(world, circle):
    start = world.walker().hold()
    with pytest.raises(DaysTaken):
        add_dates(world.app, at_utc(start))


# ---- taking one back ----


def test_everyone_is_told_and_paid_back_once(world, circle):
    people = [paid_seat(world, evening(3), f"p{number}@example.com") for number in range(2)]
    other = paid_seat(world, evening(4), "other@example.com")
    who = [walker.place().client_id for walker in (other,)]
    refunds = fall(world, circle[0])
    assert len(refunds) == 2 and {state for (state,) in world.rows(Refund.state)} == {"asked"}
    with pytest.raises(TooLate):
        fall(world, circle[0])
    send(world, refunds)
    send(world, refunds)
    assert sorted(state for (state,) in world.rows(Refund.state)) == ["succeeded"] * 2
    assert len(world.asked("POST", "/v1/refunds")) == 2
    world.send_mail()
    for number in range(2):
        mails = world.mails_to(f"p{number}@example.com")
        assert [mail.text.startswith("Cancelled:") for mail in mails] == [False, True]
        people[number].get(people[number].place_path)
        assert "This time is free again" in people[number].text and "€20" in people[number].text
    assert len(world.mails_to("other@example.com")) == 1 and kinds(world, who[0]) == ["booked"]
    told = [mail.subject for mail in world.mails_to(NORA.email) if "cancelled" in mail.subject]
    assert len(told) == 1, "the coach hears of it once"
    assert minutes(evening(3)) not in world.walker().free(CIRCLE)
    with world.app.app_context():
        block_time(1, evening(3), evening(3) + HOUR, "", now=clock.now())


def test_killed_after_the_commit_the_money_goes_back_all_the_same(world, circle):
    paid_seat(world, evening(3), "p@example.com")
    fall(world, circle[0])
    assert world.asked("POST", "/v1/refunds") == []
    assert world.tick() == () and world.tick() == ()
    assert [state for (state,) in world.rows(Refund.state)] == ["succeeded"]
    assert len(world.asked("POST", "/v1/refunds")) == 1


def test_who_was_only_on_the_way_is_let_go_and_late_money_goes_back(world, circle):
    walker = world.walker()
    walker.to_payment(minutes(evening(3)), slug=CIRCLE)
    fall(world, circle[0])
    walker.get("/book/details")
    assert walker.page.status_code == 409
    walker.pay()
    assert world.ledger() == (["cancelled", "confirmed", "released"], ["paid"], [20_00], ["succeeded"])
    assert world.outbox() == [("money back", "waiting")]


def test_requests_and_kept_seats_hear_that_it_is_not_possible(world, circle):
    who_books(world, "approved")
    places = []
    for number in range(2):
        walker = world.walker()
        walker.go_to_code(minutes(evening(3)), CIRCLE, email=f"p{number}@example.com")
        walker.press_pay()
        places.append(walker.place())
    with world.app.app_context():
        requests.approve(place_of(places[1].id), world.url, by=NORAS, now=clock.now())
    assert fall(world, circle[0]) == []
    world.send_mail()
    for number, place in enumerate(places):
        last = world.mails_to(f"p{number}@example.com")[-1]
        assert last.text.startswith("Not possible:")
        with world.app.app_context():
            assert place_of(place.id).state is AppointmentState.RELEASED


def test_no_mail_to_whoever_said_no(world, circle):
    maya = add_client(world.app, "Maya")
    with world.app.app_context():
        desk_operations.book_seat(offering(CIRCLE), circle[0], maya, "UTC", BASE, now=clock.now())
    move(world, circle[0], evening(5))
    fall(world, circle[0])
    assert {state for _kind, state in world.outbox()} == {"refused"}


def test_of_one_who_is_being_erased_nobody_is_left_to_tell(world, circle):
    maya, tom = (add_client(world.app, name, f"{name.lower()}@example.com") for name in ("Maya", "Tom"))
    with world.app.app_context():
        for each in (maya, tom):
            desk_operations.book_seat(offering(CIRCLE), circle[0], each, "UTC", BASE, now=clock.now())
        vault.destroy_key(maya)
    move(world, circle[0], evening(5))
    fall(world, circle[0])
    assert kinds(world, tom) == ["booked", "cancelled", "moved"]


@pytest.mark.parametrize("answered", [False, True])
def test_one_who_asked_and_is_being_erased_keeps_no_date_from_falling(world, circle, answered):
    who_books(world, "approved")
    walker = world.walker()
    walker.go_to_code(minutes(evening(3)), CIRCLE)
    walker.press_pay()
    place = walker.place()
    with world.app.app_context():
        if answered:
            requests.approve(place, world.url, by=NORAS, now=clock.now())
        vault.destroy_key(place.client_id)
    fall(world, circle[0])
    with world.app.app_context():
        assert place_of(place.id).state is AppointmentState.RELEASED


# ---- moving one ----


def test_a_date_moves_with_everyone_in_it_and_each_is_told_once(world, circle):
    people = [paid_seat(world, evening(3), f"p{number}@example.com") for number in range(2)]
    places = [each.place() for each in people]
    gone = paid_seat(world, evening(3), "gone@example.com")
    with world.app.app_context():
        cancel(place_of(gone.place().id), world.url, by="client", now=clock.now())
    to = evening(3) + HOUR / 2
    move(world, circle[0], to)
    move(world, circle[0], to)
    world.send_mail()
    for number in range(2):
        moved = [
            mail for mail in world.mails_to(f"p{number}@example.com") if mail.text.startswith("Moved to:")
        ]
        assert len(moved) == 1
    assert not [mail for mail in world.mails_to("gone@example.com") if mail.text.startswith("Moved")]
    with world.app.app_context():
        for place in places:
            now = place_of(place.id)
            assert (now.starts_at, now.sequence, now.room_key) == (to, place.sequence + 1, place.room_key)
    told = [
        mail.subject for mail in world.mails_to(NORA.email) if mail.subject.startswith("A time was moved")
    ]
    assert len(told) == 1
    assert world.ledger()[1:] == (["paid"] * 3, [20_00] * 3, ["asked"])


def test_what_was_kept_and_asked_for_moves_too_and_who_is_choosing_chooses_again(world, circle):
    choosing = world.walker()
    choosing.hold(minutes(evening(3)), CIRCLE)
    choosing.tell(name="Alex", hope="what I wrote")
    who_books(world, "approved")
    asking = world.walker()
    asking.go_to_code(minutes(evening(3)), CIRCLE, email="asking@example.com")
    asking.press_pay()
    asked = asking.place()
    move(world, circle[0], evening(5))
    assert choosing.get("/book/code").status_code == 409
    choosing.hold(minutes(evening(5)), CIRCLE)
    choosing.get("/book/details")
    assert "what I wrote" in choosing.page.get_data(as_text=True)
    with world.app.app_context():
        assert place_of(asked.id).starts_at == evening(5)
        requests.approve(place_of(asked.id), world.url, by=NORAS, now=clock.now())
        assert place_of(asked.id).hold_until <= evening(5)
    world.send_mail()
    said = [mail.text.split(":")[0] for mail in world.mails_to("asking@example.com")]
    assert said[0] == "Moved to" and said[1].startswith("Kept until")


def test_what_has_begun_does_not_move(world, circle):
    with world.app.app_context(), pytest.raises(TooLate):
        group_dates.move_date(group_date(circle[0]), evening(5), BASE, by=NORAS, now=evening(3))


def test_an_offer_of_another_date_to_one_who_asked(world, circle):
    who_books(world, "approved")
    walker = world.walker()
    walker.go_to_code(minutes(evening(3)), CIRCLE)
    walker.press_pay()
    asked = walker.place()
    with world.app.app_context():
        with pytest.raises(TimeTaken):
            requests.offer(asked, evening(6), world.url, by=NORAS, now=clock.now())
        assert place_of(asked.id).state is AppointmentState.REQUESTED
        requests.offer(asked, evening(4), world.url, by=NORAS, now=clock.now())
        assert (place_of(asked.id).seat_of, place_of(asked.id).starts_at) == (circle[1], evening(4))
    assert the_date(world.app, circle[0]).taken == frozenset()


# ---- her calendar, her reminders ----


def test_her_calendar_has_the_date_once_and_no_seat(world):
    world.change(Coach, calendar_mail=True)
    add_group(world.app)
    (date,) = add_dates(world.app, evening(3))
    for number in range(2):
        paid_seat(world, evening(3), f"p{number}@example.com")
    move(world, date, evening(4))
    fall(world, date)
    world.send_mail()
    mails = world.mails_to(NORA.email)
    carried = [vobject.readOne(invitation_in(world, mail)) for mail in mails if _has_calendar(world, mail)]
    read = [(each.method.value, int(each.vevent.sequence.value)) for each in carried]
    assert read == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert {each.vevent.uid.value for each in carried} == {f"{date.hex}@appointments"}
    assert {child.name for each in carried for child in each.vevent.getChildren()} == INVITED
    assert sum("was booked" in mail.subject for mail in mails) == 3, "she reads of each seat, in words"


def _has_calendar(world, mail):
    return "text/calendar" in (world.mail.folder / mail.file).read_text(errors="replace")


def test_the_feed_has_it_once(world, circle):
    for number in range(2):
        paid_seat(world, evening(3), f"p{number}@example.com")
    with world.app.app_context():
        own_calendar.new_feed(1)
        token = own_calendar.feed_token(1)
    events = vobject.readOne(world.walker().get(f"/c/{token}.ics").get_data(as_text=True)).vevent_list
    assert sorted(event.uid.value for event in events) == sorted(
        f"{each.hex}@appointments" for each in circle
    )


def tick_at(world, at):
    """What a tick at that moment does about reminders."""
    with world.app.app_context():
        make_reminders(world.url, now=at)
        send_due(world.app.extensions["mailer"], now=at)


def reminded(world, address):
    return [mail for mail in world.mails_to(address) if not mail.text.startswith(("Moved", "Cancelled"))]


def test_reminders_are_each_ones_own_and_the_coachs_one(world, circle):
    world.change(Coach, remind_min=30)
    for number in range(2):
        walker = paid_seat(world, evening(3), f"p{number}@example.com")
        with world.app.app_context():
            wish(walker.place().client_id, WishesRow(remind_min=TWO_HOURS), now=clock.now())
    world.send_mail()
    for before in (2 * HOUR, HOUR / 2, HOUR / 3):
        tick_at(world, evening(3) - before)
    tick_at(world, evening(4) - HOUR / 2)
    for number in range(2):
        assert len(reminded(world, f"p{number}@example.com")) == 2, "the booking, and the reminder"
    coming = [mail for mail in world.mails_to(NORA.email) if mail.subject.startswith("Coming up")]
    assert len(coming) == 1, "one, and none of the date to which nobody comes"


def test_the_evening_before_has_it_on_one_line(world, circle):
    world.change(Coach, remind_min=EVENING_BEFORE)
    for number in range(2):
        paid_seat(world, evening(3), f"p{number}@example.com")
    world.send_mail()
    tick_at(world, evening(2) - HOUR)
    tick_at(world, evening(3) - HOUR)
    (mail,) = [mail for mail in world.mails_to(NORA.email) if mail.subject.startswith("Tomorrow")]
    assert mail.text.count("Evening circle") == 1


def test_a_reminder_of_a_date_that_fell_or_moved_stays(world, circle):
    world.change(Coach, remind_min=30)
    paid_seat(world, evening(3), "p@example.com")
    paid_seat(world, evening(4), "q@example.com")
    world.send_mail()
    with world.app.app_context():
        make_reminders(world.url, now=evening(3) - HOUR / 2)
    fall(world, circle[0])
    tick_at(world, evening(3) - HOUR / 3)
    with world.app.app_context():
        make_reminders(world.url, now=evening(4) - HOUR / 2)
    move(world, circle[1], evening(6))
    tick_at(world, evening(4) - HOUR / 3)
    assert not [mail for mail in world.mails_to(NORA.email) if mail.subject.startswith("Coming up")]
