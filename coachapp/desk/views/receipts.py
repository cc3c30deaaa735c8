"""Receipts at the desk: every one that was issued, whom it is made out to, and who issues them."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.desk.views.room import account, bp, host
from coachapp.papers import operations, queries
from coachapp.papers.forms import RecipientForm, TermsForm, party_typed, terms_typed
from coachapp.papers.pdf import file_of, title
from coachapp.papers.rules import NoSuchPaper, PaperRow, is_above, needs_details
from coachapp.payments.paper_queries import owed, sold
from coachapp.payments.papering import issue_missing
from coachapp.payments.voucher_paper_queries import voucher_of
from coachapp.practice.queries import practice
from coachapp.web.files import pdf_answer
from coachapp.web.guards import staff

_FRESH = {"country": "other", "tax": "nothing", "tax_word": "VAT"}


@bp.get("/receipts")
@staff
def receipts() -> ResponseReturnValue:
    """Those of the latest year that has any."""
    return _list_page(next(iter(queries.years()), None))


@bp.get("/receipts/of/<int:year>")
@staff
def receipts_of(year: int) -> ResponseReturnValue:
    if year not in queries.years():
        abort(404)
    return _list_page(year)


@bp.get("/receipts/<uuid:paper_id>")
@staff
def receipt(paper_id: UUID) -> ResponseReturnValue:
    return _page(*_own(paper_id))


@bp.post("/receipts/<uuid:paper_id>")
@staff
def make_out_to(paper_id: UUID) -> ResponseReturnValue:
    """Name whom it is made out to; its number stays."""
    paper, person = _own(paper_id)
    form = RecipientForm(with_address=is_above(queries.terms(), paper.amount))
    if not form.validate():
        return _page(paper, person, form), 422
    subject = person.id if person else None
    operations.make_out_to(
        paper.order_id, form.party, role="staff", by=account(), subject=subject, now=clock.now()
    )
    flash(_("Saved. It stands on the file now."))
    return redirect(url_for("desk.receipt", paper_id=paper_id), 303)


@bp.get("/receipts/<uuid:paper_id>/<any(a4,letter):size>/<any(read,keep):way>.pdf")
@staff
def receipt_file(paper_id: UUID, size: str, way: str) -> ResponseReturnValue:
    paper, _person = _own(paper_id)
    return pdf_answer(file_of(paper, size), paper.file_name, keep=way == "keep")


@bp.get("/receipts/settings")
@staff
def receipt_terms() -> ResponseReturnValue:
    terms = queries.terms()
    typed = terms_typed(terms) if terms else {**_FRESH, "name": practice().name}
    return _terms_page(TermsForm(practice().currency, formdata=None, data=typed))


@bp.post("/receipts/settings")
@staff
def save_receipt_terms() -> ResponseReturnValue:
    """Save them, and issue at once what has waited for that; or only fill in what is usual in a country."""
    form = TermsForm(practice().currency)
    if "usual" in request.form:
        form.fill_in_what_is_usual()
        return _terms_page(form)
    if not form.validate():
        return _terms_page(form), 422
    operations.save_terms(form.terms, by=account(), now=clock.now())
    issue_missing(now=clock.now())
    flash(_("Saved. New receipts say this; those that were issued stay as they are."))
    return redirect(url_for("desk.receipts"), 303)


def _list_page(year: int | None) -> str:
    """Papers of her own clients, and of clients who were erased."""
    found = [each for each in _whose(queries.papers_of_year(year or 0)) if _is_open(each[1])]
    named, terms = queries.recipients(paper.order_id for paper, _person in found), queries.terms()
    rows = [(paper, person, named.get(paper.order_id)) for paper, person in found]
    return render_template(
        "desk/receipts.html",
        papers=[
            (paper, title(paper, name), person, needs_details(terms, paper.amount, name))
            for paper, person, name in rows
        ],
        year=year,
        years=queries.years(),
        terms=terms,
        waiting=0 if terms else len(owed()),
    )


def _whose(papers: list[PaperRow]) -> list[tuple[PaperRow, ClientRow | None]]:
    """Papers with the client each belongs to, None once she was erased."""
    orders = sold(paper.order_id for paper in papers)
    people = clients_by_id(order.client_id for order in orders.values())
    return [
        (paper, people.get(order.client_id) if (order := orders.get(paper.order_id)) else None)
        for paper in papers
    ]


def _is_open(person: ClientRow | None) -> bool:
    """Whether a paper may be looked at here: a colleague's client's may not."""
    return person is None or person.coach_id == host().id


def _own(paper_id: UUID) -> tuple[PaperRow, ClientRow | None]:
    try:
        ((paper, person),) = _whose([queries.paper(paper_id)])
    except NoSuchPaper:
        abort(404)
    if not _is_open(person):
        abort(404)
    if person and request.method == "GET":
        record_view(person.id, now=clock.now(), role="staff", actor=account())
    return paper, person


def _page(paper: PaperRow, person: ClientRow | None, form: RecipientForm | None = None) -> str:
    named = queries.recipients([paper.order_id]).get(paper.order_id)
    typed = party_typed(named.party) if named else {}
    needed = is_above(queries.terms(), paper.amount)
    return render_template(
        "desk/receipt.html",
        paper=paper,
        title=title(paper, named),
        client=person,
        named=named,
        voucher=voucher_of(paper.id),
        waits=needs_details(queries.terms(), paper.amount, named),
        form=form or RecipientForm(with_address=needed, formdata=None, data=typed),
    )


def _terms_page(form: TermsForm) -> str:
    return render_template(
        "desk/receipt_terms.html", form=form, waiting=0 if queries.terms() else len(owed())
    )
