"""Her receipts: the list, each as a file, whom it is made out to, and a copy of her own that says more."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking.crediting import uses
from coachapp.booking.queries import places_of
from coachapp.clients.rules import ClientRow
from coachapp.papers import operations, queries
from coachapp.papers.forms import RecipientForm, party_typed
from coachapp.papers.pdf import file_of, title
from coachapp.papers.rules import PaperRow, is_above, needs_details
from coachapp.payments.credit_queries import packages_of
from coachapp.payments.paper_queries import sold, sold_to
from coachapp.payments.part_queries import bought_with
from coachapp.payments.voucher_paper_queries import voucher_of
from coachapp.portal.views.asked import asked_of_her
from coachapp.portal.views.room import bp, own_record
from coachapp.practice.queries import coach
from coachapp.web.files import pdf_answer
from coachapp.web.guards import client_only
from coachapp.web.words import day, when


@bp.get("/receipts")
@client_only
def my_receipts() -> ResponseReturnValue:
    """Every paper of hers, the latest first, and what was asked for in her space."""
    me = own_record()
    orders = [each.id for each in sold_to(me.id)]
    found, named = queries.papers(orders), queries.recipients(orders)
    return render_template(
        "portal/receipts.html",
        papers=[(each, title(each, named.get(each.order_id))) for each in found],
        asked=asked_of_her(me.id, clock.now()),
        zone=me.zone,
    )


@bp.get("/receipts/<uuid:paper_id>")
@client_only
def my_receipt(paper_id: UUID) -> ResponseReturnValue:
    return _page(own_record(), _own(paper_id))


@bp.get("/receipts/<uuid:paper_id>/letter")
@client_only
def my_receipt_letter(paper_id: UUID) -> ResponseReturnValue:
    """The same, for US Letter paper."""
    return _page(own_record(), _own(paper_id), size="letter")


@bp.post("/receipts/<uuid:paper_id>")
@client_only
def make_out_to_me(paper_id: UUID) -> ResponseReturnValue:
    """Name whom it is made out to; its number stays."""
    me, paper = own_record(), _own(paper_id)
    form = RecipientForm(with_address=is_above(queries.terms(), paper.amount))
    if not form.validate():
        return _page(me, paper, form), 422
    operations.make_out_to(
        paper.order_id, form.party, role="client", by=current_user.account_id, subject=me.id, now=clock.now()
    )
    flash(_("Saved. It stands on the file now."))
    return redirect(url_for("portal.my_receipt", paper_id=paper_id), 303)


@bp.get("/receipts/<uuid:paper_id>/<any(a4,letter):size>/<any(read,keep):way>/<any(file,own):copy>.pdf")
@client_only
def my_receipt_file(paper_id: UUID, size: str, way: str, copy: str) -> ResponseReturnValue:
    """The file, or her own copy of it, which says what it was for. Nothing is kept about which she chose."""
    me, paper = own_record(), _own(paper_id)
    if _needs_details(paper):
        return redirect(url_for("portal.my_receipt", paper_id=paper_id), 303)
    body = file_of(paper, size, _plainly(me, paper) if copy == "own" else ())
    answer: Response = pdf_answer(body, paper.file_name, keep=way == "keep")
    return answer


def _own(paper_id: UUID) -> PaperRow:
    me = own_record()
    for paper in queries.papers(each.id for each in sold_to(me.id)):
        if paper.id == paper_id:
            return paper
    abort(404)


def _needs_details(paper: PaperRow) -> bool:
    named = queries.recipients([paper.order_id]).get(paper.order_id)
    return needs_details(queries.terms(), paper.amount, named)


def _plainly(me: ClientRow, paper: PaperRow) -> Sequence[str]:
    """What was paid for in plain words, with the dates of sessions, in her zone, and with which voucher."""
    ends = voucher_of(paper.id)
    return *_paid_for(me, paper), *([_("With the voucher that ends in %(end)s", end=ends)] if ends else [])


def _paid_for(me: ClientRow, paper: PaperRow) -> Sequence[str]:
    bought = bought_with(sold([paper.order_id])[paper.order_id].payable_id)
    for place in places_of(me.id):
        if place.id == bought:
            return place.title, when(place.starts_at, place.ends_at, place.zone, year=True)
    for mine in packages_of(me.id):
        if mine.id == bought:
            used = [use.place for use in reversed(uses(mine)) if not use.is_back]
            return mine.title, *(day(each.starts_at, each.zone, year=True) for each in used)
    return ()


def _page(me: ClientRow, paper: PaperRow, form: RecipientForm | None = None, size: str = "a4") -> str:
    named = queries.recipients([paper.order_id]).get(paper.order_id)
    typed = party_typed(named.party) if named else {}
    needed = is_above(queries.terms(), paper.amount)
    return render_template(
        "portal/receipt.html",
        paper=paper,
        title=title(paper, named),
        named=named,
        voucher=voucher_of(paper.id),
        waits=_needs_details(paper),
        form=form or RecipientForm(with_address=needed, formdata=None, data=typed),
        more=_plainly(me, paper),
        size=size,
        coach=coach(me.coach_id),
    )
