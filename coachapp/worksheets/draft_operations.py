"""What a coach does with templates of her own: begin one, write, publish it as a version, retire it, offer it again."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp.audit import operations as audit
from coachapp.db import transaction
from coachapp.worksheets.draft_models import SheetDraft
from coachapp.worksheets.draft_queries import draft_of, next_version, used_keys
from coachapp.worksheets.draft_ready import finished
from coachapp.worksheets.drafts import (
    Change,
    Draft,
    DraftChanged,
    DraftTaken,
    NoSuchDraft,
    NothingNew,
    blank_template,
    draft_as_json,
    draft_from_json,
    kept_over,
)
from coachapp.worksheets.models import SheetTemplate
from coachapp.worksheets.publishing import publish
from coachapp.worksheets.queries import template
from coachapp.worksheets.rules import VersionTaken
from coachapp.worksheets.template import Kind, Template
from coachapp.worksheets.template_file import MAX_FILE_KEY


def begin(kind: Kind, *, now: datetime) -> UUID:
    """Begin a worksheet or plan from nothing."""
    with transaction() as db:
        return _new(db, blank_template(kind, _free_key("own-sheet")), now)


def begin_copy(key: str, title: str, *, now: datetime) -> UUID:
    """Begin a template of her own from a published one, under `title` and a key of its own. NoSuchTemplate."""
    with transaction() as db:
        of = template(key).template
        return _new(db, replace(of, key=_free_key(key), version=1, title=title), now)


def begin_version(key: str, *, now: datetime) -> UUID:
    """Begin the next version of a published template; the draft of it, if there is one already. NoSuchTemplate."""
    with transaction() as db:
        return draft_of(key) or _new(db, template(key).template, now)


def begin_from(of: Template, *, now: datetime) -> UUID:
    """Begin with a template that came as a file.

    Raises DraftTaken when one with its key is being written, NothingNew when its words are published already.
    """
    with transaction() as db:
        if draft_of(of.key):
            raise DraftTaken(of.key)
        newest = next_version(of.key) - 1
        if newest and template(of.key).template == replace(of, version=newest):
            raise NothingNew(newest)
        return _new(db, of, now)


def save_draft(
    draft_id: UUID, written: Template, revision: int, change: Change = lambda draft: draft, *, now: datetime
) -> int:
    """Keep what was written on top of `revision`, then make one change; returns the present revision.

    Blocks that stand in the draft but not in what was written are kept apart. Raises NoSuchDraft, DraftChanged.
    """
    with transaction() as db:
        row = _locked(db, draft_id)
        stored = draft_from_json(row.body)
        body = draft_as_json(change(kept_over(Draft(written), stored)))
        if body == row.body:
            return row.revision
        if revision != row.revision:
            raise DraftChanged(row.revision, stored)
        row.body, row.changed_at = body, now
        row.revision += 1
        return row.revision


def publish_draft(draft_id: UUID, revision: int, *, now: datetime, by: UUID) -> Template:
    """Make a version of the draft as it was saved at `revision`; sheets already given keep theirs.

    Raises NoSuchDraft, DraftChanged, NotReady with everything it still needs, and VersionTaken when a file was
    published under that number in the same moment.
    """
    with transaction() as db:
        row = _locked(db, draft_id)
        stored = draft_from_json(row.body)
        if revision != row.revision:
            raise DraftChanged(row.revision, stored)
        version = finished(replace(stored.template, version=next_version(row.key)))
        publish(version, now)
        db.delete(row)
        audit.record("template_published", now=now, role="staff", actor=by)
        try:
            db.flush()
        except IntegrityError:
            raise VersionTaken(f"{version.key} {version.version}") from None
        return version


def remove_draft(draft_id: UUID) -> None:
    """Throw a draft away; what was published stays. NoSuchDraft."""
    with transaction() as db:
        db.delete(_locked(db, draft_id))


def retire(key: str, *, now: datetime, by: UUID) -> None:
    """Offer a template no more; sheets already given stay. NoSuchTemplate."""
    _set_retired(key, now, "template_retired", now, by)


def offer_again(key: str, *, now: datetime, by: UUID) -> None:
    """Offer a retired template again. NoSuchTemplate."""
    _set_retired(key, None, "template_offered", now, by)


def _set_retired(key: str, retired_at: datetime | None, action: str, now: datetime, by: UUID) -> None:
    with transaction() as db:
        newest = template(key)
        if newest.is_retired == (retired_at is not None):
            return
        db.execute(update(SheetTemplate).where(SheetTemplate.key == key).values(retired_at=retired_at))
        audit.record(action, now=now, role="staff", actor=by)


def _new(db: Session, of: Template, now: datetime) -> UUID:
    row = SheetDraft(key=of.key, body=draft_as_json(Draft(of)), made_at=now, changed_at=now)
    db.add(row)
    try:
        db.flush()
    except IntegrityError:
        raise DraftTaken(of.key) from None
    return row.id


def _locked(db: Session, draft_id: UUID) -> SheetDraft:
    row = db.get(SheetDraft, draft_id, with_for_update=True)
    if row is None:
        raise NoSuchDraft(str(draft_id))
    return row


def _free_key(like: str) -> str:
    """A key nothing has yet; it stands in addresses, so it is never made from a title."""
    used = used_keys()
    short = like[: MAX_FILE_KEY - 5].rstrip("-")
    return next(key for number in count(1) if (key := f"{short}-{number}") not in used)
