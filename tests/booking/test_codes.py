"""A code on the way to paying: what it makes of the price, when its use comes back, and that nobody is told why not."""

from datetime import timedelta

import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import link_queries
from coachapp.booking.inviting import invite
from coachapp.booking.models import Place
from coachapp.clients.models import Client
from coachapp.money import Money
from coachapp.payments import coupons
from coachapp.payments.coupon_models import Coupon, CouponUse
from coachapp.payments.credit_models import Package
from coachapp.payments.credit_rules import refund_by_rule
from coachapp.payments.models import Attempt
from coachapp.payments.operations import settle
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import OrderState, SessionFacts
from coachapp.payments.runtime import payables
from coachapp.practice.operations import save_practice
from tests.booking.lower import (
    NORA_ID,
    PACKAGE,
    a_code,
    asked_for,
    attempts,
    end_link,
    introduce,
    orders,
    press,
    press_twice,
    type_code,
    used,
)
from tests.booking.sold import a_client, coach_at_desk, one_package, ref_of, sell, signed_in, sums
from tests.booking.test_packages import hold_first
from tests.cast import CHARLIE, MAYA
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

REFUSED = "This code does not lower this price"


def order_of(world, payable_id):
    with world.app.app_context():
        return orders_of([payable_id])[payable_id]


def to_words(walker):
    """On the way to a package without a time, up to the last page before paying."""
    usual = {"name": walker.person.name, "email": walker.person.email, "inbox": "only_me", "agree": "y"}
    walker.fill(f"/book/{PACKAGE}/buy", usual)
    assert walker.page.status_code == 303, walker.text


def test_a_code_lowers_what_stripe_is_asked_for(world, walker):
    coupon = a_code(world, percent=20, most=1)
    walker.go_to_code()
    walker.get("/book/code")
    assert "Do you have a code?" in walker.text and "€95" in walker.text
    assert type_code(walker, "  cALM-20 ").status_code == 303
    walker.follow()
    assert "With the code Calm-20: €76 in place of €95" in walker.text
    assert used(world, coupon) == (0, 0)
    assert press(walker) == 303
    assert asked_for(world, walker) == 76_00 and used(world, coupon) == (1, 0)
    walker.pay()
    assert used(world, coupon) == (0, 1)
    assert world.ledger() == (["confirmed"], ["paid"], [76_00], [])
    place = walker.place()
    order = order_of(world, place.id)
    assert (order.state, order.amount.minor, place.price.minor) == (OrderState.PAID, 76_00, 76_00)


def test_nothing_of_the_code_goes_to_stripe(world, walker):
    a_code(world, "Harbour-Spring", percent=20)
    walker.go_to_code()
    type_code(walker, "harbour-spring")
    press(walker)
    (sent,) = world.asked("POST", "/v1/checkout/sessions")
    assert "arbour" not in repr(vars(sent)) and "pring" not in repr(vars(sent))


def test_every_reason_has_the_same_answer_and_keeps_what_was_typed(world, walker):
    sell(world)
    today = clock.now().date()
    a_code(world, "spent", percent=10, most=1)
    other = world.walker(CHARLIE)
    other.go_to_code()
    type_code(other, "spent")
    press(other)
    a_code(world, "over", percent=10, days=(None, today - timedelta(days=2)))
    a_code(world, "later", percent=10, days=(today + timedelta(days=2), None))
    a_code(world, "package-only", percent=10, good_for=[PACKAGE])
    resting = a_code(world, "resting", percent=10)
    with world.app.app_context():
        assert coupons.rest(resting, True, by=NORA_ID, now=clock.now())
    walker.go_to_code()
    pages = set()
    for typed in (
        "unknown",
        "spent",
        "over",
        "later",
        "package-only",
        "resting",
        "x" * 500,
        "ça va?",
        "%\x00'",
    ):
        assert type_code(walker, typed).status_code == 422, typed
        assert REFUSED in walker.text and "€95" in walker.text
        assert "<title>Error: Details" in walker.page.get_data(as_text=True)
        pages.add(walker.text)
    assert len(pages) == 1
    type_code(walker, "unknown")
    assert 'value="unknown"' in walker.page.get_data(as_text=True)
    assert type_code(walker, "").status_code == 422 and "go on without one" in walker.text


