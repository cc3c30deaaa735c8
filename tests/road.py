"""The booking road as tests walk it: a small practice, a person's browser, the pretend Stripe and real mail, all wired.

A room's conftest imports the fixtures it needs from here.
"""

import dataclasses
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from coachapp import clock, db
from coachapp.booking import queries
from coachapp.booking.desk_operations import set_week
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import PlaceRow
from coachapp.booking.slots import Opening
from coachapp.config import Config
from coachapp.demo.mail_catcher import CaughtMail, MailCatcher
from coachapp.demo.stripe_standin import StripeStandIn
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.operations import send_due
from coachapp.payments.models import Attempt, Payment, Refund, StripeEvent
from coachapp.practice.operations import add_coach, save_offering, save_practice
from coachapp.tick import run_tick
from tests.apps import open_app
from tests.cast import ALEX, NORA, Person
from tests.databases import Databases
from tests.plain_browser import Browser

MINUTE = timedelta(minutes=1)

OFFERINGS = (
    {"slug": "first-conversation", "title": "First conversation", "length_min": 20, "price_minor": 0},
    {"slug": "power-hour", "title": "Power hour", "length_min": 60, "price_minor": 95_00},
)


def open_practice() -> None:
    """Nora's practice, open every day from nine to five in Madrid; two offerings and a package that is only shown."""
    save_practice(
        name="Quiet Harbour",
        neutral_name="QH Appointments",
        mail_subject="Your update",
        statement_text="NE",
        currency="EUR",
        exit_to="https://www.example.org/",
    )
    coach_id = add_coach(first_name="Nora", full_name="Nora Ellis", zone=NORA.zone, email=NORA.email)
    for facts in OFFERINGS:
        save_offering(None, coach_id=coach_id, kind="session", text="", points=[], **facts)
    save_offering(
        None,
        coach_id=coach_id,
        kind="package",
        text="",
        points=[],
        slug="steady-ground",
        title="Steady ground",
        length_min=60,
        price_minor=420_00,
        sessions=6,
    )
    set_week(coach_id, [Opening(day, 9 * 60, 17 * 60) for day in range(7)])


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def bound(apps: list[WSGIApplication]) -> BaseWSGIServer:
    """A server on a free port for the first app of the list, which is added once its address is known."""
    return make_server(
        "127.0.0.1", 0, lambda environ, start: apps[0](environ, start), threaded=True, request_handler=_Silent
    )


@contextmanager
def serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class World:
    """Everything a booking touches. `url` is where the app is served, for the webhooks."""

    app: Flask
    url: str
    stripe: StripeStandIn
    mail: MailCatcher

    def walker(self, person: Person = ALEX) -> "Walker":
        return Walker(self, person)

    def paid(self, **typed: Any) -> "Walker":
        """Someone who has booked and paid the power hour, with mails not sent yet."""
        walker = self.walker()
        walker.to_payment(**typed)
        walker.pay()
        return walker

    def tick(self, later: timedelta = timedelta()) -> tuple[str, ...]:
        """One tick as of now or later; the names of steps that failed."""
        return run_tick(self.app, clock.now() + later)

    def send_mail(self, later: timedelta = timedelta()) -> int:
        with self.app.app_context():
            return send_due(self.app.extensions["mailer"], now=clock.now() + later)

    def mails_to(self, address: str) -> list[CaughtMail]:
        return [mail for mail in self.mail.mails() if mail.to == (address,)]

    def rows(self, *columns: Any) -> list[Any]:
        """What a SELECT of these columns (or tables) finds, as tuples."""
        with self.app.app_context():
            return [tuple(row) for row in db.session().execute(sa.select(*columns))]

    def everything(self, *but: str) -> dict[str, list[str]]:
        """Every row of every table but the named ones, as text: what must be the same before and after."""
        there = sa.inspect(self.app.extensions["engine"]).get_table_names()
        return {
            name: sorted(map(repr, self.rows(*table.columns)))
            for name, table in sorted(db.Base.metadata.tables.items())
            if name in there and name not in but
        }

    def change(self, table: Any, **values: Any) -> None:
        """Turn time, or a row, by hand: an UPDATE of every row of the table."""
        with self.app.app_context(), db.transaction() as session:
            session.execute(sa.update(table).values(**values))

    def asked(self, method: str, path: str) -> list[Any]:
        """The requests Stripe got whose path begins so."""
        return [got for got in self.stripe.requests if got.method == method and got.path.startswith(path)]

    def ledger(self) -> tuple[list[str], list[str], list[int], list[str]]:
        """States of appointments and attempts, payments in minor units, states of refunds; each sorted."""
        return (
            sorted(state for (state,) in self.rows(Appointment.state)),
            sorted(state for (state,) in self.rows(Attempt.state)),
            sorted(minor for (minor,) in self.rows(Payment.amount_minor)),
            sorted(state for (state,) in self.rows(Refund.state)),
        )

    def outbox(self) -> list[tuple[str, str]]:
        """(kind, state) of each message to a client."""
        found = sa.select(OutboxMessage.kind, OutboxMessage.state).where(OutboxMessage.client_id.is_not(None))
        with self.app.app_context():
            return sorted(tuple(row) for row in db.session().execute(found))

    def events(self) -> list[str]:
        """States of the stored knocks."""
        return sorted(state for (state,) in self.rows(StripeEvent.state))


