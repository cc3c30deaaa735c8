"""The doctor's round: every check gives a sentence or several; one that cannot look says so and stops no other."""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from coachapp import vault
from coachapp.accounts.hashing import hasher
from coachapp.config import LOOPBACK, Config
from coachapp.db import session
from coachapp.demo import practice as demo
from coachapp.doctor import queries
from coachapp.doctor.rules import GAP_SAID, NEWS_LATE, TICK_LATE, Finding, fault, good, is_stale, warning
from coachapp.payments import voucher_queries
from coachapp.payments.dispute_queries import overdrawn
from coachapp.payments.endings import disagreeing
from coachapp.payments.news import STRIPE_KEEPS, first_of_ours, marker
from coachapp.practice.help_lines import help_lines
from coachapp.practice.queries import practice
from coachapp.practice.rules import statement_trouble
from coachapp.practice.telling import telling_word
from coachapp.web import limits

Check = Callable[[Config, datetime], Iterator[Finding]]


_ASKED_BY = "Is `flask --app wsgi tick` running, does the key hold, and may it read events?"


def examine(settings: Config, now: datetime) -> list[Finding]:
    """Look at everything once; changes nothing. What needs the tables is left out while they are not there."""
    findings = [*_of(check_database, settings, now)]
    checks = CHECKS if findings == [good(_MIGRATED)] else WITHOUT_TABLES
    return findings + [finding for check in checks for finding in _of(check, settings, now)]


def check_database(settings: Config, now: datetime) -> Iterator[Finding]:
    """The database answers and has every migration."""
    current = current_app.extensions["is_migrated"]()
    yield good(_MIGRATED) if current else fault("Migrations are missing. Run: flask --app wsgi migrate")


def check_keys(settings: Config, now: datetime) -> Iterator[Finding]:
    """Every client's key, and the practice's own, can be unwrapped with VAULT_KEYS."""
    wanted = {vault.PRACTICE, vault.INVOICES, *queries.client_ids()}
    try:
        missing = wanted - vault.present().load(wanted).keys()
    except (vault.KeyGone, InvalidTag):
        yield fault(
            "VAULT_KEYS cannot unwrap every key. Put the old wrapping key back behind the present one."
        )
        return
    if missing:
        yield fault(
            f"The keys database lacks {len(missing)} of {len(wanted)} keys: what they sealed cannot be read. "
            "Restore it from its own backup."
        )
    else:
        yield good(f"The keys database opens, and all {len(wanted)} keys are there.")


def check_mail(settings: Config, now: datetime) -> Iterator[Finding]:
    """There is a mail server, and the sender's address is not the built-in one."""
    if not settings.smtp_url:
        yield warning("No mail server is set (SMTP_URL): mail waits, and is dropped after 72 hours.")
    elif settings.mail_from.endswith("@localhost>") and _host(settings.smtp_url) not in LOOPBACK:
        yield warning("MAIL_FROM is not set: mail from `localhost` is refused nearly everywhere.")
    else:
        yield good("A mail server is set.")


def check_stripe(settings: Config, now: datetime) -> Iterator[Finding]:
    """Key, webhook secrets and address fit each other. Whether a secret is a live one cannot be seen from it."""
    if not settings.stripe_api_key:
        yield warning("STRIPE_API_KEY is not set: nothing can be paid by card.")
    elif not settings.stripe_webhook_secrets:
        yield fault(
            "STRIPE_WEBHOOK_SECRETS is not set beside STRIPE_API_KEY: Stripe's news are not believed."
        )
    elif settings.stripe_live and not settings.secure:
        yield fault("STRIPE_API_KEY is live, but BASE_URL is http: Stripe's webhooks cannot reach it safely.")
    elif settings.secure and not settings.stripe_live:
        yield warning("STRIPE_API_KEY is a test key: payments are pretend, and no money comes.")
    elif settings.stripe_api_base and not settings.demo:
        yield warning("STRIPE_API_BASE leads to a stand-in: payments are pretend.")
    else:
        yield good("The Stripe key and its webhook secrets are set.")


