"""What happens to a question that is paid: written, sent once, opened, answered, turned into a session, or paid back.

Each takes the row's lock first, so that two desks, two devices, or she and the coach at the same moment make one story.
"""

from datetime import datetime, timedelta
from uuid import UUID

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.booking import reduced
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.payments.queries import orders_of
from coachapp.payments.refunds import refund_all
from coachapp.practice.queries import coach, practice
from coachapp.practice.rules import OfferingRow
from coachapp.questions import queries
from coachapp.questions.models import Question
from coachapp.questions.rules import (
    OPEN,
    NoSuchQuestion,
    NotNow,
    OtherWords,
    QuestionRow,
    Standing,
    TooLong,
    as_kept,
    is_too_long,
    promised,
)
from coachapp.zones import zone

_KEPT_A_LETTER = 24  # so many characters a letter that was paid for are kept of a draft, and no more


def save_words(question_id: UUID, client_id: UUID, words: str, revision: int) -> int:
    """Keep what she has written so far, also when it is too long to send; returns the new revision.

    OtherWords if another device kept something else since `revision`; NotNow once it is sent.
    """
    with transaction():
        row = _hers(question_id, client_id)
        if _row(row).standing is not Standing.TO_WRITE:
            raise NotNow
        _keep_words(row, words, revision)
        return row.revision


def send(
    question_id: UUID, client_id: UUID, words: str, revision: int, base_url: str, *, now: datetime
) -> None:
    """Send it to the coach; a second press changes nothing. TooLong, OtherWords; NotNow once its money went back."""
    with transaction():
        row = _hers(question_id, client_id)
        if _row(row).standing is Standing.WAITING:
            return
        if _row(row).standing is not Standing.TO_WRITE:
            raise NotNow
        if is_too_long(words, row.most_letters):
            raise TooLong
        _keep_words(row, words, revision)
        row.sent_at, row.promised_at = now, promise(row.coach_id, row.answer_days, now)
        record("send_question", now=now, role="client", subject=client_id)
        text = texts.coach_question(f"{base_url}/desk/questions")
        key = f"coach question:{row.id}:{row.revision}"
        enqueue_for_coach(coach(row.coach_id).email, "question", text, key=key, now=now)


def take_to_change(question_id: UUID, client_id: UUID) -> None:
    """Take it back to change it. NotNow once the coach has opened it; twice is once."""
    with transaction():
        row = _hers(question_id, client_id)
        if _row(row).standing is Standing.TO_WRITE:
            return
        if not _row(row).may_change:
            raise NotNow
        row.sent_at = row.promised_at = row.offered_id = None
        row.revision += 1


def open_it(question_id: UUID, coach_id: int, *, by: UUID, now: datetime) -> None:
    """The coach opens it to read: from now on its words stay as they are. NotNow where none waits."""
    with transaction():
        row = _waiting(question_id, coach_id)
        if row.opened_at is None:
            row.opened_at = now
            record("open_question", now=now, role="staff", actor=by, subject=row.client_id)


def keep_answer(question_id: UUID, coach_id: int, answer: str) -> None:
    """Keep the words of an answer that is not sent yet. NotNow where no answer is waited for."""
    with transaction():
        row = _opened(question_id, coach_id)
        row.answer_sealed = _sealed(row, "answer", answer)


def send_answer(
    question_id: UUID, coach_id: int, seen: str, base_url: str, *, by: UUID, now: datetime
) -> None:
    """Send the answer as it was last looked at (`seen` is the mark of those words). OtherWords; NotNow."""
    with transaction():
        row = _opened(question_id, coach_id)
        if row.answer_sealed is None or mark_of(_row(row)) != seen:
            raise OtherWords
        row.answered_at, row.offered_id = now, None
        _tell_her(row, "answer", base_url, now)
        record("answer_question", now=now, role="staff", actor=by, subject=row.client_id)


def mark_of(row: QuestionRow) -> str:
    """A mark of the answer's words as they stand, for the button that sends them."""
    return vault.keyed_hash("answer as seen", queries.answer_of(row)).hex()[:32]


