"""Reads of the ledger. An order's state is worked out here from its payments and refunds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from coachapp import vault
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.credit_models import Package
from coachapp.payments.dispute_queries import lost_by_order
from coachapp.payments.models import Attempt, Order, Payment, PaymentUndone, Refund
from coachapp.payments.rules import (
    BY_HAND,
    NEVER_WENT,
    UNFINISHED,
    AttemptRow,
    AttemptState,
    Method,
    NoSuchAttempt,
    OrderState,
    order_state,
)
from coachapp.payments.voucher_queries import sold_between


@dataclass(frozen=True)
class OrderRow:
    """An order with its sums and the state that follows from them; `lost` is what banks took back for good.

    `by_hand` where the coach gives its money back herself, `by_voucher` where it goes back onto a voucher. A price in
    parts may have come by card and by hand: then it is `partly_by_hand`.
    """

    id: UUID
    ref: str
    client_id: UUID
    payable_id: UUID
    amount: Money
    paid: Money
    refunded: Money
    lost: Money
    created_at: datetime
    by_hand: bool = False
    by_voucher: bool = False
    partly_by_hand: bool = False

    @property
    def state(self) -> OrderState:
        return order_state(self.amount.minor, self.paid.minor, self.refunded.minor, self.lost.minor)

    @property
    def due(self) -> Money:
        """What is still to be paid; what a bank took back is not asked for again."""
        return Money(max(self.amount.minor - self.paid.minor, 0), self.amount.currency)

    @property
    def gone(self) -> Money:
        """What of it is not here any more, however it went."""
        return self.refunded + self.lost

    @property
    def left(self) -> Money:
        """What of it is still here, and may go back."""
        return Money(max(self.paid.minor - self.gone.minor, 0), self.amount.currency)

    @property
    def rest(self) -> Money:
        """What of a price in parts is still to be paid: nothing before the first of them is."""
        return self.due if self.paid.minor else Money(0, self.amount.currency)


def attempt(attempt_id: UUID) -> AttemptRow:
    """One attempt; NoSuchAttempt."""
    row = session().get(Attempt, attempt_id)
    if row is None:
        raise NoSuchAttempt(str(attempt_id))
    return attempt_row(row)


def attempt_by_token(token: str) -> AttemptRow:
    """The attempt behind a `/paid/<token>` address; NoSuchAttempt."""
    found = select(Attempt).where(Attempt.token_hash == vault.keyed_hash("attempt", token))
    row = session().scalar(found)
    if row is None:
        raise NoSuchAttempt
    return attempt_row(row)


def attempt_by_reference(reference: str) -> AttemptRow | None:
    """The attempt Stripe means by our own reference."""
    try:
        row = session().get(Attempt, UUID(hex=reference))
    except ValueError:
        return None
    return attempt_row(row) if row else None


def unfinished_attempt(payable_id: UUID) -> AttemptRow | None:
    """The attempt that may still be paid for this payable, or for the package it is bought with, if there is one."""
    row = session().scalar(
        select(Attempt)
        .join(Order, Order.id == Attempt.order_id)
        .outerjoin(Package, Package.id == Order.payable_id)
        .where(or_(Order.payable_id == payable_id, Package.place_id == payable_id))
        .where(Attempt.state.in_(UNFINISHED))
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    return attempt_row(row) if row else None


def payables_in_flight(payable_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the payables that an unfinished attempt may still pay, alone or with a package bought beside them."""
    asked = set(payable_ids)
    found = (
        select(Order.payable_id, Package.place_id)
        .join(Attempt, Attempt.order_id == Order.id)
        .outerjoin(Package, Package.id == Order.payable_id)
        .where(or_(Order.payable_id.in_(asked), Package.place_id.in_(asked)))
        .where(Attempt.state.in_(UNFINISHED))
    )
    return asked.intersection(each for row in session().execute(found) for each in row)


