"""Money on its way back: the row first, then Stripe; final only when Stripe says so."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.payments import voucher_entries
from coachapp.payments.dispute_queries import lost_of
from coachapp.payments.models import Order, Payment, Refund
from coachapp.payments.papering import issue_for
from coachapp.payments.part_queries import parts_of
from coachapp.payments.queries import stands
from coachapp.payments.rules import (
    BY_HAND,
    NEVER_WENT,
    Gateway,
    GatewayAway,
    GatewayRefused,
    Method,
    Payables,
    RefundFacts,
    RefundState,
    UnknownPayment,
)

_LEASE = timedelta(minutes=2)
_ASK_AGAIN = timedelta(hours=1)
# Stripe remembers a request by its key for a day at least; after that the same key would send the money once more.
_KEY_HOLDS = timedelta(hours=23)
_DASHBOARD = "dashboard"


def ask_refund(payment_id: UUID, amount: Money, reason: str, *, now: datetime, by_hand: bool = False) -> UUID:
    """Write a refund down, in the transaction of what causes it; `send_refund` sends it after the commit.

    What came by hand is for the coach to give back, and so is what she chose to give so (`by_hand`): nothing is sent
    (`by_hand.given_back`). What a voucher has paid goes back onto it when it is sent.
    """
    with transaction() as db:
        payment = db.get_one(Payment, payment_id)
        is_hers = payment.method in BY_HAND or (by_hand and payment.method == Method.CARD)
        refund = Refund(
            id=uuid4(),
            order_id=payment.order_id,
            payment_id=payment_id,
            amount_minor=amount.minor,
            currency=amount.currency,
            reason=reason,
            state=RefundState.TO_GIVE if is_hers else RefundState.ASKED,
            created_at=now,
        )
        db.add(refund)
        db.flush()
        return refund.id


def refund_all(order_id: UUID, reason: str, *, now: datetime) -> list[UUID]:
    """Ask for everything paid on an order that is not on its way back yet."""
    return _refund(order_id, None, reason, now)


def refund_part(
    order_id: UUID, amount: Money, reason: str, *, now: datetime, by_hand: bool = False
) -> list[UUID]:
    """Ask for so much of what was paid on an order, or for what is left of it if that is less."""
    return _refund(order_id, amount.minor, reason, now, by_hand)


def from_dashboard(payable_id: UUID, currency: str) -> Money:
    """What went back for a payable, or a later part of it, without a word to us, by Stripe's dashboard."""
    ids = [payable_id, *(part.id for part in parts_of([payable_id]).get(payable_id, ()))]
    total = session().scalar(
        select(func.sum(Refund.amount_minor))
        .join(Order, Order.id == Refund.order_id)
        .where(Order.payable_id.in_(ids), Refund.reason == _DASHBOARD, Refund.state.not_in(NEVER_WENT))
    )
    return Money(int(total or 0), currency)


def _refund(
    order_id: UUID, most: int | None, reason: str, now: datetime, by_hand: bool = False
) -> list[UUID]:
    with transaction() as db:
        asked = []
        paid = select(Payment).where(Payment.order_id == order_id, stands())
        for payment in db.scalars(paid.with_for_update(key_share=True)):
            gone = db.scalars(
                select(Refund.amount_minor).where(
                    Refund.payment_id == payment.id,
                    Refund.state.not_in(NEVER_WENT),
                )
            )
            left = payment.amount_minor - sum(gone) - lost_of(payment.id)
            if most is not None:
                left = min(left, most)
                most -= max(left, 0)
            if left > 0:
                back = Money(left, payment.currency)
                asked.append(ask_refund(payment.id, back, reason, now=now, by_hand=by_hand))
        return asked


def send_refund(refund_id: UUID, gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Send one refund. When Stripe is away it stays *asked* and `tick` sends it again with the same key.

    One whose key may be forgotten by now is looked for at Stripe before it is sent.
    """
    with transaction() as db:
        refund = db.get_one(Refund, refund_id, with_for_update=True)
        if refund.state != RefundState.ASKED or (refund.lease_until and refund.lease_until > now):
            return
        payment = db.get_one(Payment, refund.payment_id)
        if payment.method == Method.VOUCHER:
            return _onto_voucher(refund, payables, now)
        refund.lease_until = now + _LEASE
        intent_id = payment.intent_id or ""
        amount = Money(refund.amount_minor, refund.currency)
        is_known = now - refund.created_at < _KEY_HOLDS
    try:
        made = None if is_known else gateway.find_refund(refund_id, intent_id)
        facts = made or gateway.refund(refund_id, intent_id, amount)
    except GatewayAway:
        return
    except GatewayRefused:
        with transaction() as db:
            db.get_one(Refund, refund_id).state = RefundState.FAILED
        return
    note_refund(facts, payables, now=now)


def send_waiting(gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Send the refunds that were asked for and not sent."""
    waiting = session().scalars(select(Refund.id).where(Refund.state == RefundState.ASKED).limit(50))
    for refund_id in list(waiting):
        send_refund(refund_id, gateway, payables, now=now)


def ask_about_pending(gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Ask Stripe, hourly, about refunds that are neither done nor failed: their webhook may have been lost."""
    with transaction() as db:
        pending = select(Refund).where(Refund.state == RefundState.PENDING, Refund.stripe_id.is_not(None))
        rows = list(db.scalars(pending.where(Refund.lease_until < now).limit(50)))
        for row in rows:
            row.lease_until = now + _ASK_AGAIN
        stripe_ids = [row.stripe_id for row in rows if row.stripe_id]
    for stripe_id in stripe_ids:
        note_refund(gateway.retrieve_refund(stripe_id), payables, now=now)


def note_refund(facts: RefundFacts, payables: Payables, *, now: datetime) -> None:
    """Take over what Stripe says of a refund: one of ours, or one made in the Stripe dashboard. UnknownPayment."""
    with transaction() as db:
        refund = _known(facts)
        if refund is None:
            payment = db.scalar(select(Payment).where(Payment.intent_id == (facts.intent_id or "")))
            if payment is None:
                raise UnknownPayment
            refund = db.get_one(Refund, ask_refund(payment.id, facts.amount, _DASHBOARD, now=now))
        was = refund.state
        if was in NEVER_WENT or (was == RefundState.SUCCEEDED and facts.state is RefundState.PENDING):
            return  # an answer that was overtaken by later news
        refund.state, refund.stripe_id = facts.state, facts.id
        if was != facts.state and facts.state is RefundState.SUCCEEDED:
            order = db.get_one(Order, refund.order_id)
            payables[order.payable_kind].on_refunded(order.payable_id, now)
        issue_for(refund.order_id, now=now)


def _onto_voucher(refund: Refund, payables: Payables, now: datetime) -> None:
    """It goes back at once, and Stripe never hears of it."""
    with transaction() as db:
        refund.state = RefundState.SUCCEEDED
        db.flush()
        voucher_entries.give_back(refund, now=now)
        order = db.get_one(Order, refund.order_id)
        payables[order.payable_kind].on_refunded(order.payable_id, now)
        db.flush()
        issue_for(order.id, now=now)


def _known(facts: RefundFacts) -> Refund | None:
    with transaction() as db:
        known = db.scalar(select(Refund).where(Refund.stripe_id == facts.id).with_for_update())
        if known is not None or not facts.reference:
            return known
        try:
            return db.get(Refund, UUID(hex=facts.reference), with_for_update=True)
        except ValueError:
            return None
