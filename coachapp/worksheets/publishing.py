"""Templates in versions: publishing one, several, or what the library holds."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from coachapp.db import transaction
from coachapp.worksheets.models import SheetTemplate
from coachapp.worksheets.rules import VersionTaken
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import Template
from coachapp.worksheets.template_json import template_as_json


def publish_library(now: datetime) -> int:
    """Publish what the library holds and the database does not have yet; returns how many were new."""
    with transaction() as db:
        facts = select(SheetTemplate.key, SheetTemplate.version, SheetTemplate.retired_at)
        rows = db.execute(facts.order_by(SheetTemplate.version)).all()
        known = {(row.key, row.version) for row in rows}
        retired = {row.key: row.retired_at for row in rows}
        fresh = [template for template in library() if (template.key, template.version) not in known]
        for template in fresh:
            version = _version(template, now)
            version.retired_at = retired.get(template.key)
            db.add(version)
    return len(fresh)


def publish(template: Template, now: datetime) -> bool:
    """Publish one version of a template; False when exactly this one is here already. VersionTaken."""
    with transaction() as db:
        same = SheetTemplate.key == template.key, SheetTemplate.version == template.version
        known = db.scalar(select(SheetTemplate).where(*same))
        if known is None:
            db.add(_version(template, now))
        elif known.body != template_as_json(template):
            raise VersionTaken(f"{template.key} {template.version}")
    return known is None


def publish_all(templates: Iterable[Template], now: datetime) -> int:
    """Publish several templates, all or none; returns how many were new. VersionTaken."""
    with transaction():
        return sum(publish(template, now) for template in templates)


def _version(template: Template, now: datetime) -> SheetTemplate:
    return SheetTemplate(
        key=template.key,
        version=template.version,
        kind=template.kind,
        title=template.title,
        body=template_as_json(template),
        published_at=now,
    )
