"""How a price may be paid in parts: a deposit and the rest, or equal parts a month apart (pure)."""

from dataclasses import dataclass

from coachapp.money import Money

LEAST_TIMES, MOST_TIMES = 2, 12
MOST_REST_DAYS = 180


@dataclass(frozen=True)
class PartTerms:
    """What a coach allows for one offering, one of three: a deposit of so many `percent`, or of an amount, with the
    rest `rest_days` after the time (before it where that is below zero); or `times` equal parts a month apart."""

    percent: int | None = None
    deposit: Money | None = None
    rest_days: int = 0
    times: int | None = None
