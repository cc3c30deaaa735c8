"""A price that is lower for one session of one client: so much is taken off, once.

It is bound to the place it was held with. It can be used again once that place was let go, cancelled in time, or paid
by a session of a package. What a place costs is settled here when it is held, and nowhere else.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coachapp.booking.models import Appointment, Place, Reduction
from coachapp.booking.rules import AppointmentState
from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.payments.credit_queries import spent_on
from coachapp.payments.queries import orders_of, payables_in_flight
from coachapp.practice.rules import LEAST_CHARGE, OfferingRow


def grant(reduction_id: UUID, client_id: UUID, offering_id: UUID, amount: Money, *, now: datetime) -> None:
    """Take that much off one session of this kind; the same id (that of what caused it) grants it once."""
    with transaction() as db:
        if db.get(Reduction, reduction_id) is None:
            db.add(
                Reduction(
                    id=reduction_id,
                    client_id=client_id,
                    offering_id=offering_id,
                    amount_minor=amount.minor,
                    made_at=now,
                )
            )


def end(reduction_id: UUID, *, now: datetime) -> bool:
    """Nothing is taken off any more; False where it is used already, or on its way to be."""
    with transaction() as db:
        row = db.get(Reduction, reduction_id, with_for_update=True)
        if row is None or not _is_free(row):
            return False
        row.ended_at, row.place_id = row.ended_at or now, None
        return True


def amount_for(db: Session, place: Place, offering: OfferingRow) -> Money:
    """What this place costs its client, with what is taken off bound to it. Inside the transaction that holds it."""
    row = _usable(place.client_id, offering.id, lock=True) if place.client_id else None
    price = _lower(offering, row)
    if row is None or price is None:
        return offering.price
    _detach(db, row)
    row.place_id = place.id
    place.regular_minor = place.intro_minor = None
    return price


def as_priced(offering: OfferingRow, client_id: UUID | None) -> OfferingRow:
    """The offering at the price this client would pay for a time of it now."""
    price = _lower(offering, _usable(client_id, offering.id) if client_id else None)
    return offering if price is None else replace(offering, price=price, regular=None)


def is_usable(reduction_id: UUID) -> bool:
    """Whether it still waits for a session."""
    row = session().get(Reduction, reduction_id)
    return row is not None and row.ended_at is None and _is_free(row)


def give_back(place_id: UUID) -> None:
    """The session falls and everything goes back: so does what was taken off its price."""
    with transaction() as db:
        row = db.scalar(select(Reduction).where(Reduction.place_id == place_id).with_for_update())
        if row is not None:
            row.place_id = None


def forget(client_id: UUID) -> None:
    """Delete what one client was granted."""
    with transaction() as db:
        db.execute(delete(Reduction).where(Reduction.client_id == client_id))


def less(price: Money, minor: int) -> Money:
    """A price with so much taken off; never below nothing, and a rest too small to be charged is nothing."""
    rest = price.minor - minor
    return Money(rest if rest >= LEAST_CHARGE else 0, price.currency)


def _lower(offering: OfferingRow, row: Reduction | None) -> Money | None:
    """Its regular price with so much taken off; None where nothing is, or the introductory price is no more than that.

    Never both: what is taken off then waits for another session.
    """
    if row is None:
        return None
    price = less(offering.regular or offering.price, row.amount_minor)
    return price if price.minor < offering.price.minor else None


def _usable(client_id: UUID, offering_id: UUID, *, lock: bool = False) -> Reduction | None:
    """The largest that waits for a session of this kind; with `lock` nobody else binds it meanwhile."""
    found = (
        select(Reduction)
        .where(Reduction.client_id == client_id, Reduction.offering_id == offering_id)
        .where(Reduction.ended_at.is_(None))
        .order_by(Reduction.amount_minor.desc(), Reduction.made_at, Reduction.id)
    )
    rows = session().scalars(found.with_for_update() if lock else found)
    return next((row for row in rows if _is_free(row)), None)


def _is_free(row: Reduction) -> bool:
    """Whether nothing stands, is held, or may still be paid at the lower price."""
    if row.place_id is None:
        return True
    state = session().scalar(
        select(Appointment.state)
        .join(Place, Place.appointment_id == Appointment.id)
        .where(Place.id == row.place_id)
    )
    if state == AppointmentState.CONFIRMED:
        return row.place_id in spent_on([row.place_id])
    let_go = state in (None, AppointmentState.RELEASED)
    return let_go and not payables_in_flight([row.place_id])


def _detach(db: Session, row: Reduction) -> None:
    """Money that comes late for a time let go long ago is not to bring it back at the lower price a second time."""
    if row.place_id is None or row.place_id not in orders_of([row.place_id]):
        return
    left = db.get_one(Place, row.place_id)
    stands = db.scalar(select(Appointment.state).where(Appointment.id == left.appointment_id))
    if stands == AppointmentState.RELEASED:
        left.client_id = left.token_sealed = left.road_hash = left.code_hash = left.code_sealed = None
