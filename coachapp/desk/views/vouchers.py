"""Vouchers at the desk: made, listed with what is left of each, shown with their codes, and ended while unused."""

from datetime import date
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.desk.views.room import account, bp, host
from coachapp.desk.voucher_forms import EndForm, VoucherForm
from coachapp.payments import voucher_queries, vouchers
from coachapp.payments.voucher_rules import NoSuchVoucher, NotUnused, VoucherRow
from coachapp.practice.queries import practice, today_of
from coachapp.web.errors import page
from coachapp.web.guards import staff


@bp.get("/vouchers")
@staff
def all_vouchers() -> ResponseReturnValue:
    return _list_page(VoucherForm(_today(), practice().currency, formdata=None, data={"on": _today()}))


@bp.post("/vouchers")
@staff
def make_voucher() -> ResponseReturnValue:
    form = VoucherForm(_today(), practice().currency)
    if not form.validate():
        return _list_page(form), 422
    voucher_id = vouchers.make(
        host().id,
        form.money,
        form.last.data,
        form.note.data or "",
        method=form.how.data,
        on=form.on.data,
        by=account(),
        now=clock.now(),
    )
    flash(_("The voucher is made."))
    return redirect(url_for("desk.one_voucher", voucher_id=voucher_id), 303)


@bp.get("/vouchers/<uuid:voucher_id>")
@staff
def one_voucher(voucher_id: UUID) -> ResponseReturnValue:
    """Its code to copy, what is left on it, and what happened to it."""
    mine = _mine(voucher_id)
    return _page(mine, EndForm(_today(), formdata=None, data={"on": _today(), "how": mine.method}))


@bp.post("/vouchers/<uuid:voucher_id>/end")
@staff
def end_voucher(voucher_id: UUID) -> ResponseReturnValue:
    """It is good for nothing more; only while all of its worth is there."""
    mine, form = _mine(voucher_id), EndForm(_today())
    if not form.validate():
        return make_response(_page(mine, form), 422)
    try:
        vouchers.end(mine.id, method=form.how.data, on=form.on.data, by=account(), now=clock.now())
    except NotUnused:
        said = _("It was used meanwhile, or has ended before. Nothing was changed.")
        return page(409, _("This voucher cannot be ended"), said)
    flash(_("The voucher has ended."))
    return redirect(url_for("desk.all_vouchers"), 303)


def _mine(voucher_id: UUID) -> VoucherRow:
    try:
        row = voucher_queries.voucher(voucher_id)
    except NoSuchVoucher:
        abort(404)
    return row if row.coach_id == host().id else abort(404)


def _today() -> date:
    return today_of(host().id, clock.now())


def _list_page(form: VoucherForm) -> str:
    rows = voucher_queries.vouchers(host().id)
    return render_template(
        "desk/vouchers.html", form=form, errors=form.summary(), rows=rows, today=_today(), host=host()
    )


def _page(mine: VoucherRow, form: EndForm) -> str:
    return render_template(
        "desk/voucher.html",
        mine=mine,
        form=form,
        entries=voucher_queries.entries(mine.id),
        host=host(),
        today=_today(),
    )
