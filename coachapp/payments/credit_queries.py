"""Reads of packages and of the sessions in them. What is left, and until when, follows from the ledger each time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from coachapp import vault
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.credit_models import CreditEntry, Package
from coachapp.payments.credit_rules import EntryRow, Kind, NoSuchPackage, PackageRow, which
from coachapp.practice.models import Offering


def package(package_id: UUID) -> PackageRow:
    """One package, granted or not; NoSuchPackage."""
    found = _rows(_packages().where(Package.id == package_id))
    if not found:
        raise NoSuchPackage(str(package_id))
    return found[0]


def sold_as(package_id: UUID) -> UUID | None:
    """The offering a package was bought as; None for one the coach gave."""
    return session().scalar(select(Package.offering_id).where(Package.id == package_id))


def packages_of(client_id: UUID) -> list[PackageRow]:
    """A client's packages, latest first; what was begun and not paid is left out."""
    found = _rows(_packages().where(Package.client_id == client_id).order_by(Package.made_at.desc()))
    return [each for each in found if each.is_granted]


def packages_near(moment: datetime) -> list[PackageRow]:
    """Granted packages whose sessions may end by then."""
    near = select(CreditEntry.package_id).where(CreditEntry.until <= moment)
    return _rows(_packages().where(Package.id.in_(near)))


def every_package() -> list[PackageRow]:
    """All there are."""
    return _rows(_packages())


def word_of(package_id: UUID) -> str:
    """The coach's own word about a package she gave."""
    row = session().get(Package, package_id)
    if row is None or row.word_sealed is None:
        return ""
    return vault.open_(row.client_id, "package.word", row.id, row.word_sealed)


def usable(client_id: UUID, pays_for_id: UUID | None) -> PackageRow | None:
    """The package that a session of this kind would be taken from, if the client has one."""
    return which(packages_of(client_id), pays_for_id) if pays_for_id else None


def usable_count(client_id: UUID, pays_for_id: UUID | None) -> int:
    """How many sessions of this kind she could book now without paying."""
    mine = (each for each in packages_of(client_id) if each.is_usable and each.pays_for_id == pays_for_id)
    return sum(each.left for each in mine)


def package_beside(place_id: UUID) -> UUID | None:
    """The package that is bought together with this time."""
    return session().scalar(select(Package.id).where(Package.place_id == place_id))


def uses_of(place_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, EntryRow]]:
    """For those of the places that ever used a session: the package, and how that session stands with them now."""
    found = select(CreditEntry).where(CreditEntry.place_id.in_(list(place_ids))).order_by(CreditEntry.id)
    uses: dict[UUID, tuple[UUID, EntryRow]] = {}
    for row in session().scalars(found):
        if row.place_id is not None:
            uses[row.place_id] = (row.package_id, entry_row(row))
    return uses


def spent_on(place_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the places that a session of a package pays for at present."""
    return {place for place, (_id, entry) in uses_of(place_ids).items() if entry.kind is not Kind.BACK}


def entry_row(row: CreditEntry) -> EntryRow:
    """The frozen form of an entry."""
    return EntryRow(row.number, row.turn, Kind(row.kind), row.at, row.place_id, row.until, row.way)


def _packages() -> Select[Package, Offering, Offering | None]:
    sold = aliased(Offering)
    return (
        select(Package, Offering, sold)
        .join(Offering, Offering.id == Package.pays_for_id)
        .outerjoin(sold, sold.id == Package.offering_id)
    )


def _rows(found: Select[Package, Offering, Offering | None]) -> list[PackageRow]:
    rows = [_package_row(mine, single, sold) for mine, single, sold in session().execute(found).all()]
    entries: dict[UUID, list[EntryRow]] = {row.id: [] for row in rows}
    ledger = select(CreditEntry).where(CreditEntry.package_id.in_(entries)).order_by(CreditEntry.id)
    for entry in session().scalars(ledger) if rows else ():
        entries[entry.package_id].append(entry_row(entry))
    return [replace(row, entries=tuple(entries[row.id])) for row in rows]


def _package_row(mine: Package, single: Offering, sold: Offering | None) -> PackageRow:
    return PackageRow(
        id=mine.id,
        client_id=mine.client_id,
        title=sold.title if sold else single.title,
        pays_for_id=single.id,
        pays_for=single.title,
        slug=single.slug,
        sessions=mine.sessions,
        months=mine.months,
        price=Money(mine.price_minor, mine.currency),
        single=Money(mine.single_minor, mine.currency),
        place_id=mine.place_id,
        made_at=mine.made_at,
    )
