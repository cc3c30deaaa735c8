"""People who may not book: the list, and the check whoever types an address in public passes.

Only a keyed hash of an address or number is kept, in the form all its spellings share (`likeness`).
Each coach keeps a list of her own, and every list holds in the whole practice: who may not book with one coach does not
come in by another. The words on it, and who has tried, are for the coach alone who keeps it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.booking.admission import BlockedRow
from coachapp.booking.likeness import likeness
from coachapp.booking.models import BlockedPerson
from coachapp.booking.rules import PlaceRow
from coachapp.clients.rules import ClientRow
from coachapp.db import session, transaction
from coachapp.intake import queries as intake
from coachapp.practice.queries import coaches
from coachapp.safe_contact.queries import contact


def block(coach_id: int, typed: str, word: str, *, by: UUID, now: datetime) -> None:
    """Put an address or number on the list, with the coach's own word; ValueError if it is neither."""
    if likeness(typed) is None:
        raise ValueError("neither an address nor a number")
    match = _match(coach_id, typed)
    with transaction() as db:
        row = db.scalar(
            select(BlockedPerson).where(BlockedPerson.coach_id == coach_id, BlockedPerson.match_hash == match)
        )
        if row is None:
            row = BlockedPerson(id=uuid4(), coach_id=coach_id, match_hash=match, added_at=now, tries=0)
            db.add(row)
        row.note_sealed = vault.seal(vault.PRACTICE, "blocked_person.note", row.id, word)
        record("block", now=now, role="staff", actor=by)


def unblock(coach_id: int, blocked_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Take someone off the list; False if there is nobody of this coach's with that id."""
    gone = delete(BlockedPerson).where(BlockedPerson.id == blocked_id, BlockedPerson.coach_id == coach_id)
    with transaction() as db:
        if db.scalar(gone.returning(BlockedPerson.id)) is None:
            return False
        record("unblock", now=now, role="staff", actor=by)
        return True


def blocked_people(coach_id: int) -> list[BlockedRow]:
    """The coach's list, newest first."""
    rows = session().scalars(
        select(BlockedPerson)
        .where(BlockedPerson.coach_id == coach_id)
        .order_by(BlockedPerson.added_at.desc(), BlockedPerson.id)
    )
    return [BlockedRow(row.id, _word(row), row.added_at, row.tried_at, row.tries) for row in rows]


def is_blocked(coach_id: int, *typed: str) -> bool:
    """Whether any of these addresses or numbers is on the list, the coach's or a colleague's.

    One statement, and for each of them one hash a coach, whatever they are.
    """
    found = select(BlockedPerson.id).where(BlockedPerson.match_hash.in_(_matches(coach_id, typed)))
    return session().scalar(found.limit(1)) is not None


def is_blocked_now(person: ClientRow) -> bool:
    """Whether this person may not book, whenever that was decided."""
    known = contact(person.id)
    return is_blocked(person.coach_id, (known and known.address) or "")


def tried(coach_id: int, *typed: str, now: datetime) -> bool:
    """The same check where someone would go on to book or pay: a blocked person's try is noted for the desk.

    As many hashes as in `is_blocked` and one UPDATE, whether it finds anyone or not.
    """
    noted = (
        update(BlockedPerson)
        .where(BlockedPerson.match_hash.in_(_matches(coach_id, typed)))
        .values(tries=BlockedPerson.tries + 1, tried_at=now)
        .returning(BlockedPerson.id)
    )
    with transaction() as db:
        return bool(db.scalars(noted).all())


def addresses_of(place: PlaceRow) -> tuple[str, str]:
    """The addresses that stand behind a booking: the one typed on its road and the client's own, or nothing."""
    known = contact(place.client_id) if place.client_id else None
    return intake.answers(place.id).get("email") or "", (known and known.address) or ""


def _matches(coach_id: int, typed: Iterable[str]) -> list[bytes]:
    everyone = {coach_id, *(each.id for each in coaches())}
    return [_match(each, one) for one in typed for each in sorted(everyone)]


def _match(coach_id: int, typed: str) -> bytes:
    return vault.keyed_hash("blocked", f"{coach_id}|{likeness(typed) or ''}")


def _word(row: BlockedPerson) -> str:
    if row.note_sealed is None:
        return ""
    return vault.open_(vault.PRACTICE, "blocked_person.note", row.id, row.note_sealed)
