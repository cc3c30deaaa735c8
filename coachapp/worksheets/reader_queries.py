"""Reads of readers' links: a client's own, the one behind an address, and what she takes a real apology to hold."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session
from coachapp.worksheets.household_models import ReaderLink
from coachapp.worksheets.household_rules import NoSuchLink
from coachapp.worksheets.queries import answers_of, sheets_of
from coachapp.worksheets.reader_facts import Facts, ReaderLinkRow, facts_from_json
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import Option

ABOUT = "reader_link.about"
TOKEN = "reader_link.token"
FACTS = "reader_link.facts"
_ENVELOPE = "before-the-envelope"


def links_of(client_id: UUID) -> list[ReaderLinkRow]:
    """Her links and what came back by them, newest first."""
    found = select(ReaderLink).where(ReaderLink.client_id == client_id)
    rows = session().scalars(found.order_by(ReaderLink.made_at.desc(), ReaderLink.id))
    return [_row(row) for row in rows]


def link_of(client_id: UUID, link_id: UUID) -> ReaderLinkRow:
    """One of her links; NoSuchLink."""
    row = session().get(ReaderLink, link_id)
    if row is None or row.client_id != client_id:
        raise NoSuchLink
    return _row(row)


def open_link(token: str, now: datetime) -> ReaderLinkRow:
    """The link behind `/read/<token>`; NoSuchLink for one that is unknown, used or over."""
    row = session().scalar(select(ReaderLink).where(ReaderLink.token_hash == hash_of(token)))
    try:
        found = _row(row) if row else None
    except vault.KeyGone:  # being erased
        found = None
    if found is None or not found.is_open(now):
        raise NoSuchLink
    return found


def was_used_since(token: str, since: datetime) -> bool:
    """Whether this link was used after `since`."""
    used = select(ReaderLink.answered_at).where(ReaderLink.token_hash == hash_of(token))
    answered_at = session().scalar(used)
    return answered_at is not None and answered_at > since


def parts_of_an_apology() -> tuple[Option, ...]:
    """What a real apology may hold, in the words of the library's sheet."""
    return next(sheet for sheet in library() if sheet.key == _ENVELOPE).field("parts").options


def parts_to_ask(client_id: UUID) -> tuple[str, ...]:
    """The parts she ticked last as what it would hold for her; all of them while she ticked none."""
    known = tuple(option.key for option in parts_of_an_apology())
    for sheet in sheets_of(client_id):
        ticked: Any = answers_of(sheet).get("apology") if sheet.template.key == _ENVELOPE else None
        if ticked:
            return tuple(key for key in known if key in ticked) or known
    return known


def hash_of(token: str) -> bytes:
    """What a link is found by."""
    return vault.keyed_hash("reader link", token)


def _row(row: ReaderLink) -> ReaderLinkRow:
    about = json.loads(vault.open_(row.client_id, ABOUT, row.id, row.about_sealed))
    return ReaderLinkRow(
        row.id,
        row.client_id,
        about["about"],
        tuple(about["parts"]),
        vault.open_(row.client_id, TOKEN, row.id, row.token_sealed),
        row.ends_at,
        row.answered_at,
        _facts(row),
    )


def _facts(row: ReaderLink) -> Facts | None:
    if row.facts_sealed is None:
        return None
    return facts_from_json(json.loads(vault.open_(row.client_id, FACTS, row.id, row.facts_sealed)))
