"""A time that a session of a package pays for: booked without a word typed and without Stripe, decided by the coach."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coachapp.audit.operations import record
from coachapp.booking import queries
from coachapp.booking.confirming import confirm
from coachapp.booking.inviting import use
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import AppointmentState, HoldEnded, NotNow, Outcome, PlaceRow
from coachapp.db import transaction
from coachapp.intake.operations import agree
from coachapp.intake.rules import EARLY
from coachapp.payments import credits
from coachapp.payments.credit_queries import spent_on, uses_of
from coachapp.payments.credit_rules import SPENT, Kind, PackageRow
from coachapp.payments.queries import orders_of
from coachapp.practice.operations import lock_coach

BY_COACH = "coach"


@dataclass(frozen=True)
class Use:
    """A time that took a session of a package: `is_back` once that went back, `is_open` while the coach may say so."""

    place: PlaceRow
    is_back: bool
    is_open: bool


def uses(mine: PackageRow) -> list[Use]:
    """What the sessions of a package were used for, latest time first. What was forgotten since is left out."""
    last: dict[UUID, Kind] = {}
    for entry in mine.entries:
        if entry.place_id is not None:
            last[entry.place_id] = entry.kind
    places = [place for place in queries.places_of(mine.client_id) if place.id in last]
    return [
        Use(place, last[place.id] is Kind.BACK, last[place.id] in SPENT and _may_be_decided(place))
        for place in reversed(places)
    ]


def _may_be_decided(place: PlaceRow) -> bool:
    return place.outcome == Outcome.ABSENT or place.state is AppointmentState.CANCELLED


def confirm_by_credit(place: PlaceRow, base_url: str, *, begin_early: bool = False, now: datetime) -> None:
    """Confirm a held place with one session of the client's, in one transaction; twice is once.

    `begin_early` is her express wish for it, where that was asked. HoldEnded when the time is gone, NoCredit when no
    session of this kind is left: then it stays held.
    """
    with transaction() as db:
        lock_coach(place.coach_id)
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        if appointment.state == AppointmentState.CONFIRMED and spent_on([place.id]):
            return
        if appointment.state != AppointmentState.HELD or appointment.ends_at <= now:
            raise HoldEnded
        place = queries.place(place.id)
        if place.client_id is None or place.buys is not None or not use(place, now=now):
            raise HoldEnded
        credits.use(place.client_id, place.offering_id, place.id, now=now)
        if begin_early:
            agree(place.client_id, place.id, EARLY, now=now)
        confirm(appointment, place, base_url, now)


def use_for_booked(place: PlaceRow, *, by: UUID, now: datetime) -> None:
    """The coach lets a session pay for a time that stands and was not paid. NotNow where it was; NoCredit."""
    with transaction() as db:
        db.get_one(Appointment, place.appointment_id, with_for_update=True)
        place = queries.place(place.id)
        if not is_payable(place):
            raise NotNow
        assert place.client_id is not None, "what stands is someone's"
        credits.use(place.client_id, place.offering_id, place.id, now=now)
        record("use_session", now=now, role="staff", actor=by, subject=place.client_id)


def is_payable(place: PlaceRow) -> bool:
    """Whether a session may still pay for this time: it stands, costs something, and nothing has paid for it."""
    if place.state is not AppointmentState.CONFIRMED or place.is_free or place.client_id is None:
        return False
    order = orders_of([place.id]).get(place.id)
    return not (order and order.paid.minor) and place.id not in uses_of([place.id])


def decide(place: PlaceRow, *, give: bool, by: UUID, now: datetime) -> None:
    """The coach decides about the session of someone who did not attend, or who cancelled late: used, or given back.

    NotNow where nothing is to be decided. What was given back stays so.
    """
    with transaction() as db:
        db.get_one(Place, place.id, with_for_update=True)
        if not is_open_to_decide(queries.place(place.id)):
            raise NotNow
        if give:
            done = credits.give_back(place.id, BY_COACH, now=now)
        else:
            done = credits.keep(place.id, BY_COACH, now=now)
        if done:
            record("give_back" if give else "keep", now=now, role="staff", actor=by, subject=place.client_id)


def is_open_to_decide(place: PlaceRow) -> bool:
    """Whether the coach may say what becomes of the session this place has used."""
    found = uses_of([place.id]).get(place.id)
    return found is not None and _may_be_decided(place)


def undecided(place_id: UUID) -> bool:
    """Whether nobody has said yet what becomes of its session."""
    found = uses_of([place_id]).get(place_id)
    return found is not None and found[1].kind is Kind.USED
