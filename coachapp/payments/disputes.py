"""Disputes: what Stripe says of one is written down once, in any order, and what it means is passed on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coachapp.db import transaction
from coachapp.payments import dispute_queries, part_queries
from coachapp.payments.dispute_models import Dispute, DisputeDecided
from coachapp.payments.models import Order, Payment
from coachapp.payments.rules import DisputeFacts, Payables, UnknownPayment, Verdict
from coachapp.web import logs


def note_dispute(
    facts: DisputeFacts,
    payables: Payables,
    *,
    now: datetime,
    decided_at: datetime | None = None,
    opening_told: bool = False,
    verdict_told: bool = False,
) -> None:
    """Take over what Stripe says of a dispute; what it was for is told of each piece of news once. UnknownPayment.

    `decided_at` is when we learnt of the decision, if that was before now. Where the opening or the verdict was told
    before disputes had rows, only the row is written.
    """
    learnt = (decided_at or now, opening_told, verdict_told)
    try:
        _note(facts, payables, now, *learnt)
    except IntegrityError:  # the webhook and a tick at once: whoever comes second finds the rows
        _note(facts, payables, now, *learnt)


def say_if_overdrawn() -> None:
    """A line in the log, and no more: only a person can put this right."""
    if count := dispute_queries.overdrawn():
        logs.logger().error("payments disagree", count=count)


def _note(
    facts: DisputeFacts,
    payables: Payables,
    now: datetime,
    decided_at: datetime,
    opening_told: bool,
    verdict_told: bool,
) -> None:
    with transaction() as db:
        payment = db.scalar(select(Payment).where(Payment.intent_id == (facts.intent_id or "")))
        if payment is None:
            raise UnknownPayment
        order = db.get_one(Order, payment.order_id)
        payable = payables[order.payable_kind]
        is_new, is_decided = _open(facts, payment), _decide(facts, decided_at)
        if is_new and facts.verdict is None and not opening_told:
            payable.on_disputed(order.payable_id, now)
        if is_decided and not verdict_told and (facts.verdict is Verdict.LOST or not _others_open(order)):
            payable.on_dispute_over(order.payable_id, now, facts.verdict is not Verdict.LOST)


def _open(facts: DisputeFacts, payment: Payment) -> bool:
    """Whether it was not known before."""
    with transaction() as db:
        if db.get(Dispute, facts.id) is not None:
            return False
        db.add(
            Dispute(
                id=facts.id,
                payment_id=payment.id,
                order_id=payment.order_id,
                amount_minor=facts.amount.minor,
                currency=facts.amount.currency,
                opened_at=facts.opened_at,
            )
        )
        db.flush()
        return True


def _decide(facts: DisputeFacts, decided_at: datetime) -> bool:
    """Whether it is decided, and that was not known before."""
    with transaction() as db:
        if facts.verdict is None or db.get(DisputeDecided, facts.id) is not None:
            return False
        db.add(DisputeDecided(dispute_id=facts.id, verdict=facts.verdict, decided_at=decided_at))
        db.flush()
        return True


def _others_open(order: Order) -> bool:
    """Whether a bank still looks into another payment of what was bought with this one."""
    orders = part_queries.orders_together(part_queries.bought_with(order.payable_id))
    return any(each.is_open for each in dispute_queries.of_orders(row.id for row in orders))
