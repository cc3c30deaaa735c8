"""Codes that lower a price, at the desk: made, listed with their uses, put to rest and taken up again."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.desk.coupon_forms import CouponForm
from coachapp.desk.views.room import account, bp, host
from coachapp.payments import coupons
from coachapp.payments.coupon_queries import coupon, uses
from coachapp.payments.coupon_queries import coupons as all_coupons
from coachapp.payments.coupon_rules import CodeInUse, CouponUse, NoSuchCode
from coachapp.practice.queries import offerings, practice, today_of
from coachapp.practice.rules import OfferingRow
from coachapp.web.guards import staff


@bp.get("/codes")
@staff
def codes() -> ResponseReturnValue:
    return _page(_form(formdata=None))


@bp.post("/codes")
@staff
def make_code() -> ResponseReturnValue:
    form = _form()
    if not form.validate():
        return _page(form), 422
    word = form.word
    try:
        coupons.make(
            host().id,
            word,
            percent=form.percent.data,
            off=form.amount,
            currency=practice().currency,
            days=(form.first.data, form.last.data),
            most=form.most.data,
            most_each=form.most_each.data,
            offering_ids=[form.offerings[slug] for slug in form.good_for.data or ()],
            by=account(),
            now=clock.now(),
        )
    except CodeInUse:
        form.code.errors = [_("You have a code with this word. Take another one.")]
        return _page(form), 422
    flash(_("The code “%(code)s” is made.", code=word))
    return redirect(url_for("desk.codes"), 303)


@bp.post("/codes/<uuid:coupon_id>/rest")
@staff
def rest_code(coupon_id: UUID) -> ResponseReturnValue:
    """It is good for nothing more; whoever pays with it in this moment may finish."""
    if coupons.rest(_mine(coupon_id), True, by=account(), now=clock.now()):
        flash(_("It rests. Nobody can use it until you take it up again."))
    return redirect(url_for("desk.codes"), 303)


@bp.post("/codes/<uuid:coupon_id>/take-up")
@staff
def take_up_code(coupon_id: UUID) -> ResponseReturnValue:
    if coupons.rest(_mine(coupon_id), False, by=account(), now=clock.now()):
        flash(_("It can be used again."))
    return redirect(url_for("desk.codes"), 303)


def _mine(coupon_id: UUID) -> UUID:
    try:
        row = coupon(coupon_id)
    except NoSuchCode:
        abort(404)
    return row.id if row.coach_id == host().id else abort(404)


def _form(**more: object) -> CouponForm:
    return CouponForm(currency=practice().currency, offerings=_own(), **more)


def _own() -> list[OfferingRow]:
    """What a code can be good for: everything of hers that has a price."""
    mine = (each for each in offerings(with_inactive=True) if each.coach_id == host().id)
    return [each for each in mine if not each.is_free]


def _page(form: CouponForm) -> str:
    rows = all_coupons(host().id)
    counts = uses([row.id for row in rows])
    titles = {each.id: each.title for each in offerings(with_inactive=True)}
    return render_template(
        "desk/codes.html",
        form=form,
        errors=form.summary(),
        rows=[(row, counts.get(row.id, CouponUse())) for row in rows],
        good_for=lambda row: sorted(titles[each] for each in row.offering_ids),
        today=today_of(host().id, clock.now()),
    )
