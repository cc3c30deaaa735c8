"""Reads of what was answered at booking."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session
from coachapp.intake.models import Consent, IntakeAnswer


def answers(place_id: UUID) -> dict[str, str]:
    """The answers given for one booking, by question."""
    rows = session().scalars(select(IntakeAnswer).where(IntakeAnswer.place_id == place_id))
    return {row.question: _opened(row) for row in rows}


def latest_answer(client_id: UUID, question: str, *, leaving_out: Collection[UUID] = ()) -> str | None:
    """The newest answer of a client to one question, but not what she wrote for the places in `leaving_out`."""
    row = session().scalar(
        select(IntakeAnswer)
        .where(IntakeAnswer.client_id == client_id, IntakeAnswer.question == question)
        .where(IntakeAnswer.place_id.not_in(leaving_out))
        .order_by(IntakeAnswer.saved_at.desc())
        .limit(1)
    )
    return _opened(row) if row else None


def has_agreed(place_id: UUID, text_key: str) -> bool:
    """Whether the text was agreed to for this booking."""
    found = select(Consent.id).where(Consent.place_id == place_id, Consent.text_key == text_key)
    return session().scalar(found) is not None


def agreed_at(place_ids: Collection[UUID], text_key: str) -> dict[UUID, datetime]:
    """Since when a text is agreed to, for those of these bookings for which it is."""
    found = select(Consent.place_id, Consent.given_at).where(
        Consent.place_id.in_(place_ids), Consent.text_key == text_key
    )
    return {place_id: at for place_id, at in session().execute(found) if place_id}


def _opened(row: IntakeAnswer) -> str:
    return vault.open_(row.client_id, "intake_answer.text", row.id, row.text_sealed)
