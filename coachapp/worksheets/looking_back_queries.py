"""Reads of looking back: what a page could hold now, and the pages that were made."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coachapp import vault
from coachapp.booking.queries import places_of
from coachapp.booking.rules import AppointmentState, PlaceRow
from coachapp.clients.models import Client
from coachapp.clients.rules import ClientRow
from coachapp.db import session
from coachapp.worksheets.looking_back import Contents, NoSuchPage, Sums, from_json
from coachapp.worksheets.models import LookingBack
from coachapp.worksheets.queries import sheets_of

BODY = "looking_back.body"
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class PageRow:
    """A page of looking back, without what stands on it; `number` names its file."""

    id: UUID
    client_id: UUID
    number: int
    made_at: datetime
    shared_at: datetime | None

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None


def pages_of(client_id: UUID) -> list[PageRow]:
    """The pages she made, the newest first."""
    mine = select(LookingBack).where(LookingBack.client_id == client_id)
    return [_page_row(row) for row in session().scalars(mine.order_by(LookingBack.number.desc()))]


def shared_pages_of(client_id: UUID) -> list[PageRow]:
    """Those she lets her coach read."""
    return [page for page in pages_of(client_id) if page.is_shared]


def page(client_id: UUID, number: int) -> tuple[PageRow, Contents]:
    """One of her pages with what stands on it, for her eyes. NoSuchPage."""
    if number > _LARGEST:
        raise NoSuchPage(number)
    mine = LookingBack.client_id == client_id, LookingBack.number == number
    row = session().scalar(select(LookingBack).where(*mine))
    if row is None:
        raise NoSuchPage(number)
    return _page_row(row), _contents(row)


def shared_page(client_id: UUID, number: int, coach_id: int) -> tuple[PageRow, Contents]:
    """The same, if it is shared and she is this coach's. NoSuchPage in every other case."""
    found, contents = page(client_id, number)
    hers = select(Client.id).where(Client.id == client_id, Client.coach_id == coach_id)
    if not found.is_shared or session().scalar(hers) is None:
        raise NoSuchPage(number)
    return found, contents


def sums(client: ClientRow, now: datetime) -> Sums:
    """What can be counted of one client today."""
    sheets = [sheet for sheet in sheets_of(client.id) if sheet.answered]
    zone = ZoneInfo(client.zone)
    return Sums(
        sheets=len(sheets),
        answers=sum(sheet.answered for sheet in sheets),
        sessions=sum(1 for place in places_of(client.id) if _came(place, now)),
        first_day=client.since.astimezone(zone).date(),
        last_day=now.astimezone(zone).date(),
    )


def _came(place: PlaceRow, now: datetime) -> bool:
    is_over = place.state is AppointmentState.CONFIRMED and place.ends_at <= now
    return is_over and place.outcome is None


def _page_row(row: LookingBack) -> PageRow:
    return PageRow(row.id, row.client_id, row.number, row.made_at, row.shared_at)


def _contents(row: LookingBack) -> Contents:
    return from_json(json.loads(vault.open_(row.client_id, BODY, row.id, row.body_sealed)))
