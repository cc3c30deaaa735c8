"""A seat in a group, booked and given back like any time; nobody sees who else comes, or how many."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import blocking, desk_operations
from coachapp.booking.group import GroupDate, on_offer
from coachapp.booking.models import Appointment
from coachapp.booking.moving import move_by_coach
from coachapp.booking.rules import AppointmentState, TimeTaken
from coachapp.notifications.models import OutboxMessage
from coachapp.practice.models import Offering
from coachapp.practice.operations import save_settings
from coachapp.practice.queries import offering
from tests.accounts.people import sign_in
from tests.booking.test_looking_changes_nothing import IGNORED, statements
from tests.booking.whobooks import (
    SOMEBODY,
    add_maya,
    coach_id,
    link_for,
    neutral,
    nora_at_desk,
    open_link,
    sign_in_as,
    who_books,
)
from tests.cast import CHARLIE, MAYA
from tests.groups import CIRCLE, add_dates, add_group, evening, minutes, paid_seat, the_date
from tests.road import at_utc
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

MADRID = ZoneInfo("Europe/Madrid")
HOUR = timedelta(hours=1)


@pytest.fixture
def circle(world):
    """A circle of three on three evenings; their ids."""
    add_group(world.app)
    return add_dates(world.app, evening(3), evening(4), evening(5))


def seats(world):
    """(number, state) of every seat there is."""
    found = world.rows(Appointment.seat, Appointment.state, Appointment.seat_of)
    return sorted((seat, state) for seat, state, date in found if date is not None)


def test_a_seat_is_held_told_paid_and_booked_like_any_time(world, circle):
    walker = world.walker()
    walker.get(f"/book/{CIRCLE}")
    assert "others will be in the room" in walker.text and "any name you like" in walker.text
    assert "There is room on each of them." in walker.text
    walker.to_payment(minutes(evening(3)), slug=CIRCLE)
    walker.pay()
    walker.come_back()
    path = walker.place_path
    walker.get(path)
    assert "Booked and paid" in walker.text
    place = walker.place()
    assert (place.starts_at, place.length_min, place.seat_of) == (evening(3), 90, circle[0])
    assert (
        place.state is AppointmentState.CONFIRMED
        and place.room_key == the_date(world.app, circle[0]).room_key
    )
    assert world.ledger()[1:] == (["paid"], [20_00], [])


def test_a_full_date_is_left_out_and_a_seat_given_back_is_on_offer_again(world, circle):
    people = [world.walker() for _ in range(3)]
    for each in people:
        each.hold(minutes(evening(3)), CIRCLE)
    stranger = world.walker(CHARLIE)
    assert stranger.free(CIRCLE) == [minutes(evening(4)), minutes(evening(5))]
    stranger.hold(minutes(evening(3)), CIRCLE)
    assert stranger.page.status_code == 409 and "That time has been taken" in stranger.text
    assert f'value="{minutes(evening(4))}"' in stranger.page.get_data(as_text=True)
    people[1].fill("/book/details", {})
    people[1].post("/book/let-go")
    assert stranger.free(CIRCLE)[0] == minutes(evening(3))
    stranger.hold(minutes(evening(3)), CIRCLE)
    assert stranger.page.status_code == 303
    assert seats(world) == [(1, "held"), (2, "held"), (2, "released"), (3, "held")]


def test_a_booked_seat_that_is_cancelled_frees_it_and_gives_all_back(world, circle):
    people = [paid_seat(world, evening(3), f"p{number}@example.com") for number in range(3)]
    assert minutes(evening(3)) not in world.walker().free(CIRCLE)
    people[1].fill(f"{people[1].place_path}/cancel", {})
    assert people[1].page.status_code == 303
    assert world.ledger()[3] == ["succeeded"]
    assert seats(world) == [(1, "confirmed"), (2, "cancelled"), (3, "confirmed")]
    again = paid_seat(world, evening(3), "late@example.com")
    assert again.place().state is AppointmentState.CONFIRMED
    assert seats(world)[1:3] == [(2, "cancelled"), (2, "confirmed")]


def test_a_hold_that_ran_out_is_room_again(world, circle):
    for _ in range(3):
        world.walker().hold(minutes(evening(3)), CIRCLE)
    assert world.tick(timedelta(minutes=41)) == ()
    assert world.walker().free(CIRCLE)[0] == minutes(evening(3))


def test_a_payment_that_comes_late_gets_another_seat_or_goes_back(world, circle):
    """The hold is let go by hand while she is at Stripe's; her number is someone else's, and then there is none."""
    late = [world.walker() for _ in range(2)]
    for number, walker in enumerate(late):
        walker.to_payment(minutes(evening(3)), slug=CIRCLE, email=f"late{number}@example.com")
    with world.app.app_context(), db.transaction() as session:
        held = sa.update(Appointment).where(Appointment.state == "held")
        session.execute(held.values(state="released", hold_until=None))
    world.walker().hold(minutes(evening(3)), CIRCLE)
    world.walker().hold(minutes(evening(3)), CIRCLE)
    late[0].pay()
    late[1].pay()
    assert seats(world).count((3, "confirmed")) == 1
    assert [state for _seat, state in seats(world)].count("released") == 1
    assert world.ledger()[2:] == ([20_00, 20_00], ["succeeded"])


# ---- moving ----


def move(walker, path, start):
    walker.get(f"{path}/move")
    return walker.post(f"{path}/move", {"slot": str(minutes(start)), "tz": walker.person.zone})


def test_moving_to_another_date_with_room(world, circle):
    walker = paid_seat(world, evening(3), "alex@example.com")
    path, before = walker.place_path, walker.place()
    page = walker.get(f"{path}/move").get_data(as_text=True)
    assert f'value="{minutes(evening(3))}"' not in page and f'value="{minutes(evening(4))}"' in page
    assert move(walker, path, evening(4)).status_code == 303
    assert move(walker, path, evening(4)).status_code == 303, "the same press twice"
    after = walker.place()
    assert (after.id, after.appointment_id, after.sequence) == (before.id, before.appointment_id, 1)
    assert (after.seat_of, after.starts_at) == (circle[1], evening(4))
    assert after.room_key == the_date(world.app, circle[1]).room_key != before.room_key
    assert the_date(world.app, circle[0]).taken == frozenset()
    assert world.ledger()[1:] == (["paid"], [20_00], [])
    world.send_mail()
    assert [mail.text.startswith("Moved to:") for mail in world.mails_to("alex@example.com")].count(True) == 1


@pytest.mark.parametrize(("days", "later"), [(4, HOUR * 0), (6, HOUR * 0), (3, HOUR)])
def test_nowhere_else_and_not_where_it_is_full(world, circle, days, later):
    """A time of another service, an hour of nothing, a date without room: the seat stays hers."""
    walker = paid_seat(world, evening(3), "alex@example.com")
    path = walker.place_path
    for _ in range(3):
        world.walker().hold(minutes(evening(4)), CIRCLE)
    assert move(walker, path, evening(days) + later).status_code == 409
    assert "Your present time is still yours" in walker.text
    assert move(walker, path, at_utc(world.walker().morning()[0])).status_code == 409
    with world.app.app_context():
        assert {row for (row,) in world.rows(Appointment.starts_at)} == {evening(n) for n in (3, 4, 5)}


def test_nothing_chosen(world, circle):
    walker = paid_seat(world, evening(3), "alex@example.com")
    path = walker.place_path
    walker.get(f"{path}/move")
    assert walker.post(f"{path}/move", {"slot": ""}).status_code == 422
    assert "Choose one of the dates first" in walker.text
    walker.get(f"/book/{CIRCLE}")
    for typed in ("", "-1", "x", "²", "12345678901"):
        assert walker.post(f"/book/{CIRCLE}", {"slot": typed}).status_code == 422


# ---- what stands beside it ----


def test_free_times_keep_clear_of_a_group_date_once(world):
    """Its quiet minutes count once, and who sits in it changes nothing."""
    add_group(world.app, before_min=30, after_min=30, price_minor=0)
    start = at_utc(world.walker().morning()[2])
    add_dates(world.app, start)
    before = world.walker().free()
    ends = start + timedelta(minutes=90)
    clear = [at_utc(each) for each in before]
    assert all(each + HOUR + HOUR / 2 <= start or each >= ends + HOUR / 2 for each in clear)
    world.walker().hold(minutes(start), CIRCLE)
    assert world.walker().free() == before


def test_in_the_limits_a_date_counts_once_however_many_come(world):
    add_group(world.app, seats=8)
    walker = world.walker()
    day = at_utc(walker.morning()[0])
    local = day.astimezone(MADRID)
    date = local.replace(hour=20, minute=0)
    add_dates(world.app, date)
    for _ in range(3):
        world.walker().hold(minutes(date), CIRCLE)
    with world.app.app_context():
        save_settings(coach_id(world), practice={}, coach={"most_per_day": 2})
    on_that_day = [each for each in walker.free() if at_utc(each).astimezone(MADRID).date() == local.date()]
    assert on_that_day, "one date and no session yet"
    with world.app.app_context():
        save_settings(coach_id(world), practice={}, coach={"most_per_day": 1})
    assert not [each for each in walker.free() if at_utc(each).astimezone(MADRID).date() == local.date()]
    assert minutes(date) in walker.free(CIRCLE), "a date that stands may fill up on a full day"


def test_times_json_has_the_dates_in_the_asked_zone(world, circle):
    today = clock.now().date()
    query = f"from={today}&to={today + timedelta(days=8)}&tz=Asia/Kathmandu"
    found = world.walker().client.get(f"/book/{CIRCLE}/times.json?{query}").get_json()
    assert set(found) == {"offering", "tz", "from", "to", "days"}
    shown = [time for day in found["days"] for time in day["times"]]
    assert [set(time) for time in shown] == [{"start", "local"}] * 3
    kathmandu = evening(3).astimezone(ZoneInfo("Asia/Kathmandu"))
    assert shown[0] == {"start": f"{evening(3):%Y-%m-%dT%H:%M:%SZ}", "local": f"{kathmandu:%H:%M}"}


def test_a_group_without_dates_and_one_that_is_put_away(world):
    add_group(world.app)
    walker = world.walker()
    assert walker.get(f"/book/{CIRCLE}").status_code == 200
    assert "No dates with room just now" in walker.text and walker.free(CIRCLE) == []
    world.change(Offering, active=False)
    assert walker.get(f"/book/{CIRCLE}").status_code == 404


NOW = evening(0)


def date(days, state=AppointmentState.CONFIRMED, taken=()):
    at = NOW + timedelta(days=days)
    return GroupDate(
        SOMEBODY, 1, SOMEBODY, "", "", state, at, at + HOUR, 2, "video", None, 0, NOW, frozenset(taken)
    )


def test_which_dates_are_on_offer():
    """Notice and horizon to the minute and the day, room, and standing."""
    ours = [
        date(-1),
        date(1),
        date(2, taken={1}),
        date(3, taken={1, 2}),
        date(4, AppointmentState.CANCELLED),
        date(10),
        date(11),
    ]
    found = on_offer(ours, 24 * 60, 10, MADRID, NOW)
    assert [(each.starts_at - NOW).days for each in found] == [1, 2, 10]
    assert on_offer([date(1)], 24 * 60 + 1, 10, MADRID, NOW) == []
    assert [
        each.next_seat for each in (date(1), date(1, taken={1}), date(1, taken={2}), date(1, taken={1, 2}))
    ] == [1, 2, 1, None]


# ---- who may book ----


def test_a_request_for_a_seat_holds_it(world, circle):
    who_books(world, "approved")
    walker = world.walker()
    walker.go_to_code(minutes(evening(3)), CIRCLE)
    walker.press_pay()
    assert walker.place().state is AppointmentState.REQUESTED
    assert the_date(world.app, circle[0]).taken == {1}
    walker.get(walker.place_path)
    assert "You have asked for this time" in walker.text


def test_another_date_is_offered_to_one_who_asked(world, circle):
    who_books(world, "approved")
    walker = world.walker()
    walker.go_to_code(minutes(evening(3)), CIRCLE)
    walker.press_pay()
    nora, path = nora_at_desk(world), f"/desk/requests/{walker.place().id}/other"
    page = nora.get(path).get_data(as_text=True)
    assert "Dates with room" in nora.text and f'value="{circle[1]}"' in page and 'name="day"' not in page
    for sent in ({}, {"date": str(circle[0])}, {"date": "x"}, {"day": "2030-01-01", "at": "10:00"}):
        assert nora.fill(path, sent).status_code == 422 and "Choose one of the dates" in nora.text
    for _ in range(3):
        world.walker().hold(minutes(evening(4)), CIRCLE)
    assert nora.fill(path, {"date": str(circle[1])}).status_code == 422, "it is full by now"
    assert nora.fill(path, {"date": str(circle[2])}).status_code == 303
    nora.follow()
    assert "Kept for this person until" in nora.text
    assert the_date(world.app, circle[2]).taken == {1} and the_date(world.app, circle[0]).taken == frozenset()


def test_with_a_link(world, circle):
    who_books(world, "invited")
    walker = world.walker()
    walker.get(f"/book/{CIRCLE}")
    assert "slot" not in walker.page.get_data(as_text=True) and walker.free(CIRCLE) == []
    open_link(walker, link_for(world, slug=CIRCLE))
    assert len(walker.free(CIRCLE)) == 3
    walker.to_payment(minutes(evening(3)), slug=CIRCLE)
    walker.pay()
    assert walker.place().state is AppointmentState.CONFIRMED


def test_one_client_has_one_seat_in_a_date(world, circle):
    """On the road, by a second browser of hers, and by moving; nothing of it shows to anyone else."""
    maya = add_maya(world)
    first, second = sign_in_as(world, maya), world.walker(MAYA)
    assert sign_in(second, MAYA.login, MAYA.passphrase) == 303
    first.hold(minutes(evening(3)), CIRCLE)
    second.hold(minutes(evening(3)), CIRCLE)
    assert second.page.status_code == 409, "it is held for her in the other browser"
    first.hold(minutes(evening(3)), CIRCLE)
    assert first.page.status_code == 303, "choosing it once more is no second one"
    with world.app.app_context():
        book = partial(desk_operations.book_seat, offering(CIRCLE), now=clock.now())
        with pytest.raises(TimeTaken):
            book(circle[0], maya, "UTC", world.url)
        book(circle[1], maya, "UTC", world.url)
    page = first.get(f"/book/{CIRCLE}").get_data(as_text=True)
    assert f'value="{minutes(evening(3))}"' in page and f'value="{minutes(evening(4))}"' not in page
    assert f'value="{minutes(evening(4))}"' in world.walker().get(f"/book/{CIRCLE}").get_data(as_text=True)


def test_a_seat_is_not_moved_to_a_date_she_sits_in(world, circle):
    walker = paid_seat(world, evening(3), "alex@example.com")
    path, place = walker.place_path, walker.place()
    with world.app.app_context():
        desk_operations.book_seat(
            offering(CIRCLE), circle[1], place.client_id, "UTC", world.url, now=clock.now()
        )
    page = walker.get(f"{path}/move").get_data(as_text=True)
    assert f'value="{minutes(evening(4))}"' not in page and f'value="{minutes(evening(5))}"' in page
    assert move(walker, path, evening(4)).status_code == 409
    with world.app.app_context(), pytest.raises(TimeTaken):
        move_by_coach(place, evening(4), world.url, now=clock.now())


@pytest.mark.safety("D12")
def test_whoever_is_blocked_hears_what_anyone_hears_whose_date_is_full(world, circle):
    """Though the date has room for others; byte for byte but for the form's token."""
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    mine = world.walker(CHARLIE)
    mine.hold(minutes(evening(3)), CIRCLE)
    mine.tell(email=CHARLIE.email)
    assert mine.page.status_code == 409
    said = mine.page.get_data(as_text=True)
    assert f'value="{minutes(evening(3))}"' not in said and "That time has been taken" in said
    for _ in range(3):
        world.walker().hold(minutes(evening(3)), CIRCLE)
    truly = world.walker(CHARLIE)
    truly.hold(minutes(evening(3)), CIRCLE)
    assert truly.page.status_code == 409
    assert neutral(truly.page.get_data(as_text=True)) == neutral(said)
    assert world.rows(OutboxMessage.id) == [] and world.stripe.requests == ()


