"""The coach says in which ways people may pay besides the card."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp.practice.paying import save_ways, ways
from coachapp.practice.paying_form import WaysForm
from coachapp.practice.telling import telling_word
from coachapp.web.guards import staff

bp = Blueprint("paying", __name__, url_prefix="/desk/payments")

_USUAL_DAYS, _USUAL_WAIT = 5, 3


@bp.get("/ways")
@staff
def show() -> ResponseReturnValue:
    known = ways()
    data = {
        "transfer": known.transfer_days is not None,
        "days": known.transfer_days or _USUAL_DAYS,
        "holder": known.holder,
        "account": known.account,
        "cash": known.cash,
        "others": known.others_days is not None,
        "others_days": known.others_days or _USUAL_WAIT,
    }
    return _page(WaysForm(formdata=None, data=data))


@bp.post("/ways")
@staff
def save() -> ResponseReturnValue:
    form = WaysForm()
    if not form.validate():
        return _page(form), 422
    save_ways(form.ways)
    flash(_("Saved."))
    return redirect(url_for("paying.show"), 303)


def _page(form: WaysForm) -> str:
    return render_template("desk/ways.html", form=form, telling=telling_word(form.holder.data or ""))
