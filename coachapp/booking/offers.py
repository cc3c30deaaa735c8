"""Offering a time to someone on the waiting list: by the coach's hand, or one after another by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.booking import queries, wait_queries, waiting
from coachapp.booking.admission import IsBlocked, answer_ends
from coachapp.booking.blocking import is_blocked
from coachapp.booking.holding import check_free
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.models import Wait
from coachapp.booking.prices import at_her_price
from coachapp.booking.requests import kept_words
from coachapp.booking.rules import (
    Answer,
    AppointmentState,
    BookingError,
    NoSuchPlace,
    PlaceRow,
    Standing,
    TimeTaken,
    TooLate,
)
from coachapp.booking.wait_rules import HasAnother, NotWaiting, Suited, turn_ends
from coachapp.clients.queries import client
from coachapp.db import transaction
from coachapp.intake import operations as intake
from coachapp.notifications.operations import enqueue
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach, coaches, offerings, practice
from coachapp.practice.rules import NoSuchOffering, OfferingRow
from coachapp.safe_contact.queries import contact, gate

KEY = "turn"
"""The first part of the keys of these messages."""


def offer(wait_id: UUID, starts_at: datetime, base_url: str, *, by: UUID, now: datetime) -> PlaceRow:
    """Keep a time for someone on the list, whatever the opening hours say, and tell her if she may be told.

    The coach's hand is her yes: nothing waits for it any more. NotWaiting, IsBlocked, HasAnother, TooLate, TimeTaken.
    """
    try:
        with transaction() as db:
            row = _locked(db, wait_id, now)
            if is_blocked(row.coach_id, *wait_queries.addresses_of(row.id)):
                raise IsBlocked
            if starts_at <= now:
                raise TooLate
            place = _keep(db, row, starts_at, answer_ends(starts_at, now), Answer.OFFERED, base_url, now)
            record("offered", now=now, role="staff", actor=by, subject=row.client_id)
            return place
    except IntegrityError as error:
        raise TimeTaken from error


def pass_on(base_url: str, *, now: datetime) -> int:
    """Offer what came free to the first on the list whom it suits and who was not offered it yet; returns how many.

    Nothing happens unless the coach has said how long each of them has. One time is kept for one person at a time:
    the next has her turn when it is free again.
    """
    if practice().turn_hours is None:
        return 0
    return sum(
        any(_give(suited, base_url, now) for suited in each.people)
        for host in coaches()
        for each in wait_queries.openings(host.id, now=now)
    )


def still_kept(key: str, now: datetime) -> bool:
    """Whether a message that a time is kept for her is still true in the moment it leaves."""
    try:
        place = queries.place(UUID(key.rpartition(":")[2]))
    except NoSuchPlace:
        return False
    return place.standing is Standing.OFFERED and bool(place.hold_until and place.hold_until > now)


def _give(suited: Suited, base_url: str, now: datetime) -> bool:
    """Offer one time by itself; whether it was done. Whoever cannot hear of it is passed over, and keeps her turn."""
    hours = practice().turn_hours
    until = turn_ends(suited.starts_at, now, hours) if hours else None
    if until is None:
        return False
    try:
        with transaction() as db:
            row = _locked(db, suited.wait.id, now)
            if gate(row.client_id, booked=False, now=now).address is None:
                return False
            if is_blocked(row.coach_id, *wait_queries.addresses_of(row.id)):
                return False
            check_free(_offering(row), int(suited.starts_at.timestamp()) // 60, now)
            _keep(db, row, suited.starts_at, until, Answer.FREED, base_url, now)
            record("freed", now=now, role="system", subject=row.client_id)
    except (BookingError, NoSuchOffering, IntegrityError, vault.KeyGone):
        return False  # taken, gone or erased in this moment: somebody else's turn
    return True


def _locked(db: Session, wait_id: UUID, now: datetime) -> Wait:
    """Her line, with the coach's time locked, so that nobody has two offers and no time is offered twice."""
    lock_coach(wait_queries.wait(wait_id).coach_id)
    row = db.get(Wait, wait_id, with_for_update=True, populate_existing=True)
    if row is None or row.ends_at <= now:
        raise NotWaiting
    if wait_queries.is_busy(row.client_id):
        raise HasAnother
    return row


def _keep(
    db: Session, row: Wait, starts_at: datetime, until: datetime, answer: Answer, base_url: str, now: datetime
) -> PlaceRow:
    """Hold the time for her, and write the message that says so."""
    offering = at_her_price(_offering(row), row.client_id, now)
    appointment = new_appointment(offering, starts_at, AppointmentState.HELD, now, hold_until=until)
    db.add(appointment)
    db.flush()
    place = new_place(appointment.id, offering, row.zone, "client", now)
    give_token(place, row.client_id)
    place.answer = answer
    waiting.hand_over(db, row, place)
    db.add(place)
    db.flush()
    if row.code_sealed is not None:
        _write_details(row, place.id, now)
    kept = queries.place(place.id)
    _tell(kept, base_url, now)
    return kept


def _offering(row: Wait) -> OfferingRow:
    found = next((each for each in offerings(with_inactive=True) if each.id == row.offering_id), None)
    if found is None:
        raise NoSuchOffering(str(row.offering_id))
    return found


def _write_details(row: Wait, place_id: UUID, now: datetime) -> None:
    """What she told when she asked to wait stands on the road to booking as well."""
    known = contact(row.client_id)
    typed = {"name": client(row.client_id).name, "email": wait_queries.addresses_of(row.id)[0]}
    for question, text in (typed | ({"inbox": known.inbox.value} if known else {})).items():
        intake.save_answer(row.client_id, place_id, question, text, now=now)


def _tell(place: PlaceRow, base_url: str, now: datetime) -> None:
    """What she hears, through the gate: the same words as for any time that is kept."""
    assert place.client_id is not None, "someone waits"
    subject, link = practice().mail_subject, f"{base_url}/b/{queries.place_token(place.id)}"
    enqueue(
        place.client_id,
        "kept",
        lambda with_link: kept_words(subject, place, link if with_link else None),
        key=f"{KEY}:{place.id}",
        now=now,
        booked=False,
        reply_to=coach(place.coach_id).email,
    )
