"""Papers and the ledger: which are owed, whose they are, and what was paid for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, true

from coachapp.db import session
from coachapp.money import Money
from coachapp.papers.models import Paper
from coachapp.papers.rules import Kind, Owed
from coachapp.payments.models import Order, Payment, PaymentUndone, Refund
from coachapp.payments.queries import stands
from coachapp.payments.rules import NEVER_WENT, RefundState


@dataclass(frozen=True)
class SoldRow:
    """An order as its papers need it: whose it is, and what was paid for."""

    id: UUID
    client_id: UUID
    kind: str
    payable_id: UUID


def sold_to(client_id: UUID) -> list[SoldRow]:
    """Every order of a client."""
    return [_row(order) for order in session().scalars(select(Order).where(Order.client_id == client_id))]


def sold(order_ids: Iterable[UUID]) -> dict[UUID, SoldRow]:
    """These orders; one that was forgotten with its client is left out."""
    found = session().scalars(select(Order).where(Order.id.in_(list(order_ids))))
    return {order.id: _row(order) for order in found}


def owed(order_id: UUID | None = None) -> list[Owed]:
    """Papers the ledger owes, for one order or all of them, the oldest money first."""
    found = [*_receipts(order_id), *_undone(order_id), *_credit_notes(order_id), *_corrections(order_id)]
    return sorted(found, key=lambda each: (each.moved_at, list(Kind).index(each.kind)))


def _row(order: Order) -> SoldRow:
    return SoldRow(order.id, order.client_id, order.payable_kind, order.payable_id)


def _receipts(order_id: UUID | None) -> list[Owed]:
    wanted = select(Payment, Order.ref).join(Order, Order.id == Payment.order_id)
    rows = session().execute(wanted.where(_of(order_id), stands(), ~_has(Kind.RECEIPT, Payment.id)))
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


def _undone(order_id: UUID | None) -> list[Owed]:
    """Credit notes for payments that were marked by mistake and had their receipt."""
    rows = session().execute(
        select(Payment, Order.ref, PaymentUndone.at)
        .join(Order, Order.id == Payment.order_id)
        .join(PaymentUndone, PaymentUndone.payment_id == Payment.id)
        .where(_of(order_id), _has(Kind.RECEIPT, Payment.id), ~_has(Kind.CREDIT, Payment.id))
    )
    return [
        Owed(Kind.CREDIT, row.id, row.id, row.order_id, ref, Money(-row.amount_minor, row.currency), at)
        for row, ref, at in rows
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
        Refund.state.in_(NEVER_WENT),
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
