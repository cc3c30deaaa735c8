"""What the coach changes about her own business."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from coachapp.db import session, transaction
from coachapp.practice.models import Coach, Offering, OfferingCoach, Practice
from coachapp.practice.queries import coaches, forget_kept
from coachapp.practice.rules import NoSuchOffering, SlugTaken


def save_practice(**facts: Any) -> None:
    """Set the practice's names and page texts (fields of `Practice`); makes the row on first use."""
    with transaction() as db:
        forget_kept()
        row = db.get(Practice, 1)
        if row is None:
            db.add(Practice(id=1, **facts))
            return
        for name, value in facts.items():
            setattr(row, name, value)


def add_coach(**facts: Any) -> int:
    """Add a coach (fields of `Coach`) and return her number."""
    with transaction() as db:
        coach = Coach(**facts)
        db.add(coach)
        db.flush()
        forget_kept()
        return coach.id


def lock_coach(coach_id: int) -> None:
    """One writer at a time for a coach's time, until the transaction ends. (On SQLite that is the lock itself.)"""
    with transaction() as db:
        db.execute(select(Coach.id).where(Coach.id == coach_id).with_for_update())


def save_settings(coach_id: int, *, practice: dict[str, Any], coach: dict[str, Any]) -> None:
    """Set the practice's names and texts (fields of `Practice`) and its coach's own (`Coach`), all or nothing."""
    with transaction() as db:
        save_practice(**practice)
        row = db.get_one(Coach, coach_id)
        for name, value in coach.items():
            setattr(row, name, value)
        forget_kept()


def save_offering(offering_id: UUID | None, *, further: Iterable[int] | None = None, **facts: Any) -> UUID:
    """Make a new offering (None) or change one; `further` as in `share_offering`, None leaves who gives it as it is.

    SlugTaken, or NoSuchOffering for an unknown id.
    """
    with transaction() as db:
        clash = db.scalar(select(Offering.id).where(Offering.slug == facts["slug"]))
        if clash is not None and clash != offering_id:
            raise SlugTaken(facts["slug"])
        row = db.get(Offering, offering_id) if offering_id else Offering(id=uuid4())
        if row is None:
            raise NoSuchOffering(str(offering_id))
        for name, value in facts.items():
            setattr(row, name, value)
        db.add(row)
        db.flush()
        if further is not None:
            share_offering(row.id, further)
        return row.id


def share_offering(offering_id: UUID, coach_ids: Iterable[int]) -> None:
    """Have these coaches give it besides the one whose it is, and nobody else; who is no coach here is left out.

    What is booked stays with whoever it was booked with.
    """
    with transaction() as db:
        row = db.get(Offering, offering_id, with_for_update=True)
        if row is None:
            raise NoSuchOffering(str(offering_id))
        db.execute(delete(OfferingCoach).where(OfferingCoach.offering_id == offering_id))
        further = {each.id for each in coaches()} & set(coach_ids) - {row.coach_id}
        db.add_all(OfferingCoach(offering_id=offering_id, coach_id=each) for each in sorted(further))


def is_set_up() -> bool:
    """Whether a practice exists here (the demo fills only an empty database)."""
    return session().get(Practice, 1) is not None
