"""The accountant's page: it agrees with the ledger, by the practice's calendar, and names nobody unasked."""

import csv
import io
import random
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.audit.models import AuditEntry
from coachapp.booking.models import Place
from coachapp.clients.models import Client
from coachapp.desk import account_queries
from coachapp.payments.account_rules import accounts
from coachapp.payments.models import Attempt, Fee, Order, Payment, Refund
from coachapp.payments.queries import received_between
from coachapp.practice.models import Coach, Offering
from tests.booking.sold import a_client, coach_at_desk, signed_in
from tests.desk.people import book, in_days
from tests.road import both_databases

STATES = ("asked", "pending", "succeeded", "failed", "canceled")


@pytest.fixture
def coach(world):
    return coach_at_desk(world)


def read(browser, path, post=False):
    """A list as the csv module reads it."""
    if post:
        browser.get("/desk/accounts")
    page = browser.post(path) if post else browser.get(path)
    assert page.status_code == 200, browser.text
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(page.get_data().decode("utf-8"), newline="")))


def history(world, dice, days, number):
    """So many orders, paid within the days before now, some given back in part or whole; refunds that fail too."""
    now = clock.now().replace(microsecond=0)
    with world.app.app_context(), db.transaction() as session:
        owner = session.scalar(sa.select(Client.id).limit(1))
        for _ in range(number):
            at = now - timedelta(minutes=dice.randrange(days * 1440))
            pay(session, owner, at, dice.randrange(50, 500_00), dice)


def pay(session, owner, at, minor, dice=None):
    """One payment by hand, and perhaps refunds after it."""
    order, attempt, payment = uuid4(), uuid4(), uuid4()
    money = {"amount_minor": minor, "currency": "EUR"}
    session.add(
        Order(
            id=order,
            ref=order.hex[:16],
            client_id=owner,
            payable_kind="appointment",
            payable_id=uuid4(),
            created_at=at,
            **money,
        )
    )
    session.flush()
    session.add(
        Attempt(
            id=attempt,
            order_id=order,
            number=1,
            expires_at=at,
            return_url_sealed=b"-",
            token_hash=attempt.bytes,
            state="paid",
            created_at=at,
            **money,
        )
    )
    session.flush()
    session.add(
        Payment(
            id=payment, order_id=order, attempt_id=attempt, intent_id=payment.hex, received_at=at, **money
        )
    )
    session.flush()
    if dice is None:
        return
    if dice.random() < 0.5:
        session.add(
            Fee(payment_id=payment, fee_minor=dice.randrange(20, 300), currency="EUR", tries=1, asked_at=at)
        )
    left = minor
    for _ in range(dice.randrange(3)):
        part, state = dice.randrange(1, left + 1), dice.choice(STATES)
        session.add(
            Refund(
                order_id=order,
                payment_id=payment,
                reason="cancelled",
                state=state,
                created_at=at + timedelta(days=dice.randrange(40)),
                amount_minor=part,
                currency="EUR",
            )
        )
        left -= 0 if state in ("failed", "canceled") else part
        if not left:
            break


@both_databases
def test_the_sums_are_those_of_the_ledger_in_random_histories(world, proof):
    a_client(world)
    dice = random.Random(20261122)
    for _ in range(proof(3, 40)):
        history(world, dice, 400, 40)
        start = clock.now() - timedelta(days=dice.randrange(1, 420))
        end = start + timedelta(days=dice.randrange(1, 420))
        with world.app.app_context():
            came = received_between(start, end, "EUR").minor
            found = list(account_queries.with_titles(start, end))
            back = db.session().scalar(
                sa.select(sa.func.sum(Refund.amount_minor)).where(
                    Refund.created_at >= start,
                    Refund.created_at < end,
                    Refund.state.not_in(("failed", "canceled")),
                )
            )
        sums = [each.whole for each in accounts([line for line, _title in found], lambda line: "")]
        assert sum(each.came for each in sums) == came and sum(each.back for each in sums) == -(back or 0)
        assert [line.at for line, _title in found] == sorted(line.at for line, _title in found)


@pytest.mark.parametrize("name", ["Europe/Madrid", "Pacific/Auckland", "America/St_Johns"])
def test_a_month_begins_by_the_practices_clock(world, coach, name):
    """October and March hold a clock change in these zones; a minute before midnight and midnight are two months."""
    client_id = a_client(world)
    world.change(Coach, zone=name)
    edges = [datetime(2025, month, 1, tzinfo=ZoneInfo(name)).astimezone(UTC) for month in (3, 4, 10, 11)]
    with world.app.app_context(), db.transaction() as session:
        for number, edge in enumerate(edges, 1):
            pay(session, client_id, edge, number * 1_00)
            pay(session, client_id, edge - timedelta(minutes=1), number * 10_00)
    found = {
        month: sorted(
            (row["date"], row["amount"]) for row in read(coach, f"/desk/accounts/2025-{month}/list.csv")
        )
        for month in ("02", "03", "10", "11")
    }
    assert found["02"] == [("2025-02-28", "10.00")]
    assert found["03"] == [("2025-03-01", "1.00"), ("2025-03-31", "20.00")]
    assert found["10"] == [("2025-10-01", "3.00"), ("2025-10-31", "40.00")]
    assert found["11"] == [("2025-11-01", "4.00")]
    assert len(read(coach, "/desk/accounts/2025/list.csv")) == 8


