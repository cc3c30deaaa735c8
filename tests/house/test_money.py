"""Money: minor units, never two currencies in one sum, what is typed is what is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.money import CurrencyMismatch, Money, parse_amount

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
MINOR = st.integers(0, 10**9 - 1)


@given(MINOR, CURRENCIES)
def test_written_out_and_read_again_it_is_the_same(minor, currency):
    assert parse_amount(Money(minor, currency).plain(), currency) == Money(minor, currency)


@given(MINOR, MINOR, CURRENCIES)
def test_sums_are_exact(one, other, currency):
    total = Money(one, currency) + Money(other, currency)
    assert total.minor == one + other
    assert total - Money(other, currency) == Money(one, currency)


@given(st.integers(1, 10**9), CURRENCIES)
def test_a_debt_is_written_with_its_sign(minor, currency):
    assert Money(-minor, currency).plain() == "-" + Money(minor, currency).plain()


@pytest.mark.parametrize("act", [lambda a, b: a + b, lambda a, b: a - b])
def test_currencies_do_not_mix(act):
    with pytest.raises(CurrencyMismatch):
        act(Money(1, "EUR"), Money(1, "USD"))


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "E"])
def test_a_currency_has_three_capitals(currency):
    with pytest.raises(ValueError, match="not a currency"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("80", "EUR", 8000),
        ("80.5", "EUR", 8050),
        ("80,50", "EUR", 8050),
        (" 1 200,05 ", "EUR", 120005),
        ("0", "EUR", 0),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
    ],
)
def test_what_people_type(text, currency, minor):
    assert parse_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "EUR"),
        ("-5", "EUR"),
        ("1e3", "EUR"),
        ("80.505", "EUR"),
        ("1.5", "JPY"),
        ("٣", "EUR"),
        ("1" * 10, "EUR"),
        ("1.2.3", "EUR"),
    ],
)
def test_what_is_not_an_amount(text, currency):
    with pytest.raises(ValueError, match=r"."):
        parse_amount(text, currency)


@given(st.text(), CURRENCIES)
def test_no_text_breaks_it(text, currency):
    try:
        found = parse_amount(text, currency)
    except ValueError:
        return
    assert found.minor >= 0
