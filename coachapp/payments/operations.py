"""The road to pay: an attempt is committed before Stripe hears of it,
and one `settle` serves page, webhook and tick."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from coachapp import vault
from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.payments import coupons, part_queries, part_rules, queries
from coachapp.payments.coupon_rules import Lowered
from coachapp.payments.models import Attempt, Order, Payment
from coachapp.payments.papering import issue_for
from coachapp.payments.refunds import ask_refund, send_refund
from coachapp.payments.rules import (
    ASK_AGAIN,
    LINK_LASTS,
    UNFINISHED,
    AttemptRow,
    AttemptState,
    Gateway,
    GatewayRefused,
    OnPaid,
    Payables,
    SessionFacts,
    Step,
    decide,
)

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def open_order(client_id: UUID, kind: str, payable_id: UUID, amount: Money, *, now: datetime) -> UUID:
    """The order for a payable; the same one however often it is asked for. Until somebody pays it follows the price."""
    with transaction() as db:
        known = db.scalar(select(Order).where(Order.payable_kind == kind, Order.payable_id == payable_id))
        if known is not None:
            _follow_price(known, amount)
            return known.id
        order = Order(
            id=uuid4(),
            ref="".join(secrets.choice(_LETTERS) for _ in range(8)),
            client_id=client_id,
            payable_kind=kind,
            payable_id=payable_id,
            amount_minor=amount.minor,
            currency=amount.currency,
            created_at=now,
        )
        db.add(order)
        return order.id


def begin_attempt(
    order_id: UUID, return_base: str, *, now: datetime, lowered: Lowered | None = None
) -> AttemptRow:
    """The open attempt of an order, or a new one, committed with all its parameters. `return_base` ends in `/paid/`.

    Its link ends 35 minutes from now (Stripe allows no less than 30). A code that has `lowered` the price is used with
    it, and given back when it ends unpaid; CodeGone when that is not to be had any more.
    """
    with transaction() as db:
        # A payment that arrives now may point at this order: it is not to wait for us, nor we for it.
        order = db.get_one(Order, order_id, with_for_update={"key_share": True})
        if open_one := queries.unfinished_attempt(order.payable_id):
            return open_one
        last = db.scalar(
            select(Attempt.number).where(Attempt.order_id == order_id).order_by(Attempt.number.desc())
        )
        attempt_id, token = uuid4(), vault.new_token()
        url = f"{return_base}{token}"
        attempt = Attempt(
            id=attempt_id,
            order_id=order_id,
            number=(last or 0) + 1,
            amount_minor=order.amount_minor,
            currency=order.currency,
            expires_at=(now + LINK_LASTS).replace(microsecond=0),
            return_url_sealed=vault.seal(order.client_id, "payment_attempt.return_url", attempt_id, url),
            token_hash=vault.keyed_hash("attempt", token),
            state=AttemptState.CREATED,
            created_at=now,
        )
        db.add(attempt)
        db.flush()
        if lowered is not None:
            coupons.take(lowered, order.client_id, order.payable_id, attempt_id, now=now)
        return queries.attempt_row(attempt)


def open_checkout(attempt: AttemptRow, gateway: Gateway, payables: Payables, *, now: datetime) -> AttemptRow:
    """Have Stripe open the session of a committed attempt and note it; where to pay stands in `checkout_url`.

    GatewayAway leaves the attempt as it is (it can be repeated); GatewayRefused ends it.
    """
    if attempt.checkout_url:
        return attempt
    try:
        facts = gateway.create_checkout(attempt)
    except GatewayRefused:
        _end(attempt, AttemptState.FAILED, payables, now)
        raise
    finish(settle(attempt.id, facts, payables, now=now), gateway, payables, now=now)
    return queries.attempt(attempt.id)


def settle(
    attempt_id: UUID, facts: SessionFacts, payables: Payables, *, now: datetime, let_go: bool = False
) -> list[UUID]:
    """Bring an attempt in line with what Stripe says now, once, whoever calls and however often.

    Returns the refunds to send after the commit (money that came for a time that was gone).
    """
    with transaction() as db:
        db.get_one(Attempt, attempt_id, with_for_update=True)
        attempt = queries.attempt(attempt_id)
        step = decide(attempt.state, facts, attempt.amount, attempt_id.hex)
        _note_session(attempt, facts)
        if step is Step.PAY:
            return _take_payment(attempt, facts, payables, now)
        if step is Step.EXPIRE:
            _expire(attempt, payables, now, let_go)
        elif let_go and _ended_before(attempt):
            payables[attempt.payable_kind].on_expired(attempt.payable_id, now, True)
        elif step in (Step.OPEN, Step.ALARM):
            _move(attempt, AttemptState.OPEN if step is Step.OPEN else AttemptState.ALARM)
    return []


def ask_stripe(attempt: AttemptRow, gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Ask Stripe how an unfinished attempt stands and settle it; also repeats a create call that never answered."""
    if attempt.session_id is None and now >= attempt.expires_at:
        # Nobody ever learnt where to pay it, and by its own parameters it cannot be paid any more.
        _end(attempt, AttemptState.FAILED, payables, now)
        return
    if attempt.session_id is None:
        open_checkout(attempt, gateway, payables, now=now)
        return
    finish(
        settle(attempt.id, gateway.retrieve(attempt.session_id), payables, now=now),
        gateway,
        payables,
        now=now,
    )


