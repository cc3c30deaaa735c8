"""Forgetting attempts that came to nothing."""

from uuid import UUID

from sqlalchemy import delete, select

from coachapp.db import session, transaction
from coachapp.payments.models import Attempt, Order, Payment


def money_came(client_id: UUID) -> bool:
    """Whether anything was ever paid by this client."""
    paid = select(Payment.id).join(Order, Order.id == Payment.order_id).where(Order.client_id == client_id)
    return session().scalar(paid.limit(1)) is not None


def forget(client_id: UUID) -> None:
    """Delete the orders and attempts of a client who never paid."""
    with transaction() as db:
        orders = select(Order.id).where(Order.client_id == client_id)
        db.execute(delete(Attempt).where(Attempt.order_id.in_(orders)))
        db.execute(delete(Order).where(Order.client_id == client_id))
