"""Reads of drafts, and of templates that are not offered any more."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from coachapp.db import session
from coachapp.worksheets.draft_keys import with_word_keys
from coachapp.worksheets.draft_models import SheetDraft
from coachapp.worksheets.drafts import Draft, NoSuchDraft, draft_from_json
from coachapp.worksheets.models import SheetTemplate
from coachapp.worksheets.queries import TemplateRow, newest_templates
from coachapp.worksheets.template import Kind, Template


@dataclass(frozen=True)
class DraftRow:
    """A template being written; `version` is the one that publishing would make."""

    id: UUID
    draft: Draft
    revision: int
    version: int
    changed_at: datetime

    @property
    def template(self) -> Template:
        return self.draft.template

    @property
    def as_file(self) -> Template:
        """What its file says: the version it would be, with the keys it would have."""
        return replace(with_word_keys(self.template), version=self.version)

    @property
    def is_plan(self) -> bool:
        return self.template.kind is Kind.PLAN

    @property
    def is_new(self) -> bool:
        return self.version == 1


def drafts() -> list[DraftRow]:
    """Every template being written, the last changed first."""
    rows = session().scalars(select(SheetDraft).order_by(SheetDraft.changed_at.desc(), SheetDraft.key))
    return [_draft_row(row) for row in rows]


def draft(draft_id: UUID) -> DraftRow:
    """One template being written; NoSuchDraft."""
    row = session().get(SheetDraft, draft_id)
    if row is None:
        raise NoSuchDraft(str(draft_id))
    return _draft_row(row)


def draft_of(key: str) -> UUID | None:
    """The draft of the template with this key, if it is being written."""
    return session().scalar(select(SheetDraft.id).where(SheetDraft.key == key))


def next_version(key: str) -> int:
    """The number that the next version of this template will have."""
    newest = session().scalar(select(func.max(SheetTemplate.version)).where(SheetTemplate.key == key))
    return (newest or 0) + 1


def used_keys() -> set[str]:
    """The keys of everything published or being written."""
    published = session().scalars(select(SheetTemplate.key).distinct())
    return {*published, *session().scalars(select(SheetDraft.key))}


def retired_templates() -> list[TemplateRow]:
    """Templates that are not offered any more, in their newest version, by title."""
    found = [row for row in newest_templates() if row.is_retired]
    return sorted(found, key=lambda row: row.template.title.casefold())


def _draft_row(row: SheetDraft) -> DraftRow:
    return DraftRow(row.id, draft_from_json(row.body), row.revision, next_version(row.key), row.changed_at)
