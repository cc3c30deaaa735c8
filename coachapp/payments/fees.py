"""What Stripe keeps of each payment: asked afterwards, once it may say so, and kept beside the payment."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.payments.models import Attempt, Fee, Payment
from coachapp.payments.rules import Gateway, GatewayRefused

# Paying and confirming come first; the figure is needed at the end of a month.
_AFTER = timedelta(minutes=10)
_ASK_AGAIN = timedelta(hours=6)
_MOST_TRIES = 20


def note_fees(gateway: Gateway, *, now: datetime, most: int = 50) -> int:
    """Ask Stripe for fees that are not known yet; returns how many it told. GatewayAway ends the round."""
    told = 0
    for payment_id, session_id in _unknown(now, most):
        try:
            fee = gateway.fee(session_id)
        except GatewayRefused:
            fee = None
        _keep(payment_id, fee, now)
        told += fee is not None
    return told


def _unknown(now: datetime, most: int) -> list[tuple[UUID, str]]:
    """Payments by card whose fee is to be asked for now, oldest first, each with its session at Stripe."""
    found = (
        select(Payment.id, Attempt.session_id)
        .join(Attempt, Attempt.id == Payment.attempt_id)
        .outerjoin(Fee, Fee.payment_id == Payment.id)
        .where(Payment.received_at < now - _AFTER, Attempt.session_id.is_not(None))
        .where(or_(Fee.payment_id.is_(None), Fee.fee_minor.is_(None)))
        .where(or_(Fee.payment_id.is_(None), Fee.asked_at < now - _ASK_AGAIN))
        .where(or_(Fee.payment_id.is_(None), Fee.tries < _MOST_TRIES))
        .order_by(Payment.received_at)
        .limit(most)
    )
    return [(row.id, row.session_id) for row in session().execute(found)]


def _keep(payment_id: UUID, fee: Money | None, now: datetime) -> None:
    with transaction() as db:
        # Two ticks may ask at once: who comes second waits here, and finds the row.
        db.execute(select(Payment.id).where(Payment.id == payment_id).with_for_update())
        row = db.get(Fee, payment_id, populate_existing=True)
        if row is None:
            row = Fee(payment_id=payment_id, tries=0)
            db.add(row)
        row.tries, row.asked_at = row.tries + 1, now
        if fee is not None:
            row.fee_minor, row.currency = fee.minor, fee.currency
