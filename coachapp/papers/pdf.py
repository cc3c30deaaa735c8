"""A receipt, credit note or correction as a PDF: tagged, neutral, and the same bytes for the same words."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from coachapp.documents import Paper as PageSize
from coachapp.documents import PlainDocument, Words
from coachapp.money import Money
from coachapp.papers import queries
from coachapp.papers.rules import Kind, PaperRow, Party, Recipient
from coachapp.web.words import day, exact_amount, locale

SIZES = {"a4": PageSize.A4, "letter": PageSize.LETTER}


def paper_pdf(
    paper: PaperRow,
    recipient: Recipient | None,
    corrected: PaperRow | None,
    *,
    size: PageSize = PageSize.A4,
    plainly: Sequence[str] = (),
) -> bytes:
    """The paper as a file. `corrected` is the paper it takes back.

    `plainly` are lines that say in plain words what was paid for: for the client's own copy, where she asks for it.
    """
    what = _("Professional services")
    document = PlainDocument(
        title(paper, recipient),
        neutral_title=what,
        footer=paper.label,
        paper=size,
        lang=locale().replace("_", "-"),
        words=Words(page=_("Page {page} of {pages}")),
    )
    document.beside([(_("From"), _lines(paper.issuer)), (_("Details"), _details(paper))])
    if recipient:
        document.beside([(_("For"), _lines(recipient.party))])
    document.sums(
        (_("Description"), _("Amount")),
        [([what, *plainly], exact_amount(paper.net)), *_tax_rows(paper)],
        (_("Total"), exact_amount(paper.amount)),
    )
    for words in (_meaning(paper, corrected), paper.clause, *_remarks(paper, recipient, plainly)):
        if words:
            document.paragraph(words)
    return document.build()


def file_of(paper: PaperRow, size: str, plainly: Sequence[str] = ()) -> bytes:
    """The same, with whom it is made out to and what it takes back looked up; `size` is a key of `SIZES`."""
    corrected = queries.paper(paper.corrects_id) if paper.corrects_id else None
    recipient = queries.recipients([paper.order_id]).get(paper.order_id)
    return paper_pdf(paper, recipient, corrected, size=SIZES[size], plainly=plainly)


def title(paper: PaperRow, recipient: Recipient | None) -> str:
    """What the paper is called. A receipt that names whom it is made out to is an invoice; its number stays."""
    if paper.kind is Kind.RECEIPT:
        return _("Invoice") if recipient else _("Receipt")
    return _("Credit note") if paper.kind is Kind.CREDIT else _("Correction")


def _lines(party: Party) -> list[str]:
    number = [_("Tax number %(number)s", number=party.tax_number)] if party.tax_number else []
    return [party.name, *party.lines, *number]


def _details(paper: PaperRow) -> list[str]:
    lines = [
        _("Number %(number)s", number=paper.label),
        _("Date %(day)s", day=_on(paper.issued_at, paper)),
    ]
    if paper.kind is Kind.RECEIPT:
        lines.append(_("Paid on %(day)s", day=_on(paper.moved_at, paper)))
    return [*lines, _("Reference %(ref)s", ref=paper.ref)]


def _tax_rows(paper: PaperRow) -> list[tuple[list[str], str]]:
    if paper.tax_rate is None:
        return []
    return [([f"{paper.tax_word} {percent(paper.tax_rate)} %"], exact_amount(paper.tax))]


def percent(rate: int) -> str:
    """`19`, `5.5`: a rate kept in hundredths of a percent."""
    return Money(rate, "EUR").plain().rstrip("0") if rate % 100 else str(rate // 100)


def _meaning(paper: PaperRow, corrected: PaperRow | None) -> str:
    """What the paper does to the one it takes back, or that it is paid."""
    if corrected is None:
        return _("This amount is paid.")
    about = {"number": corrected.label, "day": _on(corrected.issued_at, corrected)}
    if paper.kind is Kind.CREDIT:
        return _("This amount of the receipt %(number)s of %(day)s goes back.", **about)
    return _(
        "The refund of the credit note %(number)s of %(day)s could not be carried out. This correction takes the "
        "credit note back.",
        **about,
    )


def _remarks(paper: PaperRow, recipient: Recipient | None, plainly: Sequence[str]) -> list[str]:
    remarks = []
    if recipient:
        remarks.append(
            _(
                "The recipient’s details were added on %(day)s. Number, date and amounts are unchanged.",
                day=_on(recipient.added_at, paper),
            )
        )
    if plainly:
        remarks.append(_("A copy with more detail, made at the request of the recipient."))
    return remarks


def _on(moment: datetime, paper: PaperRow) -> str:
    return day(moment, paper.zone, weekday=False, year=True)
