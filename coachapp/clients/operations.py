"""What happens to a client record."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from coachapp import vault
from coachapp.clients.models import Client, PrivateNote, Wishes
from coachapp.clients.rules import Absence, NoSuchClient, State, WishesRow, new_ref
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
                ref=new_ref(lambda ref: db.scalar(select(Client.id).where(Client.ref == ref)) is not None),
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


def give_early_times(client_id: UUID, until: date | None) -> None:
    """Let her choose times at short notice until that day of the coach's calendar, included; None ends it."""
    with transaction():
        _client(client_id).early_until = until


def hand_over(client_id: UUID, coach_id: int) -> None:
    """Give the record of someone who has booked nothing yet to the coach with whom she is about to book."""
    with transaction() as db:
        still_asking = (Client.id == client_id, Client.state == State.ASKED)
        db.execute(update(Client).where(*still_asking).values(coach_id=coach_id))


def set_state(client_id: UUID, state: State) -> None:
    """Move a record to another state."""
    with transaction():
        _client(client_id).state = state


def lock_client(client_id: UUID) -> None:
    """One writer at a time for what she may have only one of, until the transaction ends. NoSuchClient."""
    with transaction() as db:
        if db.scalar(select(Client.id).where(Client.id == client_id).with_for_update()) is None:
            raise NoSuchClient(str(client_id))


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


def wish(client_id: UUID, wishes: WishesRow, *, now: datetime) -> None:
    """Keep what she wishes if she does not come, and how long before she is reminded. The agreed words stay."""
    said = {Absence.CALL: f"{wishes.number}\n{wishes.hours}", Absence.OWN: wishes.words}.get(wishes.absence)
    with transaction():
        row = _wishes(client_id, now)
        row.absence, row.remind_min, row.changed_at = wishes.absence, wishes.remind_min, now
        row.absence_sealed = vault.seal(client_id, "wishes.absence", client_id, said) if said else None


def agree_words(client_id: UUID, words: str, *, now: datetime) -> None:
    """Keep the words that mean "change the subject", as she and her coach agreed them; empty takes them back."""
    with transaction():
        row = _wishes(client_id, now)
        row.agreed_sealed = vault.seal(client_id, "wishes.agreed", client_id, words) if words else None


def _wishes(client_id: UUID, now: datetime) -> Wishes:
    """Her row, held until the transaction ends; a first one is made with the defaults."""
    with transaction() as db:
        db.scalar(select(Client.id).where(Client.id == _client(client_id).id).with_for_update())
        row = db.get(Wishes, client_id)
        if row is None:
            row = Wishes(client_id=client_id, absence=Absence.WAIT, changed_at=now)
            db.add(row)
        return row


def _client(client_id: UUID) -> Client:
    with transaction() as db:
        row = db.get(Client, client_id)
        if row is None:
            raise NoSuchClient(str(client_id))
        return row


def forget(client_id: UUID) -> None:
    """Delete the record of someone who never became a client."""
    with transaction() as db:
        never_came = select(Client.id).where(Client.id == client_id, Client.state == State.ASKED)
        db.execute(delete(Wishes).where(Wishes.client_id.in_(never_came)))
        db.execute(delete(Client).where(Client.id == client_id, Client.state == State.ASKED))
