"""Taking a group date back in a process that kills itself at a chosen step; run in a process of its own."""

from pathlib import Path
from uuid import UUID

from flask import Flask

from coachapp import clock, db
from coachapp.app import create_app
from coachapp.booking.group_dates import cancel_date
from coachapp.booking.group_queries import group_date
from coachapp.config import Config
from coachapp.payments.models import Order, Refund
from coachapp.payments.operations import finish
from coachapp.payments.runtime import gateway, payables
from tests.groups import NORAS
from tests.journeys.killable import Steps


def cancel(settings: Config, date_id: UUID, last: int, tally: Path, outside: set[int]) -> None:
    """As the page does it: the date falls in one transaction, and Stripe is asked after it."""
    app = create_app(settings)
    with app.app_context():
        date, now = group_date(date_id), clock.now()
        tally.touch()
        Steps(last, tally, outside)
        refunds = cancel_date(date, settings.base_url, by=NORAS, now=now)
        finish(refunds, gateway(), payables(), now=now)


def stands(date_id: UUID) -> bool:
    """Whether a date stands."""
    return group_date(date_id).stands


def paid_back(app: Flask) -> list[UUID]:
    """What every refund that reached its end was for; twice where it went back twice."""
    with app.app_context():
        rows = db.session().query(Order.payable_id).join(Refund, Refund.order_id == Order.id)
        return [found for (found,) in rows if found]
