"""Whether a time begins within the days in which she may step back from what paid for it,
and she has not wished so yet.

Whoever books and pays is asked with her details. Here are the ways to come there later: a time that is moved, and one
that a session bought before pays for. Where the coach did that she is asked afterwards, on her own pages and never by mail.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from coachapp.booking.rules import AppointmentState, PlaceRow
from coachapp.intake.queries import has_agreed
from coachapp.intake.rules import EARLY
from coachapp.papers.queries import terms
from coachapp.papers.rules import asks_early
from coachapp.payments.credit_queries import package, spent_on, uses_of
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.queries import came_at, orders_of


def asks_if_moved(place: PlaceRow, starts_at: datetime) -> bool:
    """Whether this time, moved to then, needs her express wish. What nobody bought here needs none."""
    if has_agreed(place.id, EARLY):
        return False
    if spent_on([place.id]):
        mine, _entry = uses_of([place.id])[place.id]
        return asks_if_used(package(mine), starts_at)
    order = orders_of([place.id]).get(place.id)
    if order is None:
        return False
    bought_at = came_at([order.id]).get(order.id, order.created_at)
    return asks_early(terms(), order.amount, starts_at, bought_at)


def unasked(places: Iterable[PlaceRow], now: datetime) -> set[UUID]:
    """Those of these times that stand, are to come, and need her express wish, which nobody has asked for yet."""
    said = terms()
    if said is None or not said.asks_early:
        return set()
    coming = (each for each in places if each.state is AppointmentState.CONFIRMED and each.starts_at > now)
    return {each.id for each in coming if asks_if_moved(each, each.starts_at)}


def asks_if_used(mine: PackageRow, starts_at: datetime) -> bool:
    """Whether a session of this package then needs it: the days count from when the package was hers."""
    bought_at = min((entry.at for entry in mine.entries), default=mine.made_at)
    return asks_early(terms(), mine.price, starts_at, bought_at)
