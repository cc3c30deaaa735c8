"""`flask doctor` sees every fault on real databases, says what to do, and finds nothing wrong where nothing is."""

import dataclasses
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from coachapp import vault
from coachapp.accounts.hashing import Hasher
from coachapp.accounts.operations import add_ready_coach
from coachapp.audit.operations import record
from coachapp.booking.models import OutsideCalendar
from coachapp.booking.outside.operations import add_calendar
from coachapp.clients.operations import new_client
from coachapp.config import PROJECT
from coachapp.db import session, transaction
from coachapp.demo import practice as demo
from coachapp.doctor.checks import examine
from coachapp.doctor.rules import Level, is_stale
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.operations import enqueue_for_coach
from coachapp.notifications.rules import State
from coachapp.notifications.texts import Text
from coachapp.payments.models import Attempt, Order, Payment, Refund, StripeEvent
from coachapp.payments.rules import AttemptState, RefundState
from coachapp.practice.operations import add_coach, save_practice
from tests.apps import open_app
from tests.cast import NORA
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=11)
LIVE = "rk_" + "live_abc"


@pytest.fixture
def settings(settings):
    """As a practice in order sets them."""
    return dataclasses.replace(
        settings,
        base_url="https://times.example.org",
        stripe_api_key=LIVE,
        smtp_url="smtp://mail.example.org",
        mail_from="Appointments <appointments@times.example.org>",
    )


@pytest.fixture
def app(settings):
    with open_app(settings) as made, made.app_context():
        save_practice(
            name="Quiet Harbour",
            neutral_name="QH Appointments",
            mail_subject="Your update",
            statement_text="NE",
            currency="EUR",
            exit_to="https://www.example.org/",
        )
        yield made


def said(app, level, now=NOW, **other):
    """The sentences of that level, with these settings changed."""
    settings = dataclasses.replace(app.config["COACHAPP"], **other)
    return [finding.says for finding in examine(settings, now) if finding.level is level]


def client():
    coach_id = add_coach(first_name="Nora", full_name="Nora Ellis", zone=NORA.zone)
    return new_client(coach_id, NORA.zone, now=NOW)


def voucher_payment():
    """A payment by voucher that no voucher knows of."""
    money = {"amount_minor": 80_00, "currency": "EUR"}
    order = Order(id=uuid4(), ref="v1", client_id=client(), payable_kind="a", payable_id=uuid4(), **money)
    order.created_at = NOW
    paid = Payment(id=uuid4(), order_id=order.id, method="voucher", turn=1, received_at=NOW, **money)
    with transaction() as db:
        for row in (order, paid):
            db.add(row)
            db.flush()


def ledger(attempt=AttemptState.PAID, refund=RefundState.SUCCEEDED):
    """An order with one attempt, its payment and its refund, in these states."""
    money = {"amount_minor": 80_00, "currency": "EUR"}
    order = Order(
        id=uuid4(),
        ref="r1",
        client_id=client(),
        payable_kind="a",
        payable_id=uuid4(),
        created_at=NOW,
        **money,
    )
    tried = Attempt(
        id=uuid4(),
        order_id=order.id,
        number=1,
        expires_at=NOW,
        return_url_sealed=b"x",
        token_hash=b"x",
        state=attempt,
        created_at=NOW,
        **money,
    )
    paid = Payment(
        id=uuid4(), order_id=order.id, attempt_id=tried.id, intent_id="pi", received_at=NOW, **money
    )
    back = Refund(
        id=uuid4(),
        order_id=order.id,
        payment_id=paid.id,
        reason="x",
        state=refund,
        created_at=NOW,
        **money,
    )
    with transaction() as db:
        for row in (order, tried, paid, back):
            db.add(row)
            db.flush()


def event(state, due=NOW):
    with transaction() as db:
        db.add(
            StripeEvent(
                id="evt", type="x", object_id="cs", state=state, received_at=NOW, not_before=due, tries=1
            )
        )


def mail(state=State.WAITING, at=NOW):
    enqueue_for_coach("nora@example.com", "booked", Text("Your update", "Words."), key="one", now=at)
    with transaction() as db:
        db.execute(sa.update(OutboxMessage).values(state=state))


@both_databases
def test_a_practice_in_order_has_no_fault(app):
    ledger()
    mail(State.SENT)
    event("done", LONG_AGO)
    assert said(app, Level.FAULT) == []
    assert [says for says in said(app, Level.WARNING) if "help numbers" not in says] == []
    assert len(said(app, Level.GOOD)) > 7


