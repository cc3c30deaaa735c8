"""Forgetting attempts that came to nothing."""

from uuid import UUID

from sqlalchemy import delete, select

from coachapp.db import session, transaction
from coachapp.payments.coupon_models import CouponUse
from coachapp.payments.credit_models import CreditEntry, Package
from coachapp.payments.models import Attempt, Order, Payment, PayRequest
from coachapp.payments.part_models import Part
from coachapp.payments.rules import UNFINISHED, AttemptState


def money_came(client_id: UUID) -> bool:
    """Whether anything was ever paid by this client, also when it did not fit and waits for the coach."""
    paid = select(Payment.id).join(Order, Order.id == Payment.order_id).where(Order.client_id == client_id)
    unfit = (
        select(Attempt.id)
        .join(Order, Order.id == Attempt.order_id)
        .where(Order.client_id == client_id, Attempt.state == AttemptState.ALARM)
    )
    return any(session().scalar(found.limit(1)) is not None for found in (paid, unfit))


def may_be_paid(client_id: UUID) -> bool:
    """Whether an open link to pay of this client's could still bring money."""
    found = select(Attempt.id).join(Order, Order.id == Attempt.order_id)
    waits = found.where(Order.client_id == client_id, Attempt.state.in_(UNFINISHED))
    return session().scalar(waits.limit(1)) is not None


def has_sessions(client_id: UUID) -> bool:
    """Whether this client was ever granted sessions of a package, bought or given."""
    granted = select(CreditEntry.id).join(Package, Package.id == CreditEntry.package_id)
    return session().scalar(granted.where(Package.client_id == client_id).limit(1)) is not None


def forget(client_id: UUID) -> None:
    """Delete the orders and attempts of a client who never paid, and her packages with all they hold."""
    with transaction() as db:
        packages = select(Package.id).where(Package.client_id == client_id)
        db.execute(delete(CreditEntry).where(CreditEntry.package_id.in_(packages)))
        db.execute(delete(Package).where(Package.client_id == client_id))
        db.execute(delete(CouponUse).where(CouponUse.client_id == client_id))
        orders = select(Order.id).where(Order.client_id == client_id)
        db.execute(delete(PayRequest).where(PayRequest.order_id.in_(orders)))
        attempts = select(Attempt.id).where(Attempt.order_id.in_(orders))
        db.execute(
            delete(Part).where(Part.attempt_id.in_(attempts))
        )  # nothing was decided about any: none counts
        db.execute(delete(Attempt).where(Attempt.order_id.in_(orders)))
        db.execute(delete(Order).where(Order.client_id == client_id))
