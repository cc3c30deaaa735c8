"""Times whose money does not come by card: kept for a transfer, or booked for cash,
until the coach says it has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coachapp.audit.operations import record
from coachapp.booking import introductory, pay_rules, queries
from coachapp.booking.confirming import confirm
from coachapp.booking.holding import still_held
from coachapp.booking.inviting import use
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.models import Appointment, Place
from coachapp.booking.operations import order_for
from coachapp.booking.pay_rules import NotAllowed, PaysBy
from coachapp.booking.rules import AppointmentState, HoldEnded, PlaceRow, TimeTaken
from coachapp.booking.telling import tell_client, tell_if_there
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue_for_coach
from coachapp.payments import asking
from coachapp.payments.credit_queries import package_beside, spent_on
from coachapp.payments.queries import OrderRow, orders_of, payables_in_flight
from coachapp.practice.operations import lock_coach
from coachapp.practice.paying import Ways, ways
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow
from coachapp.zones import zone


@dataclass(frozen=True)
class Awaited:
    """A time whose money is awaited, with its order."""

    place: PlaceRow
    client: ClientRow
    order: OrderRow

    @property
    def is_kept(self) -> bool:
        """Whether it is kept for the money, and not booked or freed already."""
        return self.place.state is AppointmentState.HELD

    @property
    def is_freed(self) -> bool:
        return self.place.state is AppointmentState.RELEASED


def on_offer(place: PlaceRow, now: datetime) -> tuple[PaysBy, ...]:
    """The ways besides the card in which this time may be paid now; none while a code lowers its price, which is used
    by a payment and given back with it."""
    allowed = ways()
    found = [PaysBy.TRANSFER] if pay_rules.may_transfer(place.starts_at, allowed.transfer_days, now) else []
    if allowed.cash and place.way == "person" and place.buys is None:
        found.append(PaysBy.CASH)
    if pay_rules.may_transfer(place.starts_at, allowed.others_days, now) and place.buys is None:
        found.append(PaysBy.SOMEONE)
    return () if place.is_free or place.coupon_id else tuple(found)


def pay_later(place: PlaceRow, way: PaysBy, base_url: str, *, now: datetime) -> None:
    """Keep a held time for a transfer until its limit, or book it to be paid in cash. Twice is once.

    HoldEnded when the time is gone, NotAllowed for a way that is not on offer, IntroHad where she has had the
    introductory price. An open link to pay is ended before.
    """
    with transaction() as db:
        introductory.mark_place(place, now=now)
        lock_coach(place.coach_id)
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        place = queries.place(place.id)
        if place.pays_by == way:
            return
        if not still_held(place, now) or payables_in_flight([place.id]):
            raise HoldEnded
        if way not in on_offer(place, now):
            raise NotAllowed
        order_id = order_for(place, now)
        if place.pays_by is None and not use(place, now=now):
            raise HoldEnded
        db.get_one(Place, place.id).pays_by = way
        if way is PaysBy.CASH:
            confirm(appointment, place, base_url, now)
        else:
            _keep(appointment, place, ways(), way, base_url, now)
            if way is PaysBy.SOMEONE and appointment.hold_until:
                asking.ask_for(order_id, place.coach_id, appointment.hold_until, now=now)


def hold_and_ask(
    offering: OfferingRow,
    person: ClientRow,
    starts_at: datetime,
    until: datetime,
    amount: Money,
    *,
    in_space: bool,
    by: UUID,
    now: datetime,
) -> UUID:
    """The coach keeps a time for a client until somebody has paid so much for it; the request's id.

    TimeTaken if something of hers lies there, NotAllowed for longer than a week or past its beginning.
    """
    if not pay_rules.may_hold(starts_at, until, now):
        raise NotAllowed
    try:
        with transaction() as db:
            lock_coach(offering.coach_id)
            appointment = new_appointment(offering, starts_at, AppointmentState.HELD, now, hold_until=until)
            db.add(appointment)
            db.flush()
            row = new_place(appointment.id, replace(offering, price=amount), person.zone, "staff", now)
            give_token(row, person.id)
            row.pays_by = PaysBy.SOMEONE
            db.add(row)
            db.flush()
            order_id = order_for(queries.place(row.id), now)
            record("ask_money", now=now, role="staff", actor=by, subject=person.id)
            return asking.ask_for(order_id, offering.coach_id, until, in_space=in_space, now=now)
    except IntegrityError as error:
        raise TimeTaken from error


def order_of(place: PlaceRow) -> OrderRow | None:
    """The order that pays for a time: its own, or that of the package bought with it."""
    payable_id = (package_beside(place.id) if place.buys else None) or place.id
    return orders_of([payable_id]).get(payable_id)


def takes_money(place: PlaceRow) -> bool:
    """Whether its money may come by the coach's word: it is booked, or kept for its money,
    or was until it was freed."""
    is_kept = place.pays_by is not None and place.state in (AppointmentState.HELD, AppointmentState.RELEASED)
    is_hers = place.client_id is not None and (is_kept or place.state is AppointmentState.CONFIRMED)
    return is_hers and not place.is_free


def reopened(place: PlaceRow, *, now: datetime) -> UUID:
    """The order of a time the coach is about to mark as paid, made if there is none. HoldEnded where it costs nothing,
    or a session of a package has paid for it."""
    if place.is_free or spent_on([place.id]):
        raise HoldEnded
    found = order_of(place)
    return found.id if found else order_for(place, now)


def awaited(coach_id: int, *, now: datetime) -> list[Awaited]:
    """What this coach waits for, earliest time first."""
    places = [each for each in queries.places_awaited(coach_id, now=now) if each.client_id]
    people = clients_by_id(each.client_id for each in places if each.client_id)
    found = ((place, order_of(place)) for place in places)
    return [
        Awaited(place, people[place.client_id], order)
        for place, order in found
        if place.client_id in people and order and not order.due.is_zero
    ]


def give_up(place: PlaceRow, base_url: str, *, by: UUID, now: datetime) -> bool:
    """The coach frees a time that is kept for its money, before its limit; False where it is not kept any more."""
    with transaction():
        freed = _free(place.id, base_url, now, at_once=True)
        if freed:
            record("free_kept", now=now, role="staff", actor=by, subject=place.client_id)
        return freed


def warn_and_free(base_url: str, *, now: datetime) -> None:
    """Tell each coach a day before that a time will be free again, and free what nobody has paid by its limit."""
    near = now + pay_rules.WARNED_BEFORE
    held = (
        select(Place.id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.pays_by.is_not(None), Appointment.state == AppointmentState.HELD)
    )
    for place_id in list(
        session().scalars(held.where(Appointment.hold_until <= near, Place.warned_at.is_(None)))
    ):
        _warn(place_id, base_url, now)
    for place_id in list(
        session().scalars(held.where(Appointment.hold_until <= now, Place.warned_at.is_not(None)))
    ):
        _free(place_id, base_url, now)


def _keep(
    appointment: Appointment, place: PlaceRow, allowed: Ways, way: PaysBy, base_url: str, now: datetime
) -> None:
    host = coach(place.coach_id)
    days = (allowed.transfer_days if way is PaysBy.TRANSFER else allowed.others_days) or 0
    until = pay_rules.kept_until(place.starts_at, days, zone(host.zone), now)
    appointment.hold_until, appointment.changed_at = until, now
    session().flush()
    tell_client(
        place,
        "kept",
        lambda subject, start, end, where, link: texts.kept(subject, start, end, until, where, link),
        base_url,
        now,
    )
    text = texts.coach_awaits(place.starts_at, place.ends_at, until, host.zone, f"{base_url}/desk/payments")
    enqueue_for_coach(host.email, "awaited", text, key=f"coach awaits:{place.id}", now=now)


def _warn(place_id: UUID, base_url: str, now: datetime) -> None:
    with transaction() as db:
        place = queries.place(place_id)
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        row = db.get_one(Place, place_id)
        if (
            appointment.state != AppointmentState.HELD
            or appointment.hold_until is None
            or row.warned_at is not None
        ):
            return
        until = pay_rules.after_warning(appointment.hold_until, appointment.starts_at, now)
        appointment.hold_until, row.warned_at = until, now
        host = coach(place.coach_id)
        text = texts.coach_still_awaits(
            place.starts_at, place.ends_at, until, host.zone, f"{base_url}/desk/payments"
        )
        enqueue_for_coach(host.email, "awaited", text, key=f"coach still awaits:{place_id}", now=now)


def _free(place_id: UUID, base_url: str, now: datetime, *, at_once: bool = False) -> bool:
    """Free a time nobody has paid; what is being paid by card in this moment stays."""
    with transaction() as db:
        place = queries.place(place_id)
        lock_coach(place.coach_id)
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        over = at_once or (appointment.hold_until is not None and appointment.hold_until <= now)
        if (
            appointment.state != AppointmentState.HELD
            or not over
            or payables_in_flight([_payable(place), place_id])
        ):
            return False
        appointment.state, appointment.hold_until = AppointmentState.RELEASED, None
        appointment.changed_at = now
        appointment.sequence += 1
        session().flush()
        if place.client_id is not None and place.starts_at > now:
            tell_if_there(queries.place(place_id), "not possible", texts.not_possible, base_url, now)
        return True


def _payable(place: PlaceRow) -> UUID:
    return (package_beside(place.id) if place.buys else None) or place.id
