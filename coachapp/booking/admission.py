"""Who may take a time, and on which conditions: requests, links and blocked people (pure)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from coachapp.booking.rules import HOLD_LASTS, BookingError
from coachapp.practice.rules import WhoBooks

REQUEST_LASTS = timedelta(days=7)
ANSWER_LASTS = timedelta(hours=72)
ANSWER_ENDS_BEFORE = timedelta(hours=2)
LINK_LASTS = timedelta(days=14)


class AlreadyAnswered(BookingError):
    """This request was answered, taken back, or has ended."""


class IsBlocked(BookingError):
    """Who asks is on the list of blocked people."""


class NoSuchInvitation(BookingError):
    """This link is unknown, revoked, used, or has ended."""


class LinkInUse(BookingError):
    """A time chosen with this very link is being paid for at the moment."""


class NotHersAlone(BookingError):
    """A link may not be mailed to this person: nobody said that her inbox is hers alone."""


def asks_first(who: WhoBooks, *, known: bool, invited: bool, answered: bool) -> bool:
    """Whether a booking waits for the coach's yes: everyone's first one, unless she has invited or answered them.

    `known`: the client was one before, signed in or through a link made for her. `invited`: by any link.
    """
    if known or answered or who is WhoBooks.OPEN:
        return False
    return who is WhoBooks.APPROVED or not invited


def may_book_early(until: date | None, today: date) -> bool:
    """Whether a client is in her first weeks; `until` is their last day by the coach's clock."""
    return until is not None and today <= until


def notice(usual_min: int, early_min: int | None, *, early: bool) -> int:
    """How long before it begins a time may still be chosen, in minutes; never longer for being early."""
    return min(usual_min, early_min) if early and early_min is not None else usual_min


def request_ends(starts_at: datetime, now: datetime) -> datetime:
    """Until when a request keeps its time: seven days, or until the time itself has come."""
    return min(now + REQUEST_LASTS, starts_at)


def answer_ends(starts_at: datetime, now: datetime) -> datetime:
    """Until when an approved or offered time is kept: 72 hours, or 2 hours before it begins if that is earlier.

    Close to the beginning it is kept as long as any time someone chooses, and never beyond the beginning.
    """
    usual = min(now + ANSWER_LASTS, starts_at - ANSWER_ENDS_BEFORE)
    return max(usual, min(now + HOLD_LASTS, starts_at))


@dataclass(frozen=True)
class Guest:
    """For whom a time is held, where that is known before a word is typed; the link she came with, if any.

    `booked_by` is `link` where the client is known by the link alone: whoever holds it learns nothing of her.
    `only_with` is the coach who made the link: it leads to times of hers alone.
    """

    client_id: UUID | None = None
    invitation_id: UUID | None = None
    booked_by: str = "client"
    only_with: int | None = None


STRANGER = Guest()


@dataclass(frozen=True)
class InvitationRow:
    """A link to choose a time: for one offering or any (None), for one client or whoever holds it (None)."""

    id: UUID
    coach_id: int
    offering_id: UUID | None
    client_id: UUID | None
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and now < self.ends_at

    def leads_to(self, coach_id: int, offering_id: UUID) -> bool:
        """Whether it is good for this offering."""
        return self.coach_id == coach_id and self.offering_id in (None, offering_id)


@dataclass(frozen=True)
class BlockedRow:
    """Someone who may not book, by the coach's own word; the address itself is not kept."""

    id: UUID
    word: str
    added_at: datetime
    tried_at: datetime | None
    tries: int
