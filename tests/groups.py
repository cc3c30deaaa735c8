"""Groups as tests set them up: an offering with seats, dates of it, and people who book."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask

from coachapp import clock
from coachapp.booking import group_dates
from coachapp.booking.group import GroupDate
from coachapp.booking.group_queries import group_date
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import first_coach, offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.desk.people import in_days
from tests.road import Walker, World

CIRCLE = "circle"
BASE = "http://127.0.0.1:8000"
NORAS = UUID(int=7)


def evening(days: int) -> datetime:
    """Eight in the evening in Madrid, when nothing else is on offer, so many days from today."""
    return in_days(days, 20)


def minutes(at: datetime) -> int:
    """A time as forms send it: epoch minutes."""
    return int(at.timestamp()) // 60


def add_group(app: Flask, seats: int = 3, price_minor: int = 20_00, **facts: Any) -> None:
    """Nora's evening circle, an hour and a half."""
    usual = {"slug": CIRCLE, "title": "Evening circle", "length_min": 90}
    with app.app_context():
        host = first_coach()
        assert host
        save_offering(
            None,
            coach_id=host.id,
            kind="group",
            text="",
            points=[],
            seats=seats,
            price_minor=price_minor,
            **{**usual, **facts},
        )


def add_dates(app: Flask, *starts: datetime, slug: str = CIRCLE, now: datetime | None = None) -> list[UUID]:
    """Dates of it, as Nora sets them."""
    with app.app_context():
        return group_dates.add_dates(offering(slug), starts, BASE, by=NORAS, now=now or clock.now())


def the_date(app: Flask, date_id: UUID) -> GroupDate:
    with app.app_context():
        return group_date(date_id)


def add_client(app: Flask, name: str, email: str = "", zone: str = "Europe/Lisbon") -> UUID:
    """A client of Nora's, with an inbox of her own where an address is given."""
    with app.app_context():
        now, host = clock.now(), first_coach()
        assert host
        made = new_client(host.id, zone, now=now, name=name, state=State.ACTIVE)
        set_contact(made, Inbox.ONLY_ME if email else Inbox.NONE, email or None, now=now)
        return made


def paid_seat(world: World, start: datetime, email: str, name: str = "Alex", slug: str = CIRCLE) -> Walker:
    """Someone who booked a seat and paid for it."""
    walker = world.walker()
    walker.to_payment(minutes(start), slug=slug, email=email, name=name)
    walker.pay()
    return walker
