"""Money of packages on its way back, disputed, and what leaves for Stripe."""

import json
import re
from datetime import timedelta

import pytest
import requests
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.money import Money
from coachapp.payments import credits
from coachapp.payments.credit_models import Package
from coachapp.payments.credit_queries import package
from coachapp.payments.credit_rules import BadAmount
from coachapp.payments.models import Attempt
from coachapp.payments.operations import finish
from coachapp.payments.runtime import gateway, payables
from tests.booking.sold import PRICE, SLUG, one_package, sell, sums
from tests.booking.test_packages import to_payment_with_time, to_payment_without_time
from tests.cast import NORA, Person
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

CANARY = Person("Zephyrine Canary", "zephyrine", "-", "Asia/Kathmandu", "zephyrine.canary@example.com")


@pytest.fixture
def bought(world):
    """Someone with six sessions, one of them used for a coming time."""
    sell(world)
    walker = world.walker(CANARY)
    to_payment_with_time(walker)
    walker.pay()
    assert sums(world) == [(5, 1, 0, 0)]
    return walker


def take_back(world, amount=None):
    with world.app.app_context():
        mine = db.session().scalars(sa.select(Package.id)).one()
        refunds = credits.take_back(mine, amount, now=clock.now())
        finish(refunds, gateway(), payables(), now=clock.now())
    assert world.stripe.wait_idle()


def refunds(world):
    objects = world.stripe.state()["objects"].values()
    return [each["amount"] for each in objects if each["object"] == "refund"]


def in_the_dashboard(world, amount):
    (intent,) = (o for o in world.stripe.state()["objects"].values() if o["object"] == "payment_intent")
    answer = requests.post(
        f"{world.stripe.api_base}/v1/refunds",
        {"payment_intent": intent["id"], "amount": amount},
        headers={"Authorization": "Bearer sk_test_dashboard"},
        timeout=5,
    )
    assert answer.ok and world.stripe.wait_idle()


def charge(world):
    (found,) = (o["id"] for o in world.stripe.state()["objects"].values() if o["object"] == "charge")
    return found


@pytest.mark.safety("T12")
def test_stripe_sees_the_same_and_no_word_more(world):
    sell(world)
    walker = world.walker(CANARY)
    to_payment_without_time(walker)
    walker.pay()
    (create,) = world.asked("POST", "/v1/checkout/sessions")
    ((attempt_id, expires_at),) = world.rows(Attempt.id, Attempt.expires_at)
    back = create.params.pop("success_url")
    assert re.fullmatch(rf"{re.escape(world.url)}/paid/[\w-]{{24}}", back)
    assert create.params == {
        "mode": "payment",
        "submit_type": "book",
        "locale": "en-GB",
        "client_reference_id": attempt_id.hex,
        "metadata": {"attempt": attempt_id.hex},
        "expires_at": str(int(expires_at.timestamp())),
        "line_items": {
            "0": {
                "quantity": "1",
                "price_data": {
                    "currency": "eur",
                    "unit_amount": "42000",
                    "tax_behavior": "inclusive",
                    "product_data": {"name": "Services"},
                },
            }
        },
        "payment_intent_data": {
            "metadata": {"attempt": attempt_id.hex},
            "statement_descriptor_suffix": "SERVICES",
        },
        "allowed_payment_method_types": {"0": "card"},
        "wallet_options": {"link": {"display": "never"}},
        "adaptive_pricing": {"enabled": "false"},
        "customer_creation": "if_required",
        "cancel_url": back,
    }
    take_back(world)
    (refund,) = world.asked("POST", "/v1/refunds")
    assert set(refund.params) == {"payment_intent", "amount", "metadata"}
    mine = one_package(world)
    told = ["zephyrine", "canary", "kathmandu", "steady", SLUG, "package", "power", "sessions", "nora"]
    told += [mine.id.hex, str(mine.id), mine.client_id.hex]
    for got in world.stripe.requests:
        said = json.dumps([got.path.replace("/checkout/sessions", ""), got.params, dict(got.headers)])
        assert not [word for word in told if word in said.lower()], got.path