def test_guesses_are_counted(world, walker):
    walker.go_to_code()
    codes = {type_code(walker, f"guess-{n}").status_code for n in range(20)}
    assert codes == {422} and type_code(walker, "one more").status_code == 429


def test_a_use_comes_back_when_the_link_ends_unpaid(world, walker):
    coupon = a_code(world, percent=20, most=1)
    walker.go_to_code()
    type_code(walker)
    press(walker)
    charlie = world.walker(CHARLIE)
    charlie.go_to_code()
    assert type_code(charlie).status_code == 422
    end_link(world, walker)
    assert used(world, coupon) == (0, 0)
    assert type_code(charlie).status_code == 303
    press(charlie)
    charlie.pay()
    assert used(world, coupon) == (0, 1)
    # Who comes back to a code that is gone sees the price without it, and may go on.
    assert press(walker) == 422 and REFUSED in walker.text and "€95, paid on" in walker.text
    assert press(walker) == 303 and asked_for(world, walker) == 95_00
    walker.pay()
    assert world.ledger()[2] == [76_00, 95_00] and orders(world) == [76_00, 95_00]
    assert used(world, coupon) == (0, 1)


def test_letting_the_time_go_gives_it_back(world, walker):
    coupon = a_code(world, off=15_00, most=1)
    walker.go_to_code()
    type_code(walker)
    press(walker)
    assert asked_for(world, walker) == 80_00 and used(world, coupon) == (1, 0)
    walker.get("/book/code")
    walker.post("/book/let-go")
    assert used(world, coupon) == (0, 0) and attempts(world) == [("expired", 80_00)]


def test_the_button_pressed_twice_is_one_use(world, walker):
    coupon = a_code(world, percent=20, most=5)
    walker.go_to_code()
    type_code(walker)
    assert press(walker) == press(walker) == 303
    assert used(world, coupon) == (1, 0) and attempts(world) == [("open", 76_00)]
    walker.pay()
    for event in world.stripe.events:
        world.stripe.resend(event["id"])
    assert world.stripe.wait_idle()
    assert used(world, coupon) == (0, 1)


def test_coming_back_from_stripe_to_type_a_code(world, walker):
    """The open payment page asks for the old price: it is ended first, the time is kept, and one opens anew."""
    coupon = a_code(world, percent=20)
    walker.go_to_code()
    press(walker)
    assert type_code(walker, "wrong").status_code == 422 and attempts(world) == [("open", 95_00)]
    assert type_code(walker).status_code == 303
    assert attempts(world) == [("expired", 95_00)] and walker.place().state == "held"
    press(walker)
    assert asked_for(world, walker) == 76_00 and orders(world) == [76_00]
    walker.pay()
    assert world.ledger() == (["confirmed"], ["expired", "paid"], [76_00], []) and used(world, coupon) == (
        0,
        1,
    )


def test_it_was_paid_while_she_typed(world, walker):
    a_code(world, percent=20)
    walker.to_payment()
    world.stripe.lever(webhook_off=True)
    world.stripe.pay(walker.session_id)
    assert type_code(walker).status_code == 303
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])
    assert walker.place().price.minor == 95_00 and walker.place().coupon_id is None


def test_stripe_away_while_she_types(world, walker):
    a_code(world, percent=20)
    walker.to_payment()
    world.stripe.lever(fail_next={"times": 1, "should_retry": False})
    assert type_code(walker).status_code == 503
    assert walker.place().price.minor == 95_00 and attempts(world) == [("open", 95_00)]


def test_leaving_the_code_out_again(world, walker):
    coupon = a_code(world, percent=20)
    walker.go_to_code()
    type_code(walker)
    press(walker)
    walker.get("/book/code")
    assert walker.post("/book/price/leave").status_code == 303
    place = walker.place()
    assert (place.price.minor, place.regular, place.coupon_id) == (95_00, None, None)
    press(walker)
    assert asked_for(world, walker) == 95_00 and used(world, coupon) == (0, 0)


