"""Retention that runs by itself."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from coachapp import vault
from coachapp.booking import forgetting as booking
from coachapp.clients import operations as clients
from coachapp.clients.queries import asked_before
from coachapp.db import transaction
from coachapp.intake import operations as intake
from coachapp.messages import operations as messages
from coachapp.messages.queries import writers_since
from coachapp.messages.rules import KEPT as MESSAGES_KEPT
from coachapp.notifications import operations as notifications
from coachapp.payments import forgetting as payments
from coachapp.questions import asking as questions
from coachapp.safe_contact import operations as safe_contact

UNFINISHED_KEPT = timedelta(hours=24)
ANSWERED_KEPT = timedelta(days=30)


def forget_unfinished(*, now: datetime) -> int:
    """Forget whoever began a booking a day ago and finished none, or wrote a few words that have had their time.

    Returns how many people were forgotten.

    The key goes before the rows are committed, so that nothing can be read even if the rest is interrupted; the next
    round finishes it. A record to which something still belongs stays as it is, key and all, and stops nobody else.
    Money that came is never forgotten here, and a time that waits for an answer or may still be paid is left alone.
    Who asked and was declined, or not answered, is forgotten 30 days after that.
    """
    gone, waits = 0, writers_since(now - MESSAGES_KEPT)
    for client_id in asked_before(now - UNFINISHED_KEPT):
        if client_id in waits:
            continue
        if payments.money_came(client_id) or booking.may_still_be_booked(client_id):
            continue
        if payments.may_be_paid(client_id) or payments.has_sessions(client_id):
            continue
        if booking.was_answered(client_id, now - ANSWERED_KEPT):
            continue
        gone += _forget(client_id)
    messages.forget_old(now - MESSAGES_KEPT)
    questions.forget_left(now - UNFINISHED_KEPT)
    booking.forget_let_go(now - UNFINISHED_KEPT)
    booking.forget_left(now - UNFINISHED_KEPT)
    booking.forget_links(now - ANSWERED_KEPT)
    return gone


def _forget(client_id: UUID) -> bool:
    try:
        with transaction():
            _delete_rows(client_id)
            vault.destroy_key(client_id)
    except IntegrityError:
        return False
    return True


def _delete_rows(client_id: UUID) -> None:
    with transaction():
        messages.forget(client_id)
        questions.forget(client_id)
        intake.forget(client_id)
        notifications.forget(client_id)
        safe_contact.forget(client_id)
        booking.forget(client_id)
        payments.forget(client_id)
        clients.forget(client_id)