# ---- nobody sees anybody ----

CANARIES = (("Zaphira Quill", "zaphira@example.com"), ("Ottoline Brack", "ottoline@example.com"))


def everything_she_sees(walker):
    """All the pages of one who booked, the booking page, the file for her calendar and times.json, as they are sent."""
    path = walker.place_path
    found = [path, f"{path}/move", f"{path}/cancel", f"{path}/wishes", f"{path}/room", f"{path}.ics"]
    today = clock.now().date()
    found += [
        f"/book/{CIRCLE}",
        f"/book/{CIRCLE}/times.json?from={today}&to={today + timedelta(days=9)}&tz=UTC",
    ]
    return {each: neutral(walker.get(each).get_data(as_text=True)) for each in found}


def test_as_few_statements_however_many_dates_and_people(world, circle):
    add_dates(world.app, *(evening(number) for number in range(6, 26)))
    paths = [f"/book/{CIRCLE}", f"/book/{CIRCLE}/times.json?from=2026-01-01&to=2026-03-01&tz=UTC"]
    walker, counts = world.walker(), []
    for _ in range(2):
        for path in paths:
            with statements(world) as said:
                assert walker.get(path).status_code == 200
            counts.append(len([each for each in said if each.startswith(("SELECT", "WITH"))]))
        for number in (3, 4, 6):
            world.walker().hold(minutes(evening(number)), CIRCLE)
    assert max(counts) <= 8 and counts[:2] == counts[2:]


