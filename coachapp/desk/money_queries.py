"""One order's money as the coach sees it: what came, what went back or did not, and what is disputed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from coachapp.booking import queries as booking
from coachapp.booking.rules import PlaceRow
from coachapp.clients.models import Client
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments import dispute_queries, part_queries, part_rules, queries
from coachapp.payments.dispute_models import Dispute
from coachapp.payments.models import Order, Payment, PaymentUndone, Refund
from coachapp.payments.queries import OrderRow
from coachapp.payments.rules import Method, OrderState, RefundState

_LOST_SHOWN_FOR = timedelta(days=7)
_BY_AMOUNT = ("appointment", "request")
"""What may go back by any amount; packages and questions have rules of their own."""


@dataclass(frozen=True)
class Step:
    """Money that came (`state` None), or goes back; `is_undone`: it was marked by mistake; `is_lost`: a bank took it."""

    at: datetime
    amount: Money
    method: Method
    state: RefundState | None = None
    is_undone: bool = False
    is_lost: bool = False


@dataclass(frozen=True)
class OrderMoney:
    """An order with everything that moved, oldest first; `place` is the time that was paid for, if it was one.

    Where it pays a part of a price, `kind` is of what was bought, and `others` are the parts that money came for too.
    """

    order: OrderRow
    kind: str
    client: ClientRow
    place: PlaceRow | None
    steps: list[Step]
    others: list[OrderRow]

    @property
    def coach_id(self) -> int:
        """A time's money is its coach's, all other money that of the client's own coach."""
        return self.place.coach_id if self.place else self.client.coach_id

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
    kind, whole_id = _bought(row)
    return OrderMoney(
        queries.order(order_id),
        kind,
        client(row.client_id),
        booking.place(whole_id) if kind == "appointment" else None,
        sorted([*_came(order_id), *_went(order_id), *_lost(order_id)], key=lambda step: step.at),
        [each for each in part_queries.orders_together(whole_id) if each.id != order_id and each.paid.minor],
    )


def failed_refunds(coach_id: int) -> list[tuple[datetime, UUID, UUID]]:
    """(when, client, order) of money that did not go back and was not given back again since."""
    found = (
        select(Refund, Order.client_id)
        .join(Order, Order.id == Refund.order_id)
        .join(Client, Client.id == Order.client_id)
        .where(Client.coach_id == coach_id)
        .where(Refund.order_id.in_(select(Refund.order_id).where(Refund.state == RefundState.FAILED)))
        .order_by(Refund.created_at)
    )
    last = {refund.order_id: (refund, client_id) for refund, client_id in session().execute(found)}
    return [
        (refund.created_at, client_id, order_id)
        for order_id, (refund, client_id) in last.items()
        if refund.state == RefundState.FAILED
    ]


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


def _bought(order: Order) -> tuple[str, UUID]:
    """What an order pays for, or pays a later part of."""
    if order.payable_kind != part_rules.KIND:
        return order.payable_kind, order.payable_id
    mine = part_queries.part(order.payable_id)
    return mine.whole_kind, mine.whole_id


def _came(order_id: UUID) -> list[Step]:
    found = (
        select(Payment, PaymentUndone.at)
        .outerjoin(PaymentUndone, PaymentUndone.payment_id == Payment.id)
        .where(Payment.order_id == order_id)
    )
    return [
        Step(
            row.received_at,
            Money(row.amount_minor, row.currency),
            Method(row.method),
            is_undone=undone is not None,
        )
        for row, undone in session().execute(found)
    ]


def _went(order_id: UUID) -> list[Step]:
    found = (
        select(Refund, Payment.method)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.order_id == order_id)
    )
    return [
        Step(
            row.created_at,
            Money(row.amount_minor, row.currency),
            Method(row.method or came),
            RefundState(row.state),
        )
        for row, came in session().execute(found)
    ]


def _lost(order_id: UUID) -> list[Step]:
    return [
        Step(each.decided_at or each.opened_at, each.amount, Method.CARD, is_lost=True)
        for each in dispute_queries.of_orders([order_id])
        if each.is_lost
    ]