@both_databases
def test_migrations_that_are_missing_are_named_and_the_rest_waits(settings, empty_url, tmp_path):
    bare = dataclasses.replace(
        settings, database_url=empty_url, keys_database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}"
    )
    with open_app(bare) as app, app.app_context():
        assert said(app, Level.FAULT) == ["Migrations are missing. Run: flask --app wsgi migrate"]
        assert "A mail server is set." in said(app, Level.GOOD)


def test_a_client_without_a_key_is_a_fault(app):
    vault.destroy_key(client())
    (says,) = said(app, Level.FAULT)
    assert "lacks 1 of 3 keys" in says


@pytest.mark.parametrize("name", ["t1", "t9"], ids=["another key of that name", "the name is gone"])
def test_keys_that_do_not_open_are_a_fault(app, settings, name):
    client()
    wrong = dataclasses.replace(settings, vault_keys=((name, bytes(32)),))
    with open_app(wrong) as other, other.app_context():
        assert any("VAULT_KEYS cannot unwrap" in says for says in said(other, Level.FAULT))


def test_an_empty_keys_database_is_a_fault(settings, tmp_path):
    lost = dataclasses.replace(settings, keys_database_url=f"sqlite:///{tmp_path / 'lost.sqlite3'}")
    with open_app(lost) as app, app.app_context():
        assert any(says.startswith("Not to be looked at: keys") for says in said(app, Level.FAULT))


