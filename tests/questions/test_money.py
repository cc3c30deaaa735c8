"""The money of a question: once, late, twice, out of order, back, disputed; and what Stripe sees of it."""

import json
import re
from datetime import timedelta
from itertools import permutations

import pytest
import requests

from coachapp import clock, vault
from coachapp.booking.blocking import block
from coachapp.clients.models import Client
from coachapp.money import Money
from coachapp.payments.models import Attempt, Order, Payment, Refund
from coachapp.payments.operations import settle
from coachapp.payments.queries import attempt
from coachapp.payments.rules import SessionFacts
from coachapp.payments.runtime import payables
from coachapp.questions import asking
from coachapp.questions.models import Question
from coachapp.questions.rules import Standing
from coachapp.safe_contact.models import SafeContact
from tests.booking.sold import a_client, signed_in
from tests.cast import NORA, Person
from tests.questions.asked import (
    ANSWER,
    PRICE,
    SLUG,
    WORDS,
    at_desk,
    here,
    one,
    open_and_answer,
    paid,
    press_pay,
    send,
    to_payment,
)

CANARY = Person(
    "Zephyrine Canary", "zephyrine", "copper meadow thimble", "Asia/Kathmandu", "z.canary@example.com"
)


def states(world):
    return sorted(state for (state,) in world.rows(Refund.state))


def objects(world, kind):
    return [each for each in world.stripe.state()["objects"].values() if each["object"] == kind]


def in_the_dashboard(world, amount):
    answer = requests.post(
        f"{world.stripe.api_base}/v1/refunds",
        {"payment_intent": objects(world, "payment_intent")[0]["id"], "amount": amount},
        headers={"Authorization": "Bearer sk_test_dashboard"},
        timeout=5,
    )
    assert answer.ok and world.stripe.wait_idle()


def decline(nora, world, word=""):
    nora.fill(f"{at_desk(world)}/decline", {"word": word})
    assert world.stripe.wait_idle()
    return nora.page


def test_the_webhook_twice_and_the_page_as_well(world, walker):
    to_payment(walker)
    walker.pay()
    walker.come_back()
    walker.come_back()
    assert world.tick() == ()
    assert world.ledger() == ([], ["paid"], [PRICE], [])
    assert one(world).standing is Standing.TO_WRITE


def test_pressed_twice_it_is_one_order_and_one_page(world, walker):
    to_payment(walker)
    first = walker.session_id
    press_pay(walker)
    assert walker.session_id == first
    assert len(world.rows(Order.id)) == len(world.rows(Attempt.id)) == 1


@pytest.mark.parametrize("order", list(permutations(("paid", "expired", "paid"))))
def test_news_in_any_order_make_one_question_paid_once(world, walker, order):
    """Stripe never says both of one session; if it did, money that came would still count, once."""
    to_payment(walker)
    ((attempt_id,),) = world.rows(Attempt.id)
    facts = {
        "paid": SessionFacts("cs", attempt_id.hex, "complete", "paid", Money(PRICE, "EUR"), "pi", None),
        "expired": SessionFacts("cs", attempt_id.hex, "expired", "unpaid", Money(PRICE, "EUR"), None, None),
    }
    with world.app.app_context():
        for news in order:
            assert settle(attempt_id, facts[news], payables(), now=clock.now()) == []
    assert [minor for (minor,) in world.rows(Payment.amount_minor)] == [PRICE]
    assert one(world).standing is Standing.TO_WRITE


def test_paid_by_two_attempts_the_second_goes_back(world, walker):
    to_payment(walker)
    first = walker.session_id
    ((attempt_id,),) = world.rows(Attempt.id)
    with world.app.app_context():
        gone = SessionFacts("cs", attempt_id.hex, "expired", "unpaid", Money(PRICE, "EUR"), None, None)
        settle(attempt_id, gone, payables(), now=clock.now())
    press_pay(walker)
    assert walker.session_id != first
    walker.pay()
    with world.app.app_context():
        late = SessionFacts(first, attempt_id.hex, "complete", "paid", Money(PRICE, "EUR"), "pi_late", None)
        asked = settle(attempt_id, late, payables(), now=clock.now())
        assert len(asked) == 1
        assert attempt(attempt_id).state == "paid"
    assert one(world).standing is Standing.TO_WRITE
    assert len(world.rows(Payment.id)) == 2 and states(world) == ["asked"]


