"""Reads of disputes: which stand on what, how they were decided, and what was lost by them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.dispute_models import Dispute, DisputeDecided
from coachapp.payments.models import Payment, Refund
from coachapp.payments.rules import NEVER_WENT, Verdict


@dataclass(frozen=True)
class DisputeRow:
    """A bank that asked for so much of a payment back, and how it decided; None while it is open."""

    id: str
    order_id: UUID
    amount: Money
    opened_at: datetime
    verdict: Verdict | None
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.verdict is None

    @property
    def is_lost(self) -> bool:
        return self.verdict is Verdict.LOST


def of_orders(order_ids: Iterable[UUID]) -> list[DisputeRow]:
    """Every dispute of these orders, the earliest first."""
    return disputes(Dispute.order_id.in_(list(order_ids)))


def open_between(start: datetime, end: datetime) -> list[DisputeRow]:
    """Those opened within [start, end) that no bank has decided yet."""
    began = disputes(Dispute.opened_at >= start, Dispute.opened_at < end)
    return [each for each in began if each.is_open]


def every_open() -> list[DisputeRow]:
    """Those that no bank has decided yet."""
    return disputes(DisputeDecided.dispute_id.is_(None))


def lost_by_order(order_ids: Iterable[UUID]) -> dict[UUID, int]:
    """What banks took back for good, in minor units, by order; orders without are left out."""
    asked = list(order_ids)
    if not asked:
        return {}
    found = (
        select(Dispute.order_id, func.sum(Dispute.amount_minor))
        .join(DisputeDecided, DisputeDecided.dispute_id == Dispute.id)
        .where(Dispute.order_id.in_(asked), DisputeDecided.verdict == Verdict.LOST)
        .group_by(Dispute.order_id)
    )
    return {order_id: int(total) for order_id, total in session().execute(found)}


def lost_of(payment_id: UUID) -> int:
    """What banks took back of one payment for good, in minor units."""
    found = (
        select(func.sum(Dispute.amount_minor))
        .join(DisputeDecided, DisputeDecided.dispute_id == Dispute.id)
        .where(Dispute.payment_id == payment_id, DisputeDecided.verdict == Verdict.LOST)
    )
    return int(session().scalar(found) or 0)


def overdrawn() -> int:
    """Of how many payments a bank took what had gone back already: more has gone than came."""
    back = (
        select(func.coalesce(func.sum(Refund.amount_minor), 0))
        .where(Refund.payment_id == Payment.id, Refund.state.not_in(NEVER_WENT))
        .scalar_subquery()
    )
    lost = (
        select(func.coalesce(func.sum(Dispute.amount_minor), 0))
        .join(DisputeDecided, DisputeDecided.dispute_id == Dispute.id)
        .where(Dispute.payment_id == Payment.id, DisputeDecided.verdict == Verdict.LOST)
        .scalar_subquery()
    )
    found = select(func.count(Payment.id)).where(Payment.id.in_(select(Dispute.payment_id)))
    return session().scalar(found.where(back + lost > Payment.amount_minor)) or 0


def disputes(*wanted: ColumnElement[bool]) -> list[DisputeRow]:
    """The disputes of which this holds, the earliest first."""
    found = (
        select(Dispute, DisputeDecided.verdict, DisputeDecided.decided_at)
        .outerjoin(DisputeDecided, DisputeDecided.dispute_id == Dispute.id)
        .where(*wanted)
        .order_by(Dispute.opened_at, Dispute.id)
    )
    return [
        DisputeRow(
            row.id,
            row.order_id,
            Money(row.amount_minor, row.currency),
            row.opened_at,
            Verdict(verdict) if verdict else None,
            decided_at,
        )
        for row, verdict, decided_at in session().execute(found)
    ]
