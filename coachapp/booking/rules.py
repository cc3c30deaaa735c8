"""The states of appointments and places, what money means for them, and the road's lengths of time (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from uuid import UUID

from coachapp.money import Money
from coachapp.practice.rules import OfferingRow

HOLD_LASTS = timedelta(minutes=40)
HOLD_OUTLASTS_LINK = timedelta(minutes=5)
ROOM_OPENS = timedelta(minutes=15)
ABSENT_AFTER = timedelta(minutes=15)
LATE = (5, 10, 15)
UNSAFE_SAID_UNTIL = timedelta(hours=24)
EVERY = (1, 2, 4)
"""Weeks from one appointment to the next, where they repeat."""
LEAST_TIMES, MOST_TIMES = 2, 26


class AppointmentState(StrEnum):
    """requested, held, confirmed and blocked occupy the coach’s time; released and cancelled do not.

    A group date has no state of its own: it is a confirmed appointment with `seats` and without a place, and cancelled
    when the coach takes it back. A seat in it goes through the same states as any appointment.
    """

    REQUESTED = "requested"
    HELD = "held"
    CONFIRMED = "confirmed"
    BLOCKED = "blocked"
    RELEASED = "released"
    CANCELLED = "cancelled"


class Way(StrEnum):
    """How coach and client meet."""

    VIDEO = "video"
    PHONE = "phone"
    PERSON = "person"


class Outcome(StrEnum):
    """How a place ended where that was not simply well. unsafe: it was not safe for her to come."""

    ABSENT = "absent"
    UNSAFE = "unsafe"


OCCUPYING = (
    AppointmentState.REQUESTED,
    AppointmentState.HELD,
    AppointmentState.CONFIRMED,
    AppointmentState.BLOCKED,
)


class BookingError(Exception):
    """Root of this room's errors."""


class TimeTaken(BookingError):
    """The time is not free (any more)."""


class HoldEnded(BookingError):
    """The time was kept for a while, and is not any longer."""


class NoSuchPlace(BookingError):
    """Nothing belongs to this token, code or cookie."""


class TooLate(BookingError):
    """The appointment has begun, or no longer stands."""


class NotNow(BookingError):
    """It is not the hour for this, or the appointment does not stand."""


class IntroHad(BookingError):
    """The introductory price is for once, and this client has had it."""


class Answer(StrEnum):
    """What became of a request: the coach's word, or none in time. freed: nobody asked; a time that came free was
    offered by itself to someone on the waiting list."""

    APPROVED = "approved"
    OFFERED = "offered"
    FREED = "freed"
    DECLINED = "declined"
    UNANSWERED = "unanswered"


class Standing(Enum):
    """What a place is to the person whose it is."""

    BEGUN = "begun"
    ASKED = "asked"
    APPROVED = "approved"
    OFFERED = "offered"
    AWAITED = "awaited"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    LAPSED = "lapsed"
    GONE = "gone"


IN_REQUEST = frozenset(
    (
        Standing.ASKED,
        Standing.APPROVED,
        Standing.OFFERED,
        Standing.AWAITED,
        Standing.DECLINED,
        Standing.UNANSWERED,
        Standing.LAPSED,
    )
)
"""What has a page of its own though no time stands: she asked, or was answered, or her money is awaited."""


def standing(state: AppointmentState, answer: Answer | None, pays_by: str | None = None) -> Standing:
    """How a place stands, from its appointment's state, what was said to a request, and whether it is paid in another
    way than by card; all have one."""
    if pays_by and state in (AppointmentState.HELD, AppointmentState.RELEASED):
        return Standing.AWAITED if state is AppointmentState.HELD else Standing.LAPSED
    if state is AppointmentState.HELD:
        kept = {
            Answer.APPROVED: Standing.APPROVED,
            Answer.OFFERED: Standing.OFFERED,
            Answer.FREED: Standing.OFFERED,
        }
        return kept.get(answer, Standing.BEGUN) if answer else Standing.BEGUN
    if state is AppointmentState.RELEASED and answer:
        ended = {Answer.DECLINED: Standing.DECLINED, Answer.UNANSWERED: Standing.UNANSWERED}
        return ended.get(answer, Standing.LAPSED)
    return {
        AppointmentState.REQUESTED: Standing.ASKED,
        AppointmentState.CONFIRMED: Standing.BOOKED,
        AppointmentState.CANCELLED: Standing.CANCELLED,
    }.get(state, Standing.GONE)


class Paid(Enum):
    """What money that came for a place means."""

    CONFIRM = "confirm"
    KEEP = "keep"
    TAKE_AGAIN = "take again"
    REFUND = "refund"


