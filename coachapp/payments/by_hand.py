"""Money that did not come through Stripe: written down when it came, undone, and given back, by the coach's word."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from coachapp.audit.operations import record
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.payments import queries
from coachapp.payments.models import Order, Payment, PaymentUndone, Refund
from coachapp.payments.papering import issue_for
from coachapp.payments.refunds import ask_refund
from coachapp.payments.rules import (
    BY_HAND,
    AlreadyPaid,
    Method,
    NotUndoable,
    OnPaid,
    Payables,
    RefundState,
)


@dataclass(frozen=True)
class Taken:
    """Money by hand that was written down; it `stands` unless what it was for was gone, and it is to be given back."""

    payment_id: UUID
    stands: bool


def take(order_id: UUID, method: Method, payables: Payables, *, by: UUID, now: datetime) -> Taken:
    """Write down that all that is due on an order has come, and let it confirm what it pays for.

    Where that can no longer be, the money is written down and stands to be given back. AlreadyPaid when nothing
    is due, or a payment by card came in this very moment: then nothing is written down. An open link to pay is ended
    at Stripe before (`operations.end_link`).
    """
    try:
        with transaction() as db:
            order = db.get_one(Order, order_id)
            payment = all_due(order, method, now)
            db.add(payment)
            db.flush()
            means = payables[order.payable_kind].on_paid(order.payable_id, now)
            if queries.order(order_id).paid.minor > order.amount_minor:
                raise AlreadyPaid
            record("mark_paid", now=now, role="staff", actor=by, subject=order.client_id)
            if means is not OnPaid.CONFIRM:
                ask_refund(payment.id, Money(payment.amount_minor, payment.currency), "time gone", now=now)
            issue_for(order_id, now=now)
            return Taken(payment.id, means is OnPaid.CONFIRM)
    except IntegrityError as error:  # the button pressed twice: the second one waited, and is told so
        raise AlreadyPaid from error


def undo(payment_id: UUID, *, by: UUID, now: datetime) -> None:
    """Take back that money came by hand; what it has confirmed stands. Twice is once. NotUndoable."""
    try:
        with transaction() as db:
            payment = db.get(Payment, payment_id, with_for_update=True)
            if payment is None or payment.method not in BY_HAND:
                raise NotUndoable
            if db.get(PaymentUndone, payment_id) is not None:
                return
            db.add(PaymentUndone(payment_id=payment_id, at=now))
            db.flush()
            whose = db.get_one(Order, payment.order_id).client_id
            record("undo_paid", now=now, role="staff", actor=by, subject=whose)
            issue_for(payment.order_id, now=now)
    except IntegrityError as error:
        raise NotUndoable from error


def given_back(
    refund_id: UUID, method: Method, on: date, payables: Payables, *, by: UUID, now: datetime
) -> bool:
    """The coach has given money back: how, and on which day. False where she has said so before."""
    with transaction() as db:
        refund = db.get_one(Refund, refund_id, with_for_update=True)
        if refund.state != RefundState.TO_GIVE:
            return False
        refund.state, refund.method, refund.given_on = RefundState.SUCCEEDED, method, on
        order = db.get_one(Order, refund.order_id)
        payables[order.payable_kind].on_refunded(order.payable_id, now)
        record("give_back_money", now=now, role="staff", actor=by, subject=order.client_id)
        db.flush()
        issue_for(order.id, now=now)
        return True


def all_due(order: Order, method: Method, now: datetime) -> Payment:
    """All that is due, as one payment; the database takes each turn of an order once. AlreadyPaid if nothing is."""
    due = queries.order(order.id).due
    if due.is_zero:
        raise AlreadyPaid
    with transaction() as db:
        turns = db.scalar(select(func.count(Payment.turn)).where(Payment.order_id == order.id))
    return Payment(
        id=uuid4(),
        order_id=order.id,
        method=method,
        amount_minor=due.minor,
        currency=due.currency,
        turn=(turns or 0) + 1,
        received_at=now,
    )
