"""The introductory price of an offering: once for each client, and what speaks for a second time.

Who is signed in has it once, by her own record. Signed out it is given to everyone; where the same address has had it
before, the coach is told, and nobody else. Of the address only a keyed hash is kept, in the form all
its spellings share.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coachapp import vault
from coachapp.booking import queries
from coachapp.booking.blocking import addresses_of
from coachapp.booking.holding import is_known
from coachapp.booking.intro_queries import intro_uses
from coachapp.booking.likeness import likeness
from coachapp.booking.models import Place, Purchase
from coachapp.booking.rules import IntroHad, PlaceRow
from coachapp.db import transaction
from coachapp.payments.credit_queries import sold_as
from coachapp.payments.queries import orders_of, payables_in_flight
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import offering_by_id
from coachapp.practice.rules import OfferingRow
from coachapp.safe_contact.queries import contact


@dataclass(frozen=True)
class SecondUse:
    """An offering whose introductory price was perhaps had twice, and the other records that speak for it: those with
    the same address; none where it is this very record."""

    offering_id: UUID
    title: str
    others: tuple[UUID, ...]


def had_intro(client_id: UUID, offering_id: UUID, *, besides: UUID | None = None, now: datetime) -> bool:
    """Whether this record has had an offering's introductory price: it was paid and kept, may be paid right now, or is
    awaited in another way than by card."""
    uses = (each for each in intro_uses(client_id) if each.offering_id == offering_id)
    hers = [use for use in uses if besides not in use.payables]
    found = {each for use in hers for each in use.payables}
    awaited = {each for use in hers if use.may_be_awaited(now) for each in use.payables}
    return bool(found) and bool(_kept(found) or payables_in_flight(found) or _due(awaited))


def second_uses(client_id: UUID) -> list[SecondUse]:
    """Where an introductory price of hers was perhaps had twice; for the coach alone."""
    mine = intro_uses(client_id)
    alike = intro_uses(marks={use.mark for use in mine if use.mark}) if mine else []
    kept = _kept(each for use in [*mine, *alike] for each in use.payables)
    mine, alike = ([use for use in some if use.payables & kept] for some in (mine, alike))
    found = []
    for offering_id in dict.fromkeys(use.offering_id for use in mine):
        here = [use for use in mine if use.offering_id == offering_id]
        marks = {use.mark for use in here}
        others = {use.client_id for use in alike if use.mark in marks} - {client_id, None}
        if offering_id and (others or len(here) > 1):
            title = offering_by_id(offering_id).title
            found.append(
                SecondUse(offering_id, title, tuple(sorted((each for each in others if each), key=str)))
            )
    return found


def mark_place(place: PlaceRow, *, now: datetime) -> bool:
    """Whether it is to be had at the introductory price; then what the same address would be known by is noted.

    IntroHad where the record she books with has had it. To be called before the time itself is locked.
    """
    place = queries.place(place.id)
    if not place.is_intro:
        return False
    offering = offering_by_id(queries.sold_id(place))
    if is_known(place) and not place.is_by_link and place.client_id:
        _once(offering, place.client_id, place.id, now)
    with transaction() as db:
        db.get_one(Place, place.id).intro_mark = _mark(offering.id, *addresses_of(place))
    return True


def mark_purchase(package_id: UUID, *, known: bool, now: datetime) -> None:
    """The same for a package without a time, of a client who is `known` or of someone new."""
    with transaction() as db:
        row, sold = db.get_one(Purchase, package_id), sold_as(package_id)
        if row.intro_minor is None or row.coupon_id is not None or sold is None:
            return
        offering, found = offering_by_id(sold), contact(row.client_id)
        if known:
            _once(offering, row.client_id, package_id, now)
        row.intro_mark = _mark(offering.id, (found and found.address) or "")


def _once(offering: OfferingRow, client_id: UUID, payable_id: UUID, now: datetime) -> None:
    """One after another, so that two devices of hers do not both have it."""
    lock_coach(offering.coach_id)
    if had_intro(client_id, offering.id, besides=payable_id, now=now):
        raise IntroHad


def _mark(offering_id: UUID, *typed: str) -> bytes | None:
    alike = next((found for each in typed if (found := likeness(each))), None)
    return vault.keyed_hash("introductory price", f"{offering_id}|{alike}") if alike else None


def _due(payable_ids: Iterable[UUID]) -> bool:
    """Whether any of them was ordered and is not paid yet."""
    return any(not order.due.is_zero for order in orders_of(payable_ids).values())


def _kept(payable_ids: Iterable[UUID]) -> set[UUID]:
    """Those of them that were paid, and not paid back."""
    asked = set(payable_ids)
    orders = orders_of(asked) if asked else {}
    return {each for each, order in orders.items() if order.paid.minor > order.refunded.minor}
