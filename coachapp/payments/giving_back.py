"""Money given back because the coach decides so: part of what was paid on an order, or all that is left of it."""

from datetime import datetime
from uuid import UUID

from coachapp.audit.operations import record
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.payments.credit_rules import BadAmount
from coachapp.payments.models import Order
from coachapp.payments.queries import order as order_row
from coachapp.payments.refunds import refund_part


def give_back(
    order_id: UUID, amount: Money, *, was: Money, by_hand: bool, by: UUID, now: datetime
) -> list[UUID]:
    """Ask for so much of what was paid; the refunds to send. `by_hand` leaves it to the coach, also where a card paid.

    `was` is what had gone back when she decided: BadAmount where more has since, so that a button pressed twice gives
    once; and for nothing, or more than is still paid.
    """
    with transaction() as db:
        whose = db.get_one(Order, order_id, with_for_update={"key_share": True}).client_id
        sums = order_row(order_id)
        if was != sums.refunded or not 0 < amount.minor <= sums.left.minor:
            raise BadAmount
        record("give_back", now=now, role="staff", actor=by, subject=whose)
        return refund_part(order_id, amount, "coach", now=now, by_hand=by_hand)
