"""One order's money as the coach sees it: what is due, what came, what went back or did not, and what is disputed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, null, select

from coachapp.booking import awaiting, parting
from coachapp.booking import queries as booking
from coachapp.booking.rules import NoSuchPlace, PlaceRow
from coachapp.clients.models import Client
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments import (
    ask_queries,
    asking,
    dispute_queries,
    packages,
    part_queries,
    part_rules,
    queries,
)
from coachapp.payments.credit_queries import package, spent_on
from coachapp.payments.dispute_models import Dispute
from coachapp.payments.models import Order, Payment, PaymentUndone, Refund
from coachapp.payments.part_queries import PartRow
from coachapp.payments.queries import OrderRow
from coachapp.payments.rules import Method, OrderState, RefundState

_LOST_SHOWN_FOR = timedelta(days=7)
_TIME = "appointment"
_BY_AMOUNT = (_TIME, asking.KIND)
"""What may go back by any amount; packages and questions have rules of their own."""


@dataclass(frozen=True)
class Step:
    """Money that came (`state` None), or goes back, by its payment's, refund's or dispute's id; `is_undone`: it was
    marked by mistake; `is_lost`: a bank took it."""

    id: UUID | str
    at: datetime
    amount: Money
    method: Method
    state: RefundState | None = None
    is_undone: bool = False
    is_lost: bool = False


@dataclass(frozen=True)
class OrderMoney:
    """An order with everything that moved, oldest first; `place` is the time it pays for, or a package's first.

    Where it pays a later `part` of a price, `kind` and `title` are of what was bought; `others` are the parts of the
    same price that money came for too.
    """

    order: OrderRow
    kind: str
    title: str
    client: ClientRow
    place: PlaceRow | None
    steps: list[Step]
    part: PartRow | None
    others: list[OrderRow]
    may_be_marked: bool

    @property
    def coach_id(self) -> int:
        """A time's money is its coach's, all other money that of the client's own coach."""
        return self.place.coach_id if self.place and self.kind == _TIME else self.client.coach_id

    @property
    def left(self) -> Money:
        """What may still go back."""
        return self.order.left

    @property
    def may_go_back(self) -> bool:
        """Whether any amount may be given back here; once more, too, what did not arrive."""
        return self.left.minor > 0 and (self.kind in _BY_AMOUNT or self.did_not_go_back)

    @property
    def did_not_go_back(self) -> bool:
        """Whether the last that was to go back came to nothing."""
        backs = [step.state for step in self.steps if step.state]
        return bool(backs) and backs[-1] is RefundState.FAILED

    @property
    def state(self) -> OrderState:
        return self.order.state


def of_order(order_id: UUID) -> OrderMoney | None:
    """One order; None where there is none."""
    row = session().get(Order, order_id)
    if row is None:
        return None
    part = part_queries.part(row.payable_id) if row.payable_kind == part_rules.KIND else None
    kind, whole_id = (part.whole_kind, part.whole_id) if part else (row.payable_kind, row.payable_id)
    sums, place = queries.order(order_id), _place(kind, whole_id)
    return OrderMoney(
        sums,
        kind,
        parting.title_of(kind, whole_id),
        client(row.client_id),
        place,
        _steps(order_id),
        part,
        [each for each in part_queries.orders_together(whole_id) if each.id != order_id and each.paid.minor],
        not part and not sums.due.is_zero and _may_be_marked(sums, kind, place),
    )


def failed_refunds(coach_id: int) -> list[tuple[datetime, UUID, UUID]]:
    """(when, client, order) of this coach's money that did not go back and was not given back again since."""
    found = (
        select(Refund, Order.client_id)
        .join(Order, Order.id == Refund.order_id)
        .where(Refund.order_id.in_(select(Refund.order_id).where(Refund.state == RefundState.FAILED)))
        .order_by(Refund.created_at)
    )
    last = {refund.order_id: (refund, client_id) for refund, client_id in session().execute(found)}
    return [
        (refund.created_at, client_id, order_id)
        for order_id, (refund, client_id) in last.items()
        if refund.state == RefundState.FAILED and _whose(order_id) == coach_id
    ]


def _whose(order_id: UUID) -> int | None:
    """The coach whose money an order's is, which is not always her client's own coach."""
    found = of_order(order_id)
    return found.coach_id if found else None


def disputes(coach_id: int, *, now: datetime) -> list[tuple[datetime, UUID, bool]]:
    """(since when, client, lost) of payments a bank looks into, and of those it took back in the last week."""
    hers = select(Order.id, Order.client_id).join(Client, Client.id == Order.client_id)
    hers = hers.where(Client.coach_id == coach_id, Order.id.in_(select(Dispute.order_id)))
    whose = {row.id: row.client_id for row in session().execute(hers)}
    return [
        (each.decided_at or each.opened_at, whose[each.order_id], each.is_lost)
        for each in dispute_queries.of_orders(whose)
        if each.is_open or (each.is_lost and each.decided_at and each.decided_at > now - _LOST_SHOWN_FOR)
    ]


def is_disputed(order_id: UUID) -> bool:
    """Whether a bank looks into a payment of this order."""
    return any(each.is_open for each in dispute_queries.of_orders([order_id]))


def _place(kind: str, bought_id: UUID) -> PlaceRow | None:
    place_id = package(bought_id).place_id if kind == packages.KIND else bought_id
    try:
        return booking.place(place_id) if place_id and kind in (_TIME, packages.KIND) else None
    except NoSuchPlace:  # forgotten meanwhile
        return None


def _may_be_marked(order: OrderRow, kind: str, place: PlaceRow | None) -> bool:
    """Whether the coach may say that all that is due has come by hand. What was taken back is not due any more; a time
    that a session paid for is paid; and what was begun in parts is awaited by nobody."""
    if kind == asking.KIND:
        return ask_queries.by_id(order.payable_id).ended_at is None
    takes_money = place is not None and awaiting.takes_money(place)
    if kind == packages.KIND:
        bought = package(order.payable_id)
        return order.amount == bought.price and (takes_money or bought.place_id is None)
    return takes_money and not spent_on([order.payable_id])


def _steps(order_id: UUID) -> list[Step]:
    """All that moved, oldest first. What goes back, and was not said to have gone in another way, goes as it came."""
    came = (
        select(
            Payment.id,
            Payment.received_at,
            Payment.amount_minor,
            Payment.currency,
            Payment.method,
            null(),
            PaymentUndone.at,
        )
        .outerjoin(PaymentUndone, PaymentUndone.payment_id == Payment.id)
        .where(Payment.order_id == order_id)
    )
    way = func.coalesce(Refund.method, Payment.method)
    went = (
        select(Refund.id, Refund.created_at, Refund.amount_minor, Refund.currency, way, Refund.state, null())
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.order_id == order_id)
    )
    steps = [
        Step(
            id_,
            at,
            Money(minor, currency),
            Method(method),
            RefundState(state) if state else None,
            undone is not None,
        )
        for moved in (came, went)
        for id_, at, minor, currency, method, state, undone in session().execute(moved)
    ]
    return sorted([*steps, *_lost(order_id)], key=lambda step: step.at)


def _lost(order_id: UUID) -> list[Step]:
    return [
        Step(each.id, each.decided_at or each.opened_at, each.amount, Method.CARD, is_lost=True)
        for each in dispute_queries.of_orders([order_id])
        if each.is_lost
    ]
