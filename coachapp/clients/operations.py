"""What happens to a client record."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, update

from coachapp import vault
from coachapp.clients.models import Client, PrivateNote
from coachapp.clients.rules import NoSuchClient, State, new_ref
from coachapp.db import transaction


def new_client(
    coach_id: int, zone: str, *, now: datetime, name: str = "", state: State = State.ASKED
) -> UUID:
    """Make a client record with a key of its own; the key is committed before the row that uses it."""
    client_id = uuid4()
    vault.make_key(client_id)
    sealed = vault.seal(client_id, "client.name", client_id, name) if name else None
    with transaction() as db:
        db.add(
            Client(
                id=client_id,
                ref=new_ref(),
                coach_id=coach_id,
                state=state,
                name_sealed=sealed,
                zone=zone,
                created_at=now,
            )
        )
    return client_id


def rename(client_id: UUID, name: str) -> None:
    """Keep the name she wants to be called by."""
    with transaction():
        _client(client_id).name_sealed = vault.seal(client_id, "client.name", client_id, name)


def set_zone(client_id: UUID, zone: str) -> None:
    """Keep the zone her times are shown in."""
    with transaction():
        _client(client_id).zone = zone


def set_state(client_id: UUID, state: State) -> None:
    """Move a record to another state."""
    with transaction():
        _client(client_id).state = state


def next_file_number(client_id: UUID) -> int:
    """Count one more file of hers: the n of `notes-<n>.pdf`. Her row stays locked until the transaction ends."""
    counted = (
        update(Client).where(Client.id == client_id).values(files=Client.files + 1).returning(Client.files)
    )
    with transaction() as db:
        number = db.scalar(counted)
        if number is None:
            raise NoSuchClient(str(client_id))
        return number


def write_note(client_id: UUID, text: str, *, by: UUID, now: datetime) -> UUID:
    """Keep a private note of the coach (account `by`)."""
    note_id = uuid4()
    sealed = vault.seal(client_id, "private_note.text", note_id, text)
    with transaction() as db:
        _client(client_id)
        db.add(
            PrivateNote(id=note_id, client_id=client_id, written_by=by, written_at=now, text_sealed=sealed)
        )
    return note_id


def _client(client_id: UUID) -> Client:
    with transaction() as db:
        row = db.get(Client, client_id)
        if row is None:
            raise NoSuchClient(str(client_id))
        return row


def forget(client_id: UUID) -> None:
    """Delete the record of someone who never became a client."""
    with transaction() as db:
        db.execute(delete(Client).where(Client.id == client_id, Client.state == State.ASKED))
