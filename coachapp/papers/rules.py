"""What papers say: numbers, tax, presets by country, and when somebody's details are needed (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from coachapp.money import Money

WITHDRAWAL = timedelta(days=14)
"""Within so many days a client may step back from what she bought, unless she wished it to begin."""


class PaperError(Exception):
    """Root of this room's errors."""


class NoSuchPaper(PaperError):
    """No paper has this id."""


class Kind(StrEnum):
    """receipt: money came. credit note: it went back. correction: a refund that had gone through came to nothing."""

    RECEIPT = "receipt"
    CREDIT = "credit note"
    CORRECTION = "correction"


CORRECTS = {Kind.CREDIT: Kind.RECEIPT, Kind.CORRECTION: Kind.CREDIT}


@dataclass(frozen=True)
class Owed:
    """A paper that the ledger owes: about which payment or refund, and about which the paper is that it corrects."""

    kind: Kind
    about_id: UUID
    corrected_id: UUID | None
    order_id: UUID
    ref: str
    amount: Money
    moved_at: datetime


@dataclass(frozen=True)
class Party:
    """A name, the lines of an address, and a tax number: who issues a paper, or to whom it is made out."""

    name: str
    lines: tuple[str, ...] = ()
    tax_number: str = ""


@dataclass(frozen=True)
class Recipient:
    """To whom the papers of an order are made out, and since when."""

    party: Party
    added_at: datetime


@dataclass(frozen=True)
class Terms:
    """Who issues papers and how. `tax_rate` in hundredths of a percent;
    without one the clause stands, if there is one."""

    country: str
    prefix: str
    issuer: Party
    tax_word: str
    tax_rate: int | None
    clause: str
    details_above: Money | None
    asks_early: bool


@dataclass(frozen=True)
class PaperRow:
    """A paper with all it says; `moved_at` is when the money came or was sent back."""

    id: UUID
    kind: Kind
    label: str
    number: tuple[int, int]
    zone: str
    issued_at: datetime
    moved_at: datetime
    order_id: UUID
    corrects_id: UUID | None
    ref: str
    amount: Money
    tax_word: str
    tax_rate: int | None
    tax: Money
    clause: str
    issuer: Party

    @property
    def net(self) -> Money:
        return self.amount - self.tax

    @property
    def file_name(self) -> str:
        return f"paper-{self.number[0]}-{self.number[1]:04}.pdf"


@dataclass(frozen=True)
class Preset:
    """What is usual in a country; everything can be changed. `above` is in whole units of its currency."""

    tax_word: str = ""
    tax_rate: int | None = None
    clause: str = ""
    above: int | None = None
    asks_early: bool = False


PRESETS = {
    "DE": Preset("VAT", 19_00, "No VAT is charged (small business, § 19 UStG).", 250, True),
    "AT": Preset("VAT", 20_00, "No VAT is charged (small business, § 6 (1) 27 UStG).", 400, True),
    "ES": Preset("VAT", 21_00, "", 400, True),
    "GB": Preset("VAT", 20_00, "Not registered for VAT.", 250, True),
    "US": Preset(),
    "other": Preset("VAT"),
}


def label(prefix: str, year: int, number: int) -> str:
    """How a paper is called: `QH-2026-0007`."""
    return f"{prefix}{year}-{number:04}"


def year_in(zone: str, moment: datetime) -> int:
    """The year a paper of this moment is numbered in, by the practice's clock."""
    return moment.astimezone(ZoneInfo(zone)).year


def tax_within(amount: int, rate: int | None) -> int:
    """The tax inside an amount in minor units, rounded half up; none without a rate."""
    if rate is None:
        return 0
    whole, part = divmod(2 * abs(amount) * rate, 2 * (100_00 + rate))
    tax = whole + (part >= 100_00 + rate)
    return tax if amount >= 0 else -tax


def tax_back(back_before: int, tax_before: int, amount: int, rate: int | None) -> int:
    """The tax of a credit note over `amount` (above zero), so that parts add up to the tax of the whole.

    `back_before` and `tax_before` are what went back of the same receipt until now.
    """
    return tax_within(back_before + amount, rate) - tax_before


def needs_details(terms: Terms | None, amount: Money, recipient: Recipient | None) -> bool:
    """Whether a paper over so much has to say to whom, and to which address, it is made out, and does not yet."""
    return is_above(terms, amount) and not (recipient and recipient.party.lines)


def is_above(terms: Terms | None, amount: Money) -> bool:
    """Whether a paper over so much needs a name and an address."""
    above = terms.details_above if terms else None
    return above is not None and above.currency == amount.currency and abs(amount.minor) > above.minor


def asks_early(terms: Terms | None, price: Money, starts_at: datetime, now: datetime) -> bool:
    """Whether beginning within the days in which she may step back has to be her express wish."""
    if terms is None or not terms.asks_early or price.is_zero:
        return False
    return starts_at < now + WITHDRAWAL
