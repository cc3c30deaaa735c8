"""What was begun at an introductory price, by whom, and under which mark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, null, or_, select

from coachapp.booking.models import Appointment, Place, Purchase
from coachapp.booking.rules import AppointmentState
from coachapp.db import session
from coachapp.payments.credit_models import Package

_STANDS = (AppointmentState.HELD, AppointmentState.CONFIRMED)


@dataclass(frozen=True)
class IntroUse:
    """Something begun at an introductory price: by whom, of what, and the ids its money can stand under.

    `is_kept`: a time that stands, or is kept, for money of another way than the card;
    `pays_until` is that of a package.
    """

    client_id: UUID | None
    offering_id: UUID | None
    mark: bytes | None
    payables: frozenset[UUID]
    is_kept: bool
    pays_until: datetime | None

    def may_be_awaited(self, now: datetime) -> bool:
        """Whether its money may be on its way."""
        return self.is_kept or (self.pays_until is not None and self.pays_until > now)


def intro_uses(client_id: UUID | None = None, marks: Iterable[bytes] = ()) -> list[IntroUse]:
    """What was begun at an introductory price by this client, or under one of these marks."""
    rows: list[Any] = [
        *session().execute(_places().where(_hers(Place, client_id, marks))).all(),
        *session().execute(_purchases().where(_hers(Purchase, client_id, marks))).all(),
    ]
    return [
        IntroUse(
            row[0],
            row[1],
            row[2],
            frozenset(each for each in row[3:5] if each is not None),
            bool(row[5]),
            row[6],
        )
        for row in rows
    ]


def _places() -> Select[UUID | None, UUID, bytes | None, UUID, UUID, bool, None]:
    """Times, alone or with a package, in the order of an IntroUse."""
    return (
        select(
            Place.client_id,
            func.coalesce(Place.buys_id, Appointment.offering_id),
            Place.intro_mark,
            Place.id,
            Package.id,
            and_(Place.pays_by.is_not(None), Appointment.state.in_(_STANDS)),
            null(),
        )
        .join(Appointment, Appointment.id == Place.appointment_id)
        .outerjoin(Package, Package.place_id == Place.id)
        .where(Place.intro_minor.is_not(None), Place.coupon_id.is_(None))
    )


def _purchases() -> Select[UUID, UUID | None, bytes | None, UUID, UUID, bool, datetime | None]:
    """Packages without a time, in the same order."""
    return (
        select(
            Purchase.client_id,
            Package.offering_id,
            Purchase.intro_mark,
            Package.id,
            Package.id,
            false(),
            Purchase.pays_until,
        )
        .join(Package, Package.id == Purchase.package_id)
        .where(Purchase.intro_minor.is_not(None), Purchase.coupon_id.is_(None))
    )


def _hers(
    table: type[Place] | type[Purchase], client_id: UUID | None, marks: Iterable[bytes]
) -> ColumnElement[bool]:
    alike = table.intro_mark.in_(list(marks))
    return alike if client_id is None else or_(table.client_id == client_id, alike)
