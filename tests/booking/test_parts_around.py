"""A price in parts on the pages around it: what is said before a time is chosen, moved, or cancelled with others."""

from datetime import timedelta

from coachapp import clock
from coachapp.booking.moving import move_by_coach
from coachapp.clients.models import Client
from coachapp.payments import parts
from coachapp.payments.part_models import Part
from coachapp.payments.part_queries import falling, open_parts
from coachapp.practice.models import Offering
from coachapp.practice.part_terms import PartTerms
from tests.booking.sold import SINGLE, SLUG, coach_at_desk, sell
from tests.booking.test_parts import allow_parts, begun, by_hand_of_the_rest, in_parts, still_open
from tests.desk.people import MADRID
from tests.groups import CIRCLE, add_dates, add_group, evening, minutes
from tests.road import at_utc
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

REST = PartTerms(percent=20, rest_days=14)


def test_before_a_group_date_is_cancelled_its_page_says_what_is_let_go(world):
    add_group(world.app)
    (date,) = add_dates(world.app, evening(5))
    allow_parts(world, REST, CIRCLE)
    for name in ("Alex", "Maya", "Tom"):
        walker = world.walker()
        walker.go_to_code(minutes(evening(5)), CIRCLE, name=name)
        in_parts(walker)
    world.change(Offering, cutoff_min=30 * 24 * 60)
    walker.fill(f"{walker.place_path}/cancel", {})  # late: what Tom paid stays, and so does his rest
    nora = coach_at_desk(world)
    nora.get(f"/desk/groups/{date}/cancel")
    assert "Everyone gets everything back" in nora.text
    assert "Parts not paid yet, €32 in all, are then not asked for any more." in nora.text
    assert still_open(world) == [16_00] * 3, "looking changes nothing"
    assert nora.post(f"/desk/groups/{date}/cancel").status_code == 303
    assert (still_open(world), world.ledger()[3]) == ([16_00], ["succeeded", "succeeded"])


def test_what_came_in_parts_by_card_and_by_hand_is_named_for_times_that_fall_together(world):
    walker = begun(world)
    with world.app.app_context():
        before = falling([walker.place().id])
    by_hand_of_the_rest(world)
    with world.app.app_context():
        after = falling([walker.place().id])
        none = falling([])
    assert (before.is_paid, before.by_hand, before.rest.minor) == (True, False, 76_00)
    assert (after.is_paid, after.by_hand, after.rest) == (True, True, None)
    assert not none.is_paid and none.rest is None


def test_what_may_be_paid_in_parts_says_so_where_it_is_on_sale(world):
    sell(world)
    add_group(world.app)
    add_dates(world.app, evening(5))
    walker = world.walker()
    for slug in (SINGLE, SLUG, CIRCLE):
        assert "You may pay it in" not in (walker.get(f"/book/{slug}"), walker.text)[1]
    allow_parts(world, PartTerms(percent=20, rest_days=-3))
    assert (
        "€19 when you book, and €76 by 3 days before it." in (walker.get(f"/book/{SINGLE}"), walker.text)[1]
    )
    assert "Where that day has come already, it is paid at once." in walker.text
    allow_parts(world, PartTerms(times=3), SLUG)
    walker.get(f"/book/{SLUG}")
    assert "You may pay it in 3 parts: €140 now, then €140 each month, 2 times." in walker.text
    walker.get(f"/book/{SLUG}/first")
    assert "You may pay it in" not in walker.text, (
        "the terms of a single session are not those of the package"
    )
    allow_parts(world, REST, CIRCLE)
    assert "€4 when you book, and €16 by 14 days after it." in (walker.get(f"/book/{CIRCLE}"), walker.text)[1]
    assert "nothing is taken by itself" in walker.text


def days(world):
    """The days by which something is still to be paid."""
    with world.app.app_context():
        return [each.due_on for each in open_parts()]


def further(was, now):
    """By how many of the coach's days a time has moved."""
    return now.starts_at.astimezone(MADRID).date() - was.starts_at.astimezone(MADRID).date()


def moved_by_the_coach(world, place, to):
    with world.app.app_context():
        move_by_coach(place, to, world.url, now=clock.now())


def test_the_day_of_the_rest_follows_its_time_until_the_coach_gives_it_another(world):
    walker = begun(world)
    (first,) = days(world)
    place = walker.place()
    path = (walker.get("/book/done"), walker.page.headers["Location"])[1]
    assert "€76 of its price is still to be paid by " in (walker.get(f"{path}/move"), walker.text)[1]
    assert "That day moves along with the time." in walker.text
    to = next(each for each in walker.free() if at_utc(each) >= place.starts_at + timedelta(days=1))
    walker.post(f"{path}/move", {"slot": str(to), "tz": place.zone})
    assert walker.page.status_code == 303, walker.text
    assert days(world) == [first + further(place, walker.place())] != [first]
    moved_by_the_coach(world, walker.place(), at_utc(to) + timedelta(hours=1))  # the same day
    moved_by_the_coach(world, walker.place(), at_utc(to) + timedelta(days=9))
    assert days(world) == [first + further(place, walker.place())]
    assert world.rows(Part.due_on) == [(first,)], "what was promised is as it was"
    with world.app.app_context():
        (rest,) = open_parts()
        parts.move(rest.id, first, by=rest.client_id, now=clock.now())
    assert "That day stays." in (walker.get(f"{path}/move"), walker.text)[1]
    moved_by_the_coach(world, walker.place(), at_utc(to) + timedelta(days=12))
    assert days(world) == [first]


def test_the_desk_says_the_day_before_it_moves_a_time_or_a_date(world):
    add_group(world.app)
    (date,) = add_dates(world.app, evening(5))
    allow_parts(world, REST, CIRCLE)
    walker = world.walker()
    walker.go_to_code(minutes(evening(5)), CIRCLE)
    in_parts(walker)
    (first,) = days(world)
    nora = coach_at_desk(world)
    to = {"day": str((evening(6)).date()), "at": "20:00"}
    nora.fill(f"/desk/groups/{date}/move", to)
    assert "its day moves along" in nora.text
    assert nora.post(f"/desk/groups/{date}/move/go", to).status_code == 303
    assert days(world) == [first + timedelta(days=1)]
    begun(world)
    hour = world.walker().place()
    (ref,) = {each[0] for each in world.rows(Client.ref, Client.id) if each[1] == hour.client_id}
    nora.fill(
        f"/desk/clients/{ref}/sessions/{hour.id}/move", {"day": str((evening(9)).date()), "at": "21:00"}
    )
    assert (
        "€76 of its price is still to be paid by " in nora.text and "With the new time it is by " in nora.text
    )
