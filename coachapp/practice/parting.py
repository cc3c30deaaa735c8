"""Whether an offering may be paid in parts, and in which."""

from typing import Any
from uuid import UUID

from coachapp.db import session, transaction
from coachapp.money import Money
from coachapp.practice.models import OfferingParts
from coachapp.practice.operations import save_offering
from coachapp.practice.part_terms import PartTerms
from coachapp.practice.queries import practice


def part_terms(offering_id: UUID) -> PartTerms | None:
    """What the coach allows for this offering; None where it is paid all at once."""
    row = session().get(OfferingParts, offering_id)
    if row is None:
        return None
    deposit = None if row.deposit_minor is None else Money(row.deposit_minor, practice().currency)
    return PartTerms(row.percent, deposit, row.rest_days, row.times)


def save_with_parts(offering_id: UUID | None, terms: PartTerms | None, **facts: Any) -> UUID:
    """As `save_offering`, with what is allowed of paying in parts."""
    with transaction():
        saved = save_offering(offering_id, **facts)
        save_part_terms(saved, terms)
        return saved


def save_part_terms(offering_id: UUID, wanted: PartTerms | None) -> None:
    """Allow this from now on. What is being paid in parts already goes on as it was agreed."""
    with transaction() as db:
        row = db.get(OfferingParts, offering_id, with_for_update=True)
        if wanted is None:
            if row is not None:
                db.delete(row)
            return
        row = row or OfferingParts(offering_id=offering_id)
        row.percent, row.times, row.rest_days = wanted.percent, wanted.times, wanted.rest_days
        row.deposit_minor = wanted.deposit.minor if wanted.deposit else None
        db.add(row)
