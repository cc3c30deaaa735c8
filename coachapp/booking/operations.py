"""The client's road: hold a time, tell how to be reached, get a return code, go to pay, be confirmed or let go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.booking import queries
from coachapp.booking.admission import STRANGER, Guest, LinkInUse, NoSuchInvitation
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.models import Appointment, Invitation, Place
from coachapp.booking.rules import (
    HOLD_LASTS,
    HOLD_OUTLASTS_LINK,
    AppointmentState,
    HoldEnded,
    NoSuchPlace,
    PlaceRow,
    TimeTaken,
)
from coachapp.booking.slots import instant, is_free
from coachapp.clients import operations as clients
from coachapp.clients.queries import client
from coachapp.clients.rules import State
from coachapp.db import session, transaction
from coachapp.intake import operations as intake
from coachapp.intake.rules import HOPE
from coachapp.payments import operations as payments
from coachapp.payments.queries import payables_in_flight
from coachapp.payments.rules import AttemptRow
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.rules import Inbox
from coachapp.zones import zone

DRAFTED = ("name", "email", "inbox", HOPE)
_WORDS_MOVE_ON = (AppointmentState.HELD, AppointmentState.RELEASED)


@dataclass(frozen=True)
class Details:
    """What a person tells at booking. `address` and `hope` may be empty."""

    name: str
    inbox: Inbox
    address: str
    hope: str


def hold_time(
    offering: OfferingRow,
    start: int,
    client_zone: str,
    old_road: str | None,
    *,
    now: datetime,
    guest: Guest = STRANGER,
) -> str:
    """Hold a time (epoch minutes) for 40 minutes; returns the cookie of this road. TimeTaken if it is not free.

    Lock, check again with the same rules that showed the time, write: one transaction. Stale holds are cleared on
    the way, and an earlier hold on the same road is let go. One link holds one time: NoSuchInvitation once it is
    used, LinkInUse while an earlier time chosen with it is being paid.
    """
    road = vault.new_token()
    with transaction() as db:
        lock_coach(offering.coach_id)
        _release_stale(db, offering.coach_id, now)
        earlier = _release_earlier(db, old_road, now)
        _free_link(db, guest, now)
        check_free(offering, start, now)
        appointment = new_appointment(
            offering, instant(start), AppointmentState.HELD, now, hold_until=now + HOLD_LASTS
        )
        db.add(appointment)
        try:
            db.flush()
        except IntegrityError as error:
            raise TimeTaken from error
        place = _place_for(
            guest, new_place(appointment.id, offering, client_zone, guest.booked_by, now), road
        )
        db.add(place)
        db.flush()
        if earlier is not None:
            _carry_over(db, earlier, place)
    return road


def save_draft(place: PlaceRow, typed: dict[str, str], *, now: datetime) -> None:
    """Keep what is typed so far (keys of `DRAFTED`), sealed, as it stands.

    HoldEnded when the time is gone; the words are kept even then, to come along to another time.
    """
    if place.state in _WORDS_MOVE_ON:
        client_id = _client_of(place, now)
        with transaction() as db:
            _lock_place(db, place)
            for question in DRAFTED:
                intake.save_answer(client_id, place.id, question, typed.get(question, ""), now=now)
    if not still_held(place, now):
        raise HoldEnded


def save_details(place: PlaceRow, details: Details, *, now: datetime) -> None:
    """Keep the details and the agreement, and make the return code. HoldEnded when the time is gone."""
    if not still_held(place, now):
        raise HoldEnded
    client_id = _client_of(place, now)
    with transaction() as db:
        _lock_place(db, place)
        clients.rename(client_id, details.name)
        clients.set_zone(client_id, place.zone)
        safe_contact.set_contact(client_id, details.inbox, details.address or None, now=now)
        typed = {"name": details.name, "email": details.address, "inbox": details.inbox, HOPE: details.hope}
        save_draft(place, typed, now=now)
        intake.agree(client_id, place.id, "terms", now=now)
        _make_return_code(place.id, client_id)


def save_known(place: PlaceRow, hope: str, *, now: datetime) -> None:
    """The same for a client we know: her answer and the agreement; how she is reached stays as it is."""
    client_id = place.client_id
    if client_id is None or not still_held(place, now):
        raise HoldEnded
    with transaction() as db:
        _lock_place(db, place)
        intake.save_answer(client_id, place.id, HOPE, hope, now=now)
        intake.agree(client_id, place.id, "terms", now=now)
        _make_return_code(place.id, client_id)


def is_known(place: PlaceRow) -> bool:
    """Whether this place is for someone who was a client before it was chosen."""
    return place.client_id is not None and client(place.client_id).state is not State.ASKED


def go_to_pay(place: PlaceRow, return_base: str, *, now: datetime) -> AttemptRow:
    """Commit an attempt to pay for a held place (or find the open one) and let the hold outlast its link.

    HoldEnded when the time is gone. The network comes after: `payments.operations.open_checkout`.
    """
    with transaction() as db:
        appointment = _still_held(db, place, now)
        if place.client_id is None:
            raise HoldEnded
        order_id = payments.open_order(place.client_id, "appointment", place.id, place.price, now=now)
        attempt = payments.begin_attempt(order_id, return_base, now=now)
        kept = attempt.expires_at + HOLD_OUTLASTS_LINK
        # What the coach keeps for someone who asked may be kept for longer than one link lives.
        longer = appointment.hold_until if place.answer else None
        appointment.hold_until = max(kept, longer or kept)
        return attempt


def let_go(place: PlaceRow, *, now: datetime) -> None:
    """Let a held or requested time go. While a payment is open this does nothing: that is ended at Stripe first."""
    with transaction() as db:
        if place.id not in payables_in_flight([place.id]):
            _release(db, place.appointment_id, now, of=(AppointmentState.HELD, AppointmentState.REQUESTED))


def release_link(invitation_id: UUID, *, now: datetime) -> None:
    """Let go what is held with a link that is being revoked; what is being paid stays."""
    with transaction() as db:
        held = _held_with(db, invitation_id)
        paying = payables_in_flight(held)
        for place_id, appointment_id in held.items():
            if place_id not in paying:
                _release(db, appointment_id, now)


def expire_holds(*, now: datetime) -> int:
    """Free the holds whose time is up and that no open payment can still pay; returns how many."""
    with transaction() as db:
        return _release_stale(db, None, now)


def still_held(place: PlaceRow, now: datetime) -> bool:
    """Whether the time is still kept for this person."""
    if place.state is not AppointmentState.HELD:
        return False
    return bool(place.hold_until and place.hold_until > now) or place.id in payables_in_flight([place.id])


def place_for_code(typed: str) -> PlaceRow:
    """The place that four words open, however they were typed; NoSuchPlace."""
    return queries.place_by_code(normal_code(typed))


def new_road(place_id: UUID) -> str:
    """A new cookie for a place whose return code was given; an earlier one no longer counts."""
    road = vault.new_token()
    with transaction() as db:
        db.get_one(Place, place_id).road_hash = vault.keyed_hash("road", road)
    return road


def _lock_place(db: Session, place: PlaceRow) -> None:
    """One writer at a time per place: an autosave may still be under way when the form is sent."""
    db.execute(select(Place.id).where(Place.id == place.id).with_for_update())


def _place_for(guest: Guest, place: Place, road: str) -> Place:
    """The place on this road; for a client we know it is hers from the start."""
    place.invitation_id = guest.invitation_id
    place.road_hash = vault.keyed_hash("road", road)
    if guest.client_id is not None:
        give_token(place, guest.client_id)
    return place


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


def _client_of(place: PlaceRow, now: datetime) -> UUID:
    """The client record of this road, made at the first word typed. Always a new one, whoever it may be."""
    known = session().get_one(Place, place.id).client_id
    if known is not None:
        return known
    client_id = clients.new_client(place.coach_id, place.zone, now=now)
    with transaction() as db:
        row = db.get_one(Place, place.id, with_for_update=True)
        if row.client_id is None:
            give_token(row, client_id)
        return row.client_id or client_id


def _make_return_code(place_id: UUID, client_id: UUID) -> None:
    with transaction() as db:
        row = db.get_one(Place, place_id)
        if row.code_hash is None:
            words = four_words()
            row.code_hash = vault.keyed_hash("return code", normal_code(words))
            row.code_sealed = vault.seal(client_id, "place.code", place_id, words)


def _still_held(db: Session, place: PlaceRow, now: datetime) -> Appointment:
    appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
    if not still_held(queries.place(place.id), now):
        raise HoldEnded
    return appointment


def _release(
    db: Session,
    appointment_id: UUID,
    now: datetime,
    *also: ColumnElement[bool],
    of: tuple[AppointmentState, ...] = (AppointmentState.HELD,),
) -> bool:
    """Free a held time, if the conditions in `also` hold as well; whether it was done."""
    freed = (
        update(Appointment)
        .where(Appointment.id == appointment_id, Appointment.state.in_(of), *also)
        .values(state=AppointmentState.RELEASED, hold_until=None, changed_at=now)
        .returning(Appointment.id)
    )
    return db.scalar(freed) is not None


def _release_stale(db: Session, coach_id: int | None, now: datetime) -> int:
    stale = (
        select(Place.id, Place.appointment_id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Appointment.state == AppointmentState.HELD, Appointment.hold_until < now)
    )
    rows = db.execute(stale if coach_id is None else stale.where(Appointment.coach_id == coach_id)).all()
    paying = payables_in_flight(place_id for place_id, _unused in rows) if rows else set()
    gone = [appointment_id for place_id, appointment_id in rows if place_id not in paying]
    # Asked once more with the row in hand: someone may have gone to pay, and had it held longer, in between.
    still_stale = Appointment.hold_until < now
    return sum(_release(db, appointment_id, now, still_stale) for appointment_id in gone)


def _release_earlier(db: Session, old_road: str | None, now: datetime) -> PlaceRow | None:
    """Let go what this browser held before; returns it if its words can come along to the new time."""
    try:
        earlier = queries.place_by_road(old_road or "")
    except NoSuchPlace:
        return None
    if earlier.state not in _WORDS_MOVE_ON:
        return None
    if earlier.id in payables_in_flight([earlier.id]):
        return None
    _release(db, earlier.appointment_id, now)
    return earlier


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


def _carry_over(db: Session, earlier: PlaceRow, place: Place) -> None:
    """Bring the client record and the words typed so far along to another time.

    A client who was known beforehand is never carried along to a place that is not hers as well.
    """
    left = db.get_one(Place, earlier.id)
    if left.client_id is None:
        return
    if place.client_id is None and not is_known(earlier):
        give_token(place, left.client_id)
    elif place.client_id != left.client_id:
        return
    intake.move(earlier.id, place.id)
    left.client_id = left.token_sealed = left.road_hash = left.code_hash = left.code_sealed = None
