"""Looking back: made when she presses, kept as it was, shared or not, forgotten for good."""

import json
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.audit import operations as audit
from coachapp.clients.operations import next_file_number
from coachapp.clients.rules import ClientRow
from coachapp.db import transaction
from coachapp.worksheets.looking_back import Contents, KeptWords, NoSuchPage, NothingChosen, as_json
from coachapp.worksheets.looking_back_queries import BODY, sums
from coachapp.worksheets.models import LookingBack
from coachapp.worksheets.over_time_queries import courses_of
from coachapp.worksheets.own_words_queries import OwnWords, own_words_of


def look_back(
    client: ClientRow, words: Collection[UUID], *, numbers: bool, counts: bool, now: datetime
) -> int:
    """Make a page of these own words of hers and, if wanted, her numbers and sums; returns its number.

    Raises NothingChosen when the page would be empty.
    """
    zone, page_id = ZoneInfo(client.zone), uuid4()
    with transaction() as db:
        contents = Contents(
            tuple(_kept(each, zone) for each in own_words_of(client.id) if each.id in words),
            tuple(courses_of(client.id, client.zone)) if numbers else (),
            sums(client, now) if counts else None,
        )
        if contents.is_empty:
            raise NothingChosen
        text = json.dumps(as_json(contents), ensure_ascii=False)
        sealed = vault.seal(client.id, BODY, page_id, text)
        number = next_file_number(client.id)
        db.add(LookingBack(id=page_id, client_id=client.id, number=number, body_sealed=sealed, made_at=now))
    return number


def share_page(page_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Let the coach read this page. NoSuchPage."""
    with transaction() as db:
        row = _locked(db, page_id, client_id)
        if row.shared_at is None:
            row.shared_at = now
            audit.record("page_share", now=now, role="client", subject=client_id)


def unshare_page(page_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Close it to the coach again; never refused. NoSuchPage."""
    with transaction() as db:
        row = _locked(db, page_id, client_id)
        if row.shared_at is not None:
            row.shared_at = None
            audit.record("page_unshare", now=now, role="client", subject=client_id)


def forget_page(page_id: UUID, client_id: UUID) -> None:
    """Delete this page; her sheets stay as they are. NoSuchPage."""
    with transaction() as db:
        db.delete(_locked(db, page_id, client_id))


def _kept(words: OwnWords, zone: ZoneInfo) -> KeptWords:
    at = words.written_at.astimezone(zone)
    return KeptWords(words.text, words.label, words.title, words.neutral_title, at)


def _locked(db: Session, page_id: UUID, client_id: UUID) -> LookingBack:
    row = db.get(LookingBack, page_id, with_for_update=True)
    if row is None or row.client_id != client_id:
        raise NoSuchPage(str(page_id))
    return row
