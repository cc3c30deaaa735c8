"""What the practice sells and says, as frozen rows; the defaults a new practice begins with (pure)."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from coachapp.money import Money

KINDS = ("session", "package")


class NoSuchOffering(Exception):
    """No offering has this name, or it is not on show."""


class SlugTaken(Exception):
    """Another offering already has this address."""


@dataclass(frozen=True)
class PracticeRow:
    """The practice's names and the words of its public pages."""

    name: str
    neutral_name: str
    mail_subject: str
    statement_text: str
    currency: str
    exit_to: str
    page: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CoachRow:
    id: int
    first_name: str
    full_name: str
    zone: str
    email: str | None
    room_link: str | None


@dataclass(frozen=True)
class Face(PracticeRow):
    """What every page may show of the practice: its own names and its coach's."""

    coach_first_name: str = ""
    coach_name: str = ""
    coach_zone: str = "UTC"


@dataclass(frozen=True)
class OfferingRow:
    """One offering; lengths, buffers, notice, interval and cut-off in minutes, the horizon in days."""

    id: UUID
    coach_id: int
    slug: str
    kind: str
    title: str
    text: str
    points: tuple[str, ...]
    length_min: int
    sessions: int
    price: Money
    before_min: int
    after_min: int
    notice_min: int
    horizon_days: int
    interval_min: int
    cutoff_min: int
    active: bool
    lifted: bool
    position: int

    @property
    def is_free(self) -> bool:
        return self.price.is_zero

    @property
    def is_bookable(self) -> bool:
        """Packages are shown with a way to ask; single times are booked at once."""
        return self.kind == "session"

    @property
    def each(self) -> Money:
        """The price of one session of a package."""
        return Money(self.price.minor // max(self.sessions, 1), self.price.currency)
