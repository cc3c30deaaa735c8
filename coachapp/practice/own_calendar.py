"""Whether, and by what secret address, a coach's times reach her own calendar."""

from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session, transaction
from coachapp.practice.models import Coach
from coachapp.practice.queries import forget_kept


class NoSuchFeed(LookupError):
    """No feed has this token (any more)."""


def new_feed(coach_id: int) -> str:
    """A secret token for the coach's feed; an earlier one opens nothing from now on."""
    token = vault.new_token()
    with transaction() as db:
        row = db.get_one(Coach, coach_id, with_for_update=True)
        row.feed_hash = vault.keyed_hash("feed", token)
        row.feed_sealed = vault.seal(vault.PRACTICE, "coach.feed", UUID(int=coach_id), token)
        forget_kept()
    return token


def end_feed(coach_id: int) -> None:
    """Take the feed's address back."""
    with transaction() as db:
        row = db.get_one(Coach, coach_id, with_for_update=True)
        row.feed_hash = row.feed_sealed = None
        forget_kept()


def feed_token(coach_id: int) -> str | None:
    """The token of a coach's feed, to be shown to her; None while there is none."""
    sealed = session().get_one(Coach, coach_id).feed_sealed
    return vault.open_(vault.PRACTICE, "coach.feed", UUID(int=coach_id), sealed) if sealed else None


def coach_of_feed(token: str) -> int:
    """Whose feed this token opens; NoSuchFeed."""
    found = session().scalar(select(Coach.id).where(Coach.feed_hash == vault.keyed_hash("feed", token)))
    if found is None:
        raise NoSuchFeed
    return found


def set_calendar_mail(coach_id: int, wanted: bool) -> None:
    """Whether mails about sessions carry an invitation."""
    with transaction() as db:
        db.get_one(Coach, coach_id).calendar_mail = wanted
        forget_kept()
