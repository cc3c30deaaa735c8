"""Codes that lower a price: made and put to rest by the coach, taken by whoever pays with one.

A use is a row, written in the transaction that begins to pay, while the code's own row is held: a second one who wants
the last use waits, counts again, and is told that there is none. The database refuses whatever would come about in
another way. An attempt that ends unpaid gives its use back by that alone.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coachapp.audit.operations import record
from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.payments import coupon_queries
from coachapp.payments.coupon_models import Coupon, CouponOffering, CouponUse
from coachapp.payments.coupon_rules import (
    CodeGone,
    CodeInUse,
    CouponRow,
    Lowered,
    NoSuchCode,
    normal_code,
)


def make(
    coach_id: int,
    code: str,
    *,
    percent: int | None,
    off: Money | None,
    currency: str,
    days: tuple[date | None, date | None],
    most: int | None,
    most_each: int | None,
    offering_ids: Iterable[UUID],
    by: UUID,
    now: datetime,
) -> UUID:
    """Make a code that takes `percent` or an amount (`off`) off; CodeInUse where the coach has one of that name."""
    row = Coupon(
        id=uuid4(),
        coach_id=coach_id,
        code=code,
        code_key=normal_code(code),
        percent=percent,
        off_minor=off.minor if off else None,
        currency=currency,
        first_day=days[0],
        last_day=days[1],
        most=most,
        most_each=most_each,
        made_at=now,
    )
    try:
        with transaction() as db, db.begin_nested():
            db.add(row)
            db.flush()
            db.add_all(CouponOffering(coupon_id=row.id, offering_id=each) for each in set(offering_ids))
            record("make_code", now=now, role="staff", actor=by)
            return row.id
    except IntegrityError as error:
        raise CodeInUse from error


def rest(coupon_id: UUID, resting: bool, *, by: UUID, now: datetime) -> bool:
    """Put a code to rest, or take it up again; False where it is so already. Who pays with it now may finish."""
    with transaction() as db:
        row = db.get_one(Coupon, coupon_id, with_for_update={"key_share": True})
        if resting == (row.rests_since is not None):
            return False
        row.rests_since = now if resting else None
        record("rest_code" if resting else "take_up_code", now=now, role="staff", actor=by)
        return True


def take(
    lowered: Lowered, client_id: UUID, payable_id: UUID, attempt_id: UUID | None, *, now: datetime
) -> None:
    """Use a code for something that is about to be paid (or, with no attempt, that costs nothing by it); CodeGone.

    Its dates were looked at when it was chosen: whoever has begun may finish.
    """
    with transaction() as db:
        row = _held(lowered.coupon_id)
        if row is None or row.rests_since is not None or not coupon_queries.is_left(row, client_id):
            raise CodeGone
        db.add(
            CouponUse(
                id=uuid4(),
                coupon_id=row.id,
                client_id=client_id,
                payable_id=payable_id,
                attempt_id=attempt_id,
                full_minor=lowered.full.minor,
                left_minor=lowered.left.minor,
                currency=lowered.full.currency,
                taken_at=now,
            )
        )
        db.flush()


def _held(coupon_id: UUID) -> CouponRow | None:
    """A code as it stands now; nobody else takes it until the transaction ends."""
    session().execute(select(Coupon.id).where(Coupon.id == coupon_id).with_for_update(key_share=True))
    try:
        return coupon_queries.coupon(coupon_id)
    except NoSuchCode:
        return None
