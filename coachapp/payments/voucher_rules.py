"""Vouchers: what one is worth by now, until when it is good, how its code is written and compared (pure)."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from coachapp.money import Money
from coachapp.payments.rules import PaymentError

GIVEN = "given"
"""How a voucher's money came that never came: it was given away; or what ends with nothing paid back."""

BACK_LASTS = timedelta(days=90)
"""What comes back onto a voucher can be used for so long, also past the voucher's last day."""

LONGEST_NOTE = 200
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _IN_GROUP = 3, 4


class EntryKind(StrEnum):
    """What happened to the worth of a voucher."""

    SOLD = "sold"
    USED = "used"
    BACK = "back"
    ENDED = "ended"


class NoSuchVoucher(PaymentError):
    """No voucher that could pay here: unknown, ended, over, used up, or another coach's. Never which."""


class TooLittle(PaymentError):
    """The voucher is good, and what is left on it is less than what is due."""

    def __init__(self, left: Money, due: Money) -> None:
        super().__init__()
        self.left, self.due = left, due


class NotUnused(PaymentError):
    """Something of this voucher is used, or it has ended: it cannot be ended."""


class GoneMeanwhile(PaymentError):
    """What was to be paid with a voucher cannot be had any more; nothing was taken."""


@dataclass(frozen=True)
class EntryRow:
    """One entry: how it moved the worth; `ref` is the order's that was paid, where there is one."""

    kind: EntryKind
    amount: Money
    at: datetime
    method: str | None
    ref: str | None


@dataclass(frozen=True)
class VoucherRow:
    """A voucher as it stands: `worth` when it was sold, `left` by now; `last` is the day it was given, if any.

    `came_back` is the day something last came back onto it, by the coach's calendar; `method` and `money_at` are how
    and when its own money came.
    """

    id: UUID
    coach_id: int
    code: str
    note: str
    worth: Money
    left: Money
    last: date | None
    came_back: date | None
    is_ended: bool
    method: str
    money_at: datetime
    made_at: datetime

    @property
    def good_until(self) -> date | None:
        """Its last day; later where something came back near it, or after it."""
        if self.last is None or self.came_back is None:
            return self.last
        return max(self.last, self.came_back + BACK_LASTS)

    @property
    def is_unused(self) -> bool:
        """Whether all of its worth is there, so that it may be ended."""
        return not self.is_ended and self.left == self.worth

    def is_over(self, today: date) -> bool:
        """Whether its last day is past, on this day of the coach's."""
        return self.good_until is not None and self.good_until < today

    def is_usable(self, currency: str, today: date) -> bool:
        """Whether something in this currency could be paid with it now."""
        return bool(self.left.minor) and self.left.currency == currency and not self.is_over(today)


def random_voucher() -> str:
    """A code nobody guesses, as `k7mp-3xqa-9hdw`: 58 bits, without letters that are mistaken for one another."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_IN_GROUP)) for _ in range(_GROUPS))


def code_end(code: str) -> str:
    """What names a voucher without giving it away: the last group of its code."""
    return code.rpartition("-")[2]


def normal_voucher(typed: str) -> str:
    """The form in which codes are compared: its letters and digits alone, without case or width."""
    plain = unicodedata.normalize("NFKC", typed[:200]).casefold()
    return "".join(each for each in plain if each.isalnum())
