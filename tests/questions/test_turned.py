"""A question turned into a session: its price comes off one session, once, whoever tries how often."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking import reduced
from coachapp.booking.models import Appointment, Place, Reduction
from coachapp.money import Money
from coachapp.payments.models import Order, Payment
from coachapp.payments.runtime import payables
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from coachapp.questions.models import Question
from coachapp.questions.rules import Standing
from tests.booking.lower import a_code, introduce, type_code
from tests.booking.sold import a_client, given, sell, signed_in
from tests.cast import MAYA
from tests.questions.asked import SLUG, WORDS, at_desk, here, one, open_and_answer, paid, send
from tests.road import MINUTE

HOUR, REST = 95_00, 70_00


@pytest.fixture
def hers(world, walker, nora):
    """Someone whose question is sent and opened."""
    walker = paid(world)
    send(walker)
    nora.get(at_desk(world))
    nora.post(f"{at_desk(world)}/open")
    return walker


def turn(nora, world, how="now", what="power-hour"):
    with world.app.app_context():
        what = str(offering(what).id)
    nora.fill(f"{at_desk(world)}/session", {"what": what, "how": how})
    return nora.page


def book(walker, at=0):
    """Choose a time and agree; where it is free, that confirms it. Returns what the last page said."""
    walker.hold(walker.morning()[at])
    assert walker.page.status_code == 303, walker.text
    walker.fill("/book/details", {"agree": "y"})
    walker.follow()
    return walker.text


def pay(walker):
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()


def prices(world):
    return sorted(minor for (minor,) in world.rows(Place.price_minor))


def test_the_coach_turns_it_and_the_price_comes_off(world, hers, nora):
    assert turn(nora, world).status_code == 303
    nora.follow()
    assert one(world).standing is Standing.TURNED and "comes off one “Power hour”" in nora.text
    hers.get(here(world))
    assert "Power hour for €70 instead of €95" in hers.text
    hers.get("/me/")
    assert "It is a session now" in hers.text
    hers.get("/book/power-hour")
    assert "€70 instead of €95" in hers.text
    assert "€70" in book(hers)
    pay(hers)
    assert sorted(minor for (minor,) in world.rows(Payment.amount_minor)) == [25_00, REST]
    assert world.rows(Appointment.state) == [("confirmed",)]
    assert "What you paid was taken off" in hers.get(here(world)).text
    hers.get("/book/power-hour")
    assert "instead of" not in hers.text and "€95" in hers.text
    assert "€95" in book(hers)


def test_offered_she_may_take_it_or_leave_it(world, hers, nora):
    turn(nora, world, "hers")
    assert one(world).standing is Standing.WAITING
    hers.get(here(world))
    assert "Nora offers a session instead" in hers.text and "€70 instead of €95" in hers.text
    hers.post(f"{here(world)}/session")
    hers.get("/me/")
    hers.post(f"{here(world)}/session")
    assert one(world).standing is Standing.TURNED and len(world.rows(Reduction.id)) == 1
    nora.get("/desk/questions")
    nora.post(at_desk(world), {"answer": "too late"})
    assert nora.page.status_code == 409


def test_answered_after_all_the_offer_is_over(world, hers, nora):
    turn(nora, world, "hers")
    open_and_answer(nora, world)
    hers.get("/me/")
    hers.post(f"{here(world)}/session")
    assert hers.page.status_code == 409 and world.rows(Reduction.id) == []


def test_nothing_is_offered_nothing_is_taken(world, hers):
    hers.get("/me/")
    assert hers.post(f"{here(world)}/session").status_code == 409


def test_a_rest_of_nothing_confirms_at_once(world, hers, nora):
    world.change(Question, price_minor=HOUR)
    turn(nora, world)
    assert "nothing more is to pay" in hers.get(here(world)).text
    book(hers)
    hers.press_pay()
    assert world.rows(Appointment.state) == [("confirmed",)]
    assert len(world.rows(Payment.id)) == 1 and len(world.rows(Order.id)) == 1


@pytest.mark.parametrize(
    ("paid_minor", "rest"), [(25_00, 70_00), (94_50, 50), (94_51, 0), (95_00, 0), (200_00, 0)]
)
def test_the_rest_is_never_below_nothing_nor_too_little_to_charge(paid_minor, rest):
    assert reduced.less(Money(HOUR, "EUR"), paid_minor) == Money(rest, "EUR")


def test_two_devices_hold_a_time_each_one_of_them_at_the_lower_price(world, hers, nora):
    turn(nora, world)
    other = signed_in(world)
    book(hers), book(other, 3)
    assert prices(world) == [REST, HOUR]
    pay(hers), pay(other)
    assert sorted(minor for (minor,) in world.rows(Payment.amount_minor)) == [25_00, REST, HOUR]


def test_another_time_in_the_same_browser_brings_it_along(world, hers, nora):
    turn(nora, world)
    book(hers)
    assert "€70" in book(hers, 3)
    assert prices(world) == [REST, REST]
    ((bound,),) = world.rows(Reduction.place_id)
    assert bound == hers.place().id


def test_let_go_it_is_there_again(world, hers, nora):
    turn(nora, world)
    book(hers)
    assert "instead of" not in hers.get("/book/power-hour").text
    world.tick(timedelta(hours=1))
    assert "€70 instead of €95" in hers.get("/book/power-hour").text


def test_cancelled_in_time_it_comes_back_and_late_it_does_not(world, hers, nora):
    turn(nora, world)
    book(hers)
    pay(hers)
    hers.fill(f"{hers.place_path}/cancel", {})
    assert "€70 instead of €95" in hers.get("/book/power-hour").text
    book(hers)
    pay(hers)
    world.change(
        Appointment, starts_at=clock.now() + timedelta(hours=2), ends_at=clock.now() + timedelta(hours=3)
    )
    hers.fill(f"{hers.place_path}/cancel", {})
    assert hers.page.status_code == 303
    assert "instead of" not in hers.get("/book/power-hour").text


def test_a_session_of_a_package_leaves_it_unused(world, hers, nora):
    sell(world)
    turn(nora, world)
    given(world, one(world).client_id, 1)
    hers.hold()
    hers.fill("/book/session", {})
    assert world.rows(Appointment.state) == [("confirmed",)]
    assert "€70 instead of €95" in hers.get("/book/power-hour").text


def test_a_package_with_a_first_time_costs_what_it_costs(world, hers, nora):
    sell(world)
    turn(nora, world)
    hers.get("/book/steady-ground/first")
    assert "€420" in hers.text and "instead of" not in hers.text


def test_it_is_hers_alone_and_for_this_kind_alone(world, hers, nora):
    turn(nora, world)
    stranger = world.walker()
    assert "instead of" not in stranger.get("/book/power-hour").text
    a_client(world, person=MAYA)
    maya = signed_in(world, MAYA)
    assert "instead of" not in maya.get("/book/power-hour").text
    assert "€95" in book(maya)
    with world.app.app_context():
        save_offering(
            None,
            coach_id=1,
            kind="session",
            slug="long",
            title="Long",
            text="",
            points=[],
            length_min=90,
            price_minor=120_00,
        )
    assert "instead of" not in hers.get("/book/long").text


def test_paid_back_meanwhile_nothing_comes_off(world, hers, nora):
    turn(nora, world)
    with world.app.app_context():
        assert reduced.end(one(world).id, now=clock.now())
    assert "instead of" not in hers.get("/book/power-hour").text
    assert "€95" in book(hers)


def test_paid_back_after_it_was_used_the_coach_is_told(world, hers, nora):
    turn(nora, world)
    book(hers)
    pay(hers)
    world.stripe.lever()
    world.change(Order, amount_minor=25_00)
    with world.app.app_context():
        assert not reduced.end(one(world).id, now=clock.now())


@pytest.mark.parametrize("sent", [{}, {"what": "x", "how": "now"}, {"how": "later"}, {"what": ""}])
def test_a_choice_that_is_none_is_said(world, hers, nora, sent):
    nora.fill(f"{at_desk(world)}/session", sent)
    assert nora.page.status_code == 422 and one(world).standing is Standing.WAITING


def test_only_what_can_be_booked_and_costs_something_is_offered(world, hers, nora):
    nora.get(f"{at_desk(world)}/session")
    html = nora.page.get_data(as_text=True)
    assert "Power hour: €70 left to pay" in nora.text
    assert "First conversation" not in html and "Steady ground" not in html


def test_late_money_for_a_time_let_go_does_not_use_it_twice(world, hers, nora):
    """Its place was let go and another took the lower price: money that still came for the first goes back."""
    turn(nora, world)
    book(hers)
    hers.press_pay()
    ((first,),) = world.rows(Place.id)
    world.stripe.lever(clock_offset=3600)
    world.tick(timedelta(hours=1))
    world.tick(timedelta(hours=1) + 10 * MINUTE)
    assert world.rows(Appointment.state) == [("released",)]
    world.stripe.lever(clock_offset=0)
    other = signed_in(world)
    assert "€70" in book(other, 3)
    with world.app.app_context():
        means = payables()["appointment"].on_paid(first, clock.now())
    assert means.value == "refund"


def test_no_word_of_it_stands_on_the_way(world, hers, nora):
    turn(nora, world)
    for path in (here(world), "/me/", "/book/power-hour"):
        page = hers.get(path).get_data(as_text=True)
        title = page.split("<title>")[1].split("<")[0]
        assert WORDS not in title and SLUG not in title


@pytest.mark.parametrize(("intro", "price", "left"), [(80_00, REST, False), (60_00, 60_00, True)])
def test_never_both_with_an_introductory_price_the_lower_one_counts(world, hers, nora, intro, price, left):
    """What is taken off waits for another session where the introductory price is lower."""
    introduce(world, minor=intro)
    turn(nora, world)
    book(hers)
    assert prices(world) == [price]
    with world.app.app_context():
        assert reduced.is_usable(one(world).id) is left


def test_a_code_lowers_what_is_left(world, hers, nora):
    turn(nora, world)
    a_code(world, percent=50)
    book(hers)
    type_code(hers)
    assert prices(world) == [REST // 2]
    hers.get("/book/code")
    hers.post("/book/price/leave")
    assert prices(world) == [REST]
