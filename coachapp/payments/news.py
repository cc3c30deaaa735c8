"""News that never came: Stripe is asked now and then; an unknown event is stored as if it had knocked.

The marker moves on only once everything up to it is stored; whoever is cut off in between asks again, and what is known
already is not stored twice.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from coachapp.db import session, transaction
from coachapp.payments import dispute_queries
from coachapp.payments.disputes import note_dispute
from coachapp.payments.events import receive
from coachapp.payments.models import Attempt
from coachapp.payments.news_models import NewsMarker
from coachapp.payments.rules import Gateway, GatewayRefused, Payables

# Stripe knocks within seconds as a rule: this is for what it could not deliver, and one request each time.
EVERY = timedelta(minutes=15)
# An event may be listed some time after its moment, and two clocks are never quite the same.
_BACK = timedelta(hours=1)
STRIPE_KEEPS = timedelta(days=30)


def ask_for_news(gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Store what Stripe has told nobody, oldest first; at most every quarter of an hour. GatewayAway: nothing moves.

    After more than thirty days of silence open disputes are asked about one by one, and the lost stretch is noted.
    """
    before = marker()
    if before is not None and timedelta() <= now - before.asked_at < EVERY:
        return
    known_until = before.asked_at if before else first_of_ours()
    if known_until is None:
        return  # nobody was ever sent to Stripe: there is no news of ours
    oldest = now - STRIPE_KEEPS
    for knock in gateway.news(max(min(known_until, now) - _BACK, oldest)):
        receive(knock, now=now)
    is_gap = before is not None and known_until < oldest
    if is_gap:
        _ask_about_disputes(gateway, payables, now)
    _move_on(now, (known_until, oldest) if is_gap else None)


def marker() -> NewsMarker | None:
    """Until when Stripe was asked for news; None before the first time."""
    return session().get(NewsMarker, 1)


def first_of_ours() -> datetime | None:
    """When somebody was first sent to Stripe: before that there was nothing to be told."""
    return session().scalar(select(func.min(Attempt.created_at)))


def _ask_about_disputes(gateway: Gateway, payables: Payables, now: datetime) -> None:
    for each in dispute_queries.every_open():
        try:
            note_dispute(gateway.dispute(each.id), payables, now=now)
        except GatewayRefused:
            continue  # Stripe knows it no more, under this key: that must not stand in the way of all news


def _move_on(now: datetime, gap: tuple[datetime, datetime] | None) -> None:
    try:
        with transaction() as db:
            row = db.get(NewsMarker, 1)
            if row is None:
                row = NewsMarker(id=1, asked_at=now)
                db.add(row)
            row.asked_at = now
            if gap is not None:
                row.gap_from, row.gap_until = gap
    except IntegrityError:
        pass  # another tick has made the row in this moment, and stored the same
