"""Forgetting attempts that came to nothing."""

from uuid import UUID

from sqlalchemy import delete, select

from coachapp.db import session, transaction
from coachapp.payments.models import Attempt, Order, Payment
from coachapp.payments.rules import AttemptState


def money_came(client_id: UUID) -> bool:
    """Whether anything was ever paid by this client, also when it did not fit and waits for the coach."""
    paid = select(Payment.id).join(Order, Order.id == Payment.order_id).where(Order.client_id == client_id)
    unfit = (
        select(Attempt.id)
        .join(Order, Order.id == Attempt.order_id)
        .where(Order.client_id == client_id, Attempt.state == AttemptState.ALARM)
    )
    return any(session().scalar(found.limit(1)) is not None for found in (paid, unfit))


def forget(client_id: UUID) -> None:
    """Delete the orders and attempts of a client who never paid."""
    with transaction() as db:
        orders = select(Order.id).where(Order.client_id == client_id)
        db.execute(delete(Attempt).where(Attempt.order_id.in_(orders)))
        db.execute(delete(Order).where(Order.client_id == client_id))
