"""The road to a question: her record and four words, paying, and what money brings about, once."""

from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.accounts.operations import make_join_token
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.audit.operations import record
from coachapp.booking import reduced
from coachapp.booking.blocking import is_blocked
from coachapp.booking.operations import Details
from coachapp.clients import operations as clients
from coachapp.clients.rules import State
from coachapp.db import transaction
from coachapp.intake import operations as intake
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue_for_coach
from coachapp.payments import operations as payments
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import AttemptRow, OnPaid, OrderState, Payable
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow
from coachapp.questions import queries
from coachapp.questions.models import Question
from coachapp.questions.rules import KIND, NoSuchQuestion, NotNow, QuestionRow, Standing
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.queries import contact


def payable(base_url: str) -> Payable:
    """What payments needs to know of a question; links in mails begin with `base_url`."""
    return Payable(
        on_paid=_money_came,
        on_expired=_link_ended,
        on_refunded=partial(_money_went_back, base_url),
        on_disputed=partial(_disputed, base_url),
        on_dispute_over=_dispute_over,
    )


def begin(sold: OfferingRow, zone: str, details: Details, old_road: str | None, *, now: datetime) -> str:
    """Someone new is about to pay: her record, her four words; returns the cookie of her road.

    The same browser that comes back to its details goes on with the record it has.
    """
    earlier = _unpaid(old_road)
    words = queries.return_code(earlier) if earlier else None
    if words is None:
        earlier, words = None, four_words()  # nothing was begun, or it is a client's own
    client_id = earlier.client_id if earlier else clients.new_client(sold.coach_id, zone, now=now)
    with transaction():
        _give_up(earlier)
        clients.rename(client_id, details.name)
        clients.set_zone(client_id, zone)
        safe_contact.set_contact(client_id, details.inbox, details.address or None, now=now)
        intake.agree(client_id, None, "terms", now=now)
        return _start(client_id, sold, words, now)


def begin_known(client_id: UUID, sold: OfferingRow, old_road: str | None, *, now: datetime) -> str:
    """A client who is signed in is about to pay; nothing about her is asked."""
    earlier = _unpaid(old_road)
    with transaction():
        _give_up(earlier if earlier and earlier.client_id == client_id else None)
        intake.agree(client_id, None, "terms", now=now)
        return _start(client_id, sold, None, now)


def go_to_pay(row: QuestionRow, return_base: str, *, now: datetime) -> AttemptRow:
    """Commit an attempt to pay for it, or find the open one. NotNow once it is paid."""
    with transaction() as db:
        mine = _locked(db, row.id)  # the button pressed twice opens one order
        if mine.paid_at is not None:
            raise NotNow
        order_id = payments.open_order(row.client_id, KIND, row.id, row.price, now=now)
        return payments.begin_attempt(order_id, return_base, now=now)


def open_by_code(typed: str) -> str:
    """A new cookie for the question that four words open; an earlier one no longer counts. NoSuchQuestion."""
    found, road = queries.by_code(normal_code(typed)), vault.new_token()
    with transaction() as db:
        db.get_one(Question, found.id).road_hash = vault.keyed_hash("road", road)
    return road


def forget(client_id: UUID) -> None:
    """Delete every question of one client, with every word of it."""
    with transaction() as db:
        db.execute(delete(Question).where(Question.client_id == client_id))


def forget_left(before: datetime) -> None:
    """Delete what was begun before that moment and never went as far as being asked to pay."""
    with transaction() as db:
        left = list(queries.unpaid_before(before))
        asked = orders_of(left)
        db.execute(delete(Question).where(Question.id.in_([each for each in left if each not in asked])))


def _unpaid(road: str | None) -> QuestionRow | None:
    """What this browser was about to ask, if nobody has gone on to pay it."""
    try:
        found = queries.by_road(road or "")
    except NoSuchQuestion:
        return None
    return None if orders_of([found.id]) else found


def _give_up(earlier: QuestionRow | None) -> None:
    """The earlier choice makes way for the new one, and leaves it its words."""
    if earlier is not None:
        with transaction() as db:
            db.execute(delete(Question).where(Question.id == earlier.id))