def on_paid(state: AppointmentState) -> Paid:
    """Held: confirm. Confirmed already: keep the money, if it is due. Released: take the time again if it is still
    free. Requested (nothing is due before the coach has answered), cancelled or blocked: give the money back."""
    means = {
        AppointmentState.HELD: Paid.CONFIRM,
        AppointmentState.CONFIRMED: Paid.KEEP,
        AppointmentState.RELEASED: Paid.TAKE_AGAIN,
    }
    return means.get(state, Paid.REFUND)


@dataclass(frozen=True)
class Span:
    """A time with its buffers in minutes."""

    starts_at: datetime
    ends_at: datetime
    before_min: int
    after_min: int


def keeps_distance(span: Span, others: Iterable[Span]) -> bool:
    """Whether the larger of the earlier one's after-buffer and the later one's before-buffer lies between."""
    return all(_apart(*sorted((span, other), key=lambda each: each.starts_at)) for other in others)


def _apart(earlier: Span, later: Span) -> bool:
    gap = timedelta(minutes=max(earlier.after_min, later.before_min))
    return earlier.ends_at + gap <= later.starts_at


def may_move(starts_at: datetime, cutoff_min: int, now: datetime) -> bool:
    """Whether a client may still move her time herself (until `cutoff_min` minutes before)."""
    return now <= starts_at - timedelta(minutes=cutoff_min)


def may_cancel(
    state: AppointmentState, starts_at: datetime, ends_at: datetime, by: str, now: datetime
) -> bool:
    """Whether a confirmed time can be given back: by a client until it begins, by the coach whenever.

    That it was not safe to come (`by` is "unsafe") can be said until a day after the end.
    """
    if state is not AppointmentState.CONFIRMED:
        return False
    if by == "unsafe":
        return now <= ends_at + UNSAFE_SAID_UNTIL
    return by == "staff" or now < starts_at


def gives_back_all(starts_at: datetime, cutoff_min: int, now: datetime) -> bool:
    """Whether cancelling now gives the full price back (until `cutoff_min` minutes before)."""
    return now <= starts_at - timedelta(minutes=cutoff_min)


@dataclass(frozen=True)
class PlaceRow:
    """One client's place in an appointment. Times are in UTC; `zone` is the client's.

    Where something has lowered its `price`, `regular` is what it would cost otherwise.
    """

    id: UUID
    appointment_id: UUID
    client_id: UUID | None
    coach_id: int
    offering_id: UUID | None
    title: str
    slug: str
    state: AppointmentState
    booked_by: str
    starts_at: datetime
    ends_at: datetime
    hold_until: datetime | None
    cutoff_min: int
    zone: str
    price: Money
    sequence: int
    way: str
    changed_at: datetime
    outcome: Outcome | None = None
    series_id: UUID | None = None
    room_key: str | None = None
    outcome_at: datetime | None = None
    late_min: int | None = None
    late_at: datetime | None = None
    asked_zone: str | None = None
    answer: Answer | None = None
    invitation_id: UUID | None = None
    seat_of: UUID | None = None
    buys: OfferingRow | None = None
    wait_id: UUID | None = None
    pays_by: str | None = None
    regular: Money | None = None
    intro: Money | None = None
    coupon_id: UUID | None = None

    @property
    def is_intro(self) -> bool:
        """Whether it is to be had at the introductory price, with no code in its place."""
        return self.intro is not None and self.coupon_id is None

    @property
    def is_seat(self) -> bool:
        """Whether it is one seat of a group date, whose time is the coach's to choose."""
        return self.seat_of is not None

    @property
    def times_at(self) -> str:
        """Where another time for the same can be chosen."""
        return f"/book/{self.buys.slug}/first" if self.buys else f"/book/{self.slug}"

    @property
    def standing(self) -> Standing:
        return standing(self.state, self.answer, self.pays_by)

    @property
    def is_by_link(self) -> bool:
        """Whether somebody booked it who held a link made for a client: its pages then tell nothing of her."""
        return self.booked_by == "link"

    @property
    def length_min(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_free(self) -> bool:
        return self.price.is_zero

    @property
    def free_until(self) -> datetime:
        """Until when it can be moved, and cancelling gives everything back."""
        return self.starts_at - timedelta(minutes=self.cutoff_min)

    def room_is_open(self, now: datetime) -> bool:
        """Whether it stands and is on, or begins within a quarter of an hour."""
        stands = self.state is AppointmentState.CONFIRMED
        return stands and self.starts_at - ROOM_OPENS <= now < self.ends_at

    def may_be_absent(self, now: datetime) -> bool:
        """Whether it can be noted that she did not attend: from a quarter of an hour after the beginning."""
        stands = self.state is AppointmentState.CONFIRMED and self.outcome is None
        return stands and now >= self.starts_at + ABSENT_AFTER
