"""Killed between any two steps of the road: what was paid ends confirmed and announced, everything else untouched."""

import dataclasses
import multiprocessing
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.models import Appointment
from coachapp.config import Config
from coachapp.demo.mail_catcher import MailCatcher
from coachapp.demo.stripe_standin import StripeStandIn
from coachapp.payments.models import Payment, Refund
from coachapp.tick import run_tick
from tests.apps import open_app
from tests.cast import ALEX
from tests.databases import Databases
from tests.journeys import killable
from tests.live import free_port
from tests.road import open_practice, sqlite_everyday

pytestmark = pytest.mark.long

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.journeys.killable"])
SECRET = "whsec_tests"
LATER = timedelta(hours=2)


class Scene:
    """One database, one pretend Stripe, one mail catcher, and an app that may be killed."""

    def __init__(self, settings: Config, stripe: StripeStandIn, mail: MailCatcher, tally: Path) -> None:
        self.settings, self.stripe, self.mail, self.tally = settings, stripe, mail, tally
        self.outside = {stripe.port, mail.port}

    @contextmanager
    def serving(self, last: int | None) -> Iterator[None]:
        port = int(self.settings.base_url.rsplit(":", 1)[1])
        server = FORKS.Process(
            target=killable.serve, args=(self.settings, port, last, self.tally, self.outside)
        )
        server.start()
        try:
            self._wait_until_ready()
            yield
        finally:
            server.kill()
            server.join()

    def tick_and_die(self, last: int | None) -> None:
        child = FORKS.Process(target=killable.tick, args=(self.settings, last, self.tally, self.outside))
        child.start()
        child.join()

    def steps(self) -> int:
        return len(self.tally.read_text().splitlines()) if self.tally.exists() else 0

    def start_again(self) -> None:
        """A new start, and the time that passes: ticks a little later, and again when every link has ended."""
        self.stripe.lever(webhook_off=True)
        with open_app(self.settings) as app:
            run_tick(app, clock.now() + timedelta(minutes=10))
            self.stripe.lever(clock_offset=int(LATER.total_seconds()))
            run_tick(app, clock.now() + LATER)
            run_tick(app, clock.now() + LATER + timedelta(minutes=10))

    def outcome(self) -> tuple[list[str], list[int], list[str]]:
        """States of appointments, payments in minor units, refunds."""
        with open_app(self.settings) as app, app.app_context():
            rows = db.session()
            return (
                list(rows.scalars(sa.select(Appointment.state))),
                list(rows.scalars(sa.select(Payment.amount_minor))),
                list(rows.scalars(sa.select(Refund.state))),
            )

    def _wait_until_ready(self) -> None:
        for _ in range(600):
            with suppress(requests.ConnectionError):
                requests.get(f"{self.settings.base_url}/healthz", timeout=5)
                return
            time.sleep(0.05)
        raise AssertionError("the app did not start")


@contextmanager
def scene(databases: Databases, folder: Path) -> Iterator[Scene]:
    with (
        databases.copy() as urls,
        StripeStandIn(secrets=[SECRET], retry_after=()) as stripe,
        MailCatcher(folder / "mail") as mail,
    ):
        settings = Config(
            instance=folder,
            database_url=urls.database,
            keys_database_url=urls.keys,
            secret_key="a key for tests and nothing else",
            vault_keys=urls.vault_keys,
            base_url=f"http://127.0.0.1:{free_port()}",
            stripe_api_key="sk_test_tests",
            stripe_webhook_secrets=(SECRET,),
            stripe_api_base=stripe.api_base,
            smtp_url=mail.url,
        )
        stripe.lever(webhook_url=f"{settings.base_url}/webhooks/stripe")
        with open_app(settings) as app, app.app_context():
            open_practice()
        yield Scene(settings, stripe, mail, folder / "steps")


def walk(base: str, stripe: "StripeStandIn | _Payer") -> None:
    """The road on foot; a connection that breaks ends it, as a person would give up."""
    person = requests.Session()

    def send(path: str, **typed: str) -> requests.Response:
        token = re.search(r'name="csrf_token" value="([^"]+)"', person.get(base + path, timeout=20).text)
        typed["csrf_token"] = token[1] if token else ""
        return person.post(base + path, data=typed, allow_redirects=False, timeout=20)

    # Not the first time on offer: that may fall behind the notice between two requests.
    starts = re.findall(r'name="slot" value="(\d+)"', person.get(f"{base}/book/power-hour", timeout=20).text)
    send("/book/power-hour", slot=starts[-1], tz=ALEX.zone)
    send("/book/details", name=ALEX.name, email=ALEX.email, inbox="only_me", agree="y")
    pay_at = send("/book/code").headers.get("Location", "")
    session_id = pay_at.rpartition("/")[2]
    if session_id.startswith("cs_"):
        back = stripe.pay(session_id)
        stripe.wait_idle()
        person.get(back, timeout=20)


def check(found: Scene, killed_at: str) -> bool:
    """Assert the two endings there may be; returns whether it was paid."""
    paid = any(session["payment_status"] == "paid" for session in found.stripe.sessions.values())
    appointments, payments, refunds = found.outcome()
    mails = [mail for mail in found.mail.mails() if mail.to == (ALEX.email,)]
    if paid:
        assert (appointments, payments, refunds) == (["confirmed"], [95_00], []), killed_at
        assert mails and len({mail.header("Message-ID") for mail in mails}) == 1, killed_at
        assert len(mails) <= 2, killed_at
    else:
        assert set(appointments) <= {"released"} and not payments and not mails, killed_at
    return paid


def in_turn(
    databases: Databases, folder: Path, only: Callable[[int], bool], run: Callable[[Scene, int], None]
) -> set[bool]:
    """Run once for each step until one run is no longer killed; returns which endings were seen."""
    endings = set()
    for step in range(1, 200):
        if not only(step):
            continue
        place = folder / str(step)
        place.mkdir()
        with scene(databases, place) as found:
            run(found, step)
            reached = found.steps()
            found.start_again()
            endings.add(check(found, f"killed at step {step} of {databases}"))
        if reached < step:
            return endings
    raise AssertionError("the road has no end")


@pytest.mark.timeout(900)
@sqlite_everyday
def test_the_server_is_killed_at_each_step_of_the_road(databases, tmp_path, proof):
    every = proof(10, 1)

    def run(found: Scene, step: int) -> None:
        with found.serving(step), suppress(requests.ConnectionError):
            walk(found.settings.base_url, found.stripe)

    assert in_turn(databases, tmp_path, lambda step: step % every == 1 % every, run) == {True, False}


@pytest.mark.timeout(900)
@sqlite_everyday
def test_the_tick_is_killed_at_each_of_its_steps(databases, tmp_path, proof):
    every = proof(12, 1)

    def run(found: Scene, step: int) -> None:
        found.stripe.lever(webhook_off=True)
        with found.serving(None):
            walk_without_coming_back(found)
        found.tally.unlink(missing_ok=True)
        found.tick_and_die(step)

    assert in_turn(databases, tmp_path, lambda step: step % every == 1 % every, run) == {True}


def walk_without_coming_back(found: Scene) -> None:
    """Paid, no webhook, and the browser closed: only the tick can know."""
    with suppress(requests.ConnectionError):
        walk(found.settings.base_url, _Payer(found.stripe))


@dataclasses.dataclass
class _Payer:
    """Pays, and leads to an address where nobody listens."""

    stripe: StripeStandIn

    def pay(self, session_id: str) -> str:
        self.stripe.pay(session_id)
        return "http://127.0.0.1:9/"

    def wait_idle(self) -> None:
        self.stripe.wait_idle()
