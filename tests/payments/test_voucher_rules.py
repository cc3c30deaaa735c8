"""Vouchers as rules: how codes are compared, until when one is good, and what the accountant counts where (pure)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from coachapp.money import Money
from coachapp.payments.account_rules import Line, Way, accounts
from coachapp.payments.voucher_rules import BACK_LASTS, VoucherRow, normal_voucher, random_voucher

AT, DAY, ID = datetime(2026, 11, 18, 12, tzinfo=UTC), date(2026, 11, 18), UUID(int=1)
ROW = VoucherRow(
    ID, 1, "k7mp-3xqa-9hdw", "", Money(95_00, "EUR"), Money(95_00, "EUR"), DAY, None, False, "cash", AT, AT
)


@pytest.mark.parametrize("typed", ["k7mp-3xqa-9hdw", " K7MP 3XQA–9HDW\n", "Ｋ7mp3xqa9hdw", "k7mp.3xqa/9hdw"])
def test_codes_are_compared_as_people_type_them(typed):
    assert normal_voucher(typed) == "k7mp3xqa9hdw"


def test_codes_differ_and_keep_their_shape():
    made = {random_voucher() for _ in range(500)}
    assert len(made) == 500 and all(len(normal_voucher(each)) == 12 for each in made)
    assert normal_voucher("\0 –…") == ""


def test_until_when_it_is_good():
    assert not ROW.is_over(DAY) and ROW.is_over(DAY + timedelta(days=1))
    assert not replace(ROW, last=None).is_over(date(2999, 1, 1))
    late = replace(ROW, came_back=DAY + timedelta(days=40))
    assert late.good_until == DAY + timedelta(days=40) + BACK_LASTS
    early = replace(ROW, last=DAY + BACK_LASTS * 2, came_back=DAY)
    assert early.good_until == early.last, "never shorter than it was given"


def test_what_pays():
    assert ROW.is_usable("EUR", DAY) and not ROW.is_usable("CHF", DAY)
    assert not replace(ROW, left=Money(0, "EUR")).is_usable("EUR", DAY)
    assert ROW.is_unused and not replace(ROW, left=Money(94_99, "EUR")).is_unused


def line(minor, method, kind="appointment", tax=None):
    way = Way.IN if minor > 0 else Way.BACK
    said = None if tax is None else Money(tax, "EUR")
    return Line(ID, way, AT, Money(minor, "EUR"), None, method, "", kind, ID, None, said)


def test_the_accountant_counts_a_voucher_when_it_is_sold_and_its_tax_when_it_is_used():
    sold = [line(200_00, "transfer", "voucher"), line(-50_00, "cash", "voucher")]
    used = [
        line(95_00, "voucher"),
        line(-95_00, "voucher"),
        line(121_00, "voucher", tax=21_00),
        line(95_00, "gift"),
    ]
    (found,) = accounts([*sold, *used, line(10_00, "card", tax=1_74)], lambda each: each.payable_kind)
    assert (found.whole.came, found.whole.back) == (210_00, -50_00)
    assert set(found.by_method) == {"transfer", "cash", "card"}
    assert found.by_sold["voucher"].net == 150_00
    assert (found.redeemed.net, found.gifts.net, found.tax) == (121_00, 95_00, 22_74)
    assert found.without_paper == 3, "a voucher has no paper of its own"
