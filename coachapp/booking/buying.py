"""Buying a package without a time, as far as paying; and with or without one, where a code leaves nothing to pay."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from coachapp import vault
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.booking import confirming, introductory, prices
from coachapp.booking.models import Purchase
from coachapp.booking.operations import Details, begin_paying
from coachapp.booking.package_money import granted
from coachapp.booking.parting import first_of, split_for_package
from coachapp.booking.purchases import PurchaseRow, by_road, to_be_paid
from coachapp.booking.rules import NoSuchPlace, NotNow, PlaceRow
from coachapp.clients import operations as clients
from coachapp.db import transaction
from coachapp.intake import operations as intake
from coachapp.payments import coupons, credit_queries, credits, packages
from coachapp.payments import operations as payments
from coachapp.payments.part_rules import Split
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import AttemptRow
from coachapp.practice.queries import offering_by_id
from coachapp.practice.rules import OfferingRow
from coachapp.safe_contact import operations as safe_contact


def begin(
    sold: OfferingRow,
    single: OfferingRow,
    zone: str,
    details: Details,
    old_road: str | None,
    *,
    now: datetime,
) -> str:
    """Someone new buys a package without a time: her record, her four words; returns the cookie of her road.

    The same browser that comes back to its details goes on with the record it has.
    """
    earlier = _unpaid(old_road)
    if earlier is not None and earlier.words is None:
        earlier = None  # a client's own
    client_id = earlier.client_id if earlier else clients.new_client(sold.coach_id, zone, now=now)
    words = (earlier and earlier.words) or four_words()
    with transaction():
        _give_up(earlier)
        clients.rename(client_id, details.name)
        clients.set_zone(client_id, zone)
        safe_contact.set_contact(client_id, details.inbox, details.address or None, now=now)
        intake.agree(client_id, None, "terms", now=now)
        return _start(client_id, sold, single, words, now)


def begin_known(
    client_id: UUID, sold: OfferingRow, single: OfferingRow, old_road: str | None, *, now: datetime
) -> str:
    """A client who is signed in buys one; nothing about her is asked."""
    earlier = _unpaid(old_road)
    with transaction():
        _give_up(earlier if earlier and earlier.client_id == client_id else None)
        intake.agree(client_id, None, "terms", now=now)
        return _start(client_id, sold, single, None, now)


def go_to_pay(row: PurchaseRow, return_base: str, *, now: datetime, split: Split | None = None) -> AttemptRow:
    """Commit an attempt to pay for the package, or the first part of its price, or find the open one.

    HoldEnded once it is paid, CodeGone when the code is gone, IntroHad where she has had the introductory price, NotNow
    where nothing is to be paid any more, or in another way.
    """
    with transaction():
        introductory.mark_purchase(row.package_id, known=row.words is None, now=now)
        row, mine = to_be_paid(row)
        if mine.price.is_zero or (split and row.pays_by):
            raise NotNow
        first = first_of(split, mine.price)
        order_id = payments.open_order(row.client_id, packages.KIND, mine.id, first, now=now)
        used = prices.lowered(row.coupon_id, row.regular, mine.price)
        return begin_paying(order_id, split, return_base, now=now, lowered=used)


def split_of(row: PurchaseRow, now: datetime) -> Split | None:
    """The parts it may be paid in; None where it is paid at once.
    Money that was awaited in another way comes as a whole."""
    return None if row.pays_by else split_for_package(row.package_id, now)


def take_for_nothing(row: PurchaseRow, base_url: str, *, now: datetime) -> None:
    """A code leaves nothing to pay: grant the package at once. Errors as in `go_to_pay`."""
    with transaction():
        row, mine = to_be_paid(row)
        used = prices.lowered(row.coupon_id, row.regular, mine.price)
        if used is None or not mine.price.is_zero:
            raise NotNow
        coupons.take(used, row.client_id, mine.id, None, now=now)
        granted(mine, base_url, now)


def confirm_free(place: PlaceRow, base_url: str, *, now: datetime) -> None:
    """A first time and its package, where a code leaves nothing to pay. Errors as in `confirming.confirm_free`."""
    with transaction():
        confirming.confirm_free(place, base_url, now=now)
        if place.buys is None or place.offering_id is None or place.client_id is None:
            return
        single, nothing = offering_by_id(place.offering_id), replace(place.buys, price=place.price)
        mine = credit_queries.package(packages.begin(place.client_id, nothing, single, place.id, now=now))
        if not mine.is_granted:
            granted(mine, base_url, now)
            credits.use_of(mine.id, place.id, now=now)


def new_road(row: PurchaseRow) -> str:
    """A new cookie for a purchase whose four words were given; an earlier one no longer counts."""
    road = vault.new_token()
    with transaction() as db:
        db.get_one(Purchase, row.package_id).road_hash = vault.keyed_hash("road", road)
    return road


def _unpaid(road: str | None) -> PurchaseRow | None:
    """What this browser was about to buy, if nobody has gone on to pay it."""
    try:
        found = by_road(road or "")
    except NoSuchPlace:
        return None
    return None if orders_of([found.package_id]) else found


def _give_up(earlier: PurchaseRow | None) -> None:
    """The earlier choice makes way for the new one, and leaves it its words."""
    if earlier is None:
        return
    with transaction() as db:
        db.execute(delete(Purchase).where(Purchase.package_id == earlier.package_id))
        packages.drop(earlier.package_id)


def _start(client_id: UUID, sold: OfferingRow, single: OfferingRow, words: str | None, now: datetime) -> str:
    road = vault.new_token()
    with transaction() as db:
        package_id = packages.begin(client_id, sold, single, None, now=now)
        row = Purchase(
            package_id=package_id,
            client_id=client_id,
            road_hash=vault.keyed_hash("road", road),
            code_hash=vault.keyed_hash("return code", normal_code(words)) if words else None,
            code_sealed=vault.seal(client_id, "purchase.code", package_id, words) if words else None,
            made_at=now,
        )
        prices.note_price(row, sold)
        db.add(row)
    return road
