"""How packages come to be, on the way to being bought or given by the coach, and what somebody decides about one.

A decision and its entry in the audit log are one transaction; `by` is the coach's account, None the client herself.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.payments import credits as ledger
from coachapp.payments.credit_models import Package
from coachapp.payments.credit_queries import package
from coachapp.payments.credit_rules import Told
from coachapp.payments.models import Order
from coachapp.practice.rules import OfferingRow

KIND = "package"
"""What a package is called among the payables."""


def begin(
    client_id: UUID, sold: OfferingRow, single: OfferingRow, place_id: UUID | None, *, now: datetime
) -> UUID:
    """Write down what is about to be bought, at today's terms; for one first time (`place_id`) the same each time."""
    with transaction() as db:
        known = select(Package.id).where(Package.place_id == place_id, Package.place_id.is_not(None))
        found = db.scalar(known)
        if found is not None:
            set_price(found, sold.price)
            return found
        mine = _package(client_id, single, sold.sessions, sold.valid_months, sold.price, now)
        mine.offering_id, mine.place_id = sold.id, place_id
        db.add(mine)
        db.flush()
        return mine.id


def set_price(package_id: UUID, price: Money) -> None:
    """What is not paid yet costs something else by now. What was granted keeps its terms."""
    with transaction() as db:
        if not package(package_id).is_granted:
            db.get_one(Package, package_id).price_minor = price.minor


def drop(package_id: UUID) -> None:
    """Forget a package that was never paid for, nor asked to be paid."""
    with transaction() as db:
        asked = select(Order.id).where(Order.payable_id == package_id)
        if db.scalar(asked.limit(1)) is None:
            db.execute(delete(Package).where(Package.id == package_id))


def give(
    client_id: UUID, single: OfferingRow, sessions: int, months: int, word: str, *, by: UUID, now: datetime
) -> UUID:
    """Give a client so many sessions of a kind, good for so many months; `word` is the coach's own, sealed."""
    with transaction() as db:
        mine = _package(client_id, single, sessions, months, Money(0, single.price.currency), now)
        if word:
            mine.word_sealed = vault.seal(client_id, "package.word", mine.id, word)
        db.add(mine)
        db.flush()
        ledger.grant(mine.id, now=now)
        record("give_sessions", now=now, role="staff", actor=by, subject=client_id)
        return mine.id


def pause(package_id: UUID, *, now: datetime, by: UUID | None = None) -> bool:
    """Let a package rest; False where it rests already or nothing is left."""
    with transaction():
        done = ledger.pause(package_id, _hand(by), now=now)
        return done and _note("pause_sessions", package_id, by, now)


def resume(package_id: UUID, *, now: datetime, by: UUID | None = None) -> bool:
    """End the pause; False where there is none."""
    with transaction():
        done = ledger.resume(package_id, _hand(by), now=now)
        return done and _note("resume_sessions", package_id, by, now)


def note_told_by_coach(package_id: UUID, *, by: UUID, now: datetime) -> bool:
    """The coach has told her when it ends; False where that was said before, or is not yet to be said."""
    with transaction():
        until = ledger.note_told(package_id, Told.COACH, now=now)
        return until is not None and _note("told_end", package_id, by, now)


def take_back(package_id: UUID, amount: Money, *, by: UUID, now: datetime) -> list[UUID]:
    """Take back what is left and pay back so much of it; the refunds to send. BadAmount for more than is paid."""
    with transaction():
        refunds = ledger.take_back(package_id, amount, now=now)
        _note("take_back_sessions", package_id, by, now)
        return refunds


def _hand(by: UUID | None) -> str:
    return "client" if by is None else "coach"


def _note(action: str, package_id: UUID, by: UUID | None, now: datetime) -> bool:
    whose = package(package_id).client_id
    record(action, now=now, role="client" if by is None else "staff", actor=by, subject=whose)
    return True


def _package(
    client_id: UUID, single: OfferingRow, sessions: int, months: int, price: Money, now: datetime
) -> Package:
    return Package(
        id=uuid4(),
        client_id=client_id,
        pays_for_id=single.id,
        sessions=sessions,
        months=months,
        price_minor=price.minor,
        single_minor=single.price.minor,
        currency=price.currency,
        made_at=now,
    )
