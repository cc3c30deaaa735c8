"""Ways to a package without a time: where each stands, found again by its cookie or its four words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from coachapp import vault
from coachapp.accounts.passphrases import normal_code
from coachapp.booking.models import Purchase
from coachapp.booking.rules import HoldEnded, NoSuchPlace, PlaceRow
from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.payments import credit_queries
from coachapp.payments.credit_rules import PackageRow
from coachapp.practice.queries import practice


@dataclass(frozen=True)
class PurchaseRow:
    """Someone's way to a package without a time; `words` are her four words, None for a client who signs in.

    Where something has lowered its price, `regular` is what it would cost otherwise. `pays_by` is how she pays where
    that is not by card, awaited until `pays_until`.
    """

    package_id: UUID
    client_id: UUID
    words: str | None
    regular: Money | None = None
    intro: Money | None = None
    coupon_id: UUID | None = None
    pays_by: str | None = None
    pays_until: datetime | None = None

    @property
    def is_intro(self) -> bool:
        return self.intro is not None and self.coupon_id is None

    def is_awaited(self, now: datetime) -> bool:
        """Whether its money is awaited in another way than by card."""
        return self.pays_until is not None and self.pays_until > now


def by_road(cookie: str) -> PurchaseRow:
    """The purchase this browser is about; NoSuchPlace."""
    return _one(Purchase.road_hash == vault.keyed_hash("road", cookie))


def by_code(typed: str) -> PurchaseRow:
    """The purchase that four words open; NoSuchPlace."""
    return _one(Purchase.code_hash == vault.keyed_hash("return code", normal_code(typed)))


def to_be_paid(row: PurchaseRow) -> tuple[PurchaseRow, PackageRow]:
    """As it stands now; the button pressed twice waits for the first press. HoldEnded once it is paid."""
    with transaction():
        row = _one(Purchase.package_id == row.package_id, lock=True)
        mine = credit_queries.package(row.package_id)
        if mine.is_granted:
            raise HoldEnded
        return row, mine


def bought_beside(place: PlaceRow) -> PackageRow | None:
    """The package that was bought with this first time, once it is paid."""
    package_id = credit_queries.package_beside(place.id) if place.buys else None
    mine = credit_queries.package(package_id) if package_id else None
    return mine if mine and mine.is_granted else None


def purchase_row(row: Purchase) -> PurchaseRow:
    """The frozen form of a purchase, its words opened."""
    sealed = row.code_sealed
    words = vault.open_(row.client_id, "purchase.code", row.package_id, sealed) if sealed else None
    currency = practice().currency
    regular, intro = (
        None if minor is None else Money(minor, currency) for minor in (row.regular_minor, row.intro_minor)
    )
    return PurchaseRow(
        row.package_id, row.client_id, words, regular, intro, row.coupon_id, row.pays_by, row.pays_until
    )


def _one(wanted: ColumnElement[bool], *, lock: bool = False) -> PurchaseRow:
    found = select(Purchase).where(wanted).execution_options(populate_existing=True)
    row = session().scalar(found.with_for_update() if lock else found)
    if row is None:
        raise NoSuchPlace
    return purchase_row(row)