def test_let_go_before_paying_it_has_ended_and_can_begin_anew(world, walker):
    to_payment(walker)
    walker.come_back()
    walker.post(f"{walker.return_path}/let-go")
    assert one(world).standing is Standing.ENDED
    walker.follow()
    assert "Nothing was charged" in walker.text and "/ask/words" in walker.page.get_data(as_text=True)
    press_pay(walker)
    walker.pay()
    assert one(world).standing is Standing.TO_WRITE


def test_stripe_away_nothing_is_lost(world, walker):
    walker.fill(f"/ask/{SLUG}/details", {"name": "A", "agree": "y"})
    world.stripe.lever(fail_next={"times": 9, "path": "/v1/checkout/sessions", "should_retry": False})
    walker.fill("/ask/words", {})
    assert walker.page.status_code == 503
    world.stripe.lever(fail_next=None)
    press_pay(walker)
    walker.pay()
    assert one(world).standing is Standing.TO_WRITE


def test_an_amount_that_does_not_fit_is_no_payment(world, walker):
    to_payment(walker)
    world.change(Attempt, amount_minor=1_00)
    walker.pay()
    assert one(world).standing is Standing.TO_PAY and world.rows(Payment.id) == []


def test_declined_all_of_it_goes_back_with_a_word(world, walker, nora):
    hers = paid(world)
    send(hers)
    assert decline(nora, world, "This belongs to someone who knows the law.").status_code == 303
    assert one(world).standing is Standing.REFUNDED and states(world) == ["succeeded"]
    assert [each["amount"] for each in objects(world, "refund")] == [PRICE]
    hers.get(here(world))
    assert "The money goes back to you" in hers.text and "who knows the law" in hers.text
    nora.get("/desk/questions")
    assert nora.post(f"{at_desk(world)}/decline").status_code == 409
    assert states(world) == ["succeeded"]
    world.send_mail()
    assert [mail.subject for mail in world.mails_to(hers.person.email)] == ["Your update"]


def test_declined_before_a_word_is_written(world, walker, nora):
    paid(world)
    decline(nora, world)
    assert one(world).standing is Standing.REFUNDED and states(world) == ["succeeded"]


def test_stripe_away_the_refund_waits(world, walker, nora):
    paid(world)
    world.stripe.lever(fail_next={"times": 9, "path": "/v1/refunds", "should_retry": False})
    assert decline(nora, world).status_code == 303
    assert states(world) == ["asked"]
    world.stripe.lever(fail_next=None)
    assert world.tick(timedelta(minutes=3)) == () and states(world) == ["succeeded"]
    assert len(objects(world, "refund")) == 1


def test_paid_back_in_the_dashboard_it_is_over(world, walker):
    hers = paid(world)
    in_the_dashboard(world, PRICE)
    assert one(world).standing is Standing.REFUNDED
    assert "The money goes back to you" in hers.get(here(world)).text
    assert send(hers).status_code == 409


def test_a_part_of_it_changes_nothing_and_neither_does_all_after_the_answer(world, walker, nora):
    hers = paid(world)
    in_the_dashboard(world, 5_00)
    assert one(world).standing is Standing.TO_WRITE
    send(hers)
    open_and_answer(nora, world)
    in_the_dashboard(world, PRICE - 5_00)
    assert one(world).standing is Standing.ANSWERED
    assert ANSWER in hers.get(here(world)).text and "€25 of it went back" in hers.text


def test_disputed_it_waits_and_lost_it_has_ended(world, walker, nora):
    hers = paid(world)
    send(hers)
    charge = objects(world, "charge")[0]["id"]
    world.stripe.dispute(charge)
    assert world.stripe.wait_idle()
    nora.get(at_desk(world))
    assert "disputes this payment" in nora.text and WORDS not in nora.text
    nora.fill(f"{at_desk(world)}/decline", {})
    assert nora.page.status_code == 409 and states(world) == []
    world.send_mail()
    assert "Something needs your eyes" in [mail.subject for mail in world.mails_to(NORA.email)]
    with world.app.app_context():
        payables()["question"].on_dispute_over(one(world).id, clock.now(), False)
    assert one(world).standing is Standing.ENDED
    assert "did not stand" in hers.get(here(world)).text


def test_won_it_goes_on(world, walker, nora):
    send(paid(world))
    with world.app.app_context():
        kind = payables()["question"]
        kind.on_disputed(one(world).id, clock.now())
        kind.on_dispute_over(one(world).id, clock.now(), True)
    assert open_and_answer(nora, world).status_code == 303


