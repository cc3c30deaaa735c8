"""One fact about a time, told once: to its client through the gate, to the coach by ordinary mail."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from coachapp import vault
from coachapp.booking import queries
from coachapp.booking.calendar_mail import with_invitation
from coachapp.booking.rules import PlaceRow
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.practice.queries import coach, practice

Words = Callable[[str, datetime, datetime, str, str | None], texts.Text]
"""(subject, start, end, zone, link) -> the words of a mail to a client."""


def tell_both(
    place: PlaceRow, kind: str, words: Words, for_coach: texts.Text, base_url: str, now: datetime
) -> None:
    """Announce one fact about a time, once: to the client through the gate, to the coach by ordinary mail."""
    tell_client(place, kind, words, base_url, now)
    tell_coach(place, kind, for_coach, now)


def tell_client(place: PlaceRow, kind: str, words: Words, base_url: str, now: datetime) -> None:
    """Announce one fact about a time to its client alone, through the gate."""
    assert place.client_id is not None, "only a client's time is announced"
    subject = practice().mail_subject
    link = f"{base_url}/b/{queries.place_token(place.id)}"
    enqueue(
        place.client_id,
        kind,
        lambda with_link: words(
            subject, place.starts_at, place.ends_at, place.zone, link if with_link else None
        ),
        key=f"{kind}:{place.id}:{place.sequence}",
        now=now,
        reply_to=coach(place.coach_id).email,
    )


def tell_if_there(place: PlaceRow, kind: str, words: Words, base_url: str, now: datetime) -> None:
    """The same where one of many is told: of one who is being erased in this moment nobody is left to tell."""
    with suppress(vault.KeyGone):
        tell_client(place, kind, words, base_url, now)


def tell_coach(place: PlaceRow, kind: str, text: texts.Text, now: datetime) -> None:
    """Announce it to the coach alone, with an invitation for her calendar if she wants one."""
    key = f"coach {kind}:{place.id}:{place.sequence}"
    text = with_invitation(text, place.appointment_id)
    enqueue_for_coach(coach(place.coach_id).email, kind, text, key=key, now=now)
