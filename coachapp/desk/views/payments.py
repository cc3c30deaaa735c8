"""Money that does not come by card: what is awaited, what has come by the coach's word, what is to be given back."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import awaiting, awaiting_packages
from coachapp.booking.queries import place as place_row
from coachapp.booking.rules import HoldEnded, NoSuchPlace, PlaceRow
from coachapp.clients.queries import client
from coachapp.config import settings
from coachapp.desk.part_queries import parts_awaited
from coachapp.desk.payment_forms import GivenForm, PaidForm
from coachapp.desk.payment_queries import Moved, marked_lately, to_give_back
from coachapp.desk.views.asking import asked_of_late
from coachapp.desk.views.room import account, bp, host
from coachapp.payments import by_hand, operations
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import AlreadyPaid, GatewayAway, GatewayRefused, Method, NotUndoable
from coachapp.payments.runtime import gateway, payables
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.zones import zone


@bp.get("/payments")
@staff
def payments() -> ResponseReturnValue:
    now, me = clock.now(), host()
    return render_template(
        "desk/payments.html",
        host=me,
        awaited=awaiting.awaited(me.id, now=now),
        awaited_packages=awaiting_packages.awaited(me.id, now=now),
        now=now,
        backs=to_give_back(me.id),
        marked=marked_lately(me.id, now=now),
        asked=asked_of_late(me.id, now),
        parts=parts_awaited(me.id, now=now),
    )


@bp.get("/payments/places/<uuid:place_id>")
@staff
def ask_paid(place_id: UUID) -> ResponseReturnValue:
    """What is due, and how it came, before the button."""
    place = _own_place(place_id)
    return _paid_page(place, fresh_paid(place))


@bp.post("/payments/places/<uuid:place_id>")
@staff
def mark_paid(place_id: UUID) -> ResponseReturnValue:
    """All that is due has come. An open link to pay by card is ended first; what was paid by it meanwhile counts."""
    place, form = _own_place(place_id), PaidForm()
    if not form.validate():
        return make_response(_paid_page(place, form), 422)
    return marked(place.id, lambda: awaiting.reopened(place, now=clock.now()), form.method)


def fresh_paid(place: PlaceRow | None) -> PaidForm:
    """The way that was said, or else the usual one, is chosen already."""
    is_cash = place is not None and place.pays_by == "cash"
    return PaidForm(formdata=None, data={"how": Method.CASH if is_cash else Method.TRANSFER})


def marked(payable_id: UUID, order_of: Callable[[], UUID], method: Method) -> ResponseReturnValue:
    """All that is due for it has come so: end an open link to pay, write it down, and offer to undo that."""
    try:
        if attempt := unfinished_attempt(payable_id):
            operations.end_link(attempt, gateway(), payables(), now=clock.now())
        taken = by_hand.take(order_of(), method, payables(), by=account(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return stripe_away()
    except (AlreadyPaid, HoldEnded):
        return _paid_already()
    if not taken.stands:
        return _gone()
    flash(_("Marked as paid."), f"undo:{url_for('desk.undo_paid', payment_id=taken.payment_id)}")
    return redirect(url_for("desk.payments"), 303)


@bp.post("/payments/places/<uuid:place_id>/free")
@staff
def free_kept(place_id: UUID) -> ResponseReturnValue:
    """Free a time that is kept for its money now."""
    if awaiting.give_up(_own_place(place_id), settings().base_url, by=account(), now=clock.now()):
        flash(_("The time is free again."))
    return redirect(url_for("desk.payments"), 303)


@bp.post("/payments/<uuid:payment_id>/undo")
@staff
def undo_paid(payment_id: UUID) -> ResponseReturnValue:
    """It was marked by mistake: it no longer counts. What it has booked stays booked."""
    mine = marked_lately(host().id, now=clock.now())
    if all(each.id != payment_id for each in mine):
        return redirect(url_for("desk.payments"), 303)
    try:
        by_hand.undo(payment_id, by=account(), now=clock.now())
    except NotUndoable:
        return page(409, _("That cannot be undone any more"), _("It is on its way back."))
    flash(_("Undone. What it has booked stays booked, and the money is awaited again."))
    return redirect(url_for("desk.payments"), 303)


@bp.get("/payments/back/<uuid:refund_id>")
@staff
def ask_given(refund_id: UUID) -> ResponseReturnValue:
    back = _own_back(refund_id)
    return _given_page(back, GivenForm(_today(), formdata=None, data={"how": back.method, "on": _today()}))


@bp.post("/payments/back/<uuid:refund_id>")
@staff
def mark_given(refund_id: UUID) -> ResponseReturnValue:
    """The coach has given it back with her own hand."""
    back, form = _own_back(refund_id), GivenForm(_today())
    if not form.validate():
        return _given_page(back, form), 422
    by_hand.given_back(back.id, form.method, form.on.data, payables(), by=account(), now=clock.now())
    flash(_("Noted as given back."))
    return redirect(url_for("desk.payments"), 303)


def _own_place(place_id: UUID) -> PlaceRow:
    """A time this coach gives that somebody has, or had, and that costs something; 404 for everything else."""
    try:
        place = place_row(place_id)
    except NoSuchPlace:
        abort(404)
    return place if place.coach_id == host().id and awaiting.takes_money(place) else abort(404)


def _own_back(refund_id: UUID) -> Moved:
    return next((each for each in to_give_back(host().id) if each.id == refund_id), None) or abort(404)


def _paid_page(place: PlaceRow, form: PaidForm) -> ResponseReturnValue:
    order = awaiting.order_of(place)
    if order and order.due.is_zero:
        return _paid_already()
    assert place.client_id is not None, "looked at before"
    return render_template(
        "desk/paid.html",
        host=host(),
        client=client(place.client_id),
        place=place,
        form=form,
        due=order.due if order else place.price,
        order=order,
    )


def _given_page(back: Moved, form: GivenForm) -> str:
    return render_template("desk/given_back.html", host=host(), back=back, form=form)


def _paid_already() -> ResponseReturnValue:
    said = _("It was paid by card meanwhile, or marked before. Nothing more is written down.")
    return page(409, _("This is paid already"), said)


def _gone() -> ResponseReturnValue:
    said = _(
        "The time was taken or is over, or you took the request back. The money is written down, and stands "
        "under “To give back”."
    )
    return page(409, _("The money came for something that is gone"), said)


def stripe_away() -> ResponseReturnValue:
    """An open link to pay could not be ended."""
    said = _(
        "A payment page is open for it, and Stripe cannot be asked just now. Nothing is written down; try again."
    )
    return page(503, _("Not marked yet"), said)


def _today() -> date:
    return clock.now().astimezone(zone(host().zone)).date()
