"""Issuing papers, saying who issues them, and to whom they are made out."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.db import transaction
from coachapp.papers import queries
from coachapp.papers.models import Paper, PaperRecipient, PaperSettings
from coachapp.papers.queries import SETTINGS_ID
from coachapp.papers.rules import CORRECTS, Kind, Owed, Party, Terms, tax_back, tax_within, year_in
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import first_coach

# The same words in both databases; the row stays locked until the transaction ends, and goes back with it.
_COUNT = text(
    "INSERT INTO paper_counter (year, last) VALUES (:year, :more) "
    "ON CONFLICT (year) DO UPDATE SET last = paper_counter.last + :more RETURNING last"
)


@dataclass(frozen=True)
class _Tax:
    word: str
    rate: int | None
    minor: int
    clause: str


def save_terms(terms: Terms, *, by: UUID | None = None, now: datetime) -> None:
    """Say who issues papers and how; what is issued already keeps what it says."""
    with transaction() as db:
        _one_at_a_time()
        above = terms.details_above
        facts = {
            "country": terms.country,
            "prefix": terms.prefix,
            "issuer_sealed": _sealed("paper_settings.issuer", SETTINGS_ID, terms.issuer),
            "tax_word": terms.tax_word,
            "tax_rate": terms.tax_rate,
            "clause": terms.clause,
            "details_above": above.minor if above else None,
            "asks_early": terms.asks_early,
            "saved_at": now,
        }
        row = db.get(PaperSettings, 1)
        if row is None:
            db.add(PaperSettings(id=1, **facts))
        else:
            for name, value in facts.items():
                setattr(row, name, value)
        record("save_receipt_terms", now=now, role="staff", actor=by)


def begin_numbering(*, now: datetime) -> bool:
    """Let nobody else number a paper until the transaction ends; False while nobody has said who issues them."""
    with transaction():
        if queries.terms() is None:
            return False
        _count(year_in(_zone(), now), 0)
        return True


def issue(owed: Owed, *, now: datetime) -> UUID | None:
    """Issue a paper with the next number of its year; None while nobody has said who issues them.

    Comes last in its transaction: whoever else issues one waits for the number until that ends. Not before the paper
    it corrects.
    """
    with transaction() as db:
        terms, zone = queries.terms(), _zone()
        if terms is None:
            return None
        year, corrected = year_in(zone, now), _corrected(owed)
        tax = _tax(owed, terms, corrected)
        paper = Paper(
            id=uuid4(),
            kind=owed.kind,
            year=year,
            number=_count(year, 1),
            prefix=terms.prefix,
            zone=zone,
            issued_at=max(now, _last_issued(year) or now),
            moved_at=owed.moved_at,
            order_id=owed.order_id,
            about_id=owed.about_id,
            corrects_id=corrected.id if corrected else None,
            ref=owed.ref,
            amount_minor=owed.amount.minor,
            currency=owed.amount.currency,
            tax_word=tax.word,
            tax_rate=tax.rate,
            tax_minor=tax.minor,
            clause=tax.clause,
        )
        paper.issuer_sealed = _sealed("paper.issuer", paper.id, terms.issuer)
        db.add(paper)
        db.flush()
        return paper.id


def make_out_to(
    order_id: UUID, party: Party, *, role: str, by: UUID | None, subject: UUID | None, now: datetime
) -> None:
    """Name to whom the papers of an order are made out. They keep their numbers; `role` and `by` say who named her."""
    with transaction() as db:
        # Nobody else names somebody for it meanwhile; a paper that is to take one of these back may be issued.
        mine = select(Paper.id).where(Paper.order_id == order_id).with_for_update(key_share=True)
        db.scalars(mine).all()
        row = db.get(PaperRecipient, order_id) or PaperRecipient(order_id=order_id)
        row.details_sealed = _sealed("paper_recipient.details", order_id, party)
        row.added_at = now
        db.add(row)
        record("name_recipient", now=now, role=role, actor=by, subject=subject)


def _one_at_a_time() -> None:
    if coach := first_coach():
        lock_coach(coach.id)


def _corrected(owed: Owed) -> Paper | None:
    if owed.kind not in CORRECTS:
        return None
    with transaction() as db:
        found = select(Paper).where(Paper.kind == CORRECTS[owed.kind], Paper.about_id == owed.corrected_id)
        return db.scalars(found).one()


def _tax(owed: Owed, terms: Terms, corrected: Paper | None) -> _Tax:
    """As the terms say; what takes another paper back says what that one says."""
    if corrected is None:
        clause = terms.clause if terms.tax_rate is None else ""
        return _Tax(terms.tax_word, terms.tax_rate, tax_within(owed.amount.minor, terms.tax_rate), clause)
    if owed.kind is Kind.CORRECTION:
        tax = -corrected.tax_minor
    else:
        back, tax_so_far = _gone_back(corrected.id)
        tax = -tax_back(back, tax_so_far, -owed.amount.minor, corrected.tax_rate)
    return _Tax(corrected.tax_word, corrected.tax_rate, tax, corrected.clause)


def _gone_back(receipt_id: UUID) -> tuple[int, int]:
    """How much of a receipt went back until now, and how much tax in that; what was corrected counts no more."""
    with transaction() as db:
        notes = select(Paper.id).where(Paper.corrects_id == receipt_id)
        counts = (Paper.corrects_id == receipt_id) | Paper.corrects_id.in_(notes)
        sums = select(func.sum(Paper.amount_minor), func.sum(Paper.tax_minor)).where(counts)
        amount, tax = db.execute(sums).one()
        return -int(amount or 0), -int(tax or 0)


def _count(year: int, more: int) -> int:
    with transaction() as db:
        return int(db.execute(_COUNT, {"year": year, "more": more}).scalar_one())


def _last_issued(year: int) -> datetime | None:
    """When the last paper of a year was issued: the next one is not dated before it, however long it waited."""
    with transaction() as db:
        return db.scalar(select(func.max(Paper.issued_at)).where(Paper.year == year))


def _zone() -> str:
    coach = first_coach()
    return coach.zone if coach else "UTC"


def _sealed(column: str, row_id: UUID, party: Party) -> bytes:
    words = json.dumps([party.name, party.tax_number, *party.lines], ensure_ascii=False)
    return vault.seal(vault.INVOICES, column, row_id, words)
