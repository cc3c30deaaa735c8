"""A price in parts on the pages around it: what is said before a time is chosen, moved, or cancelled with others."""

from coachapp.payments.part_queries import falling
from coachapp.practice.part_terms import PartTerms
from tests.booking.sold import SINGLE, SLUG, coach_at_desk, sell
from tests.booking.test_parts import allow_parts, begun, by_hand_of_the_rest, in_parts, still_open
from tests.groups import CIRCLE, add_dates, add_group, evening, minutes
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

REST = PartTerms(percent=20, rest_days=14)


def test_before_a_group_date_is_cancelled_its_page_says_what_is_let_go(world):
    add_group(world.app)
    (date,) = add_dates(world.app, evening(5))
    allow_parts(world, REST, CIRCLE)
    for name in ("Alex", "Maya"):
        walker = world.walker()
        walker.go_to_code(minutes(evening(5)), CIRCLE, name=name)
        in_parts(walker)
    nora = coach_at_desk(world)
    nora.get(f"/desk/groups/{date}/cancel")
    assert "Everyone gets everything back" in nora.text
    assert "Parts not paid yet, €32 in all, are then not asked for any more." in nora.text
    assert still_open(world) == [16_00, 16_00], "looking changes nothing"
    assert nora.post(f"/desk/groups/{date}/cancel").status_code == 303
    assert (still_open(world), world.ledger()[3]) == ([], ["succeeded", "succeeded"])


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
    assert "You may pay it in 3 parts: €140 now, then €140 a month, 2 times." in walker.text
    walker.get(f"/book/{SLUG}/first")
    assert "You may pay it in" not in walker.text, (
        "the terms of a single session are not those of the package"
    )
    allow_parts(world, REST, CIRCLE)
    assert "€4 when you book, and €16 by 14 days after it." in (walker.get(f"/book/{CIRCLE}"), walker.text)[1]
    assert "nothing is taken by itself" in walker.text
