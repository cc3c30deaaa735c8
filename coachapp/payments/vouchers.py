"""Vouchers: made and ended by the coach, and paid with by whoever has the code.

A voucher is money that came already. What is paid with it takes the same road as all money: the payable's `on_paid`
confirms and announces, and the receipt is issued, in the transaction that writes the payment and the entry.
"""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.payments import queries, voucher_entries, voucher_queries
from coachapp.payments.by_hand import all_due
from coachapp.payments.models import Order
from coachapp.payments.papering import issue_for
from coachapp.payments.rules import Method, OnPaid, Payables
from coachapp.payments.voucher_models import Voucher, VoucherEntry
from coachapp.payments.voucher_rules import (
    EntryKind,
    GoneMeanwhile,
    NoSuchVoucher,
    NotUnused,
    TooLittle,
    VoucherRow,
    random_voucher,
)
from coachapp.practice.queries import coach, today_of
from coachapp.web import logs
from coachapp.zones import local_days, zone


def make(
    coach_id: int,
    worth: Money,
    last: date | None,
    note: str,
    *,
    method: str,
    on: date,
    by: UUID,
    now: datetime,
) -> UUID:
    """Make a voucher whose money came on a day by some method (`GIVEN` where none did); its id."""
    with transaction() as db:
        voucher_id, code = uuid4(), random_voucher()
        db.add(
            Voucher(
                id=voucher_id,
                coach_id=coach_id,
                currency=worth.currency,
                code_hash=voucher_queries.code_hash(code),
                code_sealed=vault.seal(vault.PRACTICE, "voucher.code", voucher_id, code),
                note_sealed=vault.seal(vault.PRACTICE, "voucher.note", voucher_id, note) if note else None,
                last_day=last,
                made_at=now,
            )
        )
        db.flush()
        _move_money(voucher_id, coach_id, EntryKind.SOLD, worth.minor, method, on, now)
        record("make_voucher", now=now, role="staff", actor=by)
        return voucher_id


def end(voucher_id: UUID, *, method: str, on: date, by: UUID, now: datetime) -> None:
    """End an unused voucher for good; `method` is how its money went back (`GIVEN` where none does). NotUnused."""
    with transaction():
        voucher_entries.hold(voucher_id)
        row = voucher_queries.voucher(voucher_id)
        if not row.is_unused:
            raise NotUnused
        _move_money(voucher_id, row.coach_id, EntryKind.ENDED, -row.worth.minor, method, on, now)
        record("end_voucher", now=now, role="staff", actor=by)


def take_up(coach_id: int, typed: str, due: Money, *, now: datetime) -> VoucherRow:
    """The voucher that was typed, held until the transaction ends, with enough left for what is due.

    NoSuchVoucher for every reason but one: TooLittle, for whoever has a good code.
    """
    with transaction():
        voucher_id = voucher_queries.id_of_code(coach_id, typed)
        voucher_entries.hold(voucher_id)
        row = voucher_queries.voucher(voucher_id)
        if not row.is_usable(due.currency, today_of(coach_id, now)):
            raise NoSuchVoucher
        if row.left.minor < due.minor:
            raise TooLittle(row.left, due)
        return row


def pay(order_id: UUID, mine: VoucherRow, payables: Payables, *, now: datetime) -> Money:
    """Pay all that is due on an order with a voucher that was taken up in this transaction; what is left on it.

    AlreadyPaid when nothing is due; GoneMeanwhile where what it pays for cannot be had: nothing is written then, and
    the voucher keeps its worth.
    """
    with transaction() as db:
        order = db.get_one(Order, order_id)
        payment = all_due(order, Method.VOUCHER, now)
        db.add(payment)
        db.flush()
        voucher_entries.use(mine.id, payment, now=now)
        means = payables[order.payable_kind].on_paid(order.payable_id, now)
        if means is not OnPaid.CONFIRM or queries.order(order_id).paid.minor > order.amount_minor:
            raise GoneMeanwhile
        issue_for(order_id, now=now)
        return Money(mine.left.minor - payment.amount_minor, payment.currency)


def say_if_vouchers_disagree() -> None:
    """A line in the log, and no more: only a person can put this right."""
    if count := voucher_queries.disagreeing():
        logs.logger().error("vouchers disagree", count=count)


def _move_money(
    voucher_id: UUID, coach_id: int, kind: EntryKind, minor: int, method: str, on: date, now: datetime
) -> None:
    """The voucher's own money came, or went back, on that day: at noon of the coach's, or now where that is earlier."""
    noon = local_days(on, on, zone(coach(coach_id).zone))[0] + timedelta(hours=12)
    with transaction() as db:
        db.add(
            VoucherEntry(
                voucher_id=voucher_id, kind=kind, minor=minor, method=method, money_at=min(noon, now), at=now
            )
        )
        db.flush()
