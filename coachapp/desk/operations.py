"""What the coach does with a client's record."""

from datetime import date, datetime
from uuid import UUID

from coachapp.accounts.operations import make_join_token
from coachapp.audit.operations import record
from coachapp.booking import around
from coachapp.clients import operations as clients
from coachapp.clients.rules import State
from coachapp.db import transaction
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.rules import Inbox


def add_client(coach_id: int, name: str, zone: str, *, by: UUID, now: datetime) -> UUID:
    """Begin a record by hand. How this person may be written to is not asked yet, so nothing is ever sent."""
    with transaction():
        client_id = clients.new_client(coach_id, zone, now=now, name=name, state=State.ACTIVE)
        record("add_client", now=now, role="staff", actor=by, subject=client_id)
        return client_id


def write_note(client_id: UUID, text: str, *, by: UUID, now: datetime) -> UUID:
    """Keep a private note."""
    with transaction():
        record("note", now=now, role="staff", actor=by, subject=client_id)
        return clients.write_note(client_id, text, by=by, now=now)


def change_person(client_id: UUID, name: str, zone: str, *, by: UUID, now: datetime) -> None:
    """Change what she is called and the zone her times are shown in; she is asked whether booked ones suit her."""
    with transaction():
        clients.rename(client_id, name)
        around.change_zone(client_id, zone, now=now)
        record("change_client", now=now, role="staff", actor=by, subject=client_id)


def give_early_times(client_id: UUID, until: date | None, *, by: UUID, now: datetime) -> None:
    """Early times until that day, or none any more."""
    with transaction():
        clients.give_early_times(client_id, until)
        record("early_times", now=now, role="staff", actor=by, subject=client_id)


def agree_words(client_id: UUID, words: str, *, by: UUID, now: datetime) -> None:
    """Keep the words that mean "change the subject", as they were agreed when you met."""
    with transaction():
        clients.agree_words(client_id, words, now=now)
        record("agree_words", now=now, role="staff", actor=by, subject=client_id)


def set_contact(client_id: UUID, inbox: Inbox, address: str, *, by: UUID, now: datetime) -> None:
    """Keep what she said in person about her inbox; this also renews the permission for 60 days."""
    with transaction():
        safe_contact.set_contact(client_id, inbox, address or None, now=now)
        record("change_contact", now=now, role="staff", actor=by, subject=client_id)


def stop_contact(client_id: UUID, *, by: UUID, now: datetime) -> None:
    """Things changed: nothing leaves from now on."""
    with transaction():
        safe_contact.things_changed(client_id, now=now)
        record("stop_contact", now=now, role="staff", actor=by, subject=client_id)


def make_join_link(client_id: UUID, *, by: UUID, now: datetime) -> str:
    """The path a client without an account can use to make one, to be handed over in person."""
    with transaction():
        record("join_link", now=now, role="staff", actor=by, subject=client_id)
        return f"/join/{make_join_token(client_id, now=now)}"