def test_a_code_that_leaves_nothing_to_pay_needs_no_stripe(world, walker):
    coupon = a_code(world, percent=100, most=1)
    walker.go_to_code()
    type_code(walker)
    walker.follow()
    assert "This is free. No card is needed." in walker.text and "Book this time" in walker.text
    assert press_twice(walker) == [303, 303]
    assert world.ledger() == (["confirmed"], [], [], []) and world.stripe.sessions == {}
    assert used(world, coupon) == (0, 1) and ("booked", "waiting") in world.outbox()
    walker.get(walker.place_path)
    assert "Booked" in walker.text


def test_what_cannot_be_charged_becomes_nothing(world, walker):
    a_code(world, off=94_70)
    walker.go_to_code()
    type_code(walker)
    walker.follow()
    assert "With the code Calm-20: Free in place of €95" in walker.text
    assert press(walker) == 303 and world.stripe.sessions == {}


def test_a_free_code_that_was_used_up_meanwhile(world, walker):
    coupon = a_code(world, percent=100, most=1)
    charlie = world.walker(CHARLIE)
    for each in (walker, charlie):
        each.go_to_code()
        type_code(each)
    assert press(charlie) == 303 and press(walker) == 422
    assert REFUSED in walker.text and "€95, paid on" in walker.text and used(world, coupon) == (0, 1)
    assert world.ledger()[0] == ["confirmed", "held"]


def test_once_for_each_client(world):
    coupon = a_code(world, percent=10, each=1)
    a_client(world, MAYA)
    maya = signed_in(world, MAYA)
    for answer in (303, 422):
        maya.hold()
        maya.fill("/book/details", {"agree": "y"})
        assert type_code(maya).status_code == answer
        press(maya)
        maya.pay()
    assert used(world, coupon) == (0, 1) and world.ledger()[2] == [85_50, 95_00]


def test_cancelled_in_time_what_was_paid_goes_back(world, walker):
    a_code(world, percent=20)
    walker.go_to_code()
    type_code(walker)
    press(walker)
    walker.pay()
    path = walker.place_path
    walker.fill(f"{path}/cancel", {})
    assert world.ledger()[3] == ["succeeded"]
    order = order_of(world, walker.place().id)
    assert order.state is OrderState.REFUNDED and order.refunded.minor == 76_00


def test_a_package_by_a_code(world, walker):
    """It is good for packages without a time too, and the refund rule counts from what was paid."""
    sell(world)
    coupon = a_code(world, percent=50, good_for=[PACKAGE])
    to_words(walker)
    walker.get("/book/words")
    assert type_code(walker, page="/book/words").status_code == 303
    walker.follow()
    assert "With the code Calm-20: €210 in place of €420" in walker.text
    assert press(walker, "/book/words") == 303 and asked_for(world, walker) == 210_00
    assert used(world, coupon) == (1, 0)
    walker.pay()
    assert used(world, coupon) == (0, 1) and sums(world) == [(6, 0, 0, 0)]
    mine = one_package(world)
    assert mine.price.minor == 210_00 and refund_by_rule(mine, mine.price - mine.price).minor == 210_00


def test_a_package_code_used_up_meanwhile(world, walker):
    sell(world)
    coupon = a_code(world, percent=50, most=1)
    to_words(walker)
    type_code(walker, page="/book/words")
    world.change(Coupon, rests_since=clock.now())
    assert press(walker, "/book/words") == 422
    assert REFUSED in walker.text and "€420, paid on" in walker.text
    assert press(walker, "/book/words") == 303 and asked_for(world, walker) == 420_00
    assert used(world, coupon) == (0, 0)


def test_a_package_for_nothing(world, walker):
    sell(world)
    coupon = a_code(world, percent=100)
    to_words(walker)
    type_code(walker, page="/book/words")
    assert press(walker, "/book/words") == 303
    walker.follow()
    assert sums(world) == [(6, 0, 0, 0)] and used(world, coupon) == (0, 1)
    assert world.stripe.sessions == {} and attempts(world) == []


