"""Holding a time: lock, check again, write; and letting holds go, by their people, their links or their end."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.booking import queries, reduced, waiting
from coachapp.booking.admission import STRANGER, Guest, LinkInUse, NoSuchInvitation
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.models import Appointment, Invitation, Place
from coachapp.booking.rules import (
    HOLD_LASTS,
    AppointmentState,
    NoSuchPlace,
    PlaceRow,
    TimeTaken,
)
from coachapp.booking.seats import date_on_offer, new_seat
from coachapp.booking.slots import instant, is_free
from coachapp.clients import operations as clients
from coachapp.clients.queries import client
from coachapp.clients.rules import State
from coachapp.db import transaction
from coachapp.intake import operations as intake
from coachapp.payments.queries import payables_in_flight
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow
from coachapp.zones import zone

WORDS_MOVE_ON = (AppointmentState.HELD, AppointmentState.RELEASED)


def hold_time(
    offering: OfferingRow,
    start: int,
    client_zone: str,
    old_road: str | None,
    *,
    now: datetime,
    guest: Guest = STRANGER,
    buys: UUID | None = None,
) -> str:
    """Hold a time (epoch minutes) for 40 minutes; returns the cookie of this road. TimeTaken if it is not free.

    Lock, check again with the same rules that showed the time, write: one transaction. Stale holds are cleared on
    the way, and an earlier hold on the same road is let go. One link holds one time: NoSuchInvitation once it is
    used, LinkInUse while an earlier time chosen with it is being paid. `buys` is the package this is a first time of.
    """
    road = vault.new_token()
    with transaction() as db:
        lock_coach(offering.coach_id)
        earlier = _earlier(old_road)
        _release_stale(db, offering.coach_id, now, earlier.appointment_id if earlier else None)
        _free_link(db, guest, now)
        appointment = _added(db, _held(offering, start, guest.client_id, now))
        place = new_place(appointment.id, offering, client_zone, guest.booked_by, now)
        place = _place_for(guest, place, road)
        place.buys_id = buys
        db.add(place)
        db.flush()
        if guest.client_id is not None and guest.booked_by != "link" and buys is None:
            place.price_minor = reduced.amount_for(db, place, offering).minor
        if earlier is not None:
            _carry_over(db, earlier, place, offering.coach_id)
        waiting.bring_along(db, old_road, place)
    return road


def _added(db: Session, appointment: Appointment) -> Appointment:
    """The database itself refuses overlapping times: TimeTaken."""
    db.add(appointment)
    try:
        db.flush()
    except IntegrityError as error:
        raise TimeTaken from error
    return appointment


def let_go(place: PlaceRow, *, now: datetime) -> None:
    """Let a held or requested time go. While a payment is open this does nothing: that is ended at Stripe first."""
    with transaction() as db:
        _release(db, place.appointment_id, now, of=(AppointmentState.HELD, AppointmentState.REQUESTED))


def release_link(invitation_id: UUID, *, now: datetime) -> None:
    """Let go what is held with a link that is being revoked; what is being paid stays."""
    with transaction() as db:
        for appointment_id in _held_with(db, invitation_id).values():
            _release(db, appointment_id, now)


def expire_holds(*, now: datetime) -> int:
    """Free the holds whose time is up and that no open payment can still pay; returns how many."""
    with transaction() as db:
        return _release_stale(db, None, now)


def still_held(place: PlaceRow, now: datetime) -> bool:
    """Whether the time is still kept for this person."""
    if place.state is not AppointmentState.HELD or place.ends_at <= now:
        return False
    return bool(place.hold_until and place.hold_until > now) or place.id in payables_in_flight([place.id])


def is_known(place: PlaceRow) -> bool:
    """Whether this place is for someone who was a client before it was chosen."""
    return place.client_id is not None and client(place.client_id).state is not State.ASKED


def check_free(offering: OfferingRow, start: int, now: datetime, *, leaving_out: UUID | None = None) -> None:
    """TimeTaken unless this start (epoch minutes) is on offer now; `leaving_out` is an appointment about to move."""
    at, host = instant(start), coach(offering.coach_id)
    ends = at + timedelta(minutes=offering.length_min)
    table = queries.timetable(host.id, at, ends, offering.id, leaving_out=leaving_out)
    if not is_free(
        start,
        table.openings,
        table.exceptions,
        table.taken,
        queries.rules_of(offering, host),
        zone(host.zone),
        now,
        table.stays,
    ):
        raise TimeTaken


def _held(offering: OfferingRow, start: int, client_id: UUID | None, now: datetime) -> Appointment:
    """The row of a time that is held, or of a seat in a group date; TimeTaken if it is not on offer now."""
    at, until = instant(start), now + HOLD_LASTS
    if offering.is_group:
        date = date_on_offer(offering, at, client_id, now)
        return new_seat(offering, date, AppointmentState.HELD, now, hold_until=until)
    check_free(offering, start, now)
    return new_appointment(offering, at, AppointmentState.HELD, now, hold_until=until)


def _place_for(guest: Guest, place: Place, road: str) -> Place:
    """The place on this road; for a client we know it is hers from the start."""
    place.invitation_id = guest.invitation_id
    place.road_hash = vault.keyed_hash("road", road)
    if guest.client_id is not None:
        give_token(place, guest.client_id)
    return place


def _release(
    db: Session,
    appointment_id: UUID,
    now: datetime,
    *also: ColumnElement[bool],
    of: tuple[AppointmentState, ...] = (AppointmentState.HELD,),
) -> bool:
    """Free a held time that nobody is paying for, if the conditions in `also` hold as well; whether it was done.

    Whoever goes to pay locks the appointment too: with the lock in hand, her attempt is seen.
    """
    db.execute(select(Appointment.id).where(Appointment.id == appointment_id).with_for_update())
    if payables_in_flight(db.scalars(select(Place.id).where(Place.appointment_id == appointment_id))):
        return False
    freed = (
        update(Appointment)
        .where(Appointment.id == appointment_id, Appointment.state.in_(of), *also)
        .values(state=AppointmentState.RELEASED, hold_until=None, changed_at=now)
        .returning(Appointment.id)
    )
    return db.scalar(freed) is not None


def _release_stale(db: Session, coach_id: int | None, now: datetime, also: UUID | None = None) -> int:
    """Free a coach's (or everyone's) holds whose time is up, and `also` one that is let go in any case."""
    stale = (
        select(Place.id, Place.appointment_id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Appointment.state == AppointmentState.HELD, Appointment.hold_until < now)
        .where(Place.pays_by.is_(None))  # these end by themselves, and not without a warning (`awaiting`)
    )
    rows = db.execute(stale if coach_id is None else stale.where(Appointment.coach_id == coach_id)).all()
    paying = payables_in_flight(place_id for place_id, _unused in rows) if rows else set()
    gone = [appointment_id for place_id, appointment_id in rows if place_id not in paying]
    # Asked once more with the row in hand: someone may have gone to pay, and had it held longer, in between.
    still_stale = Appointment.hold_until < now
    certain = {also} if also else set()
    return sum(
        _release(db, each, now, *([] if each in certain else [still_stale]))
        for each in sorted(certain.union(gone))  # in one order, so that two who do this never wait in a ring
    )


def _earlier(old_road: str | None) -> PlaceRow | None:
    """What this browser held before, if it can be let go, and its words come along to the new time."""
    try:
        earlier = queries.place_by_road(old_road or "")
    except NoSuchPlace:
        return None
    if earlier.state not in WORDS_MOVE_ON or earlier.pays_by:
        return None  # what waits for its money is no choice on the way any more
    return None if earlier.id in payables_in_flight([earlier.id]) else earlier


def _held_with(db: Session, invitation_id: UUID) -> dict[UUID, UUID]:
    """The places held with a link at this moment, with their appointments."""
    found = (
        select(Place.id, Place.appointment_id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.invitation_id == invitation_id, Appointment.state == AppointmentState.HELD)
    )
    return {row.id: row.appointment_id for row in db.execute(found)}


def _free_link(db: Session, guest: Guest, now: datetime) -> None:
    """One link holds one time: what was chosen with it before is let go for the new choice."""
    if guest.invitation_id is None:
        return
    row = db.get(Invitation, guest.invitation_id, with_for_update=True)
    if row is None or row.used_at is not None or row.ends_at <= now:
        raise NoSuchInvitation
    held = _held_with(db, row.id)
    if payables_in_flight(held):
        raise LinkInUse
    for appointment_id in held.values():
        _release(db, appointment_id, now)


def _carry_over(db: Session, earlier: PlaceRow, place: Place, coach_id: int) -> None:
    """Bring the client record and the words typed so far along to another time, perhaps with another coach.

    A client who was known beforehand is never carried along to a place that is not hers as well.
    """
    left = db.get_one(Place, earlier.id)
    if left.client_id is None:
        return
    if place.client_id is None and not is_known(earlier):
        give_token(place, left.client_id)
        clients.hand_over(left.client_id, coach_id)
    elif place.client_id != left.client_id:
        return
    intake.move(earlier.id, place.id)
    left.client_id = left.token_sealed = left.road_hash = left.code_hash = left.code_sealed = None
