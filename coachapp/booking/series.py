"""Appointments that repeat: booked together for a client by the coach, and cancelled together from one of them on.

Each is an appointment of its own with a place of its own; `Appointment.series_id` joins them. What is announced is
announced once for all of them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from coachapp.booking import queries
from coachapp.booking.confirming import fall, stand
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.rules import AppointmentState, PlaceRow, TimeTaken, TooLate
from coachapp.booking.telling import tell_coach
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach, practice
from coachapp.practice.rules import OfferingRow

Words = Callable[[str, texts.Times, str, str | None], texts.Text]


def book_series(
    offering: OfferingRow,
    client_id: UUID,
    client_zone: str,
    starts: Sequence[datetime],
    base_url: str,
    *,
    now: datetime,
    actor: UUID | None = None,
) -> UUID:
    """Book all of these times for a client, or none: TimeTaken if one overlaps. Returns the id of the series.

    `actor` is the coach's account.
    """
    series_id = uuid4()
    try:
        with transaction():
            lock_coach(offering.coach_id)
            places = [
                _book_one(offering, client_id, client_zone, at, series_id, now, actor)
                for at in sorted(starts)
            ]
            _announce(places, "booked", texts.booked_often, f"series:{series_id}", base_url, now)
    except IntegrityError as error:
        raise TimeTaken from error
    return series_id


def cancel_rest(place: PlaceRow, base_url: str, *, now: datetime, actor: UUID | None = None) -> list[UUID]:
    """Cancel this appointment and all later ones of its series; returns the refunds to send after the commit.

    Everything paid goes back, as whenever the coach cancels. TooLate when none is left to cancel.
    """
    with transaction():
        lock_coach(place.coach_id)
        places = queries.rest_of_series(place, now=now)
        if not places:
            raise TooLate
        refunds = [refund for each in places for refund in fall(each, by="staff", now=now, actor=actor)]
        key = f"series cancelled:{places[0].id}:{places[0].sequence}"
        _announce(places, "cancelled", texts.cancelled_often, key, base_url, now)
        return refunds


def _book_one(
    offering: OfferingRow,
    client_id: UUID,
    zone: str,
    starts_at: datetime,
    series_id: UUID,
    now: datetime,
    actor: UUID | None,
) -> PlaceRow:
    with transaction() as db:
        appointment = new_appointment(
            offering, starts_at, AppointmentState.CONFIRMED, now, series_id=series_id
        )
        db.add(appointment)
        db.flush()
        row = new_place(appointment.id, offering, zone, "staff", now)
        give_token(row, client_id)
        db.add(row)
        db.flush()
        place = queries.place(row.id)
        stand(appointment, place, now, actor=actor)
        return place


def _announce(
    places: list[PlaceRow], kind: str, words: Words, key: str, base_url: str, now: datetime
) -> None:
    """One mail for all: to the client through the gate, with the way to the first of them, and one to the coach."""
    first, times = places[0], [(place.starts_at, place.ends_at) for place in places]
    assert first.client_id is not None, "a series is someone's"
    who, subject = coach(first.coach_id), practice().mail_subject
    link, desk = f"{base_url}/b/{queries.place_token(first.id)}", f"{base_url}/desk/"
    enqueue(
        first.client_id,
        kind,
        lambda with_link: words(subject, times, first.zone, link if with_link else None),
        key=key,
        now=now,
        reply_to=who.email,
    )
    if who.calendar_mail:
        _tell_her_calendar(places, kind, desk, now)
        return
    if kind == "booked":
        text = texts.coach_booked_often(times, who.zone, first.title, desk)
    else:
        text = texts.coach_cancelled_often(times, who.zone, desk)
    enqueue_for_coach(who.email, kind, text, key=f"coach {key}", now=now)


def _tell_her_calendar(places: list[PlaceRow], kind: str, desk: str, now: datetime) -> None:
    """One mail each to a coach whose calendar adds sessions by itself: a calendar takes one at a time."""
    for each in places:
        place, zone = queries.place(each.id), coach(each.coach_id).zone
        if kind == "booked":
            text = texts.coach_booked(place.starts_at, place.ends_at, zone, place.title, desk)
        else:
            text = texts.coach_cancelled(place.starts_at, place.ends_at, zone, desk)
        tell_coach(place, kind, text, now)
