"""One part of a price at the desk: it has come by hand, gets another day, or need not be paid any more."""

from datetime import date
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.desk.part_queries import OpenPart, part_of
from coachapp.desk.payment_forms import MovePartForm, PaidForm
from coachapp.desk.views.payments import stripe_away
from coachapp.desk.views.room import account, bp, host
from coachapp.payments import by_hand, operations, parts
from coachapp.payments.part_rules import NoSuchPart, NotOpenPart
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import AlreadyPaid, GatewayAway, GatewayRefused, Method
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import today_of
from coachapp.web.errors import page
from coachapp.web.guards import staff


@bp.get("/payments/parts/<uuid:part_id>")
@staff
def part(part_id: UUID) -> ResponseReturnValue:
    """What can be done about it."""
    return _page(_own(part_id))


@bp.post("/payments/parts/<uuid:part_id>")
@staff
def mark_part_paid(part_id: UUID) -> ResponseReturnValue:
    """It has come by hand. An open link to pay is ended first; what was paid by it meanwhile counts."""
    mine, form = _own(part_id), PaidForm()
    if not form.validate():
        return make_response(_page(mine, paid=form), 422)
    try:
        _end_link(part_id)
        taken = by_hand.take(mine.part.order.id, form.method, payables(), by=account(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return stripe_away()
    except AlreadyPaid:
        return _closed()
    if not taken.stands:
        said = _("It had been let go. The money is written down, and stands under “To give back”.")
        return page(409, _("This part was not asked for any more"), said)
    flash(_("Marked as paid."), f"undo:{url_for('desk.undo_paid', payment_id=taken.payment_id)}")
    return redirect(url_for("desk.payments"), 303)


@bp.post("/payments/parts/<uuid:part_id>/move")
@staff
def move_part(part_id: UUID) -> ResponseReturnValue:
    """Another day for it, which her space shows at once."""
    mine, form = _own(part_id), MovePartForm(_today())
    if not form.validate():
        return make_response(_page(mine, moved=form), 422)
    try:
        parts.move(part_id, form.on.data, by=account(), now=clock.now())
    except NotOpenPart:
        return _closed()
    flash(_("Moved to another day."))
    return redirect(url_for("desk.payments"), 303)


@bp.post("/payments/parts/<uuid:part_id>/let-go")
@staff
def let_part_go(part_id: UUID) -> ResponseReturnValue:
    """It need not be paid: an open link to pay is ended first, and one that was paid meanwhile stands."""
    _own(part_id)
    try:
        _end_link(part_id)
        parts.let_go(part_id, by=account(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return stripe_away()
    except NotOpenPart:
        return _closed()
    flash(_("It need not be paid any more."))
    return redirect(url_for("desk.payments"), 303)


def _own(part_id: UUID) -> OpenPart:
    try:
        return part_of(part_id, host().id, now=clock.now()) or abort(404)
    except NoSuchPart:
        abort(404)


def _end_link(part_id: UUID) -> None:
    if attempt := unfinished_attempt(part_id):
        operations.end_link(attempt, gateway(), payables(), now=clock.now())


def _page(
    mine: OpenPart, *, paid: PaidForm | None = None, moved: MovePartForm | None = None
) -> ResponseReturnValue:
    if not mine.part.is_open:
        return _closed()
    return make_response(
        render_template(
            "desk/part.html",
            host=host(),
            mine=mine,
            paid=paid or PaidForm(formdata=None, data={"how": Method.TRANSFER}),
            moved=moved or MovePartForm(_today(), formdata=None, data={"on": mine.part.due_on}),
        )
    )


def _closed() -> ResponseReturnValue:
    said = _("It was paid, or let go, meanwhile. Nothing more is written down.")
    return page(409, _("Nothing is to be paid here any more"), said)


def _today() -> date:
    return today_of(host().id, clock.now())