def test_a_package_with_a_first_time(world, walker):
    sell(world)
    coupon = a_code(world, off=20_00)
    hold_first(walker)
    walker.tell()
    type_code(walker)
    press(walker)
    assert asked_for(world, walker) == 400_00
    walker.pay()
    assert sums(world) == [(5, 1, 0, 0)] and used(world, coupon) == (0, 1)
    assert one_package(world).price.minor == 400_00


def test_a_package_with_a_first_time_for_nothing(world, walker):
    sell(world)
    coupon = a_code(world, percent=100)
    hold_first(walker)
    walker.tell()
    type_code(walker)
    assert press_twice(walker) == [303, 303]
    assert sums(world) == [(5, 1, 0, 0)] and used(world, coupon) == (0, 1)
    assert world.ledger() == (["confirmed"], [], [], [])


def test_the_package_follows_the_price_until_it_is_paid(world, walker):
    sell(world)
    a_code(world, off=20_00)
    hold_first(walker)
    walker.tell()
    press(walker)
    type_code(walker)
    press(walker)
    assert asked_for(world, walker) == 400_00 and orders(world) == [400_00]
    assert [price for (price,) in world.rows(Package.price_minor)] == [400_00]


def test_nothing_of_it_where_the_coach_is_asked_first(world, walker):
    with world.app.app_context():
        save_practice(who_books="approved")
    walker.go_to_code()
    walker.get("/book/code")
    assert "Do you have a code?" not in walker.text


def test_the_better_one_counts(world, walker):
    introduce(world, minor=80_00)
    small = a_code(world, "small", percent=10)
    large = a_code(world, "large", percent=30)
    walker.go_to_code()
    type_code(walker, "small")
    walker.follow()
    assert "so the code is not used" in walker.text and "€80, paid on" in walker.text
    type_code(walker, "large")
    walker.follow()
    assert "With the code large: €66.50 in place of €95" in walker.text
    walker.post("/book/price/leave")
    walker.follow()
    assert "€80, paid on" in walker.text
    type_code(walker, "large")
    press(walker)
    walker.pay()
    assert (used(world, small), used(world, large)) == ((0, 0), (0, 1)) and world.ledger()[2] == [66_50]


def test_nobody_begins_with_a_code(world):
    walker = world.walker()
    walker.get("/book/power-hour")
    assert walker.post("/book/price", {"code": "x"}).status_code == 409
    assert "is not kept" in walker.text or "no longer" in walker.text, walker.text


def test_the_webhook_first_and_twice(world, walker):
    """Stripe tells of the payment before it has answered us, and then three times more: one use, one booking."""
    coupon = a_code(world, percent=20, most=1)
    walker.go_to_code()
    type_code(walker)
    world.stripe.lever(webhook_first=5, webhook_duplicate=3)
    assert press(walker) == 303
    assert world.stripe.wait_idle()
    assert used(world, coupon) == (0, 1) and world.ledger() == (["confirmed"], ["paid"], [76_00], [])


def test_another_time_takes_the_code_along(world, walker):
    coupon = a_code(world, percent=20, most=1)
    walker.go_to_code()
    type_code(walker)
    walker.hold(walker.morning()[2])
    walker.fill("/book/details", {"name": "Alex", "email": "", "inbox": "none", "agree": "y"})
    walker.follow()
    assert "With the code Calm-20: €76 in place of €95" in walker.text
    press(walker)
    assert asked_for(world, walker) == 76_00 and used(world, coupon) == (1, 0)


def test_a_code_that_is_not_good_for_the_other_service_stays_behind(world, walker):
    a_code(world, percent=20, good_for=["power-hour"])
    walker.go_to_code()
    type_code(walker)
    walker.hold(slug="first-conversation")
    assert walker.place().coupon_id is None and walker.place().is_free