def test_a_real_payment_its_fee_and_its_refund(world, coach):
    walker = world.paid()
    now, month = clock.now(), f"{clock.now():%Y}"
    coach.get("/desk/accounts")
    assert "€95" in coach.text and "Power hour" in coach.text and "Alex" not in coach.text
    assert world.tick(timedelta(minutes=11)) == ()
    ((fee, currency, tries),) = world.rows(Fee.fee_minor, Fee.currency, Fee.tries)
    assert (fee, currency, tries) == (25 + 95_00 * 15 // 1000, "EUR", 1)
    assert world.tick(timedelta(days=1)) == () and world.rows(Fee.tries) == [(1,)], "it is asked once"
    rows = read(coach, f"/desk/accounts/{month}/list.csv")
    assert [(row["what"], row["sold"], row["amount"], row["fee"]) for row in rows] == [
        ("payment", "Power hour", "95.00", "1.67")
    ]
    walker.fill(f"{walker.place_path}/cancel", {})
    rows = read(coach, f"/desk/accounts/{month}/list.csv")
    assert [row["amount"] for row in rows] == ["95.00", "-95.00"]
    coach.get(f"/desk/accounts/{month}")
    assert "−€95" in coach.text and "€0" in coach.text
    assert now.year == int(month)


def test_stripe_away_leaves_fees_for_later(world):
    world.paid()
    world.stripe.lever(
        fail_next={"status": 500, "times": 9, "path": "/v1/checkout/sessions", "method": "GET"}
    )
    assert world.tick(timedelta(minutes=11)) == ("note fees",)
    world.stripe.lever(fail_next=None)
    assert world.tick(timedelta(minutes=12)) == () and len(world.rows(Fee.fee_minor)) == 1


def test_names_only_by_a_press_that_is_noted(world, coach):
    world.paid()
    year = clock.now().year
    ((ref,),) = world.rows(Client.ref)
    plain = read(coach, f"/desk/accounts/{year}/list.csv")
    assert "name" not in plain[0] and ref not in str(plain) and "Alex" not in str(plain)
    assert coach.get(f"/desk/accounts/{year}/names.csv").status_code == 405
    named = read(coach, f"/desk/accounts/{year}/names.csv", post=True)
    assert [(row["client"], row["name"]) for row in named] == [(ref, "Alex")]
    acts = [action for (action,) in world.rows(AuditEntry.action)]
    assert acts.count("names_in_accounts") == 1
    disposition = coach.page.headers["Content-Disposition"]
    assert re.fullmatch(rf'attachment; filename="list-{year}-full\.csv"', disposition)


def test_words_that_look_like_formulas_are_words(world, coach):
    world.paid(name="=cmd|' /C calc'!A0")
    world.change(Offering, title="@SUM(A1), “;” 💶")
    row = read(coach, f"/desk/accounts/{clock.now().year}/names.csv", post=True)[0]
    assert row["sold"] == "'@SUM(A1), “;” 💶" and row["name"].startswith("'=cmd")


def test_what_is_not_paid_here_is_open(world, coach):
    client_id = a_client(world)
    at = in_days(2)
    book(world.app, client_id, at)
    coach.get(f"/desk/accounts/{at.astimezone():%Y-%m}")
    assert "1 session in this time has a price and was not paid here: €95" in coach.text
    world.change(Place, price_minor=0)
    coach.get(f"/desk/accounts/{at.astimezone():%Y-%m}")
    assert "was not paid here" not in coach.text


@pytest.mark.parametrize("path", ["2026-13", "1999", "x", "2026-11-01", "2026-13/list.csv", "%00/list.csv"])
def test_what_is_no_period_is_not_found(world, coach, path):
    assert coach.get(f"/desk/accounts/{path}").status_code == 404


def test_nobody_else_comes_in(world):
    a_client(world)
    hers = signed_in(world)
    for path in ("/desk/accounts", "/desk/accounts/2026", "/desk/accounts/2026/list.csv"):
        assert hers.get(path).status_code == 404
        assert world.walker().get(path).status_code == 303


@both_databases
def test_a_year_of_five_thousand_rows(world, coach, proof):
    a_client(world)
    number = proof(600, 5000)
    with world.app.app_context(), db.transaction() as session:
        owner = session.scalar(sa.select(Client.id))
        at = datetime(2025, 1, 1, 12, tzinfo=UTC)
        for each in range(number):
            pay(session, owner, at + timedelta(minutes=100 * each), 1_00)
    assert len(read(coach, "/desk/accounts/2025/list.csv")) == number
    assert coach.get("/desk/accounts/2025").status_code == 200
    assert f"€{number:,}" in coach.text
