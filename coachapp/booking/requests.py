"""A first booking that waits for the coach: asked for, approved, answered with another time, declined, or ended."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.booking import queries
from coachapp.booking.admission import (
    AlreadyAnswered,
    IsBlocked,
    answer_ends,
    asks_first,
    request_ends,
)
from coachapp.booking.blocking import addresses_of, is_blocked
from coachapp.booking.confirming import confirm
from coachapp.booking.holding import is_known, still_held
from coachapp.booking.inviting import use
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import Answer, AppointmentState, HoldEnded, PlaceRow, TimeTaken, TooLate
from coachapp.booking.seats import date_at, sit
from coachapp.db import session, transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.payments.queries import payables_in_flight
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach, practice

Words = Callable[[str, PlaceRow, str | None], texts.Text]
"""Writes (subject, place, link)."""


def has_to_ask(place: PlaceRow) -> bool:
    """Whether this booking waits for the coach's yes; one that is being paid already goes on as it began."""
    asks = asks_first(
        practice().who_books,
        known=is_known(place),
        invited=place.invitation_id is not None,
        answered=place.answer not in (None, Answer.FREED),
    )
    return asks and not payables_in_flight([place.id])


def ask(place: PlaceRow, base_url: str, *, now: datetime) -> None:
    """Turn a held time into a request, and tell the coach. HoldEnded when the time is gone; twice is once."""
    with transaction() as db:
        lock_coach(place.coach_id)
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        if appointment.state == AppointmentState.REQUESTED:
            return
        present = queries.place(place.id)
        if place.client_id is None or not still_held(present, now) or not use(present, now=now):
            raise HoldEnded
        appointment.state, appointment.changed_at = AppointmentState.REQUESTED, now
        appointment.hold_until = request_ends(place.starts_at, now)
        who = coach(place.coach_id)
        text = texts.coach_asked(
            place.starts_at, place.ends_at, who.zone, place.title, f"{base_url}/desk/requests"
        )
        enqueue_for_coach(who.email, "asked", text, key=f"coach asked:{place.id}", now=now)
        record("ask", now=now, role="client", subject=place.client_id)


def approve(place: PlaceRow, base_url: str, *, by: UUID, now: datetime) -> None:
    """Say yes: what is free stands at once, the rest is kept for paying until `answer_ends`.

    AlreadyAnswered, TooLate, or IsBlocked.
    """
    with transaction() as db:
        appointment = _asked(db, place, now)
        _let_in(place)
        _answer(db, place, Answer.APPROVED, by, now)
        if place.is_free:
            confirm(appointment, queries.place(place.id), base_url, now)
        else:
            _keep(appointment, now)
            _tell(place.id, "kept", kept_words, base_url, now)


def offer(place: PlaceRow, starts_at: datetime, base_url: str, *, by: UUID, now: datetime) -> None:
    """Offer another time and keep that one for her; the first is free again. TimeTaken, and as in `approve`."""
    try:
        with transaction() as db:
            lock_coach(place.coach_id)
            appointment = _asked(db, place, now)
            _let_in(place)
            if starts_at <= now:
                raise TooLate
            if appointment.seat_of is not None:
                sit(appointment, date_at(appointment.offering_id, starts_at, place.client_id))
            else:
                appointment.ends_at += starts_at - appointment.starts_at
                appointment.starts_at = starts_at
            appointment.sequence += 1
            _answer(db, place, Answer.OFFERED, by, now)
            _keep(appointment, now)
            db.flush()
            _tell(place.id, "kept", kept_words, base_url, now)
    except IntegrityError as error:
        raise TimeTaken from error


def decline(place: PlaceRow, base_url: str, *, by: UUID, now: datetime) -> None:
    """Say no, in neutral words; the time is free again. AlreadyAnswered."""
    with transaction() as db:
        appointment = _asked(db, place, None)
        _answer(db, place, Answer.DECLINED, by, now)
        _end(appointment, now)
        _tell(place.id, "not possible", no_words, base_url, now)


