"""Reads of how a client may be reached, and the gate itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session
from coachapp.safe_contact.models import SafeContact
from coachapp.safe_contact.rules import Contact, Inbox, Verdict, may_write


def contact(client_id: UUID) -> Contact | None:
    """One client's present wishes; None while nothing was asked (then nothing leaves)."""
    row = session().get(SafeContact, client_id)
    return _contact(row) if row else None


def contacts(client_ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Several clients' wishes at once, for lists; who was not asked is left out."""
    rows = session().scalars(select(SafeContact).where(SafeContact.client_id.in_(list(client_ids)))).all()
    vault.preload(row.client_id for row in rows)
    return {row.client_id: _contact(row) for row in rows}


def gate(client_id: UUID, *, booked: bool, now: datetime) -> Verdict:
    """Ask whether a message to this client may leave now. Every outgoing message asks here; unknown means no."""
    return may_write(contact(client_id), booked=booked, now=now)


def _contact(row: SafeContact) -> Contact:
    owner, sealed = row.client_id, row.address_sealed
    address = vault.open_(owner, "safe_contact.address", owner, sealed) if sealed else None
    return Contact(Inbox(row.inbox), address, row.renewed_at, row.stopped_at)
