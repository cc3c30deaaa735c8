"""Codes that lower a price: whom they fit, what they leave to pay, and how they are written (pure)."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coachapp.money import Money
from coachapp.payments.rules import PaymentError
from coachapp.practice.rules import LEAST_CHARGE

LONGEST_CODE = 40
MOST_USES = 999
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


class NoSuchCode(PaymentError):
    """No code that would lower this price: unknown, not begun, over, resting, used up, or not for this. Never which."""


class CodeGone(PaymentError):
    """The code that was chosen does not hold any more."""


class CodeInUse(PaymentError):
    """The coach has a code of this name already."""


@dataclass(frozen=True)
class CouponRow:
    """A code: so many percent or so much off, between two days of the coach's (both included; either may be open).

    `most` is how often it is good in all, `most_each` for each client; None is no limit. No offering means all of hers.
    """

    id: UUID
    coach_id: int
    code: str
    percent: int | None
    off: Money | None
    first: date | None
    last: date | None
    most: int | None
    most_each: int | None
    made_at: datetime
    rests_since: datetime | None
    offering_ids: frozenset[UUID] = frozenset()

    def fits(self, offering_id: UUID, today: date) -> bool:
        """Whether it is good for this offering on this day of the coach's."""
        begun = self.first is None or self.first <= today
        lasts = self.last is None or today <= self.last
        fits = not self.offering_ids or offering_id in self.offering_ids
        return begun and lasts and fits and self.rests_since is None

    def has_left(self, used: int, used_by_her: int) -> bool:
        """Whether it may be used once more, after so many uses in all and by one client."""
        in_all = self.most is None or used < self.most
        return in_all and (self.most_each is None or used_by_her < self.most_each)

    def leaves(self, price: Money) -> Money:
        """What is still to be paid of a price: never more than it, never less than nothing.

        Rounded in her favour, to what can be charged. Less than the least that can be charged is nothing at all.
        """
        if self.off is not None:
            # An amount in another currency than the price is worth nothing.
            off = self.off.minor if self.off.currency == price.currency else 0
            left = price.minor - off
        else:
            left = price.minor * (100 - (self.percent or 0)) // 100
        return Money(_chargeable(min(left, price.minor), price), price.currency)


@dataclass(frozen=True)
class CouponUse:
    """How often a code was used: `taken` while someone is paying with it, `paid` for good."""

    taken: int = 0
    paid: int = 0


@dataclass(frozen=True)
class Lowered:
    """A code on its way to being used: what the price was, and what is left of it."""

    coupon_id: UUID
    full: Money
    left: Money


def _chargeable(minor: int, price: Money) -> int:
    """The cards' networks take no single thousandths: amounts with three decimals end in a nought."""
    if minor >= price.minor:
        return price.minor
    step = 10 if price.digits == 3 else 1
    rounded = minor // step * step
    return rounded if rounded >= LEAST_CHARGE else 0


def normal_code(typed: str) -> str:
    """The form in which codes are compared: without case, spaces or look-alike letters of another width."""
    plain = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(unicodedata.normalize("NFKC", plain).split()).replace("\0", "")


def random_code() -> str:
    """A code nobody guesses: eight letters and digits that are not mistaken for one another, 39 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))
