"""Paying in parts: the first opens the others, each is an order of its own; moved, let go, or given back as a whole."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from coachapp.audit.operations import record
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.payments import part_queries, queries
from coachapp.payments.coupon_rules import Lowered
from coachapp.payments.models import Order
from coachapp.payments.operations import begin_attempt
from coachapp.payments.part_models import Part, PartEntry
from coachapp.payments.part_rules import Entry, NotOpenPart, OtherWay, Split, follows
from coachapp.payments.refunds import refund_all, refund_part
from coachapp.payments.rules import AttemptRow, OnPaid, Payable, Payables


def begin(
    order_id: UUID, split: Split | None, return_base: str, *, now: datetime, lowered: Lowered | None = None
) -> AttemptRow:
    """As `begin_attempt`, for a price that is paid at once (None) or in these parts, which are written beside it.

    OtherWay where the attempt that is open was begun for other parts, or for all at once.
    """
    with transaction() as db:
        order = db.get_one(Order, order_id, with_for_update={"key_share": True})
        open_one = queries.unfinished_attempt(order.payable_id)
        if open_one and not is_for(open_one.id, split):
            raise OtherWay
        attempt = begin_attempt(order_id, return_base, now=now, lowered=lowered)
        if open_one is None:
            for number, each in enumerate(split.later if split else (), start=2):
                db.add(
                    Part(
                        id=uuid4(),
                        attempt_id=attempt.id,
                        number=number,
                        amount_minor=each.amount.minor,
                        currency=each.amount.currency,
                        due_on=each.due_on,
                    )
                )
        db.flush()
        return attempt


def is_for(attempt_id: UUID, split: Split | None) -> bool:
    """Whether an attempt was begun for these parts; None for all at once."""
    written = tuple(each for _id, each in part_queries.promised(attempt_id))
    return written == (split.later if split else ())


def go_to_pay(part_id: UUID, return_base: str, *, now: datetime) -> AttemptRow:
    """Commit an attempt to pay a later part, or find the open one. NotOpenPart once it is paid or let go."""
    with transaction():
        mine = _held(part_id)
        return begin_attempt(mine.order.id, return_base, now=now)


def move(part_id: UUID, due_on: date, *, by: UUID, now: datetime) -> None:
    """Give a part another day. NotOpenPart."""
    with transaction():
        mine = _held(part_id)
        if mine.due_on != due_on:
            _decide(part_id, Entry.MOVED, due_on, now)
            record("move_part", now=now, role="staff", actor=by, subject=mine.client_id)


def follow(whole_id: UUID, along: Callable[[date], date], *, settled_at: datetime, now: datetime) -> None:
    """The time this is paid for was moved at `now`, which it had not been since `settled_at`: an open part's day, where
    nobody gave it one of its own, is moved `along`."""
    with transaction() as db:
        for each in part_queries.parts_of([whole_id]).get(whole_id, ()):
            db.execute(select(Part.id).where(Part.id == each.id).with_for_update())
            mine = part_queries.part(each.id)
            if mine.is_open and follows(mine.moved_at, settled_at):
                day = along(mine.due_on)
                if mine.moved_at or day != mine.due_on:  # also to the same day, so that it still follows
                    _decide(mine.id, Entry.MOVED, day, now)


def let_go(part_id: UUID, *, by: UUID, now: datetime) -> None:
    """It need not be paid any more; money that still comes for it goes back. NotOpenPart; twice is once."""
    with transaction():
        if part_queries.part(part_id).is_let_go:
            return
        mine = _held(part_id)
        _decide(part_id, Entry.LET_GO, None, now)
        record("let_go_part", now=now, role="staff", actor=by, subject=mine.client_id)


def give_back(whole_id: UUID, reason: str, *, now: datetime) -> list[UUID]:
    """All that was paid for something goes back, and parts not paid yet are let go; the refunds to send."""
    with transaction():
        let_rest_go(whole_id, now=now)
        found = part_queries.orders_together(whole_id)
        return [each for order in found for each in refund_all(order.id, reason, now=now)]


def give_back_some(whole_id: UUID, amount: Money, reason: str, *, now: datetime) -> list[UUID]:
    """So much of what was paid goes back, of the first part first; the refunds to send."""
    asked: list[UUID] = []
    with transaction():
        for row in part_queries.orders_together(whole_id):
            mine = Money(min(amount.minor, row.left.minor), amount.currency)
            if mine.minor > 0:
                asked += refund_part(row.id, mine, reason, now=now)
                amount -= mine
        return asked


def let_rest_go(whole_id: UUID, *, now: datetime) -> None:
    """Nothing more is to be paid for it."""
    with transaction() as db:
        for each in part_queries.parts_of([whole_id]).get(whole_id, ()):
            db.execute(select(Part.id).where(Part.id == each.id).with_for_update())
            if part_queries.part(each.id).is_open:
                _decide(each.id, Entry.LET_GO, None, now)


def payable(payables: Payables) -> Payable:
    """What payments needs to know of a later part: what its money means is told to what it is a part of."""
    return Payable(
        on_paid=_money_came,
        on_expired=lambda part_id, now, let_go: None,
        on_refunded=partial(_money_went_back, payables),
        on_disputed=partial(_disputed, payables),
        on_dispute_over=partial(_dispute_over, payables),
    )


def _money_came(part_id: UUID, now: datetime) -> OnPaid:
    """Once is kept; twice, or after it was let go, goes back."""
    with transaction() as db:
        db.execute(select(Part.id).where(Part.id == part_id).with_for_update())
        mine = part_queries.part(part_id)
        if mine.is_let_go or mine.order.paid.minor > mine.amount.minor:
            return OnPaid.REFUND_AND_APOLOGISE
        record("pay_part", now=now, role="system", subject=mine.client_id)
        return OnPaid.CONFIRM


def _money_went_back(payables: Payables, part_id: UUID, now: datetime) -> None:
    mine = part_queries.part(part_id)
    payables[mine.whole_kind].on_refunded(mine.whole_id, now)


def _disputed(payables: Payables, part_id: UUID, now: datetime) -> None:
    mine = part_queries.part(part_id)
    payables[mine.whole_kind].on_disputed(mine.whole_id, now)


def _dispute_over(payables: Payables, part_id: UUID, now: datetime, won: bool) -> None:
    mine = part_queries.part(part_id)
    payables[mine.whole_kind].on_dispute_over(mine.whole_id, now, won)


def _held(part_id: UUID) -> part_queries.PartRow:
    """A part that is still to be paid; nobody else decides about it until the transaction ends. NotOpenPart."""
    with transaction() as db:
        db.execute(select(Part.id).where(Part.id == part_id).with_for_update())
        mine = part_queries.part(part_id)
        if not mine.is_open:
            raise NotOpenPart
        return mine


def _decide(part_id: UUID, kind: Entry, due_on: date | None, now: datetime) -> None:
    try:
        with transaction() as db:
            turns = db.scalar(select(func.count(PartEntry.id)).where(PartEntry.part_id == part_id)) or 0
            db.add(PartEntry(part_id=part_id, turn=turns + 1, kind=kind, due_on=due_on, at=now))
            db.flush()
    except IntegrityError as error:
        raise NotOpenPart from error
