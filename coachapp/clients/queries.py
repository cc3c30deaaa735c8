"""Reads of client records, as frozen rows with names opened."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.clients.models import Client, PrivateNote
from coachapp.clients.rules import ClientRow, NoSuchClient, NoteRow, State
from coachapp.db import session


def client(client_id: UUID, *, coach_id: int | None = None) -> ClientRow:
    """One client; NoSuchClient also when she is not this coach's."""
    row = session().get(Client, client_id)
    if row is None or (coach_id is not None and row.coach_id != coach_id):
        raise NoSuchClient(str(client_id))
    return _client_row(row)


def client_by_ref(ref: str, *, coach_id: int) -> ClientRow:
    """One client of this coach by her reference; NoSuchClient."""
    found = select(Client).where(Client.ref == ref, Client.coach_id == coach_id)
    row = session().scalar(found) if ref.isascii() and ref.isprintable() else None
    if row is None:
        raise NoSuchClient(ref)
    return _client_row(row)


def clients(coach_id: int) -> list[ClientRow]:
    """This coach's clients by name; those who never booked are left out."""
    rows = (
        session()
        .scalars(select(Client).where(Client.coach_id == coach_id, Client.state != State.ASKED))
        .all()
    )
    vault.preload(row.id for row in rows)
    return sorted((_client_row(row) for row in rows), key=lambda row: row.name.casefold())


def clients_by_id(ids: Iterable[UUID]) -> dict[UUID, ClientRow]:
    """Several clients at once, for lists of appointments."""
    rows = session().scalars(select(Client).where(Client.id.in_(set(ids)))).all()
    vault.preload(row.id for row in rows)
    return {row.id: _client_row(row) for row in rows}


def asked_before(moment: datetime) -> list[UUID]:
    """Records made before `moment` by people who booked nothing."""
    asked = select(Client.id).where(Client.state == State.ASKED, Client.created_at < moment)
    return list(session().scalars(asked))


def notes(client_id: UUID) -> list[NoteRow]:
    """The coach's private notes about a client, newest first."""
    rows = session().scalars(
        select(PrivateNote).where(PrivateNote.client_id == client_id).order_by(PrivateNote.written_at.desc())
    )
    return [
        NoteRow(row.id, row.written_at, vault.open_(client_id, "private_note.text", row.id, row.text_sealed))
        for row in rows
    ]


def _client_row(row: Client) -> ClientRow:
    try:
        name = vault.open_(row.id, "client.name", row.id, row.name_sealed) if row.name_sealed else ""
    except vault.KeyGone:  # being erased: no name any more, and the others' lists go on
        name = ""
    return ClientRow(row.id, row.ref, row.coach_id, State(row.state), name, row.zone, row.created_at)
