"""Writing the audit log and linking its chain."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coachapp.audit.models import AuditEntry
from coachapp.db import session, transaction


def record(
    action: str, *, now: datetime, role: str, actor: UUID | None = None, subject: UUID | None = None
) -> None:
    """Write one act down, in the transaction of the act itself."""
    with transaction() as db:
        db.add(AuditEntry(at=now, role=role, action=action, actor=actor, subject=subject))


def record_view(subject: UUID, *, now: datetime, role: str, actor: UUID) -> None:
    """Note that a record was looked at: one row per person and day, however often."""
    today = now.date()
    seen = select(AuditEntry.id).where(
        AuditEntry.actor == actor,
        AuditEntry.action == "view",
        AuditEntry.subject == subject,
        AuditEntry.on_day == today,
    )
    if session().scalar(seen) is not None:
        return
    with transaction() as db:
        try:
            with db.begin_nested():
                db.add(
                    AuditEntry(at=now, on_day=today, role=role, action="view", actor=actor, subject=subject)
                )
        except IntegrityError:
            return  # noted by another page in the same moment


def link_chain() -> int:
    """Link committed rows into the hash chain; returns how many were linked."""
    with transaction() as db:
        last = db.scalar(
            select(AuditEntry.entry_hash)
            .where(AuditEntry.entry_hash.is_not(None))
            .order_by(AuditEntry.id.desc())
            .limit(1)
        )
        fresh = db.scalars(
            select(AuditEntry).where(AuditEntry.entry_hash.is_(None)).order_by(AuditEntry.id).limit(1000)
        ).all()
        for entry in fresh:
            entry.previous_hash = last
            entry.entry_hash = last = entry_digest(entry)
        return len(fresh)


def entry_digest(entry: AuditEntry) -> bytes:
    """SHA-256 over the previous hash and every field of the row."""
    fields = (
        entry.id,
        entry.at.isoformat(),
        entry.on_day,
        entry.role,
        entry.action,
        entry.actor,
        entry.subject,
    )
    text = "|".join("" if field is None else str(field) for field in fields)
    return hashlib.sha256((entry.previous_hash or b"") + text.encode()).digest()
