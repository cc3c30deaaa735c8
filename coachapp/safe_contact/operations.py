"""What changes how a client may be reached."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from coachapp import vault
from coachapp.db import transaction
from coachapp.safe_contact.models import SafeContact
from coachapp.safe_contact.rules import Inbox


def set_contact(client_id: UUID, inbox: Inbox, address: str | None, *, now: datetime) -> None:
    """Keep the answer and the address (sealed). With *no mail* no address is kept at all."""
    kept = address if inbox is not Inbox.NONE and address else None
    sealed = vault.seal(client_id, "safe_contact.address", client_id, kept) if kept else None
    chosen = inbox if kept else Inbox.NONE
    with transaction() as db:
        row = db.get(SafeContact, client_id)
        if row is None:
            db.add(SafeContact(client_id=client_id, inbox=chosen, address_sealed=sealed, renewed_at=now))
            return
        row.inbox, row.address_sealed, row.renewed_at, row.stopped_at = chosen, sealed, now, None


def renew(client_id: UUID, *, now: datetime) -> None:
    """A booking, a visit, or the coach asking in person renews the permission for 60 days."""
    with transaction() as db:
        row = db.get(SafeContact, client_id)
        if row is not None and row.stopped_at is None:
            row.renewed_at = now


def things_changed(client_id: UUID, *, now: datetime) -> None:
    """Stop everything at once, no questions."""
    with transaction() as db:
        row = db.get(SafeContact, client_id)
        if row is not None:
            row.stopped_at = now


def forget(client_id: UUID) -> None:
    """Delete how a client was to be reached."""
    with transaction() as db:
        db.execute(delete(SafeContact).where(SafeContact.client_id == client_id))