def test_someone_blocked_meanwhile_gets_it_back(world, walker):
    to_payment(walker)
    with world.app.app_context():
        block(1, walker.person.email, "", by=one(world).id, now=clock.now())
    walker.pay()
    assert one(world).standing is Standing.ENDED and states(world) == ["succeeded"]
    other = world.walker()
    other.fill(
        f"/ask/{SLUG}/details", {"name": "A", "email": walker.person.email, "inbox": "only_me", "agree": "y"}
    )
    assert other.page.status_code == 409 and "Nothing was charged" in other.text


def test_the_price_is_the_one_it_was_shown_at(world, walker):
    walker.fill(f"/ask/{SLUG}/details", {"name": "A", "agree": "y", "price": "1", "amount": "1"})
    world.change(Question, price_minor=30_00)
    press_pay(walker)
    walker.pay()
    assert [minor for (minor,) in world.rows(Payment.amount_minor)] == [30_00]


@pytest.mark.safety("T12")
def test_stripe_sees_the_same_and_no_word_more(world, walker, nora):
    hers = paid(world, CANARY)
    send(hers)
    decline(nora, world, "answer-canary-bramble")
    (create,) = world.asked("POST", "/v1/checkout/sessions")
    assert create.params["line_items"]["0"]["price_data"] == {
        "currency": "eur",
        "unit_amount": str(PRICE),
        "tax_behavior": "inclusive",
        "product_data": {"name": "Services"},
    }
    assert world.tick(timedelta(minutes=11)) == ()
    row = one(world)
    told = [
        "zephyrine",
        "canary",
        "question",
        "thistle",
        "bramble",
        SLUG,
        "ask",
        "nora",
        row.id.hex,
        row.client_id.hex,
    ]
    for got in world.stripe.requests:
        said = json.dumps([got.path, got.params, dict(got.headers)]).lower()
        assert not [word for word in told if re.search(rf"\b{word}", said)], (got.path, said)


@pytest.mark.safety("T15")
def test_no_word_of_it_stands_in_plain_anywhere(world, walker, nora, settings, caplog, capfd):
    hers = paid(world, CANARY)
    hers.get(here(world))
    hers.post(f"{here(world)}/save", {"words": "draft-canary-heron", "revision": hers.hidden("revision")})
    send(hers)
    open_and_answer(nora, world)
    world.send_mail()
    words = ("thistle", "bramble", "heron", "zephyrine")
    everything = json.dumps(world.everything()).lower()
    assert not [word for word in words if word in everything]
    if settings.database_url.startswith("sqlite"):
        path = settings.database_url.partition("///")[2]
        for each in (path, f"{path}-wal"):
            try:
                with open(each, "rb") as file:
                    body = file.read().lower()
            except FileNotFoundError:
                continue
            assert not [word for word in words if word.encode() in body]
    out = "".join(capfd.readouterr()) + caplog.text
    assert not [word for word in words if word in out.lower()]
    mails = " ".join(mail.text + mail.subject for mail in world.mail.mails())
    assert not [word for word in words if word in mails.lower()]


def test_nobody_who_paid_is_forgotten_and_what_was_only_begun_is(world, walker):
    paid(world)
    typed = {"name": "B", "agree": "y"}
    world.walker().fill(f"/ask/{SLUG}/details", typed)
    a_client(world, person=CANARY)
    signed_in(world, CANARY).fill(f"/ask/{SLUG}/details", {"agree": "y"})
    assert len(world.rows(Question.id)) == 3 and len(world.rows(Client.id)) == 3
    world.tick(timedelta(hours=25))
    assert len(world.rows(Question.id)) == 1 and len(world.rows(Client.id)) == 2
    assert one(world).standing is Standing.TO_WRITE
    assert len(world.rows(SafeContact.client_id)) == 2


def test_with_her_key_gone_no_word_is_to_be_had_and_no_page_falls(world, walker, nora):
    send(paid(world))
    path, row = at_desk(world), one(world)
    with world.app.app_context():
        vault.destroy_key(row.client_id)
    for each in ("/desk/questions", "/desk/"):
        assert nora.get(each).status_code == 200
    nora.post(f"{path}/open")
    assert nora.get(path).status_code == 404
    with world.app.app_context():
        asking.forget(row.client_id)
    assert world.rows(Question.id) == []