def check_news(settings: Config, now: datetime) -> Iterator[Finding]:
    """Stripe was asked not long ago what it could not tell, and kept all of it until then."""
    known, first = marker(), first_of_ours()
    if not settings.stripe_api_key or first is None:
        return
    if known is None:
        if now - first > NEWS_LATE:
            yield warning(f"Stripe was never asked for news. {_ASKED_BY}")
        return
    since = now - known.asked_at
    if since > STRIPE_KEEPS:
        yield fault(
            f"Stripe was last asked for news on {known.asked_at:%Y-%m-%d}. News older than thirty days is not to be had: "
            "compare refunds and disputes in Stripe's dashboard with Payments at the desk."
        )
    elif since > NEWS_LATE:
        yield warning(
            f"Stripe was last asked for news at {known.asked_at:%Y-%m-%d %H:%M} UTC, and keeps it for thirty days. "
            f"{_ASKED_BY}"
        )
    else:
        yield good(f"Stripe was last asked for news at {known.asked_at:%Y-%m-%d %H:%M} UTC.")
    if known.gap_from and known.gap_until and now - known.gap_until < GAP_SAID:
        yield warning(
            f"News from Stripe between {known.gap_from:%Y-%m-%d} and {known.gap_until:%Y-%m-%d} was not to be had any more: "
            "it was asked again after thirty days only. Compare refunds and disputes of that time in Stripe's dashboard."
        )


def check_redis(settings: Config, now: datetime) -> Iterator[Finding]:
    """Redis answers, where it is set."""
    if settings.redis_url and not limits.is_reachable():
        yield warning("REDIS_URL does not answer: tries are counted in the database meanwhile.")
    elif settings.redis_url:
        yield good("Redis answers.")


def check_troubles(settings: Config, now: datetime) -> Iterator[Finding]:
    """Nothing failed that a person has to see to."""
    found = queries.troubles(now)
    said = (
        (
            found.mails_failed,
            fault,
            "mails of the last week did not leave. Today's page at the desk names them.",
        ),
        (
            found.mails_unsure,
            warning,
            "mails of the last week may have left or not. Today's page names them.",
        ),
        (found.refunds_failed, fault, "refunds failed. See to them in Stripe's dashboard."),
        (found.payment_alarms, fault, "payments do not fit what was asked for. Compare them with Stripe's."),
        (found.events_given_up, fault, "messages from Stripe were given up. Compare payments with Stripe's."),
    )
    worth_saying = [level(f"{count} {words}") for count, level, words in said if count]
    yield from worth_saying or [good("No mail, payment or refund waits for anyone.")]


def check_payments(settings: Config, now: datetime) -> Iterator[Finding]:
    """No bank took back what had gone back already."""
    if wrong := overdrawn():
        yield warning(
            f"Of {wrong} payments more has gone than came: a bank took back what had gone back already. Tell Stripe so, in "
            "its dashboard."
        )
    else:
        yield good("No bank took back what had gone back already.")


def check_packages(settings: Config, now: datetime) -> Iterator[Finding]:
    """Every session of every package is somewhere, once; and each that is used belongs to a time that took it."""
    wrong, astray = disagreeing(), queries.uses_astray()
    if wrong:
        yield fault(f"{wrong} packages do not add up: granted is not used, left, ended and taken back.")
    if astray:
        yield fault(f"{astray} used sessions belong to a time that does not stand, and nobody decided that.")
    if not wrong and not astray:
        yield good("Every session of every package is accounted for.")


def check_vouchers(settings: Config, now: datetime) -> Iterator[Finding]:
    """What the entries of vouchers say agrees with what was paid with them."""
    if wrong := voucher_queries.disagreeing():
        yield fault(f"{wrong} entries of vouchers do not agree with what was paid with them, or went back.")
    else:
        yield good("What is left on every voucher agrees with what was paid with it.")