def _start(client_id: UUID, sold: OfferingRow, words: str | None, now: datetime) -> str:
    road, question_id = vault.new_token(), uuid4()
    with transaction() as db:
        db.add(
            Question(
                id=question_id,
                coach_id=sold.coach_id,
                client_id=client_id,
                offering_id=sold.id,
                price_minor=sold.price.minor,
                currency=sold.price.currency,
                most_letters=sold.most_letters,
                answer_days=sold.answer_days,
                road_hash=vault.keyed_hash("road", road),
                code_hash=vault.keyed_hash("return code", normal_code(words)) if words else None,
                code_sealed=vault.seal(client_id, "question.code", question_id, words) if words else None,
                revision=0,
                made_at=now,
            )
        )
    return road


def _money_came(question_id: UUID, now: datetime) -> OnPaid:
    """It can be written from now on; what comes a second time goes back."""
    with transaction() as db:
        row = _locked(db, question_id)
        if row.paid_at is not None:
            order = orders_of([question_id])[question_id]
            twice = order.paid.minor > order.amount.minor
            return OnPaid.REFUND_AND_APOLOGISE if twice else OnPaid.CONFIRM
        known = contact(row.client_id)
        if is_blocked(row.coach_id, (known and known.address) or ""):
            row.ended_at = now
            return OnPaid.REFUND_AND_APOLOGISE
        row.paid_at, row.ended_at = now, None
        clients.set_state(row.client_id, State.ACTIVE)
        make_join_token(row.client_id, now=now)
        safe_contact.renew(row.client_id, now=now)
        record("ask", now=now, role="client", subject=row.client_id)
        return OnPaid.CONFIRM


def _link_ended(question_id: UUID, now: datetime, let_go: bool) -> None:
    """Who stops before paying has ended it; a link that merely ran out can be followed by another."""
    with transaction() as db:
        row = _locked(db, question_id)
        if let_go and row.paid_at is None:
            row.ended_at = now


def _money_went_back(base_url: str, question_id: UUID, now: datetime) -> None:
    """All of it went back: what is not answered yet is over, and a price taken off a session is no longer so."""
    with transaction() as db:
        row = _locked(db, question_id)
        record("refund", now=now, role="system", subject=row.client_id)
        if row.paid_at is None or orders_of([question_id])[question_id].state is not OrderState.REFUNDED:
            return
        standing = queries.question(question_id).standing
        if standing in (Standing.TO_WRITE, Standing.WAITING):
            row.back_at = now
        elif standing is Standing.TURNED and not reduced.end(question_id, now=now):
            what = _("A question was paid back in Stripe, after its price was taken off a session.")
            _tell_coach(row, "question back", what, base_url, now)


def _disputed(base_url: str, question_id: UUID, now: datetime) -> None:
    with transaction() as db:
        row = _locked(db, question_id)
        row.disputed_at = row.disputed_at or now
        record("dispute", now=now, role="system", subject=row.client_id)
        what = _(
            "A payment for a question is disputed by the payer’s bank. Stripe says until when it can be answered; "
            "never send words from it there."
        )
        _tell_coach(row, "dispute", what, base_url, now)


def _dispute_over(question_id: UUID, now: datetime, won: bool) -> None:
    """Won, it goes on as it was. Lost, what is not answered yet has ended."""
    with transaction() as db:
        row, standing = _locked(db, question_id), queries.question(question_id).standing
        row.disputed_at = None
        if not won and standing in (Standing.TO_WRITE, Standing.WAITING):
            row.ended_at = now
        if not won and standing is Standing.TURNED:
            reduced.end(question_id, now=now)
        what = "dispute_won" if won else "dispute_lost"
        record(what, now=now, role="system", subject=row.client_id)


def _locked(db: Session, question_id: UUID) -> Question:
    return db.get_one(Question, question_id, with_for_update=True, populate_existing=True)


def _tell_coach(row: Question, kind: str, what: str, base_url: str, now: datetime) -> None:
    text = texts.coach_trouble(what, f"{base_url}/desk/questions")
    enqueue_for_coach(coach(row.coach_id).email, "question", text, key=f"coach {kind}:{row.id}", now=now)
