"""What happens to a reader's link: made by the client, used once by whoever reads for her, forgotten by her."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update

from coachapp import vault
from coachapp.audit import operations as audit
from coachapp.clients.operations import lock_client
from coachapp.db import transaction
from coachapp.worksheets.answers import is_empty
from coachapp.worksheets.household_models import ReaderLink
from coachapp.worksheets.household_rules import MOST_LINKS, READER_LINK_LASTS, LinksFull, NoSuchLink
from coachapp.worksheets.operations import save_answers, take
from coachapp.worksheets.queries import answers_of, sheet, template
from coachapp.worksheets.reader_facts import Facts, facts_as_json
from coachapp.worksheets.reader_queries import ABOUT, FACTS, TOKEN, hash_of, open_link
from coachapp.worksheets.rules import Conflict

VISIT_SHEET = "a-visit-announced"
VISIT_DAY = "said_when"


def make_link(client_id: UUID, about: str, parts: Sequence[str], *, now: datetime) -> str:
    """Make a link for a reader; returns its token. `parts` of an apology are asked about. LinksFull."""
    token, link_id = vault.new_token(), uuid4()
    asked = json.dumps({"about": about, "parts": list(parts)}, ensure_ascii=False)
    with transaction() as db:
        lock_client(client_id)  # one after the other, or there are too many
        mine = select(func.count()).where(ReaderLink.client_id == client_id)
        if (db.scalar(mine) or 0) >= MOST_LINKS:
            raise LinksFull
        db.add(
            ReaderLink(
                id=link_id,
                client_id=client_id,
                token_hash=hash_of(token),
                token_sealed=vault.seal(client_id, TOKEN, link_id, token),
                about_sealed=vault.seal(client_id, ABOUT, link_id, asked),
                made_at=now,
                ends_at=now + READER_LINK_LASTS,
            )
        )
        audit.record("reader_link_made", now=now, role="client", subject=client_id)
    return token


def pass_on(token: str, facts: Facts, *, now: datetime) -> None:
    """Use a link: keep what the reader ticked. Of two at once one is kept. NoSuchLink."""
    with transaction() as db:
        link = open_link(token, now)
        sealed = vault.seal(
            link.client_id, FACTS, link.id, json.dumps(facts_as_json(facts), ensure_ascii=False)
        )
        used = (
            update(ReaderLink)
            .where(ReaderLink.id == link.id, ReaderLink.answered_at.is_(None), ReaderLink.ends_at > now)
            .values(answered_at=now, facts_sealed=sealed)
            .returning(ReaderLink.id)
        )
        if db.scalar(used) is None:
            raise NoSuchLink


def forget_link(client_id: UUID, link_id: UUID, *, now: datetime) -> None:
    """Take a link back, or forget what came by it; nothing of it is kept. NoSuchLink."""
    gone = delete(ReaderLink).where(ReaderLink.id == link_id, ReaderLink.client_id == client_id)
    with transaction() as db:
        if db.scalar(gone.returning(ReaderLink.id)) is None:
            raise NoSuchLink
        audit.record("reader_link_forgotten", now=now, role="client", subject=client_id)


def write_visit(client_id: UUID, day_words: str, *, now: datetime) -> int:
    """Write the day of a visit into her sheet for it, unless one stands there; returns the sheet's number.

    She gets the sheet if she has none. NoSuchTemplate.
    """
    mine = sheet(client_id, take(template(VISIT_SHEET).id, client_id, now=now))
    if is_empty(answers_of(mine).get(VISIT_DAY)):
        with suppress(Conflict):  # she is writing there just now
            save_answers(mine.id, client_id, {VISIT_DAY: day_words}, mine.revision, now=now)
    return mine.number
