"""The waiting list as people come to it and leave it: asked for, changed, left, over, or no longer needed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.audit.operations import record
from coachapp.booking import wait_queries
from coachapp.booking.blocking import tried
from coachapp.booking.making import give_token
from coachapp.booking.models import FreedTime, Place, Wait
from coachapp.booking.rules import PlaceRow
from coachapp.booking.wait_rules import NotWaiting, Suits, WaitRow, list_ends
from coachapp.clients import operations as clients
from coachapp.clients.queries import client
from coachapp.clients.rules import State
from coachapp.db import transaction
from coachapp.intake import operations as intake
from coachapp.practice.rules import OfferingRow
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox

_TRIES = 3


@dataclass(frozen=True)
class Wish:
    """What would suit her, in her zone, until the end of that day."""

    suits: Suits
    zone: str
    last: date


@dataclass(frozen=True)
class Newcomer:
    """Who asks without an account, as far as she tells. `typed` is the address as it was typed, mail or not."""

    name: str
    inbox: Inbox
    address: str
    typed: str


def join(offering: OfferingRow, wish: Wish, who: Newcomer, *, once: str, now: datetime) -> str:
    """Put someone without an account on the list, in a new record of her own; returns the cookie of her road.

    The same form (`once`) sent twice is one line. Someone blocked is answered like everyone else, by the same steps;
    she is offered nothing.
    """
    tried(offering.coach_id, who.typed, now=now)
    wait_id = UUID(bytes=vault.keyed_hash("wait", f"{once or vault.new_token()}\0{offering.id}")[:16])
    for _again in range(_TRIES):
        try:
            with transaction() as db:
                if db.get(Wait, wait_id) is None:
                    _add_newcomer(db, wait_id, offering, wish, who, now)
            break
        except IntegrityError:
            continue  # its twin came in the same moment; all that belongs to this one is undone
    return new_road(wait_id)


def join_known(offering: OfferingRow, client_id: UUID, wish: Wish, *, now: datetime) -> None:
    """Put a client we know on the list; if she is on it, what suits her is changed and she stays where she was."""
    known = contact(client_id)
    tried(offering.coach_id, (known and known.address) or "", now=now)
    for _again in range(_TRIES):
        try:
            with transaction() as db:
                row = db.scalar(_of(client_id, offering.id).with_for_update())
                if row is None:
                    safe_contact.renew(client_id, now=now)
                    record("join_list", now=now, role="client", subject=client_id)
                    row = _row(uuid4(), offering, client_id, now)
                    db.add(row)
                _set(row, wish)
            break
        except IntegrityError:
            continue  # she pressed twice in the same moment


def leave(wait_id: UUID, *, now: datetime, by: UUID | None = None) -> None:
    """Take someone off the list: she herself, or the coach (her account). What is kept for her stays so."""
    with transaction() as db:
        gone = delete(Wait).where(Wait.id == wait_id).returning(Wait.client_id)
        client_id = db.scalar(gone)
        if client_id is not None:
            role = "staff" if by else "client"
            record("leave_list", now=now, role=role, actor=by, subject=client_id)


def no_longer(client_id: UUID, offering_id: UUID | None) -> None:
    """She has found a time of this offering: she does not wait for one any more."""
    with transaction() as db:
        db.execute(delete(Wait).where(Wait.client_id == client_id, Wait.offering_id == offering_id))


def follow(client_id: UUID, zone: str) -> None:
    """She is in another zone now: what suits her counts by the clock there, until the same day."""
    with transaction() as db:
        for line in wait_queries.waits_of(client_id):
            moved = {"zone": zone, "ends_at": list_ends(line.last_day, zone)}
            db.execute(update(Wait).where(Wait.id == line.id).values(moved))


def forget_over(*, now: datetime) -> None:
    """Drop the lines whose last day is over, in silence, and what came free and has come or interests nobody."""
    with transaction() as db:
        db.execute(delete(Wait).where(Wait.ends_at <= now))
        nobody = FreedTime.coach_id.not_in(select(Wait.coach_id))
        db.execute(delete(FreedTime).where((FreedTime.ends_at <= now) | nobody))


def forget(client_id: UUID) -> None:
    """Delete every line of one client."""
    with transaction() as db:
        db.execute(delete(Wait).where(Wait.client_id == client_id))


def open_by_code(typed: str) -> tuple[str, WaitRow, PlaceRow | None]:
    """The line that four words open: a new cookie for it, the line, and what is kept for her. NotWaiting."""
    found = wait_queries.wait_by_code(normal_code(typed))
    return new_road(found.id), found, wait_queries.kept_for(found.id)


def new_road(wait_id: UUID) -> str:
    """A new cookie for a line, and for what is kept for her; an earlier one no longer counts. NotWaiting."""
    road = vault.new_token()
    hashed = vault.keyed_hash("road", road)
    with transaction() as db:
        row = db.get(Wait, wait_id, with_for_update=True)
        if row is None:
            raise NotWaiting
        row.road_hash = hashed
        kept = wait_queries.kept_for(wait_id)
        if kept is not None:
            db.get_one(Place, kept.id).road_hash = hashed
    return road


def bring_along(db: Session, road: str | None, place: Place) -> None:
    """A time chosen in the browser that holds a line of the list is for the same person: one record for both."""
    if road is None or place.client_id is not None:
        return
    client_id = db.scalar(select(Wait.client_id).where(Wait.road_hash == vault.keyed_hash("road", road)))
    # As everywhere: whoever is a client by now books into her record only signed in, or with a link of hers.
    if client_id is not None and client(client_id).state is State.ASKED:
        give_token(place, client_id)


def hand_over(db: Session, row: Wait, place: Place) -> None:
    """Let her ways back to the list open the time that is kept for her as well; a former one opens no more."""
    place.wait_id = row.id
    if row.code_sealed is None:
        return
    for column in (Place.code_hash, Place.road_hash):
        same = getattr(row, column.key)
        if same is not None:
            db.execute(update(Place).where(column == same).values({column.key: None}))
    words = vault.open_(row.client_id, "wait.code", row.id, row.code_sealed)
    place.code_hash, place.road_hash = row.code_hash, row.road_hash
    place.code_sealed = vault.seal(row.client_id, "place.code", place.id, words)


def _of(client_id: UUID, offering_id: UUID) -> Select[Wait]:
    return select(Wait).where(Wait.client_id == client_id, Wait.offering_id == offering_id)


def _add_newcomer(
    db: Session, wait_id: UUID, offering: OfferingRow, wish: Wish, who: Newcomer, now: datetime
) -> None:
    client_id = clients.new_client(offering.coach_id, wish.zone, now=now, name=who.name)
    safe_contact.set_contact(client_id, who.inbox, who.address or None, now=now)
    intake.agree(client_id, None, "terms", now=now)
    row, words = _row(wait_id, offering, client_id, now), four_words()
    row.code_hash = vault.keyed_hash("return code", normal_code(words))
    row.code_sealed = vault.seal(client_id, "wait.code", wait_id, words)
    row.typed_sealed = vault.seal(client_id, "wait.typed", wait_id, who.typed) if who.typed else None
    _set(row, wish)
    db.add(row)
    record("join_list", now=now, role="client", subject=client_id)


def _row(wait_id: UUID, offering: OfferingRow, client_id: UUID, now: datetime) -> Wait:
    return Wait(
        id=wait_id, coach_id=offering.coach_id, offering_id=offering.id, client_id=client_id, since=now
    )


def _set(row: Wait, wish: Wish) -> None:
    row.weekdays, row.parts = wish.suits.bits
    row.zone, row.ends_at = wish.zone, list_ends(wish.last, wish.zone)
