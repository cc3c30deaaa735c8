"""Credits as a pure, total state machine: what may follow what, what is left and until when, and what a refund is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from uuid import UUID

from coachapp.money import Money
from coachapp.payments.rules import PaymentError

WHOLE = 0
"""The number of the entries that concern a package as a whole; its sessions are numbered from 1."""
NOTICE = timedelta(days=30)
NEARS = timedelta(days=35)
"""From so long before the end on it is told."""
_MAIL_TAKES = timedelta(days=4)
MOST_SESSIONS, MOST_MONTHS, USUAL_MONTHS = 50, 36, 12


class Kind(StrEnum):
    """What an entry of the ledger says. Of one session: granted, used, kept (it stays used, as was decided), given
    back, taken back (with money), expired. Of the package: granted, paused, resumed, frozen, unfrozen, told, extended.
    """

    GRANTED = "granted"
    USED = "used"
    KEPT = "kept"
    BACK = "given back"
    TAKEN = "taken back"
    EXPIRED = "expired"
    PAUSED = "paused"
    RESUMED = "resumed"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    TOLD = "told"
    EXTENDED = "extended"


LEFT = frozenset((Kind.GRANTED, Kind.BACK))
SPENT = frozenset((Kind.USED, Kind.KEPT))
_AFTER_LEFT = frozenset((Kind.USED, Kind.TAKEN, Kind.EXPIRED))
_FOLLOWS = {
    None: frozenset((Kind.GRANTED,)),
    Kind.GRANTED: _AFTER_LEFT,
    Kind.BACK: _AFTER_LEFT,
    Kind.USED: frozenset((Kind.KEPT, Kind.BACK)),
    Kind.KEPT: frozenset((Kind.BACK,)),
}


class Told(StrEnum):
    """In which way someone was told when her sessions end."""

    MAIL = "mail"
    SHOWN = "shown"
    COACH = "coach"


class NoCredit(PaymentError):
    """There is no session left that this time could use."""


class NoSuchPackage(PaymentError):
    """No package has this id, or it is someone else's."""


class BadAmount(PaymentError):
    """More than was paid, or less than nothing."""


@dataclass(frozen=True)
class EntryRow:
    """One entry of the ledger, never altered: the `turn`-th that session `number` of a package has had."""

    number: int
    turn: int
    kind: Kind
    at: datetime
    place_id: UUID | None = None
    until: datetime | None = None
    way: str | None = None


@dataclass(frozen=True)
class PackageRow:
    """A package and its ledger; everything else follows from the two.

    `title` is what was bought, `pays_for` the kind of session it is good for.
    """

    id: UUID
    client_id: UUID
    title: str
    pays_for_id: UUID
    pays_for: str
    slug: str
    sessions: int
    months: int
    price: Money
    single: Money
    place_id: UUID | None
    made_at: datetime
    entries: tuple[EntryRow, ...] = ()

    @cached_property
    def last(self) -> dict[int, EntryRow]:
        """The latest entry of each session, and of the whole."""
        return {entry.number: entry for entry in sorted(self.entries, key=lambda entry: entry.turn)}

    def _count(self, kinds: Iterable[Kind]) -> int:
        wanted = frozenset(kinds)
        return sum(entry.kind in wanted for number, entry in self.last.items() if number != WHOLE)

    @property
    def is_granted(self) -> bool:
        return WHOLE in self.last

    @property
    def was_given(self) -> bool:
        return self.price.is_zero

    @property
    def left(self) -> int:
        return self._count(LEFT)

    @property
    def used(self) -> int:
        return self._count(SPENT)

    @property
    def expired(self) -> int:
        return self._count((Kind.EXPIRED,))

    @property
    def taken(self) -> int:
        return self._count((Kind.TAKEN,))

    @property
    def next_number(self) -> int | None:
        """The first session that is left."""
        return min((n for n, entry in self.last.items() if n != WHOLE and entry.kind in LEFT), default=None)

    def _whole(self, *kinds: Kind) -> list[EntryRow]:
        wanted = (entry for entry in self.entries if entry.number == WHOLE and entry.kind in kinds)
        return sorted(wanted, key=lambda entry: entry.turn)

    @cached_property
    def until(self) -> datetime | None:
        """The moment its sessions end; None before they are granted."""
        named = (e for e in self.entries if e.number == WHOLE and e.until is not None)
        last = max(named, key=lambda entry: entry.turn, default=None)
        return last.until if last else None

    @property
    def paused_at(self) -> datetime | None:
        last = self._whole(Kind.PAUSED, Kind.RESUMED)
        return last[-1].at if last and last[-1].kind is Kind.PAUSED else None

    @property
    def is_frozen(self) -> bool:
        last = self._whole(Kind.FROZEN, Kind.UNFROZEN)
        return bool(last and last[-1].kind is Kind.FROZEN)

    @property
    def is_usable(self) -> bool:
        return self.left > 0 and self.paused_at is None and not self.is_frozen

    @property
    def tellings(self) -> list[EntryRow]:
        """Every notice of the present end; one by mail counts only once the mail has left."""
        return [entry for entry in self._whole(Kind.TOLD) if entry.until == self.until]

    def nears_its_end(self, now: datetime) -> bool:
        """Whether it is time to tell that it ends; a pause holds that back."""
        ending = self.left > 0 and self.paused_at is None and self.until is not None
        return bool(ending and self.until and now >= self.until - NEARS)

    @property
    def agrees(self) -> bool:
        """Whether all sessions are somewhere, and each came there step by step."""
        sums = self.left + self.used + self.expired + self.taken
        whole = self._whole(*Kind)
        return not self.is_granted or (
            sums == self.sessions == len(self.last) - 1
            and all(self._is_chain(number) for number in range(1, self.sessions + 1))
            and [entry.turn for entry in whole] == list(range(1, len(whole) + 1))
        )

    def _is_chain(self, number: int) -> bool:
        mine = sorted((e for e in self.entries if e.number == number), key=lambda entry: entry.turn)
        kinds: list[Kind | None] = [None, *(entry.kind for entry in mine)]
        right = all(may_follow(one, other) for one, other in pairwise(kinds) if other)
        return right and [entry.turn for entry in mine] == list(range(1, len(mine) + 1))


