"""Periods, sums and cells of the accountant's page, as pure decisions."""

import csv
import io
import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.money import Money
from coachapp.payments.account_rules import Line, Way, accounts, cell, figure, month_of, read_period
from coachapp.zones import local_days, zone

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_stands_in_an_address(text, first, last):
    found = read_period(text)
    assert (found.first, found.last, found.key) == (first, last, text)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-13", "2026-00", "2026-1", "1999", "2200-01", "2026-11-01", "２０２６", "2026\n", "-"],
)
def test_nothing_else_is_one(text):
    assert read_period(text) is None


@given(st.dates(date(2000, 2, 1), date(2199, 10, 31)))
def test_months_lie_side_by_side(day):
    month = month_of(day)
    assert month.first <= day <= month.last and month.first.day == 1
    assert month.before.last + timedelta(days=1) == month.first
    assert month.last + timedelta(days=1) == month.after.first
    assert month in month.year.months and month.year.is_year and not month.is_year


@pytest.mark.parametrize(
    "name", ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)
def test_the_months_of_a_year_leave_no_moment_out_and_count_none_twice(name):
    """Clock changes included: each month begins at the very moment the one before ends."""
    edges = [local_days(each.first, each.last, zone(name)) for each in read_period("2026").months]
    for (_start, end), (start, _end) in itertools.pairwise(edges):
        assert end.astimezone(UTC) == start.astimezone(UTC)
    whole = local_days(date(2026, 1, 1), date(2026, 12, 31), zone(name))
    assert (edges[0][0], edges[-1][1]) == whole


@given(st.text(max_size=40))
def test_no_cell_is_taken_for_a_formula_and_every_one_is_read_back(text):
    kept = cell(text)
    assert not kept.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert kept.removeprefix("'") == text.removeprefix("'")
    if "\0" not in text:
        out = io.StringIO(newline="")
        csv.writer(out).writerow([kept, "x"])
        assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [kept, "x"]


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(95_00, "EUR"), "95.00"),
        (Money(-50, "EUR"), "-0.50"),
        (Money(9500, "JPY"), "9500"),
        (Money(-1_234, "KWD"), "-1.234"),
        (Money(0, "EUR"), "0.00"),
    ],
)
def test_amounts_are_plain_numbers(money, words):
    assert figure(money) == words


def line(minor, currency="EUR", fee=None, method="card", what="a", tax=None):
    return Line(
        uuid4(),
        Way.IN if minor > 0 else Way.BACK,
        AT,
        Money(minor, currency),
        None if fee is None else Money(fee, "EUR"),
        method,
        "REF",
        what,
        uuid4(),
        uuid4(),
        None if tax is None else Money(tax, currency),
    )


@given(
    st.lists(
        st.builds(
            line,
            st.integers(-10_000, 10_000).filter(bool),
            st.sampled_from(["EUR", "JPY"]),
            st.none() | st.integers(0, 500),
            st.sampled_from(["card", "cash"]),
            st.sampled_from(["a", "b", "c"]),
            st.none() | st.integers(-2_000, 2_000),
        )
    )
)
def test_every_way_of_cutting_the_sums_gives_the_whole(found):
    for account in accounts(found, lambda each: each.payable_kind):
        mine = [each for each in found if each.amount.currency == account.currency]
        assert account.whole.net == sum(each.amount.minor for each in mine)
        assert account.whole.number == len(mine)
        assert account.whole.tax == sum(each.tax.minor for each in mine if each.tax)
        for cut in (account.by_method, account.by_sold):
            for name in ("came", "back", "fees", "net", "number", "without_fee", "tax", "without_paper"):
                assert sum(getattr(each, name) for each in cut.values()) == getattr(account.whole, name)


def test_a_fee_in_another_currency_is_in_no_sum():
    (account,) = accounts([line(9_500, "JPY", fee=30)], lambda each: "x")
    assert (account.whole.fees, account.whole.without_fee) == (0, 1)
