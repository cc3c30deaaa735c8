"""Reads of papers and of the terms they are issued on."""

import json
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session
from coachapp.money import Money
from coachapp.papers.models import Paper, PaperCounter, PaperRecipient, PaperSettings
from coachapp.papers.rules import Kind, NoSuchPaper, PaperRow, Party, Recipient, Terms, label
from coachapp.practice.queries import practice

SETTINGS_ID = UUID(int=1)
"""What the one row of settings is called where a row's name is a part of the seal."""


def terms() -> Terms | None:
    """Who issues papers and how; None while nobody has said so."""
    row = session().get(PaperSettings, 1)
    if row is None:
        return None
    above = None if row.details_above is None else Money(row.details_above, practice().currency)
    issuer = read_party("paper_settings.issuer", SETTINGS_ID, row.issuer_sealed)
    return Terms(
        row.country, row.prefix, issuer, row.tax_word, row.tax_rate, row.clause, above, row.asks_early
    )


def paper(paper_id: UUID) -> PaperRow:
    """One paper; NoSuchPaper."""
    row = session().get(Paper, paper_id)
    if row is None:
        raise NoSuchPaper(str(paper_id))
    return _row(row)


_LATEST_FIRST = select(Paper).order_by(Paper.year.desc(), Paper.number.desc())


def papers(order_ids: Iterable[UUID]) -> list[PaperRow]:
    """The papers of these orders, the latest first."""
    wanted = _LATEST_FIRST.where(Paper.order_id.in_(list(order_ids)))
    return [_row(row) for row in session().scalars(wanted)]


def papers_of_year(year: int) -> list[PaperRow]:
    """Every paper with a number of this year, the latest first."""
    return [_row(row) for row in session().scalars(_LATEST_FIRST.where(Paper.year == year))]


def years() -> list[int]:
    """The years in which any paper was issued, the latest first."""
    found = select(PaperCounter.year).where(PaperCounter.last > 0).order_by(PaperCounter.year.desc())
    return list(session().scalars(found))


def recipients(order_ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """To whom the papers of these orders are made out, where anyone is named."""
    rows = session().scalars(select(PaperRecipient).where(PaperRecipient.order_id.in_(list(order_ids))))
    return {
        row.order_id: Recipient(
            read_party("paper_recipient.details", row.order_id, row.details_sealed), row.added_at
        )
        for row in rows
    }


def read_party(column: str, row_id: UUID, sealed: bytes) -> Party:
    """Who is named in a sealed text of this room."""
    name, tax_number, *lines = json.loads(vault.open_(vault.INVOICES, column, row_id, sealed))
    return Party(name, tuple(lines), tax_number)


def _row(row: Paper) -> PaperRow:
    return PaperRow(
        id=row.id,
        kind=Kind(row.kind),
        label=label(row.prefix, row.year, row.number),
        number=(row.year, row.number),
        zone=row.zone,
        issued_at=row.issued_at,
        moved_at=row.moved_at,
        order_id=row.order_id,
        corrects_id=row.corrects_id,
        ref=row.ref,
        amount=Money(row.amount_minor, row.currency),
        tax_word=row.tax_word,
        tax_rate=row.tax_rate,
        tax=Money(row.tax_minor, row.currency),
        clause=row.clause,
        issuer=read_party("paper.issuer", row.id, row.issuer_sealed),
    )
