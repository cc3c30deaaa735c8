"""Nora at her desk with two clients, and another coach's client; made through the same operations as in life."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask

from coachapp import clock
from coachapp.booking.desk_operations import book_for_client
from coachapp.clients.operations import new_client
from coachapp.clients.queries import client
from coachapp.clients.rules import State
from coachapp.practice.operations import add_coach, save_offering, save_practice
from coachapp.practice.queries import offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.accounts.people import Made, make, sign_coach_in
from tests.cast import MAYA
from tests.plain_browser import Browser

MADRID = ZoneInfo("Europe/Madrid")
HOUR = "power-hour"
FIRST = "first-conversation"


@dataclass(frozen=True)
class Desk:
    """The people of these tests. Maya may be written to; Tom was never asked; Rita is another coach's."""

    made: Made
    maya: UUID
    tom: UUID
    maya_ref: str
    tom_ref: str
    rita_ref: str


def set_up(app: Flask) -> Desk:
    """The practice, what it sells, and its clients."""
    made = make(app)
    with app.app_context():
        now = clock.now()
        save_practice(
            name="Quiet Harbour",
            neutral_name="QH Appointments",
            mail_subject="Your update",
            statement_text="NE",
            currency="EUR",
            exit_to="https://www.wikipedia.org/",
        )
        for slug, title, price in ((HOUR, "Power hour", 95_00), (FIRST, "First conversation", 0)):
            save_offering(
                None,
                coach_id=made.coach_id,
                slug=slug,
                kind="session",
                title=title,
                text="Words.",
                points=[],
                length_min=60,
                price_minor=price,
            )
        maya = new_client(made.coach_id, MAYA.zone, now=now, name="Maya Rios", state=State.ACTIVE)
        set_contact(maya, Inbox.ONLY_ME, MAYA.email, now=now)
        tom = new_client(made.coach_id, "Europe/London", now=now, name="Tom Okafor", state=State.ACTIVE)
        other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
        rita = new_client(other, "Europe/Paris", now=now, name="Rita Blanc", state=State.ACTIVE)
        refs = (client(each).ref for each in (maya, tom, rita))
        return Desk(made, maya, tom, *refs)


def at_desk(app: Flask) -> Browser:
    """Nora's browser, signed in."""
    browser = Browser(app)
    assert sign_coach_in(browser) == 303, browser.text
    return browser


def in_days(days: int, hour: int = 10) -> datetime:
    """That hour of Nora's day, so many days from today."""
    day = (clock.now().astimezone(MADRID) + timedelta(days=days)).date()
    return at(day, hour)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MADRID).astimezone(UTC)


def book(
    app: Flask, client_id: UUID, starts_at: datetime, slug: str = HOUR, *, by_session: bool = False
) -> UUID:
    """A session of Nora's, booked by her."""
    with app.app_context():
        return book_for_client(
            offering(slug),
            client_id,
            client(client_id).zone,
            starts_at,
            "http://127.0.0.1:8000",
            now=clock.now(),
            by_session=by_session,
        )