def decline(
    question_id: UUID, coach_id: int, word: str, base_url: str, *, by: UUID, now: datetime
) -> list[UUID]:
    """Give the money back in place of an answer, with a word if there is one; the refunds to send after the commit.

    NotNow where it is answered or over, and while its payment is disputed.
    """
    with transaction():
        row = _of_coach(question_id, coach_id)
        if _row(row).standing not in OPEN or row.disputed_at is not None:
            raise NotNow
        row.back_at, row.offered_id = now, None
        row.answer_sealed = _sealed(row, "answer", word) if word else None
        _tell_her(row, "question back", base_url, now)
        record("decline_question", now=now, role="staff", actor=by, subject=row.client_id)
        return refund_all(orders_of([row.id])[row.id].id, "declined", now=now)


def offer_session(question_id: UUID, coach_id: int, session: OfferingRow, *, by: UUID, now: datetime) -> None:
    """Let her choose a session in its place, at a price less what she paid; it still waits for its answer. NotNow."""
    with transaction():
        row = _waiting(question_id, coach_id)
        if row.disputed_at is not None:
            raise NotNow
        row.offered_id = session.id
        record("offer_session", now=now, role="staff", actor=by, subject=row.client_id)


def turn(
    question_id: UUID, coach_id: int, session: OfferingRow, base_url: str, *, by: UUID, now: datetime
) -> None:
    """The coach makes a session of it: its price comes off one session of this kind, which she books. NotNow."""
    with transaction():
        row = _waiting(question_id, coach_id)
        _turn(row, session.id, now)
        _tell_her(row, "question turned", base_url, now)
        record("turn_question", now=now, role="staff", actor=by, subject=row.client_id)


def take_session(question_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """She takes the session the coach has offered in place of an answer; twice is once. NotNow."""
    with transaction():
        row = _hers(question_id, client_id)
        if row.turned_at is not None:
            return
        if _row(row).standing is not Standing.WAITING or row.offered_id is None:
            raise NotNow
        _turn(row, row.offered_id, now)
        record("turn_question", now=now, role="client", subject=client_id)


def promise(coach_id: int, days: int, now: datetime) -> datetime:
    """By when an answer comes to what is sent now, with the days off the coach has noted so far left out."""
    where = zone(coach(coach_id).zone)
    today = now.astimezone(where).date()
    off = queries.days_off(coach_id, today, today + timedelta(days=366))
    return promised(now, days, off, where)


def _turn(row: Question, offering_id: UUID, now: datetime) -> None:
    if row.disputed_at is not None:
        raise NotNow
    row.turned_at, row.offered_id = now, offering_id
    price = Money(row.price_minor, row.currency)
    reduced.grant(row.id, row.client_id, offering_id, price, now=now)


def _keep_words(row: Question, words: str, revision: int) -> None:
    kept = as_kept(words)[: row.most_letters * _KEPT_A_LETTER]
    before = queries.words_of(_row(row))
    if kept == before:
        return
    if revision != row.revision:
        raise OtherWords(row.revision, before)
    row.words_sealed = _sealed(row, "words", kept)
    row.revision += 1


def _tell_her(row: Question, kind: str, base_url: str, now: datetime) -> None:
    """Through the gate, and never a word of it: only that something is there."""
    subject = practice().mail_subject
    enqueue(
        row.client_id,
        "answer",
        lambda with_link: texts.ready(subject, f"{base_url}/me/" if with_link else None),
        key=f"{kind}:{row.id}",
        now=now,
        booked=False,
        reply_to=coach(row.coach_id).email,
    )


def _sealed(row: Question, what: str, words: str) -> bytes:
    return vault.seal(row.client_id, f"question.{what}", row.id, words)


def _row(row: Question) -> QuestionRow:
    with transaction() as db:
        db.flush()
    return queries.question(row.id)


def _locked(question_id: UUID) -> Question:
    with transaction() as db:
        row = db.get(Question, question_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NoSuchQuestion
        return row


def _hers(question_id: UUID, client_id: UUID) -> Question:
    row = _locked(question_id)
    if row.client_id != client_id or row.paid_at is None:
        raise NoSuchQuestion
    return row


def _of_coach(question_id: UUID, coach_id: int) -> Question:
    row = _locked(question_id)
    if row.coach_id != coach_id or row.paid_at is None:
        raise NoSuchQuestion
    return row


def _waiting(question_id: UUID, coach_id: int) -> Question:
    row = _of_coach(question_id, coach_id)
    if _row(row).standing is not Standing.WAITING:
        raise NotNow
    return row


def _opened(question_id: UUID, coach_id: int) -> Question:
    row = _waiting(question_id, coach_id)
    if row.opened_at is None:
        raise NotNow
    return row