def withdraw(place: PlaceRow, base_url: str, *, now: datetime) -> None:
    """Let go a time that was kept for her after a yes, or for her money, because it can no longer be;
    she hears it is not possible."""
    with transaction() as db:
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        if appointment.state == AppointmentState.HELD and (place.answer is not None or place.pays_by):
            appointment.sequence += 1
            _end(appointment, now)
            _tell(place.id, "not possible", no_words, base_url, now)


def end_unanswered(base_url: str, *, now: datetime) -> int:
    """End the requests nobody answered in time; returns how many."""
    over = (
        select(Place.id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Appointment.state == AppointmentState.REQUESTED, Appointment.hold_until <= now)
    )
    ids = list(session().scalars(over))
    return sum(_end_unanswered(place_id, base_url, now) for place_id in ids)


def kept_words(subject: str, place: PlaceRow, link: str | None) -> texts.Text:
    """A time that is kept for her until a stated moment."""
    until = place.hold_until or place.starts_at
    return texts.kept(subject, place.starts_at, place.ends_at, until, place.zone, link)


def yes_words(now: datetime) -> Words:
    """The same as it would be said now."""

    def words(subject: str, place: PlaceRow, link: str | None) -> texts.Text:
        until = answer_ends(place.starts_at, now)
        return texts.kept(subject, place.starts_at, place.ends_at, until, place.zone, link)

    return words


def no_words(subject: str, place: PlaceRow, link: str | None) -> texts.Text:
    """A time that cannot be given."""
    return texts.not_possible(subject, place.starts_at, place.ends_at, place.zone, link)


def _end_unanswered(place_id: UUID, base_url: str, now: datetime) -> bool:
    with transaction() as db:
        place = queries.place(place_id)
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        if appointment.state != AppointmentState.REQUESTED:
            return False
        db.get_one(Place, place_id).answer = Answer.UNANSWERED
        _end(appointment, now)
        _tell(place_id, "not possible", no_words, base_url, now)
        return True


def _asked(db: Session, place: PlaceRow, now: datetime | None) -> Appointment:
    """The request's row, locked, so that one answer wins; with `now`, only while the time is still to come."""
    appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
    if appointment.state != AppointmentState.REQUESTED:
        raise AlreadyAnswered
    if now is not None and appointment.starts_at <= now:
        raise TooLate
    return appointment


def _let_in(place: PlaceRow) -> None:
    if is_blocked(place.coach_id, *addresses_of(place)):
        raise IsBlocked


def _answer(db: Session, place: PlaceRow, answer: Answer, by: UUID, now: datetime) -> None:
    db.get_one(Place, place.id).answer = answer
    record(answer.value, now=now, role="staff", actor=by, subject=place.client_id)


def _keep(appointment: Appointment, now: datetime) -> None:
    appointment.state, appointment.changed_at = AppointmentState.HELD, now
    appointment.hold_until = answer_ends(appointment.starts_at, now)


def _end(appointment: Appointment, now: datetime) -> None:
    appointment.state, appointment.changed_at = AppointmentState.RELEASED, now
    appointment.hold_until = None


def _tell(place_id: UUID, kind: str, words: Words, base_url: str, now: datetime) -> None:
    """What she hears, through the gate; of one who is being erased in this moment nobody is left to tell."""
    session().flush()
    place = queries.place(place_id)
    assert place.client_id is not None, "someone has asked"
    with suppress(vault.KeyGone):
        subject, link = practice().mail_subject, f"{base_url}/b/{queries.place_token(place.id)}"
        enqueue(
            place.client_id,
            kind,
            lambda with_link: words(subject, place, link if with_link else None),
            key=f"{kind}:{place.id}:{place.sequence}",
            now=now,
            reply_to=coach(place.coach_id).email,
        )
