"""Reads of prices that are paid in parts: the later parts of one, and the sums of all its orders together."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.models import Attempt, Order, Payment
from coachapp.payments.part_models import Part, PartEntry
from coachapp.payments.part_rules import Entry, Later, NoSuchPart, Standing, standing
from coachapp.payments.queries import OrderRow, orders_of, stands


@dataclass(frozen=True)
class PartRow:
    """A later part of what somebody has bought (`whole`, a kind and an id), with its own order's sums. `moved_at` is when
    its day was last moved."""

    id: UUID
    number: int
    whole_kind: str
    whole_id: UUID
    order: OrderRow
    due_on: date
    is_let_go: bool
    moved_at: datetime | None = None

    @property
    def client_id(self) -> UUID:
        return self.order.client_id

    @property
    def amount(self) -> Money:
        return self.order.amount

    @property
    def is_open(self) -> bool:
        """Whether it is still to be paid."""
        return not self.order.due.is_zero and not self.is_let_go

    def standing(self, today: date) -> Standing:
        return standing(self.order.due.is_zero, self.is_let_go, self.due_on, today)


def promised(attempt_id: UUID) -> list[tuple[UUID, Later]]:
    """The later parts that were written down with an attempt, by their ids."""
    found = select(Part).where(Part.attempt_id == attempt_id).order_by(Part.number)
    return [
        (row.id, Later(Money(row.amount_minor, row.currency), row.due_on)) for row in session().scalars(found)
    ]


def part(part_id: UUID) -> PartRow:
    """One part that counts; NoSuchPart."""
    found = _rows(lambda first: Part.id == part_id)
    if not found:
        raise NoSuchPart
    return found[0]


def parts_by_id(part_ids: Iterable[UUID]) -> list[PartRow]:
    """Those of them that count."""
    asked = list(part_ids)
    return _rows(lambda first: Part.id.in_(asked)) if asked else []


def parts_of(whole_ids: Iterable[UUID]) -> dict[UUID, list[PartRow]]:
    """The later parts of what was bought in parts, in their order, by what was bought."""
    asked, found = list(whole_ids), defaultdict(list)
    for each in _rows(lambda first: first.payable_id.in_(asked)) if asked else ():
        found[each.whole_id].append(each)
    return dict(found)


def open_parts(client_id: UUID | None = None) -> list[PartRow]:
    """What is still to be paid, by one client or by all, the earliest day first."""
    paid = exists().where(Payment.order_id == Order.id, stands())
    let_go = exists().where(PartEntry.part_id == Part.id, PartEntry.kind == Entry.LET_GO)
    whose = (Order.client_id == client_id,) if client_id else ()
    found = _rows(lambda first: and_(~paid, ~let_go, *whose))
    return sorted((each for each in found if each.is_open), key=lambda each: (each.due_on, each.number))


def wholes_of(payable_ids: Iterable[UUID]) -> dict[UUID, OrderRow]:
    """As `orders_of`, with the sums of the later parts that count in them: what was paid and went back in all.

    `amount` is all that was to be paid, less the parts that were let go.
    """
    orders = orders_of(payable_ids)
    for payable_id, parts in parts_of(orders).items():
        orders[payable_id] = _together(orders[payable_id], parts)
    return orders


@dataclass(frozen=True)
class Falling:
    """What happens with the money of times that fall: whether any goes back, on which ways, and what of prices in
    parts is then not asked for any more (None where there is none)."""

    is_paid: bool
    by_hand: bool
    by_voucher: bool
    rest: Money | None


def falling(place_ids: Iterable[UUID]) -> Falling:
    """The same for all of these times together."""
    orders = list(wholes_of(place_ids).values())
    rests = [order.rest for order in orders if order.rest.minor]
    return Falling(
        is_paid=any(order.left.minor for order in orders),
        by_hand=any(order.by_hand or order.partly_by_hand for order in orders),
        by_voucher=any(order.by_voucher for order in orders),
        rest=Money(sum(each.minor for each in rests), rests[0].currency) if rests else None,
    )


def orders_together(whole_id: UUID) -> list[OrderRow]:
    """Every order that something is paid with, the first part's first."""
    first = orders_of([whole_id]).get(whole_id)
    return ([first] if first else []) + [each.order for each in parts_of([whole_id]).get(whole_id, ())]


def unpaid(whole_id: UUID) -> Money | None:
    """What nobody has paid of a price in parts, whether it is still asked for or was let go; None for any other."""
    parts = parts_of([whole_id]).get(whole_id, ())
    open_ones = [each.amount.minor for each in parts if each.order.paid.is_zero]
    return Money(sum(open_ones), parts[0].amount.currency) if parts else None


def rest_of(whole_id: UUID) -> Money | None:
    """What is still to be paid of a price in parts; None where nothing is, and for any other price."""
    rest = [each.amount for each in parts_of([whole_id]).get(whole_id, ()) if each.is_open]
    return Money(sum(each.minor for each in rest), rest[0].currency) if rest else None


def bought_with(payable_id: UUID) -> UUID:
    """What was bought, where this is a later part of it; else the same."""
    try:
        return part(payable_id).whole_id
    except NoSuchPart:
        return payable_id


def _together(order: OrderRow, parts: list[PartRow]) -> OrderRow:
    order = replace(order, paid=order.paid - _twice(order), refunded=order.refunded - _twice(order))
    for each in parts:
        order = replace(
            order,
            amount=order.amount if each.is_let_go and each.order.paid.is_zero else order.amount + each.amount,
            paid=order.paid + each.order.paid - _twice(each.order),
            refunded=order.refunded + each.order.refunded - _twice(each.order),
            lost=order.lost + each.order.lost,
            partly_by_hand=order.partly_by_hand or each.order.by_hand,
        )
    return order


def _twice(order: OrderRow) -> Money:
    """What came for one part beyond it and went back: it pays for no other."""
    more = min(max(order.paid.minor - order.amount.minor, 0), order.refunded.minor)
    return Money(more, order.amount.currency)


def _rows(wanted: Callable[[type[Order]], ColumnElement[bool]]) -> list[PartRow]:
    """Parts that have their order, with what they are parts of."""
    first = aliased(Order)
    found = (
        select(Part, first.payable_kind, first.payable_id)
        .join(Attempt, Attempt.id == Part.attempt_id)
        .join(first, first.id == Attempt.order_id)
        .join(Order, Order.payable_id == Part.id)
        .where(wanted(first))
        .order_by(Part.attempt_id, Part.number)
    )
    rows = session().execute(found).all()
    ids = [row.id for row, _kind, _id in rows]
    orders, moved, gone = orders_of(ids), *_decided(ids)
    return [
        _part_row(row, kind, whole_id, orders[row.id], moved.get(row.id), row.id in gone)
        for row, kind, whole_id in rows
    ]


def _part_row(
    row: Part, kind: str, whole_id: UUID, order: OrderRow, moved: tuple[date, datetime] | None, gone: bool
) -> PartRow:
    due_on, moved_at = moved or (row.due_on, None)
    return PartRow(row.id, row.number, kind, whole_id, order, due_on, gone, moved_at)


def _decided(part_ids: list[UUID]) -> tuple[dict[UUID, tuple[date, datetime]], set[UUID]]:
    """The day each part was moved to last, with when that was, and those that were let go."""
    found = select(PartEntry).where(PartEntry.part_id.in_(part_ids)).order_by(PartEntry.turn)
    rows = session().scalars(found).all() if part_ids else []
    moved = {row.part_id: (row.due_on, row.at) for row in rows if row.due_on is not None}
    return moved, {row.part_id for row in rows if row.kind == Entry.LET_GO}