def may_follow(before: Kind | None, kind: Kind) -> bool:
    """Whether a session that stood so may come to stand so; every pair has an answer."""
    return kind in _FOLLOWS.get(before, frozenset())


def which(packages: Iterable[PackageRow], pays_for_id: UUID) -> PackageRow | None:
    """The package a session is taken from: the one that ends first."""
    usable = (each for each in packages if each.is_usable and each.pays_for_id == pays_for_id)
    return min(usable, key=lambda each: (each.until or each.made_at, each.made_at), default=None)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The moment after that day on the zone's clock."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def last_day(until: datetime, zone: tzinfo) -> date:
    """The last day before that moment, on the zone's clock."""
    return (until - timedelta(seconds=1)).astimezone(zone).date()


def first_end(at: datetime, months: int, zone: tzinfo) -> datetime:
    """The end of the same day so many months later; of the month's last where it has no such day."""
    day = at.astimezone(zone).date()
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    most = (following - timedelta(days=1)).day
    return end_of_day(date(year, month + 1, min(day.day, most)), zone)


def after_pause(until: datetime, paused_at: datetime, now: datetime, zone: tzinfo) -> datetime:
    """The end moved by as many days as the pause has lasted."""
    days = now.astimezone(zone).date() - paused_at.astimezone(zone).date()
    return end_of_day(last_day(until, zone) + days, zone)


def told_end(until: datetime, now: datetime, zone: tzinfo, way: Told) -> datetime:
    """The end that is told now: never before thirty days are over, counted for a mail from when it has left."""
    ahead = NOTICE + (_MAIL_TAKES if way is Told.MAIL else timedelta())
    return max(until, end_of_day((now + ahead).astimezone(zone).date(), zone))


def refund_by_rule(package: PackageRow, refunded: Money, unpaid: Money | None = None) -> Money:
    """What goes back for what is left of a package: the price less its used and expired sessions at the single
    session's price, and less what went back already; never below zero, and nothing once none is left. Of a price in
    parts only what is paid counts."""
    spent = (package.used + package.expired) * package.single.minor
    price = package.price.minor - (unpaid.minor if unpaid else 0)
    unused = max(0, price - spent - refunded.minor)
    return Money(unused if package.left else 0, package.price.currency)


def no_longer_paid(package: PackageRow, refunded: Money) -> int:
    """How many sessions left are not paid for any more, where money went back without a word to us.

    Each is worth its share of the price; one that is paid in part stays hers.
    """
    if package.was_given:
        return 0
    kept = -(-(package.price.minor - refunded.minor) * package.sessions // package.price.minor)
    alive = package.used + package.left
    return min(package.left, max(0, alive - max(kept, package.used)))
