"""Forgetting times that were let go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select

from coachapp.booking import reduced, waiting
from coachapp.booking.models import Appointment, Invitation, Place, Purchase, Wait
from coachapp.booking.rules import AppointmentState
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import State
from coachapp.db import session, transaction
from coachapp.intake import operations as intake
from coachapp.payments.queries import orders_of, payables_in_flight


def may_still_be_booked(client_id: UUID) -> bool:
    """Whether a time of this client stands, is held, may still be paid for, or she is on the waiting list."""
    if session().scalar(select(Wait.id).where(Wait.client_id == client_id).limit(1)) is not None:
        return True
    rows = session().execute(
        select(Place.id, Appointment.state)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.client_id == client_id)
    )
    places: dict[UUID, str] = {row.id: row.state for row in rows}
    stands = any(state != AppointmentState.RELEASED for state in places.values())
    return stands or bool(places and payables_in_flight(places))


def was_answered(client_id: UUID, since: datetime) -> bool:
    """Whether a request of this client was answered, or ended, since then: she may still look at what was said.

    So she may at a time that was kept for her money, or a package, which may come late.
    """
    bought = select(Purchase.package_id).where(Purchase.client_id == client_id, Purchase.pays_until >= since)
    if session().scalar(bought.limit(1)) is not None:
        return True
    found = (
        select(Place.id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.client_id == client_id, Appointment.changed_at >= since)
        .where(or_(Place.answer.is_not(None), Place.pays_by.is_not(None)))
    )
    return session().scalar(found.limit(1)) is not None


def forget_left(before: datetime) -> None:
    """Delete what clients we know began and let go before that moment, with what was typed for it.

    A time that was on its way to being paid stays: money may still come for it. What someone on the waiting list was
    offered is remembered while she is on it, so that it is not offered again.
    """
    found = (
        select(Place.id, Place.appointment_id, Place.client_id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Appointment.state == AppointmentState.RELEASED, Appointment.changed_at < before)
        .where(Place.client_id.is_not(None), Place.client_id.not_in(select(Wait.client_id)))
    )
    rows = session().execute(found).all()
    known = {
        row.id
        for row in clients_by_id(row.client_id for row in rows).values()
        if row.state is not State.ASKED
    }
    orders = orders_of([row.id for row in rows])
    left = {row.id: row.appointment_id for row in rows if row.client_id in known and row.id not in orders}
    with transaction() as db:
        intake.forget_places(left)
        db.execute(delete(Place).where(Place.id.in_(left)))
        db.execute(delete(Appointment).where(Appointment.id.in_(left.values())))


def forget_links(before: datetime) -> None:
    """Delete links that were over before that moment."""
    with transaction() as db:
        db.execute(delete(Invitation).where(Invitation.ends_at < before))


def forget(client_id: UUID) -> None:
    """Delete a client's links, her lines of the waiting list, her places and the released times they stood in."""
    with transaction() as db:
        waiting.forget(client_id)
        reduced.forget(client_id)
        db.execute(delete(Invitation).where(Invitation.client_id == client_id))
        db.execute(delete(Purchase).where(Purchase.client_id == client_id))
        times = list(db.scalars(select(Place.appointment_id).where(Place.client_id == client_id)))
        db.execute(delete(Place).where(Place.client_id == client_id))
        db.execute(
            delete(Appointment).where(
                Appointment.id.in_(times), Appointment.state == AppointmentState.RELEASED
            )
        )


def forget_let_go(before: datetime) -> None:
    """Delete released times that nobody gave a name to, let go before that moment."""
    with transaction() as db:
        old = select(Appointment.id).where(
            Appointment.state == AppointmentState.RELEASED, Appointment.changed_at < before
        )
        nameless = select(Place.appointment_id).where(
            Place.client_id.is_(None), Place.appointment_id.in_(old)
        )
        times = list(db.scalars(nameless))
        db.execute(delete(Place).where(Place.appointment_id.in_(times)))
        db.execute(delete(Appointment).where(Appointment.id.in_(times)))
