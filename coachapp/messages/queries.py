"""Reads of short messages, opened only where somebody is about to read them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, func, select

from coachapp import vault
from coachapp.db import session
from coachapp.messages.models import ShortMessage
from coachapp.messages.rules import Line, Message, NoSuchMessage, State

_LISTED = 500


def lines(coach_id: int) -> list[Line]:
    """This coach's messages: what waits first, then what is answered, what was set aside last; the oldest first."""
    rank = case({State.WAITING: 0, State.ANSWERED: 1}, value=ShortMessage.state, else_=2)
    found = _of(coach_id).order_by(rank, ShortMessage.written_at).limit(_LISTED)
    return [_line(row) for row in session().scalars(found)]


def waiting(coach_id: int) -> list[Line]:
    """What is not answered yet, the oldest first."""
    found = _of(coach_id).where(ShortMessage.state == State.WAITING).order_by(ShortMessage.written_at)
    return [_line(row) for row in session().scalars(found.limit(_LISTED))]


def count_waiting(coach_id: int) -> int:
    """How many are not answered yet."""
    found = select(func.count()).where(ShortMessage.coach_id == coach_id, ShortMessage.state == State.WAITING)
    return session().scalar(found) or 0


def message(message_id: UUID, *, coach_id: int | None = None) -> Message:
    """One message; NoSuchMessage also when it is not for this coach."""
    row = session().get(ShortMessage, message_id)
    if row is None or coach_id not in (None, row.coach_id):
        raise NoSuchMessage
    return _opened(row)


def message_by_code(code: str) -> Message:
    """The message that four words (in their normal form) open; NoSuchMessage."""
    found = select(ShortMessage).where(ShortMessage.code_hash == vault.keyed_hash("message code", code))
    row = session().scalar(found)
    if row is None:
        raise NoSuchMessage
    return _opened(row)


def writers_since(moment: datetime) -> set[UUID]:
    """The records whose message was written at or after that moment."""
    return set(session().scalars(select(ShortMessage.client_id).where(ShortMessage.written_at >= moment)))


def _of(coach_id: int) -> Select[ShortMessage]:
    return select(ShortMessage).where(ShortMessage.coach_id == coach_id)


def _line(row: ShortMessage) -> Line:
    return Line(
        row.id,
        row.client_id,
        State(row.state),
        row.written_at,
        row.answered_at,
        begun=row.answer_sealed is not None,
    )


def _opened(row: ShortMessage) -> Message:
    try:
        return Message(
            row.id,
            row.client_id,
            State(row.state),
            row.written_at,
            row.answered_at,
            row.answer_sealed is not None,
            coach_id=row.coach_id,
            body=vault.open_(row.client_id, "short_message.body", row.id, row.body_sealed),
            answer=_answer(row),
            code=vault.open_(row.client_id, "short_message.code", row.id, row.code_sealed),
        )
    except vault.KeyGone as error:  # being forgotten in this moment
        raise NoSuchMessage from error


def _answer(row: ShortMessage) -> str:
    if row.answer_sealed is None:
        return ""
    return vault.open_(row.client_id, "short_message.answer", row.id, row.answer_sealed)