def test_with_a_link_made_for_her_nothing_tells_what_her_record_has_used(world):
    """A code with a limit for each client is never good there, used by her or not."""
    maya = a_client(world, MAYA)
    limited, free = a_code(world, "limited", percent=10, each=1), a_code(world, "unlimited", percent=10)
    with world.app.app_context():
        until = clock.now() + timedelta(days=3)
        token = link_queries.token_of(invite(1, maya, None, until, by=NORA_ID, now=clock.now()))
    someone = world.walker(CHARLIE)
    someone.get(f"/i/{token}")
    someone.post(f"/i/{token}")
    someone.hold()
    someone.fill("/book/details", {"agree": "y"})
    assert type_code(someone, "limited").status_code == 422 and REFUSED in someone.text
    assert type_code(someone, "unlimited").status_code == 303
    press(someone)
    assert (used(world, limited), used(world, free)) == ((0, 0), (1, 0))


def test_who_never_paid_is_forgotten_with_her_use(world, walker):
    coupon = a_code(world, percent=20, most=1)
    walker.go_to_code()
    type_code(walker)
    press(walker)
    walker.get("/book/code")
    walker.post("/book/let-go")
    assert world.tick(timedelta(days=2)) == ()
    assert world.rows(Place.id) == world.rows(CouponUse.id) == world.rows(Client.id) == []
    assert used(world, coupon) == (0, 0)


def test_the_desk_says_with_which_code(world, walker):
    a_code(world, percent=100)
    walker.go_to_code()
    type_code(walker)
    press(walker)
    nora = coach_at_desk(world)
    ((client_id,),) = world.rows(Client.id)
    nora.get(f"/desk/clients/{ref_of(world, client_id)}/sessions")
    assert "Free with the code Calm-20" in nora.text
    nora.get("/desk/codes")
    assert "Used 1" in nora.text


def test_the_desk_says_it_of_a_package(world, walker):
    sell(world)
    a_code(world, percent=50)
    hold_first(walker)
    walker.tell()
    type_code(walker)
    press(walker)
    walker.pay()
    nora = coach_at_desk(world)
    ((client_id,),) = world.rows(Client.id)
    nora.get(f"/desk/clients/{ref_of(world, client_id)}/packages")
    assert "€210 with the code Calm-20" in nora.text


def test_the_statement_is_shown_before_paying(world, walker):
    """As Stripe joins what the coach typed and what we send; a prefix that is too long is cut as Stripe cuts it."""
    for typed, shown in (("NE", "NE* SERVICES"), ("NORA ELLIS TIMES", "NORA ELLIS* SERVICES")):
        with world.app.app_context():
            save_practice(statement_text=typed)
        walker.go_to_code()
        walker.get("/book/code")
        assert f"about {shown} . Your bank may show it differently. Money that goes back" in walker.text
        assert "wallet or a shared account" in walker.text
        walker.get("/")
        assert f"“{shown}”" in walker.text
    walker.press_pay()
    (sent,) = world.asked("POST", "/v1/checkout/sessions")
    assert "SERVICES" in repr(vars(sent)) and len(shown) <= 22


def test_money_for_a_link_that_had_ended(world, walker):
    """It asked for another price: what it asked for was owed then, and the second payment goes back whole."""
    coupon = a_code(world, percent=20)
    walker.go_to_code()
    press(walker)
    type_code(walker)
    press(walker)
    with world.app.app_context():
        former = db.session().scalar(sa.select(Attempt).where(Attempt.number == 1))
        facts = SessionFacts(
            former.session_id, former.id.hex, "complete", "paid", Money(95_00, "EUR"), "pi_late", None
        )
        assert settle(former.id, facts, payables(), now=clock.now()) == []
    order = order_of(world, walker.place().id)
    assert (order.state, order.amount.minor) == (OrderState.PAID, 95_00)
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid", "paid"], [76_00, 95_00], ["succeeded"])
    order = order_of(world, walker.place().id)
    assert (order.paid.minor, order.refunded.minor, order.amount.minor) == (171_00, 76_00, 95_00)
    assert used(world, coupon) == (0, 1)
