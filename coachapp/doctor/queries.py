"""What the doctor counts in every room's tables; one statement each, and never a word of anyone's."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from coachapp.accounts.models import Account
from coachapp.accounts.queries import account_id_for
from coachapp.audit.models import AuditEntry
from coachapp.booking.models import Appointment, OutsideCalendar, Place
from coachapp.booking.rules import AppointmentState
from coachapp.clients.models import Client
from coachapp.db import session
from coachapp.doctor.rules import CALENDARS_FAIL, MAILS_LOOKED_AT
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.rules import State
from coachapp.payments.credit_models import CreditEntry
from coachapp.payments.credit_rules import Kind
from coachapp.payments.models import Attempt, Refund, StripeEvent
from coachapp.payments.rules import AttemptState, RefundState

# The states of a stored event are those of payments.events.
_RECEIVED, _GIVEN_UP = "received", "given up"


@dataclass(frozen=True)
class Troubles:
    """How many things need a person's eyes."""

    mails_failed: int
    mails_unsure: int
    refunds_failed: int
    payment_alarms: int
    events_given_up: int


def troubles(now: datetime) -> Troubles:
    """Mails of the last week that did not leave, and all money that waits."""
    recent = OutboxMessage.created_at > now - MAILS_LOOKED_AT
    return Troubles(
        mails_failed=_count(select(OutboxMessage.id).where(OutboxMessage.state == State.FAILED, recent)),
        mails_unsure=_count(select(OutboxMessage.id).where(OutboxMessage.state == State.UNSURE, recent)),
        refunds_failed=_count(select(Refund.id).where(Refund.state == RefundState.FAILED)),
        payment_alarms=_count(select(Attempt.id).where(Attempt.state == AttemptState.ALARM)),
        events_given_up=_count(select(StripeEvent.id).where(StripeEvent.state == _GIVEN_UP)),
    )


def waiting_since(*, with_mail: bool) -> datetime | None:
    """Since when the longest waiting thing that tick does at once has been due;
    mail waits by right without a server."""
    db = session()
    due = [
        db.scalar(select(func.min(AuditEntry.at)).where(AuditEntry.entry_hash.is_(None))),
        db.scalar(select(func.min(StripeEvent.not_before)).where(StripeEvent.state == _RECEIVED)),
    ]
    if with_mail:
        waiting = OutboxMessage.state == State.WAITING
        due.append(db.scalar(select(func.min(OutboxMessage.not_before)).where(waiting)))
    return min((at for at in due if at), default=None)


def calendars_failing(now: datetime) -> int:
    """How many outside calendars have brought nothing new for more than a day."""
    last_good = func.coalesce(OutsideCalendar.good_at, OutsideCalendar.added_at)
    return _count(select(OutsideCalendar.id).where(last_good < now - CALENDARS_FAIL))


def uses_astray() -> int:
    """How many sessions count as used for a time that does not stand, although nobody decided so."""
    later = aliased(CreditEntry)
    is_last = ~exists().where(
        later.package_id == CreditEntry.package_id,
        later.number == CreditEntry.number,
        later.turn > CreditEntry.turn,
    )
    stands = (
        exists()
        .where(Place.id == CreditEntry.place_id, Place.appointment_id == Appointment.id)
        .where(Appointment.state == AppointmentState.CONFIRMED)
    )
    return _count(select(CreditEntry.package_id).where(CreditEntry.kind == Kind.USED, is_last, ~stands))


def client_ids() -> list[UUID]:
    """Everyone who must have a key of her own."""
    return list(session().scalars(select(Client.id)))


def passphrase_hash_of(name: str) -> str | None:
    """The kept hash of whoever signs in with this name, or None."""
    row = session().get(Account, account_id_for(name))
    return row.passphrase_hash if row else None


def _count(wanted: Select[UUID] | Select[str]) -> int:
    return session().scalar(select(func.count()).select_from(wanted.subquery())) or 0
