"""Reads of sheets that are filled in together. What a coach reads meanwhile all comes through `beside`."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, select

from coachapp.accounts.models import Account, SignIn
from coachapp.booking.queries import places_of
from coachapp.clients.models import Client
from coachapp.db import session
from coachapp.worksheets.answers import Value
from coachapp.worksheets.beside_models import FillingTogether
from coachapp.worksheets.models import Assignment, SheetTemplate
from coachapp.worksheets.queries import SheetRow, answers_of, sheet
from coachapp.worksheets.rules import State
from coachapp.worksheets.together_rules import NotTogether, TogetherRow


def asked_of(client_id: UUID, now: datetime) -> dict[int, TogetherRow]:
    """What a client is asked to fill in together, or fills in together now, by the number of the sheet."""
    found = session().execute(_open(now).where(Assignment.client_id == client_id))
    return {row.number: row for row in map(_row, found)}


def asked_by(client_id: UUID, coach_id: int, now: datetime) -> dict[int, TogetherRow]:
    """The same, asked by this coach. Whoever is not her client (any more) is never found."""
    mine = Assignment.client_id == client_id, FillingTogether.coach_id == coach_id
    found = session().execute(_open(now).where(*mine))
    return {row.number: row for row in map(_row, found)}


def open_for_coach(client_id: UUID, number: int, coach_id: int, now: datetime) -> TogetherRow:
    """What this coach asked at this sheet of her own client, agreed to or not. NotTogether."""
    found = asked_by(client_id, coach_id, now).get(number)
    if found is None:
        raise NotTogether
    return found


def beside(
    client_id: UUID, number: int, coach_id: int, now: datetime
) -> tuple[SheetRow, Mapping[str, Value]]:
    """A sheet with its answers for the coach beside it: agreed to, not over, her own client. NotTogether otherwise."""
    if not open_for_coach(client_id, number, coach_id, now).is_agreed:
        raise NotTogether
    found = sheet(client_id, number)
    return found, answers_of(found)


def session_end(client_id: UUID, now: datetime) -> datetime | None:
    """When the session ends that is on now or begins within a quarter of an hour; None without one."""
    return max((each.ends_at for each in places_of(client_id) if each.room_is_open(now)), default=None)


def _open(now: datetime) -> Select[FillingTogether, int, int, str]:
    return (
        select(FillingTogether, Assignment.number, Assignment.revision, SheetTemplate.title)
        .join(Assignment, Assignment.id == FillingTogether.assignment_id)
        .join(SheetTemplate, SheetTemplate.id == Assignment.template_id)
        .join(Client, and_(Client.id == Assignment.client_id, Client.coach_id == FillingTogether.coach_id))
        .where(
            FillingTogether.ended_at.is_(None),
            FillingTogether.ends_at > now,
            Assignment.state != State.WITHDRAWN,
            ~_she_left(),
        )
    )


def _she_left() -> ColumnElement[bool]:
    """Whether she signed out or left, on any device, since she said yes: that ends it, whatever else is written."""
    ended = (
        select(SignIn.id)
        .join(Account, Account.id == SignIn.account_id)
        .where(Account.client_id == Assignment.client_id, SignIn.ended_at >= FillingTogether.agreed_at)
    )
    return ended.correlate(Assignment, FillingTogether).exists()


def _row(row: Row[FillingTogether, int, int, str]) -> TogetherRow:
    open_one, number, revision, title = row
    return TogetherRow(
        id=open_one.id,
        assignment_id=open_one.assignment_id,
        number=number,
        title=title,
        revision=revision,
        coach_id=open_one.coach_id,
        asked_at=open_one.asked_at,
        agreed_at=open_one.agreed_at,
        ends_at=open_one.ends_at,
    )
