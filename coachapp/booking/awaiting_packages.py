"""Packages without a first time whose money does not come by card: awaited until a limit, granted once it has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from coachapp.booking import introductory, pay_rules
from coachapp.booking.blocking import is_blocked_now
from coachapp.booking.models import Purchase
from coachapp.booking.pay_rules import SHOWN_AFTER, NotAllowed, PaysBy
from coachapp.booking.purchases import PurchaseRow, purchase_row, to_be_paid
from coachapp.booking.rules import HoldEnded
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow
from coachapp.db import session, transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue_for_coach
from coachapp.payments import asking, packages
from coachapp.payments import operations as payments
from coachapp.payments.credit_queries import package
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.queries import OrderRow, orders_of, payables_in_flight
from coachapp.practice.paying import Ways, ways
from coachapp.practice.queries import coach, offering_by_id
from coachapp.practice.rules import CoachRow
from coachapp.zones import zone

_CASH_DAYS = 30
"""For so long a package is awaited whose money is brought along."""


@dataclass(frozen=True)
class AwaitedPackage:
    """A package whose money is awaited, or was until its limit, with its order."""

    purchase: PurchaseRow
    mine: PackageRow
    client: ClientRow
    order: OrderRow


def on_offer(row: PurchaseRow) -> tuple[PaysBy, ...]:
    """The ways besides the card in which this package may be paid; none while a code lowers its price."""
    mine, allowed = package(row.package_id), ways()
    if mine.is_granted or mine.price.is_zero or row.coupon_id:
        return ()
    found = [PaysBy.TRANSFER] if allowed.transfer_days is not None else []
    if allowed.cash and offering_by_id(mine.pays_for_id).way == "person":
        found.append(PaysBy.CASH)
    return (*found, PaysBy.SOMEONE) if allowed.others_days is not None else tuple(found)


def pay_later(row: PurchaseRow, way: PaysBy, base_url: str, *, now: datetime) -> None:
    """Await its money until a limit; nothing is granted yet. Twice is once.

    HoldEnded once it is paid or being paid, NotAllowed for a way that is not on offer, IntroHad where she has had the
    introductory price. An open link to pay is ended before.
    """
    with transaction() as db:
        introductory.mark_purchase(row.package_id, known=row.words is None, now=now)
        row, mine = to_be_paid(row)
        if row.pays_by == way and row.is_awaited(now):
            return
        if payables_in_flight([mine.id]):
            raise HoldEnded
        person = client(mine.client_id)
        if way not in on_offer(row) or is_blocked_now(person):
            raise NotAllowed
        host = coach(person.coach_id)
        until = pay_rules.days_on(_days(ways(), way), zone(host.zone), now)
        order_id = payments.open_order(row.client_id, packages.KIND, mine.id, mine.price, now=now)
        stored = db.get_one(Purchase, mine.id)
        stored.pays_by, stored.pays_until = way, until
        if way is PaysBy.SOMEONE:
            asking.ask_for(order_id, host.id, until, now=now)
        _tell(host, mine, until, base_url, now)


def leave(row: PurchaseRow, *, now: datetime) -> None:
    """She pays in another way, or not at all: it is awaited no more. What comes all the same still grants it."""
    with transaction() as db:
        stored = db.get_one(Purchase, row.package_id, with_for_update=True)
        if stored.pays_until is not None and stored.pays_until > now:
            stored.pays_until = now


def awaited(coach_id: int, *, now: datetime) -> list[AwaitedPackage]:
    """What this coach waits for, or did until not long ago, the first to end first."""
    found = _rows(Purchase.pays_until > now - SHOWN_AFTER)
    return [each for each in found if each.client.coach_id == coach_id]


def awaited_of(client_id: UUID, *, now: datetime) -> list[AwaitedPackage]:
    """What a client has yet to pay in another way than by card."""
    return _rows(Purchase.client_id == client_id, Purchase.pays_until > now)


def _rows(*wanted: ColumnElement[bool]) -> list[AwaitedPackage]:
    found = select(Purchase).where(Purchase.pays_by.is_not(None), *wanted).order_by(Purchase.pays_until)
    rows = [purchase_row(row) for row in session().scalars(found)]
    orders = orders_of([row.package_id for row in rows])
    return [
        AwaitedPackage(row, package(row.package_id), client(row.client_id), order)
        for row in rows
        if (order := orders.get(row.package_id)) and not order.due.is_zero
    ]


def _days(allowed: Ways, way: PaysBy) -> int:
    known = {PaysBy.TRANSFER: allowed.transfer_days, PaysBy.SOMEONE: allowed.others_days}
    return known.get(way) or _CASH_DAYS


def _tell(host: CoachRow, mine: PackageRow, until: datetime, base_url: str, now: datetime) -> None:
    text = texts.coach_awaits_package(mine.title, until, host.zone, f"{base_url}/desk/payments")
    key = f"coach awaits:{mine.id}:{int(until.timestamp())}"
    enqueue_for_coach(host.email, "awaited", text, key=key, now=now)
