"""Requests to pay: what the payer may see of one, and the link and words that lead to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from coachapp import vault
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments.models import Order, PayRequest
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import Asking, NoSuchRequest, Payables, asking_state


@dataclass(frozen=True)
class AskedRow:
    """A request to pay. The payer is shown its amount and until when, and never whose it is."""

    id: UUID
    order_id: UUID
    coach_id: int
    client_id: UUID
    payable_kind: str
    payable_id: UUID
    amount: Money
    due: Money
    ref: str
    in_space: bool
    due_at: datetime
    made_at: datetime
    ended_at: datetime | None

    def state(self, now: datetime, payables: Payables) -> Asking:
        """How it stands; what it pays for may have ended before its time."""
        found = asking_state(not self.due.is_zero, self.due_at, self.ended_at, now)
        is_open = found is Asking.OPEN and payables[self.payable_kind].may_be_paid(self.payable_id, now)
        return Asking.ENDED if found is Asking.OPEN and not is_open else found


@dataclass(frozen=True)
class Secret:
    """What leads to a request: a link, and four words."""

    link: str
    words: str


def by_token(token: str) -> AskedRow:
    """The request behind a link; NoSuchRequest."""
    return _one(PayRequest.token_hash == vault.keyed_hash("pay request", token))


def by_code(code: str) -> AskedRow:
    """The request that four words (in their normal form) open; NoSuchRequest."""
    return _one(PayRequest.code_hash == vault.keyed_hash("pay code", code))


def by_id(request_id: UUID) -> AskedRow:
    """One request; NoSuchRequest."""
    return _one(PayRequest.id == request_id)


def latest_for(order_id: UUID) -> AskedRow:
    """The last request made for an order; NoSuchRequest."""
    return _one(PayRequest.order_id == order_id)


def asked_by(coach_id: int, since: datetime) -> list[AskedRow]:
    """A coach's requests made since then, latest first."""
    return _rows(PayRequest.coach_id == coach_id, PayRequest.made_at >= since)


def asked_of(client_id: UUID) -> list[AskedRow]:
    """All that was ever asked for this client, latest first."""
    return _rows(Order.client_id == client_id)


def asked_in_space(client_id: UUID) -> list[AskedRow]:
    """What her own space shows a client."""
    return _rows(Order.client_id == client_id, PayRequest.in_space.is_(True))


def token_of(request_id: UUID) -> str:
    """The token of a request's link."""
    row = session().get_one(PayRequest, request_id)
    owner = session().get_one(Order, row.order_id).client_id
    return vault.open_(owner, "pay_request.token", row.id, row.token_sealed)


def secret(asked: AskedRow, base: str) -> Secret:
    """A request's link, which begins with `base`, and its words."""
    row = session().get_one(PayRequest, asked.id)
    words = vault.open_(asked.client_id, "pay_request.code", row.id, row.code_sealed)
    return Secret(base + token_of(asked.id), words)


def secret_of(order_id: UUID, base: str) -> Secret | None:
    """The same for the last request made for an order, if there is one."""
    try:
        return secret(latest_for(order_id), base)
    except NoSuchRequest:
        return None


def _one(wanted: ColumnElement[bool]) -> AskedRow:
    found = _rows(wanted)
    if not found:
        raise NoSuchRequest
    return found[0]


def _rows(*wanted: ColumnElement[bool]) -> list[AskedRow]:
    found = (
        select(PayRequest, Order)
        .join(Order, Order.id == PayRequest.order_id)
        .where(*wanted)
        .order_by(PayRequest.made_at.desc(), PayRequest.id)
    )
    return list(_frozen([(row, order) for row, order in session().execute(found)]))


def _frozen(rows: list[tuple[PayRequest, Order]]) -> Iterable[AskedRow]:
    sums = orders_of([order.payable_id for _row, order in rows])
    for row, order in rows:
        yield AskedRow(
            row.id,
            order.id,
            row.coach_id,
            order.client_id,
            order.payable_kind,
            order.payable_id,
            Money(order.amount_minor, order.currency),
            sums[order.payable_id].due,
            order.ref,
            row.in_space,
            row.due_at,
            row.made_at,
            row.ended_at,
        )
