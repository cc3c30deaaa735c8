"""Reads of vouchers. What one is worth by now is the sum of its entries each time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from coachapp import vault
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.models import Order, Payment, Refund
from coachapp.payments.rules import Method, RefundState
from coachapp.payments.voucher_models import Voucher, VoucherEntry
from coachapp.payments.voucher_rules import (
    GIVEN,
    EntryKind,
    EntryRow,
    NoSuchVoucher,
    VoucherRow,
    normal_voucher,
)
from coachapp.practice.queries import today_of


def voucher(voucher_id: UUID) -> VoucherRow:
    """One voucher; NoSuchVoucher."""
    found = _rows(Voucher.id == voucher_id)
    if not found:
        raise NoSuchVoucher
    return found[0]


def vouchers(coach_id: int) -> list[VoucherRow]:
    """A coach's vouchers, newest first."""
    return _rows(Voucher.coach_id == coach_id)


def id_of_code(coach_id: int, typed: str) -> UUID:
    """This coach's voucher with the code that was typed, whatever is left on it; NoSuchVoucher."""
    found = select(Voucher.id).where(Voucher.code_hash == code_hash(typed), Voucher.coach_id == coach_id)
    voucher_id = session().scalar(found)
    if voucher_id is None:
        raise NoSuchVoucher
    return voucher_id


def code_hash(code: str) -> bytes:
    """By what a code is found."""
    return vault.keyed_hash("voucher", normal_voucher(code))


def has_any(coach_id: int) -> bool:
    """Whether this coach has ever made one, so that asking for a code has a sense."""
    return session().scalar(select(Voucher.id).where(Voucher.coach_id == coach_id).limit(1)) is not None


def entries(voucher_id: UUID) -> list[EntryRow]:
    """What happened to a voucher, latest first; a time is when money moved, where it was not noted at once."""
    paid = func.coalesce(VoucherEntry.payment_id, Refund.payment_id)
    found = (
        select(VoucherEntry, Voucher.currency, Order.ref)
        .join(Voucher, Voucher.id == VoucherEntry.voucher_id)
        .outerjoin(Refund, Refund.id == VoucherEntry.refund_id)
        .outerjoin(Payment, Payment.id == paid)
        .outerjoin(Order, Order.id == Payment.order_id)
        .where(VoucherEntry.voucher_id == voucher_id)
        .order_by(VoucherEntry.id.desc())
    )
    return [
        EntryRow(
            EntryKind(row.kind), Money(abs(row.minor), currency), row.money_at or row.at, row.method, ref
        )
        for row, currency, ref in session().execute(found)
    ]


def sold_between(start: datetime, end: datetime) -> int:
    """What came in for vouchers within [start, end), in minor units; those that were given away brought nothing."""
    total = session().scalar(
        select(func.sum(VoucherEntry.minor)).where(
            VoucherEntry.kind == EntryKind.SOLD,
            VoucherEntry.method != GIVEN,
            VoucherEntry.money_at >= start,
            VoucherEntry.money_at < end,
        )
    )
    return int(total or 0)


def disagreeing() -> int:
    """How many payments and refunds by voucher have no entry of their amount, and entries that fit none; and how many
    vouchers have less than nothing left, or more than they were sold for."""
    return _uses_astray() + _backs_astray() + _beyond_bounds()


def _uses_astray() -> int:
    found = (
        select(func.count())
        .select_from(Payment)
        .outerjoin(VoucherEntry, VoucherEntry.payment_id == Payment.id)
        .where(Payment.method == Method.VOUCHER)
        .where(or_(VoucherEntry.id.is_(None), VoucherEntry.minor != -Payment.amount_minor))
    )
    return session().scalar(found) or 0


def _backs_astray() -> int:
    went = Refund.state == RefundState.SUCCEEDED
    found = (
        select(func.count())
        .select_from(Refund)
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(VoucherEntry, VoucherEntry.refund_id == Refund.id)
        .where(Payment.method == Method.VOUCHER)
        .where(
            or_(
                and_(went, VoucherEntry.id.is_(None)),
                and_(~went, VoucherEntry.id.is_not(None)),
                VoucherEntry.minor != Refund.amount_minor,
            )
        )
    )
    return session().scalar(found) or 0


def _beyond_bounds() -> int:
    left = func.sum(VoucherEntry.minor)
    worth = func.sum(VoucherEntry.minor).filter(VoucherEntry.kind == EntryKind.SOLD)
    wrong = (
        select(Voucher.id)
        .outerjoin(VoucherEntry, VoucherEntry.voucher_id == Voucher.id)
        .group_by(Voucher.id)
        .having(or_(left.is_(None), worth.is_(None), left < 0, left > worth))
    )
    return session().scalar(select(func.count()).select_from(wrong.subquery())) or 0


def _rows(wanted: ColumnElement[bool]) -> list[VoucherRow]:
    found = list(
        session().scalars(select(Voucher).where(wanted).order_by(Voucher.made_at.desc(), Voucher.id))
    )
    by_voucher: dict[UUID, list[VoucherEntry]] = {row.id: [] for row in found}
    of_these = select(VoucherEntry).where(VoucherEntry.voucher_id.in_(by_voucher)).order_by(VoucherEntry.id)
    for entry in session().scalars(of_these):
        by_voucher[entry.voucher_id].append(entry)
    return [_row(row, by_voucher[row.id]) for row in found]


def _row(row: Voucher, found: list[VoucherEntry]) -> VoucherRow:
    sold = next(each for each in found if each.kind == EntryKind.SOLD)
    back = [each.at for each in found if each.kind == EntryKind.BACK]
    note = row.note_sealed
    assert sold.money_at is not None and sold.method is not None, "the database holds it"
    return VoucherRow(
        id=row.id,
        coach_id=row.coach_id,
        code=vault.open_(vault.PRACTICE, "voucher.code", row.id, row.code_sealed),
        note=vault.open_(vault.PRACTICE, "voucher.note", row.id, note) if note else "",
        worth=Money(sold.minor, row.currency),
        left=Money(sum(each.minor for each in found), row.currency),
        last=row.last_day,
        came_back=today_of(row.coach_id, max(back)) if back else None,
        is_ended=any(each.kind == EntryKind.ENDED for each in found),
        method=sold.method,
        money_at=sold.money_at,
        made_at=row.made_at,
    )