def ask_stripe_now_and_then(
    attempt: AttemptRow, gateway: Gateway, payables: Payables, *, now: datetime
) -> None:
    """As `ask_stripe`, but at most once in ten seconds for one attempt, whoever keeps reloading."""
    if attempt.state not in UNFINISHED:
        return
    with transaction() as db:
        fresh = db.execute(
            update(Attempt)
            .where(Attempt.id == attempt.id)
            .where((Attempt.asked_at.is_(None)) | (Attempt.asked_at < now - ASK_AGAIN))
            .values(asked_at=now)
        )
    if fresh.rowcount:  # type: ignore[attr-defined]  # an UPDATE has a row count
        ask_stripe(attempt, gateway, payables, now=now)


def let_go(attempt: AttemptRow, gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """The person lets the time go: end the session at Stripe first, and release only what can no longer be paid.

    If it was paid in the meantime it is settled as paid. GatewayAway: nothing is released.
    """
    _end_link(attempt, gateway, payables, now, let_go=True)


def end_link(attempt: AttemptRow, gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """End what could be paid, and keep what it was for: the price is about to change.

    If it was paid in the meantime it is settled as paid. GatewayAway: nothing has changed.
    """
    _end_link(attempt, gateway, payables, now, let_go=False)


def finish(refund_ids: list[UUID], gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Send the refunds that a settled attempt asked for."""
    for refund_id in refund_ids:
        send_refund(refund_id, gateway, payables, now=now)


def reconcile(gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Ask about attempts that nobody came back for, at most every five minutes each. GatewayAway ends the round.

    Those that may have been paid come first: a page that Stripe will not open, however often, holds up none of them.
    """
    quiet = now - timedelta(minutes=5)
    waiting = session().scalars(
        select(Attempt.id)
        .where(Attempt.state.in_(UNFINISHED), Attempt.created_at < now - timedelta(minutes=1))
        .where((Attempt.asked_at.is_(None)) | (Attempt.asked_at < quiet) | (Attempt.expires_at < now))
        .order_by(Attempt.session_id.is_(None), Attempt.created_at)
        .limit(100)
    )
    for attempt_id in list(waiting):
        try:
            ask_stripe_now_and_then(queries.attempt(attempt_id), gateway, payables, now=now)
        except GatewayRefused:
            continue


def _end_link(
    attempt: AttemptRow, gateway: Gateway, payables: Payables, now: datetime, *, let_go: bool
) -> None:
    if attempt.state not in UNFINISHED:
        return
    if attempt.session_id is None:
        attempt = open_checkout(attempt, gateway, payables, now=now)
    assert attempt.session_id is not None, "an opened attempt has its session"
    try:
        facts = gateway.expire(attempt.session_id)
    except GatewayRefused:
        facts = gateway.retrieve(attempt.session_id)
    finish(settle(attempt.id, facts, payables, now=now, let_go=let_go), gateway, payables, now=now)


def _follow_price(order: Order, amount: Money) -> None:
    """What nobody has paid, and nobody can pay at this moment, costs what it costs by now."""
    if order.amount_minor == amount.minor or queries.unfinished_attempt(order.payable_id):
        return
    if session().scalar(select(Payment.id).where(Payment.order_id == order.id).limit(1)) is None:
        order.amount_minor, order.currency = amount.minor, amount.currency


def _note_session(attempt: AttemptRow, facts: SessionFacts) -> None:
    if attempt.session_id is not None and (attempt.checkout_url or not facts.url):
        return
    with transaction() as db:
        row = db.get_one(Attempt, attempt.id)
        row.session_id = facts.id
        if facts.url:
            row.checkout_url_sealed = vault.seal(
                attempt.client_id, "payment_attempt.checkout_url", attempt.id, facts.url
            )


def _take_payment(attempt: AttemptRow, facts: SessionFacts, payables: Payables, now: datetime) -> list[UUID]:
    with transaction() as db:
        _move(attempt, AttemptState.PAID)
        payment = Payment(
            id=uuid4(),
            order_id=attempt.order_id,
            attempt_id=attempt.id,
            amount_minor=facts.amount.minor,
            currency=facts.amount.currency,
            intent_id=facts.intent_id or "",
            received_at=now,
        )
        _settle_price(attempt)
        db.add(payment)
        db.flush()
        stands = payables[attempt.payable_kind].on_paid(attempt.payable_id, now) is OnPaid.CONFIRM
        refunds = [] if stands else [ask_refund(payment.id, facts.amount, "time gone", now=now)]
        if stands:
            _open_parts(attempt, now)
        issue_for(attempt.order_id, now=now)
        return refunds


def _open_parts(attempt: AttemptRow, now: datetime) -> None:
    """The first part of a price was paid: from now on each of the others is an order of its own."""
    for part_id, later in part_queries.promised(attempt.id):
        open_order(attempt.client_id, part_rules.KIND, part_id, later.amount, now=now)


def _settle_price(attempt: AttemptRow) -> None:
    """Money for an attempt that was given up: what it asked for is what was owed, if nothing else was paid."""
    with transaction() as db:
        order = db.get_one(Order, attempt.order_id)
        paid = db.scalar(select(Payment.id).where(Payment.order_id == order.id).limit(1))
        if paid is None and order.amount_minor != attempt.amount.minor:
            order.amount_minor = attempt.amount.minor


def _expire(attempt: AttemptRow, payables: Payables, now: datetime, let_go: bool) -> None:
    _move(attempt, AttemptState.EXPIRED)
    payables[attempt.payable_kind].on_expired(attempt.payable_id, now, let_go)


def _ended_before(attempt: AttemptRow) -> bool:
    """Stripe's news of the end that somebody asked for was quicker than its answer, and nothing was begun since."""
    return attempt.state is AttemptState.EXPIRED and queries.unfinished_attempt(attempt.payable_id) is None


def _end(attempt: AttemptRow, state: AttemptState, payables: Payables, now: datetime) -> None:
    with transaction():
        if queries.attempt(attempt.id).state in UNFINISHED:
            _move(attempt, state)
            payables[attempt.payable_kind].on_expired(attempt.payable_id, now, False)


def _move(attempt: AttemptRow, state: AttemptState) -> None:
    with transaction() as db:
        db.get_one(Attempt, attempt.id).state = state