def check_tick(settings: Config, now: datetime) -> Iterator[Finding]:
    """Nothing that tick does at once has been due for long."""
    since = queries.waiting_since(with_mail=settings.smtp_url is not None)
    if since and now - since > TICK_LATE:
        yield fault(
            f"Something has been due since {since:%Y-%m-%d %H:%M} UTC. Is `flask --app wsgi tick` running?"
        )
    else:
        yield good("Nothing is overdue: tick keeps up.")


def check_calendars(settings: Config, now: datetime) -> Iterator[Finding]:
    """Every outside calendar has been read within a day."""
    failing = queries.calendars_failing(now)
    if failing:
        yield warning(
            f"{failing} outside calendars have brought nothing new for more than a day: an old copy keeps the coach's "
            "time, or none. The page /desk/calendars says why."
        )
    else:
        yield good("No outside calendar has failed for more than a day.")


def check_help_numbers(settings: Config, now: datetime) -> Iterator[Finding]:
    """Each number at /help was checked against its source within 90 days."""
    lines = [line for country in help_lines() for line in country.lines]
    stale = sum(is_stale(line.verified_on, now.date()) for line in lines)
    if stale:
        yield warning(
            f"{stale} of {len(lines)} help numbers were never checked, or more than 90 days ago. "
            "Check them against their sources and note the day in coachapp/practice/help_lines.yaml."
        )
    else:
        yield good(f"All {len(lines)} help numbers were checked within 90 days.")


def check_names(settings: Config, now: datetime) -> Iterator[Finding]:
    """No name that inboxes, statements and address bars show says why someone comes here."""
    known = practice()
    shown = {
        "BASE_URL": _host(settings.base_url),
        "MAIL_FROM": settings.mail_from,
        "The neutral name": known.neutral_name,
        "The subject of mails": known.mail_subject,
        "The text on statements": known.statement,
    }
    telling = [(name, word) for name, text in shown.items() if (word := telling_word(text))]
    for name, word in telling:
        yield warning(f"{name} says “{word}”. Lock screens and statements would tell; choose a plain word.")
    if statement_trouble(known.statement_text):
        yield warning(
            f"Stripe does not take “{known.statement_text}” as the beginning of card statements. Type the shortened "
            "descriptor of your Stripe account at the desk, under Settings: 2 to 10 letters."
        )
    if not telling:
        yield good("No name on mails, statements or addresses tells why people come.")


def check_demo(settings: Config, now: datetime) -> Iterator[Finding]:
    """The demo's passphrases, which everyone knows, open nothing outside the demo."""
    if settings.demo:
        yield warning("This is the demo: its passphrases are known to all.")
        return
    known = ((demo.COACH_NAME, demo.COACH_PASSPHRASE), (demo.CLIENT_NAME, demo.CLIENT_PASSPHRASE))
    kept = [(queries.passphrase_hash_of(name), passphrase) for name, passphrase in known]
    if any(found and hasher().matches(found, passphrase) for found, passphrase in kept):
        yield fault("The demo's passphrases open this practice. Begin with an empty database instead.")
    else:
        yield good("The demo's passphrases open nothing here.")


WITHOUT_TABLES: tuple[Check, ...] = (check_mail, check_stripe, check_redis, check_help_numbers)
CHECKS: tuple[Check, ...] = (
    check_keys,
    check_mail,
    check_stripe,
    check_news,
    check_redis,
    check_troubles,
    check_payments,
    check_packages,
    check_vouchers,
    check_tick,
    check_calendars,
    check_help_numbers,
    check_names,
    check_demo,
)
_MIGRATED = "The database has every migration."


def _of(check: Check, settings: Config, now: datetime) -> list[Finding]:
    try:
        return [*check(settings, now)]
    except (SQLAlchemyError, vault.KeyGone, InvalidTag) as error:
        session().rollback()
        what = check.__name__.removeprefix("check_").replace("_", " ")
        return [fault(f"Not to be looked at: {what} ({type(error).__name__}).")]


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
