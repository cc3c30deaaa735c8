"""The decisions about money, for every state and every fact."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.booking.rules import AppointmentState, Paid, on_paid
from coachapp.money import Money
from coachapp.payments.rules import AttemptState, OrderState, SessionFacts, Step, decide, order_state

ASKED = Money(95_00, "EUR")
STATUSES = ("open", "complete", "expired", "something new")
PAYMENT = ("paid", "unpaid", "no_payment_required")
AMOUNTS = (ASKED, Money(94_99, "EUR"), Money(95_00, "USD"))
INTENTS = ("pi_1", None)


REFERENCES = ("ref", "another")


def facts(status="complete", payment="paid", amount=ASKED, intent="pi_1", reference="ref"):
    return SessionFacts("cs_1", reference, status, payment, amount, intent, None)


def expected(state, status, payment, amount, intent, reference):
    """The table, read from the top."""
    if state in (AttemptState.PAID, AttemptState.ALARM):
        return Step.NOTHING
    money_is_there = status == "complete" and payment != "unpaid"
    if money_is_there:
        return Step.PAY if amount == ASKED and intent and reference == "ref" else Step.ALARM
    table = {
        (AttemptState.CREATED, "open"): Step.OPEN,
        (AttemptState.CREATED, "something new"): Step.OPEN,
        (AttemptState.CREATED, "expired"): Step.EXPIRE,
        (AttemptState.OPEN, "expired"): Step.EXPIRE,
    }
    return table.get((state, status), Step.NOTHING)


def test_every_state_and_fact_has_its_step():
    cases = list(product(AttemptState, STATUSES, PAYMENT, AMOUNTS, INTENTS, REFERENCES))
    assert len(cases) == 6 * 4 * 3 * 3 * 2 * 2
    for state, *fact in cases:
        assert decide(state, facts(*fact), ASKED, "ref") is expected(state, *fact), (state, fact)


@pytest.mark.parametrize("state", [AttemptState.EXPIRED, AttemptState.FAILED])
def test_money_that_comes_after_the_end_is_still_taken(state):
    assert decide(state, facts(), ASKED, "ref") is Step.PAY


@given(
    st.sampled_from(AttemptState),
    st.text(max_size=12) | st.sampled_from(STATUSES),
    st.text(max_size=12) | st.sampled_from(PAYMENT),
    st.builds(Money, st.integers(), st.sampled_from(["EUR", "USD"])),
)
def test_whatever_stripe_says_there_is_a_step_and_only_the_right_sum_pays(state, status, payment, amount):
    step = decide(state, facts(status, payment, amount), ASKED, "ref")
    assert isinstance(step, Step)
    if step is Step.PAY:
        assert amount == ASKED and status == "complete" and payment != "unpaid"


def test_an_order_follows_from_its_sums():
    found = {
        (paid, back): order_state(100, paid, back) for paid in (0, 99, 100, 200) for back in (0, 1, 100, 200)
    }
    due = OrderState.DUE
    assert found == {
        **{(paid, back): due for paid in (0, 99) for back in (0, 1, 100, 200)},
        (100, 0): OrderState.PAID,
        (100, 1): OrderState.PART_REFUNDED,
        (100, 100): OrderState.REFUNDED,
        (100, 200): OrderState.REFUNDED,
        (200, 0): OrderState.PAID,
        (200, 1): OrderState.PART_REFUNDED,
        (200, 100): OrderState.PART_REFUNDED,
        (200, 200): OrderState.REFUNDED,
    }


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_an_order_always_has_a_state(amount, paid, refunded):
    assert order_state(amount, paid, refunded) in OrderState


def test_what_money_means_for_an_appointment():
    assert {state: on_paid(state) for state in AppointmentState} == {
        AppointmentState.HELD: Paid.CONFIRM,
        AppointmentState.RELEASED: Paid.TAKE_AGAIN,
        AppointmentState.CONFIRMED: Paid.KEEP,
        AppointmentState.CANCELLED: Paid.REFUND,
        AppointmentState.BLOCKED: Paid.REFUND,
        AppointmentState.REQUESTED: Paid.REFUND,
    }
