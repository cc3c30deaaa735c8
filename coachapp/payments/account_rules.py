"""What the accountant sees: periods by the practice's calendar, lines of money in and back, sums, safe cells (pure)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from coachapp.money import Money

_PERIOD = re.compile(r"(20\d\d|21\d\d)(?:-(0[1-9]|1[0-2]))?", re.ASCII)
# A cell that begins so would be worked out as a formula by a table program.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


VOUCHER = "voucher"
"""What was sold, where it was a voucher."""

BY_VOUCHER, BY_GIFT = "voucher", "gift"
"""How something was paid: with a voucher that was sold before, or with one that was given away."""


class Way(StrEnum):
    """Whether money came in, went back, or was taken back by a bank."""

    IN = "in"
    BACK = "back"
    LOST = "lost"


@dataclass(frozen=True)
class Period:
    """A month or a year: from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def is_year(self) -> bool:
        return self.first.month != self.last.month

    @property
    def key(self) -> str:
        """As it stands in an address: `2026-11`, `2026`."""
        return f"{self.first.year}" if self.is_year else f"{self.first:%Y-%m}"

    @property
    def year(self) -> "Period":
        return Period(date(self.first.year, 1, 1), date(self.first.year, 12, 31))

    @property
    def before(self) -> "Period":
        earlier = self.first - timedelta(days=1)
        return Period(earlier.replace(day=1), earlier).year if self.is_year else month_of(earlier)

    @property
    def after(self) -> "Period":
        later = self.last + timedelta(days=1)
        return month_of(later).year if self.is_year else month_of(later)

    @property
    def months(self) -> list["Period"]:
        """The twelve months of its year."""
        return [month_of(date(self.first.year, number, 1)) for number in range(1, 13)]


@dataclass(frozen=True)
class Line:
    """One payment, or one refund or lost dispute with its amount below zero.

    `fee` is what Stripe kept, where it has told; `tax` what its own paper says, once there is one.
    """

    id: UUID
    way: Way
    at: datetime
    amount: Money
    fee: Money | None
    method: str
    order_ref: str
    payable_kind: str
    payable_id: UUID
    client_id: UUID | None
    tax: Money | None = None

    @property
    def is_voucher(self) -> bool:
        """Whether it is the money of a voucher itself, sold or ended."""
        return self.payable_kind == VOUCHER


@dataclass
class Sums:
    """Sums of lines of one currency, in minor units; what went back or was lost is below zero. A loss has no paper."""

    came: int = 0
    back: int = 0
    lost: int = 0
    fees: int = 0
    without_fee: int = 0
    tax: int = 0
    without_paper: int = 0
    number: int = 0

    @property
    def net(self) -> int:
        return self.came + self.back + self.lost

    def add(self, line: Line) -> None:
        self.number += 1
        self.tax += line.tax.minor if line.tax else 0
        if line.way is Way.LOST:
            self.lost += line.amount.minor
            return
        self.without_paper += line.tax is None and not line.is_voucher
        if line.way is Way.BACK:
            self.back += line.amount.minor
            return
        self.came += line.amount.minor
        if line.fee is not None and line.fee.currency == line.amount.currency:
            self.fees += line.fee.minor
        elif line.method == "card":
            self.without_fee += 1


@dataclass
class Account:
    """One currency's money of a period: as a whole, by method, and by what was sold.

    `vouchers` is what of it came for vouchers. What was paid with one is in `redeemed`, or in `gifts` where it was given
    away, and in no other sum: its money came when the voucher was sold, or never.
    """

    currency: str
    whole: Sums = field(default_factory=Sums)
    by_method: dict[str, Sums] = field(default_factory=dict)
    by_sold: dict[str, Sums] = field(default_factory=dict)
    vouchers: Sums = field(default_factory=Sums)
    redeemed: Sums = field(default_factory=Sums)
    gifts: Sums = field(default_factory=Sums)

    @property
    def tax(self) -> int:
        """What the papers say, in minor units: a voucher has none when it is sold, and what is paid with it has."""
        return self.whole.tax + self.redeemed.tax + self.gifts.tax

    @property
    def without_paper(self) -> int:
        """How many lines have no paper yet."""
        return self.whole.without_paper + self.redeemed.without_paper + self.gifts.without_paper

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)


def month_of(day: date) -> Period:
    """The month a day lies in."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def read_period(text: str) -> Period | None:
    """A month (`2026-11`) or a year (`2026`) as it stands in an address; None for anything else."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 1)
    found = month_of(date(year, month, 1))
    return found if match[2] else found.year


def accounts(lines: Iterable[Line], title_of: Callable[[Line], str]) -> list[Account]:
    """The sums of these lines, one account for each currency; what was sold by name."""
    found: dict[str, Account] = {}
    for line in lines:
        here = found.setdefault(line.amount.currency, Account(line.amount.currency))
        for sums in _sums_of(here, line, title_of):
            sums.add(line)
    return [found[currency] for currency in sorted(found)]


def _sums_of(account: Account, line: Line, title_of: Callable[[Line], str]) -> list[Sums]:
    """The sums a line counts in."""
    if line.method in (BY_VOUCHER, BY_GIFT):
        return [account.redeemed if line.method == BY_VOUCHER else account.gifts]
    found = [
        account.whole,
        account.by_method.setdefault(line.method, Sums()),
        account.by_sold.setdefault(title_of(line), Sums()),
    ]
    return [*found, account.vouchers] if line.is_voucher else found


def figure(amount: Money) -> str:
    """An amount as a plain number with all of its decimals: `95.00`, `-95.00`, `9500`."""
    return f"{Decimal(amount.minor).scaleb(-amount.digits):.{amount.digits}f}"


def cell(text: str) -> str:
    """Words for a cell of a table: what a table program would take for a formula begins with an apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULAS) else text