@pytest.mark.parametrize(
    ("level", "words", "other"),
    [
        (Level.WARNING, "SMTP_URL", {"smtp_url": None}),
        (Level.WARNING, "MAIL_FROM is not set", {"mail_from": "Appointments <appointments@localhost>"}),
        (Level.WARNING, "nothing can be paid", {"stripe_api_key": None}),
        (Level.FAULT, "STRIPE_WEBHOOK_SECRETS", {"stripe_webhook_secrets": ()}),
        (Level.FAULT, "is live, but BASE_URL", {"base_url": "http://127.0.0.1:8000"}),
        (Level.WARNING, "is a test key", {"stripe_api_key": "sk_test_x"}),
        (
            Level.WARNING,
            "stand-in",
            {
                "stripe_api_key": "sk_test_x",
                "stripe_api_base": "http://localhost:1",
                "base_url": "http://localhost",
            },
        ),
        (Level.WARNING, "BASE_URL says “coaching”", {"base_url": "https://my-coaching.example.org"}),
        (Level.WARNING, "MAIL_FROM says", {"mail_from": "Trauma help <a@times.example.org>"}),
        (Level.WARNING, "This is the demo", {"demo": True}),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else None,
)
def test_settings_that_do_not_fit_are_named(app, level, words, other):
    before = said(app, level)
    fresh = [says for says in said(app, level, **other) if says not in before]
    assert len(fresh) == 1 and words in fresh[0]


def test_telling_names_of_the_practice_are_a_warning(app):
    save_practice(neutral_name="Healing room", mail_subject="Therapy news", statement_text="TRAUMA CARE")
    words = " ".join(said(app, Level.WARNING))
    assert "Healing" in words and "Therapy" in words and "TRAUMA" in words


@both_databases
@pytest.mark.parametrize(
    ("make", "level", "words"),
    [
        (lambda: mail(State.FAILED), Level.FAULT, "1 mails of the last week did not leave"),
        (lambda: mail(State.UNSURE), Level.WARNING, "1 mails of the last week may have left"),
        (lambda: ledger(refund=RefundState.FAILED), Level.FAULT, "1 refunds failed"),
        (lambda: ledger(attempt=AttemptState.ALARM), Level.FAULT, "1 payments do not fit"),
        (lambda: event("given up"), Level.FAULT, "1 messages from Stripe were given up"),
        (voucher_payment, Level.FAULT, "1 entries of vouchers do not agree"),
    ],
    ids=["mail failed", "mail unsure", "refund", "alarm", "event", "voucher"],
)
def test_what_failed_is_counted(app, make, level, words):
    make()
    assert any(says.startswith(words) for says in said(app, level))


@pytest.mark.parametrize(
    "leave_something",
    [
        lambda: mail(at=LONG_AGO),
        lambda: event("received", LONG_AGO),
        lambda: record("view", now=LONG_AGO, role="coach"),
    ],
    ids=["mail", "event", "audit"],
)
def test_what_is_overdue_says_that_tick_does_not_run(app, leave_something):
    leave_something()
    assert any("2026-11-24 08:49 UTC" in says for says in said(app, Level.FAULT))
    assert said(app, Level.FAULT, now=LONG_AGO + timedelta(minutes=9)) == []


def test_a_calendar_that_failed_for_more_than_a_day_is_a_warning(app):
    coach_id = add_coach(first_name="Nora", full_name="Nora Ellis", zone=NORA.zone)
    day = timedelta(days=1)
    add_calendar(coach_id, "https://calendar.example/a.ics", "", now=NOW - day)
    assert not any("outside calendars" in says for says in said(app, Level.WARNING))
    assert "1 outside calendars" in " ".join(said(app, Level.WARNING, now=NOW + timedelta(seconds=1)))
    with transaction() as db:
        db.execute(sa.update(OutsideCalendar).values(good_at=NOW, trouble="refused"))
    assert not any("outside calendars" in says for says in said(app, Level.WARNING, now=NOW + day))
    (says,) = (says for says in said(app, Level.WARNING, now=NOW + 2 * day) if "outside" in says)
    assert "calendar.example" not in says


def test_mail_that_waits_for_a_server_is_not_overdue(app):
    mail(at=LONG_AGO)
    assert said(app, Level.FAULT, smtp_url=None) == []


def test_the_demos_passphrases_are_a_fault_elsewhere(app):
    coach_id = add_coach(first_name="Nora", full_name="Nora Ellis", zone=NORA.zone)
    join = {"now": NOW, "hasher": Hasher(cheap=True)}
    add_ready_coach(coach_id, demo.COACH_NAME, demo.COACH_PASSPHRASE, demo.COACH_TOTP_SECRET, **join)
    assert any("The demo's passphrases open" in says for says in said(app, Level.FAULT))
    assert said(app, Level.FAULT, demo=True) == []


def test_a_number_checked_ninety_days_ago_still_counts():
    today = NOW.date()
    assert not is_stale(today - timedelta(days=90), today)
    assert is_stale(today - timedelta(days=91), today) and is_stale(None, date(2026, 1, 1))


def test_the_command_prints_every_sentence_and_its_exit_status_tells(app):
    run = app.test_cli_runner().invoke
    well = run(args=["doctor"])
    assert (well.exit_code, "fault" in well.output) == (0, False)
    assert "good     The database has every migration." in well.output.splitlines()
    mail(State.FAILED)
    session().execute(sa.update(OutboxMessage).values(created_at=datetime.now(UTC)))
    session().commit()
    ill = run(args=["doctor"])
    assert ill.exit_code == 1
    assert [line for line in ill.output.splitlines() if line.startswith("fault")]


# ---- keys rotate ----

_MAKER = """
import sys, uuid
from coachapp.db import open_engine
from coachapp.vault import Vault
vault = Vault(open_engine(sys.argv[1]), (("t2", bytes(range(32, 64))), ("t1", bytes(range(32)))))
print("ready", flush=True)
made = [uuid.uuid4() for _ in range(150)]
for each in made:
    vault.make_key(each)
    vault.destroy_key(each) if each is made[0] else None
print(len(vault.load(made)))
"""


def test_keys_rotate_says_how_many_and_lets_the_old_key_go(app, settings):
    owner, row = client(), uuid4()
    sealed = vault.seal(owner, "client.name", row, "harbour")
    new = ("t2", bytes(range(32, 64)))
    with (
        open_app(dataclasses.replace(settings, vault_keys=(new, *settings.vault_keys))) as both,
        both.app_context(),
    ):
        run = both.test_cli_runner().invoke
        assert run(args=["keys", "rotate"]).output == "Wrapped anew: 4.\n"
        assert run(args=["keys", "rotate"]).output == "Wrapped anew: 0.\n"
    with open_app(dataclasses.replace(settings, vault_keys=(new,))) as after, after.app_context():
        assert vault.open_(owner, "client.name", row, sealed) == "harbour"
        assert said(after, Level.FAULT) == []


@both_databases
def test_keys_rotate_while_the_app_makes_new_ones(app, settings):
    for _ in range(100):
        vault.make_key(uuid4())
    new = ("t2", bytes(range(32, 64)))
    command = [sys.executable, "-c", _MAKER, settings.keys_database_url]
    with (
        open_app(dataclasses.replace(settings, vault_keys=(new, *settings.vault_keys))) as both,
        both.app_context(),
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as maker,
    ):
        assert maker.stdout and maker.stdout.readline() == "ready\n"
        answers = [both.test_cli_runner().invoke(args=["keys", "rotate"]) for _ in range(5)]
        assert maker.communicate()[0] == "149\n" and maker.returncode == 0
    assert [answer.exit_code for answer in answers] == [0] * 5
    assert sum(int(answer.output.split()[-1].rstrip(".")) for answer in answers) == 103
