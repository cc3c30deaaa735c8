"""Reads of client records, as frozen rows with names opened."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.clients.models import Client, PrivateNote, Wishes
from coachapp.clients.rules import Absence, ClientRow, NoSuchClient, NoteRow, State, WishesRow
from coachapp.db import session


def client(client_id: UUID, *, coach_id: int | None = None) -> ClientRow:
    """One client; NoSuchClient also when she is not this coach's."""
    row = session().get(Client, client_id)
    if row is None or (coach_id is not None and row.coach_id != coach_id):
        raise NoSuchClient(str(client_id))
    return _client_row(row)


def client_by_ref(ref: str, *, coach_id: int) -> ClientRow:
    """One client of this coach by her reference; NoSuchClient. Who has only asked is no client yet."""
    found = select(Client).where(Client.ref == ref, Client.coach_id == coach_id, Client.state != State.ASKED)
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


def wishes(client_id: UUID) -> WishesRow:
    """What one client wishes around her sessions; the defaults while she was not asked."""
    return wishes_of([client_id])[client_id]


def wishes_of(client_ids: Iterable[UUID]) -> dict[UUID, WishesRow]:
    """Several clients' wishes at once, one row for each."""
    ids = set(client_ids)
    rows = session().scalars(select(Wishes).where(Wishes.client_id.in_(ids))).all()
    vault.preload(row.client_id for row in rows)
    return dict.fromkeys(ids, WishesRow()) | {row.client_id: _wishes_row(row) for row in rows}


def _wishes_row(row: Wishes) -> WishesRow:
    absence, own = Absence(row.absence), row.client_id
    said = _opened(own, "wishes.absence", row.absence_sealed)
    number, _newline, hours = said.partition("\n") if absence is Absence.CALL else ("", "", "")
    return WishesRow(
        absence=absence,
        number=number,
        hours=hours,
        words=said if absence is Absence.OWN else "",
        agreed=_opened(own, "wishes.agreed", row.agreed_sealed),
        remind_min=row.remind_min,
        changed_at=row.changed_at,
    )


def _opened(client_id: UUID, column: str, sealed: bytes | None) -> str:
    try:
        return vault.open_(client_id, column, client_id, sealed) if sealed else ""
    except vault.KeyGone:  # being erased: no words any more, and the others' lists go on
        return ""


def _client_row(row: Client) -> ClientRow:
    try:
        name = vault.open_(row.id, "client.name", row.id, row.name_sealed) if row.name_sealed else ""
    except vault.KeyGone:  # being erased: no name any more, and the others' lists go on
        name = ""
    state = State(row.state)
    return ClientRow(row.id, row.ref, row.coach_id, state, name, row.zone, row.created_at, row.early_until)
