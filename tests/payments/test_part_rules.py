"""A price in parts: together always the price, each with its day, or no parts at all."""

from datetime import UTC, date, datetime, timedelta

import pytest

from coachapp.money import Money
from coachapp.payments.part_rules import (
    Later,
    Outline,
    Split,
    Standing,
    day_along,
    follows,
    months_later,
    outline,
    split,
    standing,
)
from coachapp.practice.part_terms import MOST_REST_DAYS, PartTerms
from coachapp.practice.rules import LEAST_CHARGE

TODAY, SESSION = date(2026, 11, 22), date(2026, 12, 20)
EVERY = [
    *(PartTerms(times=count) for count in range(2, 13)),
    *(PartTerms(percent=percent, rest_days=-3) for percent in (1, 20, 33, 50, 99)),
]


@pytest.mark.parametrize(("currency", "step"), [("EUR", 1), ("JPY", 1), ("KWD", 10)])
def test_together_they_are_the_price_and_each_can_be_charged(currency, step):
    for minor in (100, 101, 9_999, 36_000, 36_001, 420_07, 99_999_999):
        for terms in EVERY:
            found = split(Money(minor, currency), terms, TODAY, SESSION)
            if found is None:
                continue
            assert (found.first + found.rest).minor == minor
            parts = [found.first.minor, *(each.amount.minor for each in found.later)]
            assert min(parts) >= LEAST_CHARGE
            assert all(each % step == 0 for each in parts[1:])
            assert terms.times is None or max(parts) - min(parts) < step * terms.times + step


def test_equal_parts_are_a_month_apart_and_the_odd_cents_are_in_the_first():
    found = split(Money(100_00, "EUR"), PartTerms(times=3), date(2026, 11, 30), None)
    assert found == Split(
        Money(33_34, "EUR"),
        (
            Later(Money(33_33, "EUR"), date(2026, 12, 30)),
            Later(Money(33_33, "EUR"), date(2027, 1, 30)),
        ),
    )
    assert found.key == "3334,3333:2026-12-30,3333:2027-01-30"


def test_a_month_later_is_the_same_day_or_the_last():
    end = date(2028, 1, 31)
    assert [months_later(end, n) for n in (1, 2, 13)] == [
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2029, 2, 28),
    ]


def test_the_rest_of_a_deposit_is_due_before_the_time_or_after_it():
    terms = PartTerms(deposit=Money(30_00, "EUR"), rest_days=-7)
    found = split(Money(95_00, "EUR"), terms, TODAY, SESSION)
    assert found == Split(Money(30_00, "EUR"), (Later(Money(65_00, "EUR"), date(2026, 12, 13)),))
    after = split(Money(95_00, "EUR"), PartTerms(percent=20, rest_days=2), TODAY, TODAY)
    assert after and after.later == (Later(Money(76_00, "EUR"), date(2026, 11, 24)),)


@pytest.mark.parametrize(
    ("minor", "terms", "session_on"),
    [
        (95_00, None, SESSION),
        (95_00, PartTerms(percent=20, rest_days=-28), SESSION),  # the rest would be due today
        (95_00, PartTerms(percent=20, rest_days=-200), SESSION),
        (95_00, PartTerms(percent=20), None),  # no time, no deposit
        (95_00, PartTerms(deposit=Money(95_00, "EUR")), SESSION),  # nothing is left
        (95_00, PartTerms(deposit=Money(94_90, "EUR")), SESSION),  # less than can be charged
        (95_00, PartTerms(deposit=Money(30_00, "JPY")), SESSION),
        (1_00, PartTerms(times=3), None),
        (0, PartTerms(times=2), None),
    ],
)
def test_nothing_is_split_where_it_cannot_be(minor, terms, session_on):
    assert split(Money(minor, "EUR"), terms, TODAY, session_on) is None


def test_how_a_part_stands_follows_from_its_order_what_was_decided_and_the_day():
    yesterday = date(2026, 11, 21)
    assert standing(True, True, yesterday, TODAY) is Standing.PAID
    assert standing(False, True, yesterday, TODAY) is Standing.LET_GO
    assert standing(False, False, yesterday, TODAY) is Standing.DUE
    assert standing(False, False, TODAY, TODAY) is Standing.COMING


def test_before_a_time_is_chosen_the_parts_are_said_without_days():
    price = Money(100_00, "EUR")
    deposit = PartTerms(percent=20, rest_days=-MOST_REST_DAYS)
    assert outline(price, deposit, TODAY, with_time=True) == Outline(
        Money(20_00, "EUR"), Money(80_00, "EUR"), 1, -MOST_REST_DAYS
    )
    assert outline(price, PartTerms(times=3), TODAY, with_time=False) == Outline(
        Money(33_34, "EUR"), Money(33_33, "EUR"), 2, None
    )
    for nothing in (None, PartTerms(deposit=price), PartTerms(percent=20)):
        assert outline(price, nothing, TODAY, with_time=False) is None


def test_the_day_of_the_rest_is_as_far_from_its_time_as_before_and_never_made_late():
    day, was = date(2026, 12, 1), date(2026, 12, 4)
    for then, expected in (
        (date(2026, 12, 11), date(2026, 12, 8)),
        (date(2026, 12, 2), date(2026, 11, 29)),
        (date(2026, 11, 23), TODAY),
        (was, day),
    ):
        assert day_along(day, was, then, TODAY) == expected
    late = date(2026, 11, 20)
    assert day_along(late, was, date(2026, 12, 3), TODAY) == late, "who was late before is no later by it"
    assert day_along(late, was, date(2026, 12, 5), TODAY) == date(2026, 11, 21)


def test_a_day_that_was_given_since_does_not_follow():
    settled = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert follows(None, settled) and follows(settled, settled)
    assert not follows(settled + timedelta(seconds=1), settled)
