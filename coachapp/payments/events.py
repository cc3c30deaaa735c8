"""Webhooks: a knock is stored first, then acted on once; the object is fetched, the letter is not believed."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coachapp.db import session, transaction
from coachapp.payments import queries
from coachapp.payments.disputes import note_dispute
from coachapp.payments.models import StripeEvent
from coachapp.payments.operations import finish, settle
from coachapp.payments.refunds import note_refund
from coachapp.payments.rules import (
    Gateway,
    GatewayRefused,
    Knock,
    Payables,
    PaymentError,
    UnknownPayment,
)
from coachapp.web import logs

_RECEIVED, _DONE, _GIVEN_UP = "received", "done", "given up"
# Acted on before disputes had rows: worked once more, for the row alone.
_TOLD = "told"
_TO_WORK = (_RECEIVED, _TOLD)
_DISPUTED, _DECIDED = "charge.dispute.created", "charge.dispute.closed"
_MOST_TRIES = 60
# News may be quicker than those of the payment they are about; after most of an hour it is none of ours.
_PAYMENT_COMES = 10


def receive(knock: Knock, *, now: datetime) -> bool:
    """Commit that this event came; False when it is known already. Nothing is done about it here."""
    try:
        with transaction() as db:
            if db.get(StripeEvent, knock.id) is not None:
                return False
            db.add(
                StripeEvent(
                    id=knock.id,
                    type=knock.type,
                    object_id=knock.object_id,
                    state=_RECEIVED,
                    received_at=now,
                    not_before=now,
                )
            )
    except IntegrityError:
        return False
    return True


def work(event_id: str, gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Act on one stored event. Any trouble leaves it *received*, to be tried again by `tick`."""
    event = session().get_one(StripeEvent, event_id)
    if event.state not in _TO_WORK:
        return
    kind, object_id = event.type, event.object_id
    session().rollback()
    try:
        if kind.startswith("checkout.session."):
            _work_session(event_id, object_id, gateway, payables, now)
        elif kind.startswith("refund."):
            note_refund(gateway.retrieve_refund(object_id), payables, now=now)
            _done(event_id, now)
        elif kind in (_DISPUTED, _DECIDED):
            _work_dispute(event_id, gateway, payables, now)
        else:
            _done(event_id, now)
    except UnknownPayment:
        _wait_for_payment(event_id, now)
    except PaymentError as trouble:
        _postpone(event_id, now, for_good=isinstance(trouble, GatewayRefused))


def work_waiting(gateway: Gateway, payables: Payables, *, now: datetime) -> None:
    """Act on stored events whose time has come."""
    waiting = select(StripeEvent.id).where(StripeEvent.state.in_(_TO_WORK), StripeEvent.not_before <= now)
    for event_id in list(session().scalars(waiting.order_by(StripeEvent.received_at).limit(100))):
        try:
            work(event_id, gateway, payables, now=now)
        except Exception as error:  # one that cannot be worked must not stand in the way of the others
            logs.logger().error("stripe event waits", **logs.describe(error))
            _postpone(event_id, now, for_good=False)


def _work_session(
    event_id: str, session_id: str, gateway: Gateway, payables: Payables, now: datetime
) -> None:
    facts = gateway.retrieve(session_id)
    attempt = queries.attempt_by_reference(facts.reference)
    refunds = []
    with transaction():
        if attempt is not None:
            refunds = settle(attempt.id, facts, payables, now=now)
        _done(event_id, now)
    finish(refunds, gateway, payables, now=now)


def _work_dispute(event_id: str, gateway: Gateway, payables: Payables, now: datetime) -> None:
    """The news may come in any order: what Stripe says of the dispute now is what counts in the end."""
    event = session().get_one(StripeEvent, event_id)
    of_the_end = select(StripeEvent).where(
        StripeEvent.object_id == event.object_id, StripeEvent.type == _DECIDED
    )
    end = session().scalar(of_the_end.order_by(StripeEvent.received_at).limit(1))
    was_told = event.state == _TOLD
    note_dispute(
        gateway.dispute(event.object_id),
        payables,
        now=now,
        decided_at=None if end is None else end.received_at,
        opening_told=was_told,
        verdict_told=was_told and end is not None and end.state in (_TOLD, _DONE),
    )
    _done(event_id, now)


def _wait_for_payment(event_id: str, now: datetime) -> None:
    if session().get_one(StripeEvent, event_id).tries < _PAYMENT_COMES:
        _postpone(event_id, now, for_good=False)
    else:
        _done(event_id, now)


def _done(event_id: str, now: datetime) -> None:
    with transaction() as db:
        event = db.get_one(StripeEvent, event_id)
        event.state, event.done_at = _DONE, now


def _postpone(event_id: str, now: datetime, *, for_good: bool) -> None:
    with transaction() as db:
        event = db.get_one(StripeEvent, event_id)
        event.tries += 1
        event.not_before = now + timedelta(minutes=min(event.tries, 30))
        if for_good or event.tries >= _MOST_TRIES:
            event.state = _DONE if event.state == _TOLD else _GIVEN_UP
