"""What is due for no time, marked as paid by hand: money asked for by itself, packages bought without one."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking.granted import may_be_told
from coachapp.clients.queries import client
from coachapp.desk.payment_forms import PaidForm
from coachapp.desk.views.payments import marked, paid_already
from coachapp.desk.views.room import bp, host
from coachapp.payments import ask_queries, asking, packages
from coachapp.payments.credit_queries import package
from coachapp.payments.paper_queries import SoldRow, sold
from coachapp.payments.queries import order
from coachapp.payments.rules import Asking, Method
from coachapp.payments.runtime import payables
from coachapp.web.guards import staff


@bp.get("/payments/orders/<uuid:order_id>")
@staff
def ask_order_paid(order_id: UUID) -> ResponseReturnValue:
    """What is due, and how it came, before the button."""
    return _page(_own(order_id), PaidForm(formdata=None, data={"how": Method.TRANSFER}))


@bp.post("/payments/orders/<uuid:order_id>")
@staff
def mark_order_paid(order_id: UUID) -> ResponseReturnValue:
    """All that is due has come; as for a time."""
    mine, form = _own(order_id), PaidForm()
    if not form.validate():
        return make_response(_page(mine, form), 422)
    return marked(mine.payable_id, lambda: order_id, form.method)


def _own(order_id: UUID) -> SoldRow:
    """What a client of this coach owes for no time, and may still pay; 404 for everything else."""
    mine = sold([order_id]).get(order_id)
    if mine is None or mine.kind not in _PAYABLE or client(mine.client_id).coach_id != host().id:
        abort(404)
    return mine if _PAYABLE[mine.kind](mine) else abort(404)


def _asked(mine: SoldRow) -> bool:
    state = ask_queries.by_id(mine.payable_id).state(clock.now(), payables())
    return state is not Asking.TAKEN_BACK


def _bought(mine: SoldRow) -> bool:
    """A package with a first time is marked with that; what was begun in parts is awaited by nobody."""
    bought = package(mine.payable_id)
    return bought.place_id is None and order(mine.id).amount == bought.price


_PAYABLE: dict[str, Callable[[SoldRow], bool]] = {asking.KIND: _asked, packages.KIND: _bought}


def _page(mine: SoldRow, form: PaidForm) -> ResponseReturnValue:
    found = order(mine.id)
    if found.due.is_zero:
        return paid_already()
    return render_template(
        "desk/paid.html",
        host=host(),
        client=client(mine.client_id),
        place=None,
        what=_("Asked for by a request") if mine.kind == asking.KIND else package(mine.payable_id).title,
        form=form,
        due=found.due,
        order=found,
        tells=mine.kind == packages.KIND and may_be_told(mine.client_id, clock.now()),
        here=f"/desk/payments/orders/{mine.id}",
    )
