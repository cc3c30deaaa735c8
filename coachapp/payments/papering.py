"""Papers for what moved: a receipt for each payment, a credit note for each refund, a correction when one falls through.

Which are owed is read from the ledger and never remembered: whoever adds a payment or changes a refund calls
`issue_for` last in the same transaction, and `tick` finds whatever was missed.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.exc import IntegrityError

from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.papers import operations as papers
from coachapp.papers.models import Paper
from coachapp.papers.rules import Kind, Owed
from coachapp.payments.models import Order, Payment, Refund
from coachapp.payments.rules import RefundState

_AT_ONCE = 200
_FELL_THROUGH = (RefundState.FAILED, RefundState.CANCELLED)


def issue_for(order_id: UUID, *, now: datetime) -> None:
    """Issue every paper that is owed for an order, once. Last in a transaction: the counter is locked until it ends."""
    with transaction():
        if owed(order_id) and papers.begin_numbering(now=now):
            for each in owed(
                order_id
            ):  # once more: another writer may have been quicker until the lock was ours
                papers.issue(each, now=now)


def issue_missing(*, now: datetime) -> int:
    """Issue what is still owed, the oldest money first, each in a transaction of its own; how many were issued."""
    return sum(_issue_late(each, now) for each in owed()[:_AT_ONCE])


def owed(order_id: UUID | None = None) -> list[Owed]:
    """Papers the ledger owes, for one order or all of them, the oldest money first."""
    found = [*_receipts(order_id), *_credit_notes(order_id), *_corrections(order_id)]
    return sorted(found, key=lambda each: (each.moved_at, list(Kind).index(each.kind)))


def _issue_late(each: Owed, now: datetime) -> bool:
    try:
        with transaction():
            mine = papers.begin_numbering(now=now) and each in owed(each.order_id)
            return mine and papers.issue(each, now=now) is not None
    except IntegrityError:
        return False  # a year has just ended, and somebody issued it in the old one


def _receipts(order_id: UUID | None) -> list[Owed]:
    wanted = select(Payment, Order.ref).join(Order, Order.id == Payment.order_id)
    rows = session().execute(wanted.where(_of(order_id), ~_has(Kind.RECEIPT, Payment.id)))
    return [
        Owed(
            Kind.RECEIPT,
            row.id,
            None,
            row.order_id,
            ref,
            Money(row.amount_minor, row.currency),
            row.received_at,
        )
        for row, ref in rows
    ]


def _credit_notes(order_id: UUID | None) -> list[Owed]:
    """For refunds that went through."""
    went = (Refund.state == RefundState.SUCCEEDED, ~_has(Kind.CREDIT, Refund.id))
    return [
        Owed(
            Kind.CREDIT, row.id, row.payment_id, row.order_id, ref, Money(-row.amount_minor, row.currency), at
        )
        for row, ref, at in _refunds(order_id, *went)
    ]


def _corrections(order_id: UUID | None) -> list[Owed]:
    """For refunds that had gone through and came to nothing after all."""
    fell = (
        Refund.state.in_((RefundState.FAILED, RefundState.CANCELLED)),
        _has(Kind.CREDIT, Refund.id),
        ~_has(Kind.CORRECTION, Refund.id),
    )
    return [
        Owed(Kind.CORRECTION, row.id, row.id, row.order_id, ref, Money(row.amount_minor, row.currency), at)
        for row, ref, at in _refunds(order_id, *fell)
    ]


def _refunds(order_id: UUID | None, *wanted: ColumnElement[bool]) -> Iterator[tuple[Refund, str, datetime]]:
    """Refunds with their order's reference, and when they began: never before their payment."""
    found = (
        select(Refund, Order.ref, Payment.received_at)
        .join(Order, Order.id == Refund.order_id)
        .join(Payment, Payment.id == Refund.payment_id)
    )
    for refund, ref, received_at in session().execute(found.where(_of(order_id), *wanted)):
        yield refund, ref, max(refund.created_at, received_at)


def _of(order_id: UUID | None) -> ColumnElement[bool]:
    return true() if order_id is None else Order.id == order_id


def _has(kind: Kind, about: Any) -> ColumnElement[bool]:
    return exists().where(Paper.kind == kind, Paper.about_id == about)