def orders_of(payable_ids: Iterable[UUID]) -> dict[UUID, OrderRow]:
    """The orders of several payables, by payable."""
    ids = list(payable_ids)
    orders = session().scalars(select(Order).where(Order.payable_id.in_(ids))).all()
    paid = _sums(Payment, [order.id for order in orders])
    refunded = _sums(Refund, [order.id for order in orders])
    lost = lost_by_order(paid)
    by_hand, by_voucher = _came_by(BY_HAND, paid), _came_by((Method.VOUCHER,), paid)
    return {
        order.payable_id: _order_row(
            order,
            paid.get(order.id, 0),
            refunded.get(order.id, 0),
            lost.get(order.id, 0),
            order.id in by_hand,
            order.id in by_voucher,
        )
        for order in orders
    }


def order(order_id: UUID) -> OrderRow:
    """One order with its sums."""
    payable_id = session().get_one(Order, order_id).payable_id
    return orders_of([payable_id])[payable_id]


def came_at(order_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When money last came for these orders; what was undone never came."""
    return _latest(Payment, Payment.received_at, order_ids)


def went_back_at(order_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When money of these orders was last sent back."""
    return _latest(Refund, Refund.created_at, order_ids)


def stands() -> ColumnElement[bool]:
    """What is true of a payment that counts: nobody has undone it."""
    return Payment.id.not_in(select(PaymentUndone.payment_id))


def received_between(start: datetime, end: datetime, currency: str) -> Money:
    """What came in within [start, end), refunds not taken off. A voucher's money came when it was sold."""
    came = select(func.sum(Payment.amount_minor)).where(stands(), Payment.method != Method.VOUCHER)
    total = session().scalar(came.where(Payment.received_at >= start, Payment.received_at < end))
    return Money(int(total or 0) + sold_between(start, end), currency)


def attempt_row(row: Attempt) -> AttemptRow:
    """The frozen form of an attempt, its addresses opened."""
    order = session().get_one(Order, row.order_id)
    url = row.checkout_url_sealed
    return AttemptRow(
        id=row.id,
        order_id=row.order_id,
        client_id=order.client_id,
        number=row.number,
        amount=Money(row.amount_minor, row.currency),
        expires_at=row.expires_at,
        return_url=vault.open_(order.client_id, "payment_attempt.return_url", row.id, row.return_url_sealed),
        session_id=row.session_id,
        checkout_url=vault.open_(order.client_id, "payment_attempt.checkout_url", row.id, url)
        if url
        else None,
        state=AttemptState(row.state),
        payable_kind=order.payable_kind,
        payable_id=order.payable_id,
    )


def _sums(table: type[Payment] | type[Refund], order_ids: list[UUID]) -> dict[UUID, int]:
    found = select(table.order_id, func.sum(table.amount_minor)).where(table.order_id.in_(order_ids))
    rows = session().execute(found.where(_counts(table)).group_by(table.order_id))
    return {order_id: int(total) for order_id, total in rows}


def _latest(
    table: type[Payment] | type[Refund], at: InstrumentedAttribute[datetime], order_ids: Iterable[UUID]
) -> dict[UUID, datetime]:
    found = select(table.order_id, func.max(at)).where(table.order_id.in_(list(order_ids)), _counts(table))
    return {row[0]: row[1] for row in session().execute(found.group_by(table.order_id))}


def _counts(table: type[Payment] | type[Refund]) -> ColumnElement[bool]:
    return Refund.state.not_in(NEVER_WENT) if table is Refund else stands()


def _came_by(methods: Iterable[Method], order_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the orders that were paid in one of these ways."""
    found = select(Payment.order_id).where(Payment.order_id.in_(list(order_ids)), Payment.method.in_(methods))
    return set(session().scalars(found.where(stands())))


def _order_row(
    order: Order, paid: int, refunded: int, lost: int, by_hand: bool, by_voucher: bool
) -> OrderRow:
    return OrderRow(
        order.id,
        order.ref,
        order.client_id,
        order.payable_id,
        Money(order.amount_minor, order.currency),
        Money(paid, order.currency),
        Money(refunded, order.currency),
        Money(lost, order.currency),
        order.created_at,
        by_hand,
        by_voucher,
    )
