"""Reads of how a client may be reached, and the gate itself."""

from datetime import datetime
from uuid import UUID

from coachapp import vault
from coachapp.db import session
from coachapp.safe_contact.models import SafeContact
from coachapp.safe_contact.rules import Contact, Inbox, Verdict, may_write


def contact(client_id: UUID) -> Contact | None:
    """One client's present wishes; None while nothing was asked (then nothing leaves)."""
    row = session().get(SafeContact, client_id)
    if row is None:
        return None
    sealed = row.address_sealed
    address = vault.open_(client_id, "safe_contact.address", client_id, sealed) if sealed else None
    return Contact(Inbox(row.inbox), address, row.renewed_at, row.stopped_at)


def gate(client_id: UUID, *, booked: bool, now: datetime) -> Verdict:
    """Ask whether a message to this client may leave now. Every outgoing message asks here; unknown means no."""
    return may_write(contact(client_id), booked=booked, now=now)
