"""What happens to a short message: written, answered once, let go; each with a key of its writer's own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from coachapp import vault
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.audit.operations import record
from coachapp.booking import blocking
from coachapp.clients import operations as clients
from coachapp.db import transaction
from coachapp.messages import queries
from coachapp.messages.models import ShortMessage
from coachapp.messages.rules import (
    AnsweredAlready,
    Message,
    NoSuchMessage,
    OtherWords,
    State,
    is_once,
)
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox

_TRIES = 3


@dataclass(frozen=True)
class Writer:
    """Who writes, as far as she tells. `client_id` is hers if she is signed in; then nothing else is asked."""

    name: str = ""
    inbox: Inbox = Inbox.NONE
    address: str = ""
    client_id: UUID | None = None


def write(
    coach_id: int, words: str, writer: Writer, *, once: str, by_machine: bool = False, now: datetime
) -> Message:
    """Keep a message and make its four words. The same words sent twice from one form (`once`) are one message.

    What a machine or a blocked person writes is set aside; they are answered like everyone else, by the same steps.
    """
    known = contact(writer.client_id) if writer.client_id else None
    is_blocked = blocking.tried(coach_id, writer.address or (known and known.address) or "", now=now)
    aside = is_blocked or by_machine
    message_id, state = _id_for(once, words), State.ASIDE if aside else State.WAITING
    for _again in range(_TRIES):
        try:
            with transaction() as db:
                if db.get(ShortMessage, message_id) is None:
                    client_id = _client_for(coach_id, writer, now)
                    db.add(_row(message_id, coach_id, client_id, words, state, now))
            break
        except IntegrityError:
            continue  # its twin came in the same moment; all that belongs to this one is undone
    return queries.message(message_id)


def message_for_code(typed: str) -> Message:
    """The message that four words open, however they were typed; NoSuchMessage."""
    return queries.message_by_code(normal_code(typed))


def keep_draft(message_id: UUID, coach_id: int, answer: str) -> None:
    """Keep the words of an answer that is not sent yet. AnsweredAlready once it is; NoSuchMessage."""
    with transaction():
        row = _unanswered(message_id, coach_id)
        row.answer_sealed = vault.seal(row.client_id, "short_message.answer", message_id, answer)


def send_answer(message_id: UUID, coach_id: int, seen: str, *, by: UUID, now: datetime) -> None:
    """Send the answer as it was last looked at: it stands under the four words, and a mail leaves if it may.

    `seen` is the mark of the words that were shown. OtherWords if they were changed since; AnsweredAlready;
    NoSuchMessage, also while there is no answer to send.
    """
    with transaction():
        row = _unanswered(message_id, coach_id)
        found = queries.message(message_id)
        if not found.answer:
            raise NoSuchMessage
        if mark_of(found) != seen:
            raise OtherWords
        row.state, row.answered_at = State.ANSWERED, now
        _announce(found, now)
        record("answer_message", now=now, role="staff", actor=by, subject=row.client_id)


def mark_of(message: Message) -> str:
    """A mark of the answer's words as they stand, for the button that sends them."""
    return vault.keyed_hash("answer as seen", message.answer).hex()[:32]


def delete_message(message_id: UUID, coach_id: int, *, by: UUID, now: datetime) -> None:
    """Let a message go with its answer; its four words open nothing from now on. NoSuchMessage."""
    with transaction() as db:
        row = _locked(message_id, coach_id)
        record("delete_message", now=now, role="staff", actor=by, subject=row.client_id)
        db.delete(row)


def forget(client_id: UUID) -> None:
    """Delete every message of one writer."""
    with transaction() as db:
        db.execute(delete(ShortMessage).where(ShortMessage.client_id == client_id))


def forget_old(before: datetime) -> None:
    """Delete messages written before that moment."""
    with transaction() as db:
        db.execute(delete(ShortMessage).where(ShortMessage.written_at < before))


def _id_for(once: str, words: str) -> UUID:
    """One form and the same words make one message; changed words make another."""
    mark = once if is_once(once) else vault.new_token()
    return UUID(bytes=vault.keyed_hash("message", f"{mark}\0{words}")[:16])


def _client_for(coach_id: int, writer: Writer, now: datetime) -> UUID:
    """Her own record if she is signed in; else always a new one, whoever she may be."""
    if writer.client_id is not None:
        safe_contact.renew(writer.client_id, now=now)
        return writer.client_id
    client_id = clients.new_client(coach_id, coach(coach_id).zone, now=now, name=writer.name)
    safe_contact.set_contact(client_id, writer.inbox, writer.address or None, now=now)
    return client_id


def _row(
    message_id: UUID, coach_id: int, client_id: UUID, words: str, state: State, now: datetime
) -> ShortMessage:
    code = four_words()
    return ShortMessage(
        id=message_id,
        coach_id=coach_id,
        client_id=client_id,
        state=state,
        body_sealed=vault.seal(client_id, "short_message.body", message_id, words),
        code_hash=vault.keyed_hash("message code", normal_code(code)),
        code_sealed=vault.seal(client_id, "short_message.code", message_id, code),
        written_at=now,
    )


def _announce(message: Message, now: datetime) -> None:
    """Into an inbox that is hers alone go the words themselves; into any other only that there are some."""
    subject = practice().mail_subject
    enqueue(
        message.client_id,
        "answer",
        lambda is_hers: texts.answered(subject, message.answer if is_hers else None),
        key=f"answer:{message.id}",
        now=now,
        booked=False,
        reply_to=coach(message.coach_id).email,
    )


def _unanswered(message_id: UUID, coach_id: int) -> ShortMessage:
    row = _locked(message_id, coach_id)
    if row.state == State.ANSWERED:
        raise AnsweredAlready
    return row


def _locked(message_id: UUID, coach_id: int) -> ShortMessage:
    with transaction() as db:
        row = db.get(ShortMessage, message_id, with_for_update=True)
        if row is None or row.coach_id != coach_id:
            raise NoSuchMessage
        return row
