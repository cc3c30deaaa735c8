"""Reads of questions. Words are opened only where somebody is about to read them."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from coachapp import vault
from coachapp.booking.models import DayHours
from coachapp.booking.reduced import is_usable
from coachapp.db import session
from coachapp.money import Money
from coachapp.practice.models import Offering
from coachapp.questions.models import Question
from coachapp.questions.rules import OPEN, SHOWN_FOR, NoSuchQuestion, QuestionRow, Standing

_LISTED = 500
_WAITS = (
    Question.sent_at.is_not(None),
    Question.answered_at.is_(None),
    Question.turned_at.is_(None),
    Question.back_at.is_(None),
    Question.ended_at.is_(None),
)


def question(question_id: UUID, *, client_id: UUID | None = None, coach_id: int | None = None) -> QuestionRow:
    """One question; NoSuchQuestion also when it is not this client's, or not this coach's."""
    row = session().get(Question, question_id)
    if row is None or client_id not in (None, row.client_id) or coach_id not in (None, row.coach_id):
        raise NoSuchQuestion
    return _row(row)


def by_road(cookie: str) -> QuestionRow:
    """The question this browser is about to pay, or has just paid; NoSuchQuestion."""
    return _one(Question.road_hash == vault.keyed_hash("road", cookie))


def by_code(code: str) -> QuestionRow:
    """The question that four words (in their normal form) open; NoSuchQuestion."""
    return _one(Question.code_hash == vault.keyed_hash("return code", code))


def questions_of(client_id: UUID) -> list[QuestionRow]:
    """What a client has paid to ask, latest first."""
    found = select(Question).where(Question.client_id == client_id, Question.paid_at.is_not(None))
    return [_row(row) for row in session().scalars(found.order_by(Question.paid_at.desc()))]


def on_show(client_id: UUID, now: datetime) -> list[QuestionRow]:
    """What her home shows: what is open, what ended a short while ago, and a session that waits to be booked."""
    found = questions_of(client_id)
    return [each for each in found if _is_on_show(each, now)]


def _is_on_show(row: QuestionRow, now: datetime) -> bool:
    if row.standing is Standing.TURNED:
        return is_usable(row.id)
    over = row.answered_at or row.back_at
    return row.standing in OPEN or (over is not None and over > now - SHOWN_FOR)


def waiting(coach_id: int) -> list[QuestionRow]:
    """What waits for this coach's answer, the earliest promise first."""
    found = select(Question).where(Question.coach_id == coach_id, *_WAITS)
    order = found.order_by(Question.promised_at, Question.sent_at)
    return [_row(row) for row in session().scalars(order.limit(_LISTED))]


def count_waiting(coach_id: int) -> int:
    """How many wait for this coach's answer."""
    return (
        session().scalar(select(func.count(Question.id)).where(Question.coach_id == coach_id, *_WAITS)) or 0
    )


def not_waiting(coach_id: int) -> list[QuestionRow]:
    """The other paid ones: first those still to be written, then what is over, latest first."""
    over = func.coalesce(Question.answered_at, Question.turned_at, Question.back_at, Question.ended_at)
    found = (
        select(Question)
        .where(Question.coach_id == coach_id, Question.paid_at.is_not(None))
        .where((Question.sent_at.is_(None)) | over.is_not(None))
        .order_by(case((over.is_(None), 0), else_=1), over.desc(), Question.paid_at.desc())
    )
    return [_row(row) for row in session().scalars(found.limit(_LISTED))]


def return_code(row: QuestionRow) -> str | None:
    """Her four words; None for a client who signs in."""
    sealed = session().get_one(Question, row.id).code_sealed
    return vault.open_(row.client_id, "question.code", row.id, sealed) if sealed else None


def words_of(row: QuestionRow) -> str:
    """What she wrote so far."""
    return _opened(row, "words", session().get_one(Question, row.id).words_sealed)


def answer_of(row: QuestionRow) -> str:
    """The answer, or its draft."""
    return _opened(row, "answer", session().get_one(Question, row.id).answer_sealed)


def days_off(coach_id: int, first: date, last: date) -> set[date]:
    """The whole days this coach has taken off within these, both included."""
    found = select(DayHours.on_date).where(
        DayHours.coach_id == coach_id, DayHours.start_min.is_(None), DayHours.on_date.between(first, last)
    )
    return set(session().scalars(found))


def unpaid_before(moment: datetime) -> Iterable[UUID]:
    """Questions that were begun before that moment and never paid."""
    return session().scalars(select(Question.id).where(Question.paid_at.is_(None), Question.made_at < moment))


def _one(wanted: ColumnElement[bool]) -> QuestionRow:
    row = session().scalar(select(Question).where(wanted))
    if row is None:
        raise NoSuchQuestion
    return _row(row)


def _opened(row: QuestionRow, what: str, sealed: bytes | None) -> str:
    try:
        return vault.open_(row.client_id, f"question.{what}", row.id, sealed) if sealed else ""
    except vault.KeyGone as error:  # being erased in this moment
        raise NoSuchQuestion from error


def _row(row: Question) -> QuestionRow:
    return QuestionRow(
        id=row.id,
        coach_id=row.coach_id,
        client_id=row.client_id,
        offering_id=row.offering_id,
        title=session().get_one(Offering, row.offering_id).title,
        price=Money(row.price_minor, row.currency),
        most_letters=row.most_letters,
        answer_days=row.answer_days,
        revision=row.revision,
        made_at=row.made_at,
        paid_at=row.paid_at,
        sent_at=row.sent_at,
        promised_at=row.promised_at,
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        offered_id=row.offered_id,
        turned_at=row.turned_at,
        back_at=row.back_at,
        disputed_at=row.disputed_at,
        ended_at=row.ended_at,
        begun=row.answer_sealed is not None,
    )
