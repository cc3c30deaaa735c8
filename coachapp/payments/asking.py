"""Asking for money: a link and four words for whoever pays, who sees the amount and nothing of the client."""

from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from flask_babel import gettext as _

from coachapp import vault
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.audit.operations import record
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue_for_coach
from coachapp.payments import ask_queries
from coachapp.payments.ask_queries import AskedRow
from coachapp.payments.models import Order, PayRequest
from coachapp.payments.operations import begin_attempt, open_order
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import Asking, AttemptRow, NoSuchRequest, NotOpen, OnPaid, Payable, Payables
from coachapp.practice.queries import coach

KIND = "request"
"""What money that is asked for by itself is called among the payables."""


def ask_any(
    client_id: UUID,
    coach_id: int,
    amount: Money,
    due_at: datetime,
    *,
    in_space: bool,
    by: UUID,
    now: datetime,
) -> UUID:
    """Ask for any amount, for nothing but itself; the request's id."""
    with transaction():
        request_id = uuid4()
        order_id = open_order(client_id, KIND, request_id, amount, now=now)
        _add(request_id, order_id, coach_id, due_at, in_space, now)
        record("ask_money", now=now, role="staff", actor=by, subject=client_id)
        return request_id


def ask_for(
    order_id: UUID, coach_id: int, due_at: datetime, *, in_space: bool = False, now: datetime
) -> UUID:
    """Let someone else pay an order until then; the request's id. One that is open for it already is the same."""
    with transaction():
        try:
            last = ask_queries.latest_for(order_id)
        except NoSuchRequest:
            last = None
        if last is not None and last.ended_at is None and last.due_at == due_at:
            return last.id
        request_id = uuid4()
        _add(request_id, order_id, coach_id, due_at, in_space, now)
        return request_id


def take_back(request_id: UUID, *, by: UUID, now: datetime) -> None:
    """End a request at once; an open link to pay is ended before. Twice is once, and what was paid stays paid."""
    with transaction() as db:
        row = db.get_one(PayRequest, request_id, with_for_update=True)
        if row.ended_at is None:
            row.ended_at = now
            whose = db.get_one(Order, row.order_id).client_id
            record("unask_money", now=now, role="staff", actor=by, subject=whose)


def go_to_pay(asked: AskedRow, return_base: str, payables: Payables, *, now: datetime) -> AttemptRow:
    """Commit an attempt to pay what is asked for, or find the open one. NotOpen."""
    with transaction():
        if ask_queries.by_id(asked.id).state(now, payables) is not Asking.OPEN:
            raise NotOpen
        return begin_attempt(asked.order_id, return_base, now=now)


def payable(base_url: str) -> Payable:
    """What payments needs to know of money asked for by itself; links in mails begin with `base_url`."""
    return Payable(
        on_paid=partial(_money_came, base_url),
        on_expired=lambda request_id, now, let_go: None,
        on_refunded=_money_went_back,
        on_disputed=partial(_disputed, base_url),
        on_dispute_over=_dispute_over,
    )


def _add(
    request_id: UUID, order_id: UUID, coach_id: int, due_at: datetime, in_space: bool, now: datetime
) -> None:
    with transaction() as db:
        owner, token, words = db.get_one(Order, order_id).client_id, vault.new_token(), four_words()
        db.add(
            PayRequest(
                id=request_id,
                order_id=order_id,
                coach_id=coach_id,
                token_hash=vault.keyed_hash("pay request", token),
                token_sealed=vault.seal(owner, "pay_request.token", request_id, token),
                code_hash=vault.keyed_hash("pay code", normal_code(words)),
                code_sealed=vault.seal(owner, "pay_request.code", request_id, words),
                in_space=in_space,
                due_at=due_at,
                made_at=now,
            )
        )
        db.flush()


def _money_came(base_url: str, request_id: UUID, now: datetime) -> OnPaid:
    """Once is kept, also a little late; twice, or after it was taken back, goes back."""
    with transaction() as db:
        row = db.get_one(PayRequest, request_id, with_for_update=True)
        sums = orders_of([request_id])[request_id]
        is_twice = sums.paid.minor > sums.amount.minor
        if row.ended_at is not None or is_twice:
            if is_twice or not sums.by_hand:  # what she marks herself she sees
                _tell(row, "not kept", _not_kept(base_url), now)
            return OnPaid.REFUND_AND_APOLOGISE
        record("paid_request", now=now, role="system", subject=sums.client_id)
        if not sums.by_hand:  # what she marks herself she knows
            _tell(row, "paid", texts.coach_paid(f"{base_url}/desk/payments"), now)
        return OnPaid.CONFIRM


def _not_kept(base_url: str) -> texts.Text:
    what = _("A payment came for what was paid before, or taken back. It is sent back in full by itself.")
    return texts.coach_trouble(what, f"{base_url}/desk/payments")


def _money_went_back(request_id: UUID, now: datetime) -> None:
    record("refund", now=now, role="system", subject=ask_queries.by_id(request_id).client_id)


def _disputed(base_url: str, request_id: UUID, now: datetime) -> None:
    with transaction() as db:
        row = db.get_one(PayRequest, request_id)
        record("dispute", now=now, role="system", subject=ask_queries.by_id(request_id).client_id)
        _tell(row, "dispute", texts.coach_disputed(f"{base_url}/desk/payments/disputed"), now)


def _dispute_over(request_id: UUID, now: datetime, won: bool) -> None:
    what = "dispute_won" if won else "dispute_lost"
    record(what, now=now, role="system", subject=ask_queries.by_id(request_id).client_id)


def _tell(row: PayRequest, kind: str, text: texts.Text, now: datetime) -> None:
    enqueue_for_coach(coach(row.coach_id).email, "payment", text, key=f"coach {kind}:{row.id}", now=now)
