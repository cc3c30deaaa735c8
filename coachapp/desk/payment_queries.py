"""Money that does not come by card, as the coach sees it: what to give back, and what she has marked of late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from coachapp.booking.models import Appointment, Place
from coachapp.clients.models import Client
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.models import Attempt, Order, Payment, Refund
from coachapp.payments.part_models import Part
from coachapp.payments.queries import stands
from coachapp.payments.rules import BY_HAND, NEVER_WENT, Method, RefundState

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Moved:
    """Money that came or goes by hand: the payment's or refund's id, whose it is, and how it came."""

    id: UUID
    client: ClientRow
    amount: Money
    method: Method
    at: datetime
    ref: str


def to_give_back(coach_id: int) -> list[Moved]:
    """What this coach has yet to give back, oldest first."""
    found = (
        select(Refund.id, Refund.amount_minor, Refund.currency, Payment.method, Refund.created_at)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.id == Refund.order_id)
        .where(Refund.state == RefundState.TO_GIVE)
    )
    return _rows(found.order_by(Refund.created_at), coach_id)


def marked_lately(coach_id: int, *, now: datetime) -> list[Moved]:
    """What she has marked as paid in the last thirty days and not undone, latest first; what goes back is left out."""
    goes_back = select(Refund.payment_id).where(Refund.state.not_in(NEVER_WENT))
    found = (
        select(Payment.id, Payment.amount_minor, Payment.currency, Payment.method, Payment.received_at)
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.method.in_(BY_HAND), stands(), Payment.received_at > now - LATELY)
        .where(Payment.id.not_in(goes_back))
    )
    return _rows(found.order_by(Payment.received_at.desc()), coach_id)


def _rows(found: Select[UUID, int, str, str, datetime], coach_id: int) -> list[Moved]:
    """A time's money is its coach's, also where the client is a colleague's;
    all other money is that of her own coach."""
    first = aliased(Order)  # what a later part of a price is a part of
    mine = (
        found.add_columns(Order.client_id, Order.ref)
        .join(Client, Client.id == Order.client_id)
        .outerjoin(Part, Part.id == Order.payable_id)
        .outerjoin(Attempt, Attempt.id == Part.attempt_id)
        .outerjoin(first, first.id == Attempt.order_id)
        .outerjoin(Place, Place.id == func.coalesce(first.payable_id, Order.payable_id))
        .outerjoin(Appointment, Appointment.id == Place.appointment_id)
        .where(func.coalesce(Appointment.coach_id, Client.coach_id) == coach_id)
    )
    rows = session().execute(mine).all()
    people = clients_by_id(row.client_id for row in rows)
    return [
        Moved(row[0], people[row.client_id], Money(row[1], row[2]), Method(row[3]), row[4], row.ref)
        for row in rows
        if row.client_id in people
    ]
