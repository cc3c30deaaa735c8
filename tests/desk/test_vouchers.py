"""Vouchers at the desk: made, listed with what is left, shown with their code, ended, and seen by the accountant."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from coachapp import clock, vault
from coachapp.payments import voucher_queries
from coachapp.payments.models import Payment
from coachapp.payments.queries import received_between
from coachapp.payments.voucher_models import Voucher, VoucherEntry
from coachapp.practice.operations import add_coach
from coachapp.practice.queries import today_of
from tests.booking.by_hand import plain
from tests.booking.sold import coach_at_desk
from tests.booking.vouched import a_voucher, left, type_voucher
from tests.desk.test_accounts import read

PATH = "/desk/vouchers"


@pytest.fixture
def coach(world):
    return coach_at_desk(world)


def make(coach, **typed):
    coach.get(PATH)
    today = str(clock.now().date() - timedelta(days=1))
    return coach.post(PATH, {"worth": "150", "last": "", "note": "", "how": "transfer", "on": today, **typed})


def ids(world):
    return [each for (each,) in world.rows(Voucher.id)]


def test_made_shown_once_and_again_and_sealed(world, coach):
    coach.get(PATH)
    assert "Vouchers will stand here" in coach.text
    assert make(coach, note="The raffle on the quay").status_code == 303
    coach.follow()
    (key,) = ids(world)
    with world.app.app_context():
        row = voucher_queries.voucher(key)
    assert row.code in coach.text and "€150 left of €150" in plain(coach) and "raffle" in coach.text
    assert "Sold, paid by bank transfer" in coach.text
    coach.get(PATH)
    assert "€150 left of €150" in plain(coach) and "good without an end" in coach.text
    assert row.code not in coach.text, "a list may lie open"
    ((code, note, fingerprint),) = world.rows(Voucher.code_sealed, Voucher.note_sealed, Voucher.code_hash)
    assert row.code.encode() not in code and b"raffle" not in note and len(fingerprint) == 32
    with world.app.app_context():
        assert vault.open_(vault.PRACTICE, "voucher.code", key, code) == row.code


WILL_NOT_DO = (
    ({"worth": ""}, "Enter an amount"),
    ({"worth": "0"}, "Enter an amount"),
    ({"worth": "1e3"}, "Enter an amount"),
    ({"worth": "99999999999"}, "Enter an amount"),
    ({"last": "2020-01-01"}, "Enter a day that is not over"),
    ({"last": "soon"}, "Enter a day"),
    ({"note": "n" * 201}, "Use 200 letters at most"),
    ({"how": "gold"}, "Choose one of these"),
    ({"how": ""}, "Choose how it came"),
    ({"on": "2999-01-01"}, "Enter a day, not one to come"),
    ({"on": "1066-01-01"}, "Enter a day, not one to come"),
)


def test_what_will_not_do(world, coach):
    for typed, words in WILL_NOT_DO:
        assert make(coach, **typed).status_code == 422, typed
        assert words in coach.text, typed
    assert ids(world) == []


def test_only_an_unused_one_is_ended_once_and_only_her_own(world, coach):
    unused, used = a_voucher(world, 95_00), a_voucher(world, 95_00)
    walker = world.walker()
    walker.go_to_code(walker.morning()[-1])
    assert type_voucher(walker, used.code).status_code == 303
    with world.app.app_context():
        other = add_coach(first_name="Ida", full_name="Ida Berg", zone="Europe/Oslo", email=None)
        today = str(today_of(1, clock.now()))
    theirs = a_voucher(world, coach_id=other)
    typed = {"how": "cash", "on": today}
    for key, status in ((unused.id, 303), (unused.id, 409), (used.id, 409), (theirs.id, 404), (uuid4(), 404)):
        coach.get(PATH)
        assert coach.post(f"{PATH}/{key}/end", typed).status_code == status
    coach.get(f"{PATH}/{used.id}")
    assert "Used. Reference" in plain(coach) and "End this voucher" not in coach.text
    coach.get(f"{PATH}/{unused.id}")
    assert "Ended, money back in cash" in plain(coach) and unused.code not in coach.text
    coach.get(PATH)
    assert coach.post(f"{PATH}/{unused.id}/end", {"how": "", "on": "soon"}).status_code == 422
    assert left(world, unused) == 0 and left(world, theirs) == 100_00
    assert coach.get(f"{PATH}/{theirs.id}").status_code == 404
    assert world.walker().get(PATH).status_code in (303, 404)


def test_the_accountant_sees_it_sold_and_used_and_its_money_once(world, coach):
    sold, given = a_voucher(world, 95_00, method="transfer"), a_voucher(world, 95_00, method="given")
    for voucher in (sold, given):
        walker = world.walker()
        walker.go_to_code(walker.morning()[-1])
        assert type_voucher(walker, voucher.code).status_code == 303
    rows = read(coach, f"/desk/accounts/{clock.now():%Y}/list.csv")
    assert sorted((row["sold"], row["method"], row["amount"]) for row in rows) == [
        ("Power hour", "gift", "95.00"),
        ("Power hour", "voucher", "95.00"),
        ("Voucher", "transfer", "95.00"),
    ]
    coach.get(f"/desk/accounts/{clock.now():%Y}")
    said = plain(coach)
    assert "Came in €95 Went back" in said and "Paid with vouchers" in said and "That were sold €95" in said
    assert re.search(r"That were given away €95", said) and "voucher counts above when it was sold" in said
    named = read(coach, f"/desk/accounts/{clock.now():%Y}/names.csv", post=True)
    assert [row["name"] for row in named if row["sold"] == "Voucher"] == [""]
    with world.app.app_context():
        now = clock.now() + timedelta(seconds=1)
        assert received_between(now - timedelta(days=2), now, "EUR").minor == 95_00
    assert len(world.rows(Payment.id)) == 2 and len(world.rows(VoucherEntry.id)) == 4
