"""Keeping what is answered and agreed at booking."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from coachapp import vault
from coachapp.db import transaction
from coachapp.intake.models import Consent, IntakeAnswer
from coachapp.intake.rules import VERSIONS


def save_answer(client_id: UUID, place_id: UUID, question: str, text: str, *, now: datetime) -> None:
    """Keep one answer, sealed; an empty one takes the place of an earlier one too."""
    with transaction() as db:
        row = db.scalar(
            select(IntakeAnswer).where(IntakeAnswer.place_id == place_id, IntakeAnswer.question == question)
        )
        if row is None:
            row = IntakeAnswer(id=uuid4(), client_id=client_id, place_id=place_id, question=question)
            db.add(row)
        row.text_sealed = vault.seal(client_id, "intake_answer.text", row.id, text)
        row.saved_at = now


def agree(client_id: UUID, place_id: UUID | None, text_key: str, *, now: datetime) -> None:
    """Record that the present version of a text was agreed to;
    once per booking, or once for what has no time (None)."""
    with transaction() as db:
        known = select(Consent.id).where(
            Consent.client_id == client_id, Consent.place_id == place_id, Consent.text_key == text_key
        )
        if place_id is None or db.scalar(known) is None:
            db.add(
                Consent(
                    client_id=client_id,
                    place_id=place_id,
                    text_key=text_key,
                    version=VERSIONS[text_key],
                    given_at=now,
                )
            )


def move(from_place: UUID, to_place: UUID) -> None:
    """Bring answers and consents along when the same person chooses another time."""
    with transaction() as db:
        for table in (IntakeAnswer, Consent):
            db.execute(update(table).where(table.place_id == from_place).values(place_id=to_place))


def forget_places(places: Iterable[UUID]) -> None:
    """Delete what was answered and agreed to for bookings that came to nothing."""
    with transaction() as db:
        for table in (IntakeAnswer, Consent):
            db.execute(delete(table).where(table.place_id.in_(list(places))))


def forget(client_id: UUID) -> None:
    """Delete what a client answered and agreed to."""
    with transaction() as db:
        for table in (IntakeAnswer, Consent):
            db.execute(delete(table).where(table.client_id == client_id))
