"""Whose papers are whose: the way from a client to her orders, and from an order to her and what it was for."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachapp.db import session
from coachapp.payments.models import Order


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


def _row(order: Order) -> SoldRow:
    return SoldRow(order.id, order.client_id, order.payable_kind, order.payable_id)
