"""Reads of codes. How often one was used follows from its uses and their attempts each time."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.coupon_models import Coupon, CouponOffering
from coachapp.payments.coupon_models import CouponUse as Use
from coachapp.payments.coupon_rules import CouponRow, CouponUse, Lowered, NoSuchCode, normal_code
from coachapp.payments.models import Attempt
from coachapp.payments.rules import AttemptState

# Every use counts but those whose attempt ended unpaid.
_COUNTS = or_(Use.attempt_id.is_(None), Attempt.state.not_in((AttemptState.EXPIRED, AttemptState.FAILED)))


def coupon(coupon_id: UUID) -> CouponRow:
    """One code; NoSuchCode."""
    found = _rows(select(Coupon).where(Coupon.id == coupon_id))
    if not found:
        raise NoSuchCode
    return found[0]


def coupons(coach_id: int) -> list[CouponRow]:
    """A coach's codes, newest first."""
    return _rows(select(Coupon).where(Coupon.coach_id == coach_id).order_by(Coupon.made_at.desc(), Coupon.id))


def good_coupon(
    coach_id: int, typed: str, offering_id: UUID, client_id: UUID | None, today: date
) -> CouponRow:
    """The code of this coach's that was typed, if it could be used for this now; NoSuchCode for every other reason."""
    mine = select(Coupon).where(Coupon.coach_id == coach_id, Coupon.code_key == normal_code(typed)[:200])
    found = next(iter(_rows(mine)), None)
    if found is None or not found.fits(offering_id, today) or not is_left(found, client_id):
        raise NoSuchCode
    return found


def is_left(row: CouponRow, client_id: UUID | None) -> bool:
    """Whether it may be used once more, by this client."""
    return row.has_left(_used(row.id), _used(row.id, client_id) if client_id else 0)


def uses(coupon_ids: Iterable[UUID]) -> dict[UUID, CouponUse]:
    """How often each of these codes is being paid with, and was used for good."""
    for_good = or_(Use.attempt_id.is_(None), Attempt.state == AttemptState.PAID)
    found = (
        select(Use.coupon_id, func.count(), func.count().filter(for_good))
        .outerjoin(Attempt, Attempt.id == Use.attempt_id)
        .where(_COUNTS, Use.coupon_id.in_(list(coupon_ids)))
        .group_by(Use.coupon_id)
    )
    return {coupon_id: CouponUse(total - paid, paid) for coupon_id, total, paid in session().execute(found)}


def used_for(payable_ids: Iterable[UUID]) -> dict[UUID, tuple[str, Lowered]]:
    """For those of the payables that a code was used for: its word, and what it made of the price."""
    found = (
        select(Coupon.code, Use)
        .join(Coupon, Coupon.id == Use.coupon_id)
        .outerjoin(Attempt, Attempt.id == Use.attempt_id)
        .where(_COUNTS, Use.payable_id.in_(list(payable_ids)))
    )
    return {use.payable_id: (code, _lowered(use)) for code, use in session().execute(found)}


def _lowered(use: Use) -> Lowered:
    full, left = Money(use.full_minor, use.currency), Money(use.left_minor, use.currency)
    return Lowered(use.coupon_id, full, left)


def _used(coupon_id: UUID, client_id: UUID | None = None) -> int:
    found = select(func.count()).select_from(Use).outerjoin(Attempt, Attempt.id == Use.attempt_id)
    found = found.where(_COUNTS, Use.coupon_id == coupon_id)
    if client_id is not None:
        found = found.where(Use.client_id == client_id)
    return int(session().scalar(found) or 0)


def _rows(found: Select[Coupon]) -> list[CouponRow]:
    rows = list(session().scalars(found))
    good_for: dict[UUID, set[UUID]] = {row.id: set() for row in rows}
    pairs = select(CouponOffering).where(CouponOffering.coupon_id.in_(good_for))
    for pair in session().scalars(pairs) if rows else ():
        good_for[pair.coupon_id].add(pair.offering_id)
    return [_row(row, frozenset(good_for[row.id])) for row in rows]


def _row(row: Coupon, offering_ids: frozenset[UUID]) -> CouponRow:
    return CouponRow(
        id=row.id,
        coach_id=row.coach_id,
        code=row.code,
        percent=row.percent,
        off=None if row.off_minor is None else Money(row.off_minor, row.currency),
        first=row.first_day,
        last=row.last_day,
        most=row.most,
        most_each=row.most_each,
        made_at=row.made_at,
        rests_since=row.rests_since,
        offering_ids=offering_ids,
    )