@pytest.mark.safety("A1")
def test_nothing_tells_who_else_comes_or_that_anyone_does(world, circle):
    first = paid_seat(world, evening(3), CANARIES[0][1], CANARIES[0][0])
    places = [first.place()]
    alone = everything_she_sees(first)
    before = world.everything(*IGNORED)
    assert everything_she_sees(first) == alone and world.everything(*IGNORED) == before, (
        "looking changes nothing"
    )
    second = paid_seat(world, evening(3), CANARIES[1][1], CANARIES[1][0])
    places.append(second.place())
    together = everything_she_sees(first)
    assert together == alone, "nothing changes when another comes"
    world.send_mail()
    seen = {0: [*together.values()], 1: [*everything_she_sees(second).values()]}
    ids = [_as_text(place.id, place.client_id, place.appointment_id, circle[0]) for place in places]
    for number, (_name, address) in enumerate(CANARIES):
        mails = world.mails_to(address)
        assert len(mails) == 1 and mails[0].subject == "Your update"
        seen[number] += [f"{mail.subject} {mail.text}" for mail in mails]
        other = CANARIES[1 - number]
        for words in seen[number]:
            assert not [part for part in (*other[0].split(), other[1]) if part in words]
            assert not [part for part in ids[1 - number] if part in words]
            assert "of 3" not in words and "places" not in words.lower()
    assert not set(second.place_path.split("/")) & set(first.place_path.split("/")) - {"", "b"}


def _as_text(*ids):
    return [text for each in ids for text in (str(each), each.hex)]


@pytest.mark.safety("A1")
def test_the_room_is_one_and_our_address_of_it_is_each_ones_own(world, circle):
    with world.app.app_context():
        save_settings(coach_id(world), practice={}, coach={"room_pattern": "https://meet.example.org/{room}"})
    people = [paid_seat(world, evening(3), address, name) for name, address in CANARIES]
    paths = [each.place_path for each in people]
    soon = (clock.now() + timedelta(minutes=5)).replace(microsecond=0)
    _shift(world, circle[0], soon)
    rooms = [each.get(f"{path}/room").headers["Location"] for each, path in zip(people, paths, strict=True)]
    key = the_date(world.app, circle[0]).room_key
    assert rooms == [f"https://meet.example.org/{key}"] * 2
    assert paths[0] != paths[1]


def _shift(world, date_id, start):
    """Turn time by hand: the date first, its seats after it."""
    with world.app.app_context(), db.transaction() as session:
        for where in (Appointment.id == date_id, Appointment.seat_of == date_id):
            moved = sa.update(Appointment).where(where)
            session.execute(moved.values(starts_at=start, ends_at=start + timedelta(minutes=90)))
