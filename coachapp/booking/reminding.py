"""Reminders: written when they are due by a client's own rule or the coach's,
and looked at once more when they leave."""

from collections.abc import Callable
from datetime import date as calendar_day
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from coachapp import vault
from coachapp.booking import queries
from coachapp.booking.group import GroupDate, NoSuchDate
from coachapp.booking.group_queries import dates_between, group_date
from coachapp.booking.lead import evening_of, is_due, is_worth_it
from coachapp.booking.rules import AppointmentState, NoSuchPlace, PlaceRow
from coachapp.clients.queries import wishes, wishes_of
from coachapp.clients.rules import WishesRow
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.practice.queries import coach, coaches, practice
from coachapp.practice.rules import EVENING_BEFORE, CoachRow
from coachapp.zones import local_days, zone

KIND = "reminder"
_TO_CLIENT, _TO_COACH, _OF_GROUP, _EVENING = KEYS = (
    "reminder",
    "coach reminder",
    "coach group reminder",
    "coach evening",
)
# A day before is 25 hours on the night when an hour comes twice.
_FURTHEST = timedelta(hours=26)


def make_reminders(base_url: str, *, now: datetime) -> None:
    """Write the reminders that are due now. What was written once is never written again, by whichever tick."""
    for host in coaches():
        soon = queries.places_between(host.id, now, now + _FURTHEST)
        known = wishes_of(place.client_id for place in soon if place.client_id)
        for place in soon:
            if place.client_id and _is_wished(place, known[place.client_id], now):
                _once(_remind_client, place, place.client_id, host, base_url, now)
            if not place.is_seat and _is_for_coach(place, host, now):
                _once(_remind_coach, place, host, base_url, now)
        for date in dates_between(host.id, now, now + _FURTHEST):
            if _is_of_group(date, host, now):
                _once(_remind_of_group, date, host, base_url, now)
        if host.remind_min == EVENING_BEFORE:
            _once(_tell_next_day, host, base_url, now)


def still_due(key: str, now: datetime) -> bool:
    """Whether the reminder with this key may leave: its time stands, was not moved, and it does not come late."""
    kind, about, number = key.split(":")
    try:
        if kind == _EVENING:
            host = coach(int(about))
            day = calendar_day.fromisoformat(number)
            return host.remind_min == EVENING_BEFORE and _is_evening_before(host, day, now)
        if kind == _OF_GROUP:
            date = group_date(UUID(about))
            return date.sequence == int(number) and _is_of_group(date, coach(date.coach_id), now)
        place = queries.place(UUID(about))
    except (NoSuchPlace, NoSuchDate, LookupError):
        return False
    if place.client_id is None or place.sequence != int(number):
        return False
    if kind == _TO_COACH:
        return _is_for_coach(place, coach(place.coach_id), now)
    return _is_wished(place, wishes(place.client_id), now)


def _is_wished(place: PlaceRow, wished: WishesRow, now: datetime) -> bool:
    if wished.remind_min is None or wished.changed_at is None or not _stands(place):
        return False
    settled = max(place.changed_at, wished.changed_at)
    return is_due(place.starts_at, wished.remind_min, zone(place.zone), settled, now)


def _is_for_coach(place: PlaceRow, host: CoachRow, now: datetime) -> bool:
    return _stands(place) and _is_due(place, host, now)


def _is_of_group(date: GroupDate, host: CoachRow, now: datetime) -> bool:
    """Once for everyone in it; a date to which nobody comes is not worth a note."""
    return date.stands and date.confirmed > 0 and _is_due(date, host, now)


def _is_due(what: PlaceRow | GroupDate, host: CoachRow, now: datetime) -> bool:
    if host.remind_min in (None, EVENING_BEFORE):
        return False
    return is_due(what.starts_at, host.remind_min, zone(host.zone), what.changed_at, now)


def _stands(place: PlaceRow) -> bool:
    return place.state is AppointmentState.CONFIRMED and place.outcome is None


def _once(write: Callable[..., None], *facts: object) -> None:
    try:
        write(*facts)
    except IntegrityError:
        return  # another tick wrote it in the same moment
    except vault.KeyGone:
        return  # she is being erased: nobody is left to remind, and the others are


def _remind_client(place: PlaceRow, client_id: UUID, host: CoachRow, base_url: str, now: datetime) -> None:
    subject, link = practice().mail_subject, f"{base_url}/b/{queries.place_token(place.id)}"
    enqueue(
        client_id,
        KIND,
        lambda with_link: texts.time_alone(
            subject, place.starts_at, place.ends_at, place.zone, link if with_link else None
        ),
        key=f"{_TO_CLIENT}:{place.id}:{place.sequence}",
        now=now,
        reply_to=host.email,
    )


def _remind_coach(place: PlaceRow, host: CoachRow, base_url: str, now: datetime) -> None:
    _note_to(host, place, f"{_TO_COACH}:{place.id}:{place.sequence}", base_url, now)


def _remind_of_group(date: GroupDate, host: CoachRow, base_url: str, now: datetime) -> None:
    _note_to(host, date, f"{_OF_GROUP}:{date.id}:{date.sequence}", base_url, now)


def _note_to(host: CoachRow, what: PlaceRow | GroupDate, key: str, base_url: str, now: datetime) -> None:
    text = texts.coach_reminder(what.starts_at, what.ends_at, host.zone, what.title, f"{base_url}/desk/")
    enqueue_for_coach(host.email, KIND, text, key=key, now=now)


def _tell_next_day(host: CoachRow, base_url: str, now: datetime) -> None:
    day = now.astimezone(zone(host.zone)).date() + timedelta(days=1)
    if not _is_evening_before(host, day, now):
        return
    lines = [(each.starts_at, each.ends_at, each.title) for each in _on(host, day)]
    text = texts.coach_next_day(lines, host.zone, f"{base_url}/desk/")
    enqueue_for_coach(host.email, KIND, text, key=f"{_EVENING}:{host.id}:{day}", now=now)


def _is_evening_before(host: CoachRow, day: calendar_day, now: datetime) -> bool:
    """Whether it is the evening before that day, and early enough before its first session."""
    where = zone(host.zone)
    first = min((each.starts_at for each in _on(host, day)), default=None)
    is_eve = now.astimezone(where).date() == day - timedelta(days=1)
    return first is not None and is_eve and is_worth_it(evening_of(now, where), first, now)


def _on(host: CoachRow, day: calendar_day) -> list[PlaceRow | GroupDate]:
    """Her sessions of that day in order; a group stands among them once, if anyone comes."""
    start, end = local_days(day, day, zone(host.zone))
    groups = [date for date in dates_between(host.id, start, end) if date.confirmed]
    return sorted([*queries.sessions_between(host.id, start, end), *groups], key=lambda each: each.starts_at)
