"""Putting messages into the outbox, and working it off. Rows are written with the fact they announce."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import delete, or_, select

from coachapp import vault
from coachapp.db import is_postgresql, session, transaction
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.rules import (
    GIVE_UP,
    LEASE,
    MailRefused,
    MailTrouble,
    MailUnsure,
    NotForClients,
    State,
    after_interruption,
    next_try,
)
from coachapp.notifications.texts import Text
from coachapp.safe_contact.queries import gate
from coachapp.safe_contact.rules import Reason, Verdict

Transport = Callable[[str, Text, str, str | None], None]
"""Sends (address, text, message id, reply-to); raises MailTrouble, MailRefused or MailUnsure."""


def enqueue(
    client_id: UUID,
    kind: str,
    write: Callable[[bool], Text],
    *,
    key: str,
    now: datetime,
    booked: bool = True,
    reply_to: str | None = None,
) -> None:
    """Put a message to a client into the outbox, if the gate lets it pass; the gate's reason is kept either way.

    `write(with_link)` makes the words, and nothing but words: NotForClients otherwise. `key` is unique: the same fact
    is announced once. Joins the transaction.
    """
    verdict = gate(client_id, booked=booked, now=now)
    with transaction() as db:
        if db.scalar(select(OutboxMessage.id).where(OutboxMessage.unique_key == key)) is not None:
            return
        row = _row(kind, key, verdict.reason, now, client_id)
        if verdict.address is None:
            row.state = State.REFUSED
        else:
            text = write(verdict.with_link)
            if text.calendar:
                raise NotForClients(kind)
            _fill(row, client_id, verdict.address, text)
            row.reply_to = reply_to if verdict.with_link else None
        db.add(row)


def enqueue_for_coach(address: str | None, kind: str, text: Text, *, key: str, now: datetime) -> None:
    """Put an ordinary message to the coach into the outbox; without an address nothing is written."""
    if not address:
        return
    with transaction() as db:
        if db.scalar(select(OutboxMessage.id).where(OutboxMessage.unique_key == key)) is None:
            row = _row(kind, key, Reason.COACH, now, None)
            _fill(row, vault.PRACTICE, address, text)
            db.add(row)


def send_due(transport: Transport | None, *, now: datetime, most: int = 50) -> int:
    """Send what is due, one message at a time, never inside a transaction; returns how many left.

    Without a transport (no SMTP_URL) everything waits. A message is marked *sending* before the mail server
    hears of it, so that a sender killed in between is noticed.
    """
    if transport is None:
        return 0
    _recover_interrupted(now)
    sent = 0
    for _unused in range(most):
        message_id = _claim(now)
        if message_id is None:
            break
        try:
            sent += _deliver(message_id, transport, now)
        except (
            vault.KeyGone,
            vault.Unreadable,
        ):  # its owner was erased meanwhile: nobody is left to write to
            _note_outcome(message_id, State.FAILED, now)
    return sent


def forget_words(*, now: datetime) -> None:
    """After 72 hours blank address, subject and body; kind, time, outcome and reason stay."""
    with transaction() as db:
        old = select(OutboxMessage).where(
            OutboxMessage.created_at < now - GIVE_UP,
            OutboxMessage.body_sealed.is_not(None),
            OutboxMessage.state.not_in([State.SENDING]),
        )
        for row in db.scalars(old.limit(500)):
            row.address_sealed = row.subject_sealed = row.body_sealed = None
            row.calendar_sealed = row.reply_to = None
            if row.state == State.WAITING:
                row.state = State.FAILED


def _row(kind: str, key: str, reason: Reason, now: datetime, client_id: UUID | None) -> OutboxMessage:
    row_id = uuid4()
    return OutboxMessage(
        id=row_id,
        unique_key=key,
        client_id=client_id,
        kind=kind,
        state=State.WAITING,
        reason=reason,
        message_id=f"<{uuid4().hex}@mail.invalid>",
        created_at=now,
        not_before=now,
        tries=0,
        sent_again=False,
    )


def _fill(row: OutboxMessage, owner: UUID, address: str, text: Text) -> None:
    row.address_sealed = vault.seal(owner, "outbox_message.address", row.id, address)
    row.subject_sealed = vault.seal(owner, "outbox_message.subject", row.id, text.subject)
    row.body_sealed = vault.seal(owner, "outbox_message.body", row.id, text.body)
    if text.calendar:
        row.calendar_sealed = vault.seal(owner, "outbox_message.calendar", row.id, text.calendar)


def _recover_interrupted(now: datetime) -> None:
    with transaction() as db:
        stuck = select(OutboxMessage).where(
            OutboxMessage.state == State.SENDING, OutboxMessage.lease_until < now
        )
        for row in db.scalars(stuck):
            row.state = after_interruption(row.kind, row.sent_again)
            row.sent_again, row.lease_until = True, None


def _claim(now: datetime) -> UUID | None:
    """Take the next due message for this process alone; None when nothing is due."""
    with transaction() as db:
        due = (
            select(OutboxMessage)
            .where(OutboxMessage.state == State.WAITING, OutboxMessage.not_before <= now)
            .where(or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until < now))
            .order_by(OutboxMessage.not_before)
            .limit(1)
        )
        row = db.scalar(due.with_for_update(skip_locked=True) if is_postgresql() else due)
        if row is None:
            return None
        row.state, row.lease_until, row.tries = State.SENDING, now + LEASE, row.tries + 1
        return row.id


def _deliver(message_id: UUID, transport: Transport, now: datetime) -> bool:
    row = session().get(OutboxMessage, message_id)
    if row is None or row.address_sealed is None or row.subject_sealed is None or row.body_sealed is None:
        return False
    verdict = _gate_again(row, row.address_sealed, now)
    if verdict.address is not None and not _still_true(row, now):
        verdict = replace(verdict, address=None, reason=Reason.OVERTAKEN)
    if verdict.address is None:
        _refuse(message_id, verdict.reason)
        return False
    owner = row.client_id or vault.PRACTICE
    text = Text(
        vault.open_(owner, "outbox_message.subject", row.id, row.subject_sealed),
        vault.open_(owner, "outbox_message.body", row.id, row.body_sealed),
        _invitation(row),
    )
    outcome, reply_to, mail_id = State.SENT, row.reply_to, row.message_id
    session().rollback()
    try:
        transport(verdict.address, text, mail_id, reply_to)
    except MailRefused:
        outcome = State.FAILED
    except MailUnsure:
        outcome = State.UNSURE
    except MailTrouble:
        outcome = State.WAITING
    _note_outcome(message_id, outcome, now)
    return outcome is State.SENT


def _invitation(row: OutboxMessage) -> str:
    """The coach's invitation, if this message has one; whatever a client's row may hold, none leaves with it."""
    if row.client_id is not None or row.calendar_sealed is None:
        return ""
    return vault.open_(vault.PRACTICE, "outbox_message.calendar", row.id, row.calendar_sealed)


def _gate_again(row: OutboxMessage, sealed: bytes, now: datetime) -> Verdict:
    """Where a message goes as its reader wishes now, not as she did when it was written.

    It stays if she has stopped mail or shares her inbox now; a new address of the same kind gets it instead.
    """
    if row.client_id is None:
        return Verdict(
            vault.open_(vault.PRACTICE, "outbox_message.address", row.id, sealed), False, Reason.COACH
        )
    # Whether the permission had lapsed was judged when the message was written.
    verdict = gate(row.client_id, booked=True, now=now)
    return verdict if verdict.reason == row.reason else replace(verdict, address=None)


def _still_true(row: OutboxMessage, now: datetime) -> bool:
    """What a room above says of a message that can be overtaken:
    `app.py` names who is asked, by the key's first part."""
    first, _colon, _rest = row.unique_key.partition(":")
    holds: Callable[[str, datetime], bool] | None = current_app.extensions["still_true"].get(first)
    return holds is None or holds(row.unique_key, now)


def _refuse(message_id: UUID, reason: Reason) -> None:
    with transaction() as db:
        row = db.get_one(OutboxMessage, message_id)
        row.state, row.reason, row.lease_until = State.REFUSED, reason, None


def _note_outcome(message_id: UUID, outcome: State, now: datetime) -> None:
    with transaction() as db:
        row = db.get(OutboxMessage, message_id)
        if row is None:
            return
        if outcome is State.UNSURE:
            outcome, row.sent_again = after_interruption(row.kind, row.sent_again), True
        row.state, row.lease_until = outcome, None
        if outcome is State.SENT:
            row.sent_at = now
        elif outcome is State.WAITING:
            row.not_before = next_try(row.tries, now)
            if now - row.created_at > GIVE_UP:
                row.state = State.FAILED


def forget(client_id: UUID) -> None:
    """Delete every message to a client."""
    with transaction() as db:
        db.execute(delete(OutboxMessage).where(OutboxMessage.client_id == client_id))
