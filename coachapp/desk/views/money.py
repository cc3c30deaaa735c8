"""One order's money: what is due and has come by hand, what moved, what goes back;
and what a bank that asks is told."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.booking.granted import will_tell
from coachapp.desk import money_queries
from coachapp.desk.money_queries import OrderMoney
from coachapp.desk.payment_forms import PaidForm
from coachapp.desk.payment_queries import marked_lately
from coachapp.desk.refund_forms import BackForm
from coachapp.desk.views.payments import fresh_paid, marked
from coachapp.desk.views.room import account, bp, host
from coachapp.payments.credit_rules import BadAmount
from coachapp.payments.giving_back import give_back
from coachapp.payments.operations import finish
from coachapp.payments.runtime import gateway, payables
from coachapp.web.guards import staff


@bp.get("/payments/orders/<uuid:order_id>")
@staff
def money_of(order_id: UUID) -> ResponseReturnValue:
    """What is due and may be marked as come, what came and went, and how much of it may go back."""
    mine = _own(order_id)
    record_view(mine.client.id, now=clock.now(), role="staff", actor=account())
    return _page(mine)


@bp.post("/payments/orders/<uuid:order_id>/come")
@staff
def mark_order_paid(order_id: UUID) -> ResponseReturnValue:
    """All that is due has come, without a card."""
    mine, form = _own(order_id), PaidForm()
    if not mine.may_be_marked and not mine.order.due.is_zero:
        abort(404)
    if not form.validate():
        return _page(mine, paid=form), 422
    return marked(mine.order.payable_id, lambda: order_id, form.method)


@bp.post("/payments/orders/<uuid:order_id>/back")
@staff
def give_money_back(order_id: UUID) -> ResponseReturnValue:
    """Give so much of it back. The time it paid for stays as it is, and no mail leaves."""
    mine, now = _own(order_id), clock.now()
    form = BackForm(mine.left)
    if not mine.may_go_back or not form.validate():
        return _page(mine, back=form), 422
    by_hand = mine.order.by_hand or (form.how.data == "hand" and not mine.order.by_voucher)
    try:
        refunds = give_back(
            order_id, form.amount.money, was=form.went_before, by_hand=by_hand, by=account(), now=now
        )
    except BadAmount:  # pressed twice, or something else went back in this moment
        form.amount.errors = [_("Something went back in the meantime. Look at it once more.")]
        return _page(_own(order_id), back=form), 422
    finish(refunds, gateway(), payables(), now=now)
    flash(_said(mine, by_hand))
    return redirect(url_for("desk.money_of", order_id=order_id), 303)


@bp.get("/payments/disputed")
@staff
def disputed() -> ResponseReturnValue:
    """What a dispute is, what a bank may be told, and what never."""
    return render_template("desk/disputed.html")


def _said(mine: OrderMoney, by_hand: bool) -> str:
    if mine.order.by_voucher:
        return _("It went back onto the voucher.")
    return _("Noted. It stands under “To give back”.") if by_hand else _("It is on its way back.")


def _own(order_id: UUID) -> OrderMoney:
    found = money_queries.of_order(order_id)
    return found if found and found.coach_id == host().id else abort(404)


def _fresh_form(mine: OrderMoney) -> BackForm:
    typed = {"amount": mine.left.plain(), "how": "card", "was": str(mine.order.refunded.minor)}
    return BackForm(mine.left, formdata=None, data=typed)


def _page(mine: OrderMoney, *, paid: PaidForm | None = None, back: BackForm | None = None) -> str:
    form, now = back or _fresh_form(mine), clock.now()
    form.was.data = str(mine.order.refunded.minor)
    return render_template(
        "desk/money.html",
        host=host(),
        mine=mine,
        client=mine.client,
        paid=paid or fresh_paid(mine.place),
        form=form,
        tells=will_tell(mine.order.payable_id, now),
        undoable={each.id for each in marked_lately(host().id, now=now)},
        is_disputed=money_queries.is_disputed(mine.order.id),
    )