class Walker(Browser):
    """One person walking the road in a browser of her own."""

    def __init__(self, world: World, person: Person = ALEX) -> None:
        super().__init__(world.app)
        self.world, self.person = world, person
        self.session_id = ""

    def free(self, slug: str = "power-hour") -> list[int]:
        """Starts on offer, in epoch minutes, as times.json has them."""
        today = clock.now().date()
        query = f"from={today}&to={today + timedelta(days=7)}&tz=UTC"
        found = self.client.get(f"/book/{slug}/times.json?{query}").get_json()
        starts = [time["start"] for day in found["days"] for time in day["times"]]
        return [int(datetime.fromisoformat(start).timestamp()) // 60 for start in starts]

    def morning(self, slug: str = "power-hour") -> list[int]:
        """The free times of the next day on which two hours and a half in a row are free, from then on.

        The same at any hour of the day, where the first free times may be the last ones of their day. With no such
        day, all but the first.
        """
        free = self.free(slug)
        roomy = (at for at in range(1, len(free)) if {free[at] + 30 * n for n in range(6)} <= {*free})
        return free[next(roomy, 1) :]

    def hold(self, start: int | None = None, slug: str = "power-hour") -> int:
        """Hold a free time with free ones after it on its day, or the one given."""
        if start is None:
            start = self.morning(slug)[0]
        self.get(f"/book/{slug}")
        self.post(f"/book/{slug}", {"slot": str(start), "tz": self.person.zone})
        return start

    def tell(self, **typed: Any) -> None:
        """Fill in the details: only-me inbox unless told otherwise; a None leaves a field out."""
        usual = {"name": self.person.name, "email": self.person.email, "inbox": "only_me", "agree": "y"}
        sent = {name: value for name, value in {**usual, **typed}.items() if value is not None}
        self.fill("/book/details", sent)

    def go_to_code(self, start: int | None = None, slug: str = "power-hour", **typed: Any) -> None:
        self.hold(start, slug)
        self.tell(**typed)
        assert self.page.status_code == 303, self.text

    def press_pay(self) -> None:
        """The button on the page with the four words."""
        self.fill("/book/code", {})

    def to_payment(self, start: int | None = None, **typed: Any) -> str:
        """All the way to Stripe's page; returns the id of its session."""
        self.go_to_code(start, **typed)
        self.press_pay()
        assert self.page.status_code == 303, self.text
        self.session_id = self.page.headers["Location"].rpartition("/")[2]
        return self.session_id

    def pay(self) -> None:
        """Press Pay and wait until the webhooks are through."""
        self.world.stripe.pay(self.session_id)
        assert self.world.stripe.wait_idle()

    def come_back(self) -> None:
        """The page Stripe leads back to."""
        self.get(self.return_path)

    @property
    def return_path(self) -> str:
        url: str = self.world.stripe.sessions[self.session_id]["success_url"]
        return url.removeprefix(self.world.url)

    @property
    def words(self) -> str:
        """The return code, as the page before paying shows it."""
        self.get("/book/code")
        found = re.search(r'translate="no">([^<]+)<', self.page.get_data(as_text=True))
        assert found, self.text
        return found[1]

    @property
    def place_path(self) -> str:
        """The address of the booked time, where `/book/done` leads."""
        self.get("/book/done")
        return str(self.page.headers["Location"])

    def place(self) -> PlaceRow:
        """The newest place there is, as the database has it."""
        with self.world.app.app_context():
            newest = db.session().scalar(sa.select(Place.id).order_by(Place.created_at.desc()).limit(1))
            assert newest
            return queries.place(newest)


@contextmanager
def open_world(settings: Config, stripe: StripeStandIn, mail: MailCatcher, **more: Any) -> Iterator[World]:
    """The app with the small practice, served for webhooks, between the pretend Stripe and the mail catcher."""
    with ExitStack() as stack:
        apps: list[WSGIApplication] = []
        server = bound(apps)
        url = f"http://127.0.0.1:{server.server_port}"
        usual = {"base_url": url, "stripe_api_base": stripe.api_base, "smtp_url": mail.url}
        app = stack.enter_context(open_app(dataclasses.replace(settings, **{**usual, **more})))
        apps.append(app.wsgi_app)
        stack.enter_context(serving(server))
        stripe.lever(webhook_url=f"{url}/webhooks/stripe")
        with app.app_context():
            open_practice()
        yield World(app, url, stripe, mail)
        stripe.lever(webhook_url=None)
        stripe.wait_idle(5)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.proof)])
def mostly_sqlite(request: pytest.FixtureRequest) -> Databases:
    """For tests whose subject is not the database: imported as `databases`, PostgreSQL then waits for `make proof`."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


# The same for one long test in a file of others.
sqlite_everyday = pytest.mark.parametrize(
    "databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.proof)], indirect=True
)

# For tests in such a file whose subject is the database after all: both, every day.
both_databases = pytest.mark.parametrize("databases", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def world(settings: Config, stripe_standin: StripeStandIn, mail_catcher: MailCatcher) -> Iterator[World]:
    with open_world(settings, stripe_standin, mail_catcher) as made:
        yield made


@pytest.fixture
def walker(world: World) -> Walker:
    return world.walker()


def at_utc(start: int) -> datetime:
    """Epoch minutes as a time."""
    return datetime.fromtimestamp(start * 60, UTC)