def test_by_rule_the_price_less_what_was_used(world, bought):
    take_back(world)
    assert refunds(world) == [325_00] and sums(world) == [(0, 1, 0, 5)]
    bought.fill(f"{bought.place_path}/cancel", {})
    assert sums(world) == [(1, 0, 0, 5)], "the used one was paid, and comes back as any does"
    take_back(world)
    assert refunds(world) == [325_00, 95_00] and sums(world) == [(0, 0, 0, 6)]


def test_another_amount_or_none_but_never_more_than_was_paid(world, bought):
    with pytest.raises(BadAmount):
        take_back(world, Money(PRICE + 1, "EUR"))
    assert sums(world) == [(5, 1, 0, 0)]
    take_back(world, Money(0, "EUR"))
    assert refunds(world) == [] and sums(world) == [(0, 1, 0, 5)]


def test_asked_twice_it_is_sent_once(world, bought):
    take_back(world)
    take_back(world)
    assert refunds(world) == [325_00]


def test_stripe_away_the_refund_waits_and_the_sessions_are_gone(world, bought):
    world.stripe.lever(fail_next={"times": 1, "path": "/v1/refunds", "should_retry": False})
    take_back(world)
    assert refunds(world) == [] and sums(world) == [(0, 1, 0, 5)]
    world.tick(timedelta(minutes=3))
    assert refunds(world) == [325_00]


@pytest.mark.parametrize(
    ("amount", "left", "words"),
    [
        (420_00, 0, "taken back here: 5"),
        (140_00, 3, "taken back here: 2"),
        (10_00, 5, "no session of it was left"),
    ],
)
def test_from_the_dashboard_it_is_taken_over_once(world, bought, amount, left, words):
    in_the_dashboard(world, amount)
    assert sums(world) == [(left, 1, 0, 5 - left)]
    with world.app.app_context():
        credits.take_over_refund(one_package(world).id, now=clock.now())
    assert sums(world) == [(left, 1, 0, 5 - left)]
    world.send_mail()
    assert [mail for mail in world.mails_to(NORA.email) if words in " ".join(mail.text.split())]


def test_a_dispute_lets_it_rest_and_winning_ends_that(world, bought):
    made = world.stripe.dispute(charge(world))
    assert world.stripe.wait_idle()
    mine = one_package(world)
    assert mine.is_frozen and not mine.is_usable and mine.left == 5
    bought.fill(f"{bought.place_path}/cancel", {})
    assert one_package(world).left == 6 and not one_package(world).is_usable
    world.send_mail()
    assert any("disputed" in mail.text for mail in world.mails_to(NORA.email))
    world.stripe.close_dispute(made, "won")
    assert world.stripe.wait_idle()
    assert one_package(world).is_usable and sums(world) == [(6, 0, 0, 0)]


def test_lost_what_is_left_is_taken_back(world, bought):
    made = world.stripe.dispute(charge(world))
    world.stripe.close_dispute(made, "lost")
    assert world.stripe.wait_idle()
    assert sums(world) == [(0, 1, 0, 5)] and not one_package(world).is_frozen


def test_the_verdict_before_the_complaint(world, bought):
    """The two pieces of news in the wrong order end the same way."""
    world.stripe.lever(webhook_out_of_order=2)
    made = world.stripe.dispute(charge(world))
    world.stripe.close_dispute(made, "lost")
    assert world.stripe.wait_idle()
    assert sums(world) == [(0, 1, 0, 5)] and not one_package(world).is_frozen


def test_paid_twice_the_second_goes_back(world):
    """The link had ended here, she opened another, and Stripe says later that both were paid."""
    sell(world)
    walker = world.walker(CANARY)
    to_payment_without_time(walker)
    first = walker.session_id
    world.change(Attempt, state="expired")
    walker.get("/book/words")
    walker.post("/book/words")
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    assert walker.session_id != first
    walker.pay()
    walker.session_id = first
    walker.pay()
    assert sums(world) == [(6, 0, 0, 0)] and refunds(world) == [PRICE]
    world.send_mail()
    told = [mail.text for mail in world.mails_to(NORA.email)]
    assert sum("paid before" in text for text in told) == 1, "the coach hears of it, once"
    with world.app.app_context():
        assert package(one_package(world).id).taken == 0
