"""What a code makes of a price, in every currency; when it fits; how codes are compared."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from coachapp.money import Money
from coachapp.payments.coupon_rules import CouponRow, normal_code, random_code
from coachapp.practice.rules import LEAST_CHARGE, MOST_CHARGE

DAY, HOUR, PACKAGE = date(2026, 11, 22), UUID(int=1), UUID(int=2)
PLAIN = CouponRow(
    UUID(int=9), 1, "calm", None, None, None, None, None, None, datetime(2026, 1, 1, tzinfo=UTC), None
)


def percent(number):
    return replace(PLAIN, percent=number)


def off(minor, currency="EUR"):
    return replace(PLAIN, off=Money(minor, currency))


@pytest.mark.parametrize(
    ("code", "price", "left"),
    [
        (percent(20), Money(95_00, "EUR"), 76_00),
        (percent(10), Money(95_05, "EUR"), 85_54),  # 85.545, in her favour
        (percent(100), Money(95_00, "EUR"), 0),
        (percent(1), Money(1_00, "EUR"), 99),
        (percent(33), Money(12_000, "JPY"), 8_040),
        (percent(33), Money(12_001, "JPY"), 8_040),
        (percent(33), Money(30_000, "KWD"), 20_100),
        (percent(33), Money(30_500, "KWD"), 20_430),  # 20.435: the cards take no single thousandths
        (percent(1), Money(30_005, "KWD"), 29_700),
        (off(15_00), Money(95_00, "EUR"), 80_00),
        (off(95_00), Money(95_00, "EUR"), 0),
        (off(200_00), Money(95_00, "EUR"), 0),
        (off(94_50), Money(95_00, "EUR"), 50),
        (off(94_51), Money(95_00, "EUR"), 0),  # 0.49 cannot be charged
        (off(11_951, "JPY"), Money(12_000, "JPY"), 0),
        (off(11_950, "JPY"), Money(12_000, "JPY"), 50),
        (off(5, "KWD"), Money(30_000, "KWD"), 29_990),
        (off(15_00, "USD"), Money(95_00, "EUR"), 95_00),  # the practice has changed its currency
    ],
)
def test_what_is_left(code, price, left):
    assert code.leaves(price) == Money(left, price.currency)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_any_code_on_any_price(currency, proof):
    """Never below nothing, never above the price, always something that can be charged, never dearer than exact."""
    chance = random.Random(f"codes {currency}")
    for _ in range(proof(2_000, 100_000)):
        top = chance.choice((100, 10_000, 1_000_000, MOST_CHARGE))
        price = Money(chance.randint(LEAST_CHARGE, top), currency)
        code = (
            percent(chance.randint(1, 100))
            if chance.random() < 0.5
            else off(chance.randint(1, top), currency)
        )
        left = code.leaves(price)
        assert left.currency == currency and 0 <= left.minor <= price.minor
        assert left.is_zero or left.minor >= LEAST_CHARGE
        assert left == price or currency != "KWD" or left.minor % 10 == 0
        exact = price.minor - code.off.minor if code.off else price.minor * (100 - code.percent) / 100
        assert left.minor <= max(exact, 0)
        assert left.is_zero or exact - left.minor < 10
        assert code.percent is None or percent(min(code.percent + 1, 100)).leaves(price).minor <= left.minor


def test_its_days_and_what_it_is_good_for():
    days = replace(PLAIN, first=DAY, last=DAY + timedelta(days=1))
    assert [days.fits(HOUR, DAY + timedelta(days=n)) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert PLAIN.fits(HOUR, date.min) and PLAIN.fits(PACKAGE, date.max)
    only = replace(PLAIN, offering_ids=frozenset((PACKAGE,)))
    assert only.fits(PACKAGE, DAY) and not only.fits(HOUR, DAY)
    assert not replace(PLAIN, rests_since=PLAIN.made_at).fits(HOUR, DAY)


def test_how_often():
    assert PLAIN.has_left(10**6, 10**6)
    limited = replace(PLAIN, most=3, most_each=1)
    assert limited.has_left(2, 0) and not limited.has_left(3, 0) and not limited.has_left(1, 1)


@pytest.mark.parametrize(
    "typed", ["Calm-20", " calm-20 ", "CALM - 20", "ｃａｌｍ-２０", "calm\t-\u00a020", "ca\0lm-20"]
)
def test_ways_of_writing_one_code(typed):
    assert normal_code(typed) == "calm-20"


@pytest.mark.parametrize("typed", ["calm20", "calm-2O", "саlm-20", ""])
def test_other_codes(typed):
    assert normal_code(typed) != "calm-20"


def test_other_alphabets():
    assert normal_code("Straße") == normal_code("STRASSE") and normal_code("ΑΡΧΗ") == normal_code("αρχη")


def test_random_codes():
    made = {random_code() for _ in range(1000)}
    assert len(made) == 1000 and all(normal_code(code) == code and len(code) == 8 for code in made)
