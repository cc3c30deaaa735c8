"""A price in parts: how it is split and when each part is due, and how one part stands (pure)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from coachapp.money import Money
from coachapp.payments.rules import PaymentError
from coachapp.practice.part_terms import MOST_REST_DAYS, PartTerms
from coachapp.practice.rules import LEAST_CHARGE

KIND = "part"
"""What a later part of a price is called among the payables."""


class Standing(StrEnum):
    """How a later part stands: derived from its order, what was decided, and the day."""

    PAID = "paid"
    LET_GO = "let go"
    DUE = "due"
    COMING = "coming"


class Entry(StrEnum):
    """What was decided about a part."""

    MOVED = "moved"
    LET_GO = "let go"


class OtherWay(PaymentError):
    """A payment page is open that asks for this price in another way."""


class NotOpenPart(PaymentError):
    """This part is paid, or was let go."""


class NoSuchPart(PaymentError):
    """No part has this id, or it is someone else's."""


@dataclass(frozen=True)
class Later:
    """A part that is paid later: how much, and by which day on the coach's calendar."""

    amount: Money
    due_on: date


@dataclass(frozen=True)
class Split:
    """A price in parts: the first is paid now, the others have a day each. Together they are the price."""

    first: Money
    later: tuple[Later, ...]

    @property
    def key(self) -> str:
        """The same for the same parts: what was shown can be told from what holds by now."""
        days = (f"{part.amount.minor}:{part.due_on.isoformat()}" for part in self.later)
        return ",".join((str(self.first.minor), *days))

    @property
    def rest(self) -> Money:
        """What is left after the first part."""
        return Money(sum(part.amount.minor for part in self.later), self.first.currency)


def split(price: Money, terms: PartTerms | None, today: date, session_on: date | None) -> Split | None:
    """How this price is paid in parts from today on; None where it is paid all at once.

    `session_on` is the day of the time that is booked; a deposit is only for one. Where the rest would be due today or
    sooner, or a part be less than what can be charged, there is nothing to split. What does not divide evenly is in
    the first part.
    """
    if terms is None:
        return None
    if terms.times is not None:
        found = _equal(price, terms.times, today)
    elif session_on is not None:
        found = _deposit(price, terms, session_on)
    else:
        return None
    least = min((found.first.minor, *(part.amount.minor for part in found.later)))
    is_late = any(part.due_on <= today for part in found.later)
    return None if is_late or least < LEAST_CHARGE else found


@dataclass(frozen=True)
class Outline:
    """What can be said of the parts before a time is chosen: so much at once, then so much `more` times. The rest of a
    deposit is due `rest_days` after the time (before it where that is below zero); equal parts are a month apart."""

    first: Money
    each: Money
    more: int
    rest_days: int | None


def outline(price: Money, terms: PartTerms | None, today: date, *, with_time: bool) -> Outline | None:
    """How this price can be paid in parts, for a time that is far enough away (`with_time`) or without one."""
    far = today + timedelta(days=MOST_REST_DAYS + 1) if with_time else None
    found = split(price, terms, today, far)
    if terms is None or found is None:
        return None
    rest_days = terms.rest_days if terms.times is None else None
    return Outline(found.first, found.later[0].amount, len(found.later), rest_days)


def standing(is_paid: bool, is_let_go: bool, due_on: date, today: date) -> Standing:
    """How a part stands. What was paid stays so, whatever came after; it is due once its day is over."""
    if is_paid:
        return Standing.PAID
    if is_let_go:
        return Standing.LET_GO
    return Standing.DUE if due_on < today else Standing.COMING


def follows(moved_at: datetime | None, settled_at: datetime) -> bool:
    """Whether the day of a part is still the one that was counted from its time: never moved, or last moved together
    with the time, which has stood where it stands since `settled_at`."""
    return moved_at is None or moved_at == settled_at


def day_along(due_on: date, was: date, then: date, today: date) -> date:
    """The day of a part once its time has moved from one day to another: as far away as before. It is never brought
    forward into the past, so nobody is late by a move."""
    return max(due_on + (then - was), min(due_on, today))


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _equal(price: Money, times: int, today: date) -> Split:
    each = _whole(price.minor // times, price)
    later = tuple(
        Later(Money(each, price.currency), months_later(today, number)) for number in range(1, times)
    )
    return Split(Money(price.minor - each * (times - 1), price.currency), later)


def _deposit(price: Money, terms: PartTerms, session_on: date) -> Split:
    """Of a deposit in another currency than the price nothing is known: then there is no rest either."""
    if terms.deposit is not None:
        now = terms.deposit.minor if terms.deposit.currency == price.currency else price.minor
    else:
        now = price.minor * (terms.percent or 0) // 100
    rest = _whole(max(price.minor - now, 0), price)
    due_on = session_on + timedelta(days=terms.rest_days)
    return Split(Money(price.minor - rest, price.currency), (Later(Money(rest, price.currency), due_on),))


def _whole(minor: int, price: Money) -> int:
    """What can be charged: the cards' networks take no single thousandths."""
    step = 10 if price.digits == 3 else 1
    return minor // step * step
