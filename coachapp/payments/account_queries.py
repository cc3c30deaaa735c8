"""Reads of the ledger for the accountant: every payment and refund of a period, in order."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from coachapp.db import session
from coachapp.money import Money
from coachapp.papers.models import Paper
from coachapp.papers.rules import Kind
from coachapp.payments.account_rules import BY_GIFT, VOUCHER, Line, Way
from coachapp.payments.dispute_models import Dispute, DisputeDecided
from coachapp.payments.models import Attempt, Fee, Order, Payment, Refund
from coachapp.payments.queries import stands
from coachapp.payments.rules import NEVER_WENT, AttemptState, Method, Verdict
from coachapp.payments.voucher_models import Voucher, VoucherEntry
from coachapp.payments.voucher_rules import GIVEN, EntryKind

_AT_ONCE = 500
_ORDER = (Order.ref, Order.payable_kind, Order.payable_id, Order.client_id)


def batches(start: datetime, end: datetime) -> Iterator[list[Line]]:
    """What came in and went back within [start, end), earliest first, some hundred lines at a time.

    A refund counts from when it was asked for, and not at all once it has failed; a dispute from when we learnt that it
    is lost. What was marked by mistake and undone
    counts as if it had never come. What was paid with a voucher stands here too, for what it paid: not as money.
    """
    rows = session().execute(_lines(start, end), execution_options={"yield_per": _AT_ONCE})
    for some in rows.partitions():
        yield [_line(row) for row in some]


def lines(start: datetime, end: datetime) -> Iterator[Line]:
    """The same one by one."""
    for some in batches(start, end):
        yield from some


def count_unfit(start: datetime, end: datetime) -> int:
    """How many payments within [start, end) do not fit what was asked for, and stand in no sum."""
    found = select(func.count(Attempt.id)).where(Attempt.state == AttemptState.ALARM)
    return session().scalar(found.where(Attempt.created_at >= start, Attempt.created_at < end)) or 0


def _lines(start: datetime, end: datetime) -> CompoundSelect[*tuple[Any, ...]]:
    came = (
        select(
            Payment.id.label("id"),
            literal(Way.IN.value).label("way"),
            Payment.received_at.label("at"),
            Payment.amount_minor.label("minor"),
            Payment.currency.label("currency"),
            case((_with_gift(), BY_GIFT), else_=Payment.method).label("method"),
            Fee.fee_minor.label("fee_minor"),
            Fee.currency.label("fee_currency"),
            Paper.tax_minor.label("tax_minor"),
            *_ORDER,
        )
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(Fee, Fee.payment_id == Payment.id)
        .outerjoin(Paper, and_(Paper.kind == Kind.RECEIPT, Paper.about_id == Payment.id))
        .where(stands(), Payment.received_at >= start, Payment.received_at < end)
    )
    back = (
        select(
            Refund.id,
            literal(Way.BACK.value),
            Refund.created_at,
            -Refund.amount_minor,
            Refund.currency,
            case((_with_gift(), BY_GIFT), else_=func.coalesce(Refund.method, Payment.method)),
            null(),
            null(),
            Paper.tax_minor,
            *_ORDER,
        )
        .join(Order, Order.id == Refund.order_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Paper, and_(Paper.kind == Kind.CREDIT, Paper.about_id == Refund.id))
        .where(Refund.created_at >= start, Refund.created_at < end, Refund.state.not_in(NEVER_WENT))
    )
    return union_all(came, back, _lost(start, end), _vouchers(start, end)).order_by("at", "id")


def _lost(start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    """What banks took back for good. No credit note is issued for it: nobody here gave anything back."""
    return (
        select(
            Dispute.payment_id,
            literal(Way.LOST.value),
            DisputeDecided.decided_at,
            -Dispute.amount_minor,
            Dispute.currency,
            literal(Method.CARD.value),
            null(),
            null(),
            null(),
            *_ORDER,
        )
        .join(Order, Order.id == Dispute.order_id)
        .join(DisputeDecided, DisputeDecided.dispute_id == Dispute.id)
        .where(DisputeDecided.verdict == Verdict.LOST)
        .where(DisputeDecided.decided_at >= start, DisputeDecided.decided_at < end)
    )


def _vouchers(start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    """The money of vouchers themselves: it counts when they are sold, or end, and not when they are used."""
    way = case((VoucherEntry.kind == EntryKind.SOLD, Way.IN.value), else_=Way.BACK.value)
    return (
        select(
            Voucher.id,
            way,
            VoucherEntry.money_at,
            VoucherEntry.minor,
            Voucher.currency,
            VoucherEntry.method,
            null(),
            null(),
            null(),
            literal(""),
            literal(VOUCHER),
            Voucher.id,
            null(),
        )
        .join(Voucher, Voucher.id == VoucherEntry.voucher_id)
        .where(VoucherEntry.method != GIVEN)
        .where(VoucherEntry.money_at >= start, VoucherEntry.money_at < end)
    )


def _with_gift() -> ColumnElement[bool]:
    """Whether a payment was made with a voucher that was given away."""
    used, sold = aliased(VoucherEntry), aliased(VoucherEntry)
    return exists().where(
        used.payment_id == Payment.id,
        sold.voucher_id == used.voucher_id,
        sold.kind == EntryKind.SOLD,
        sold.method == GIVEN,
    )


def _line(row: Any) -> Line:
    fee = None if row.fee_minor is None else Money(row.fee_minor, row.fee_currency)
    return Line(
        row.id,
        Way(row.way),
        row.at,
        Money(row.minor, row.currency),
        fee,
        row.method,
        row.ref,
        row.payable_kind,
        row.payable_id,
        row.client_id,
        None if row.tax_minor is None else Money(row.tax_minor, row.currency),
    )
