"""The coach's list of people who may not book."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import blocking
from coachapp.booking.desk_forms import BlockedForm
from coachapp.practice.queries import coach
from coachapp.web.guards import staff

bp = Blueprint("blocked", __name__, url_prefix="/desk/blocked")


@bp.get("")
@staff
def people() -> ResponseReturnValue:
    return _people_page(BlockedForm(formdata=None))


@bp.post("")
@staff
def add() -> ResponseReturnValue:
    form = BlockedForm()
    if not form.validate():
        return _people_page(form), 422
    blocking.block(
        current_user.coach_id,
        form.typed.data,
        form.word.data,
        by=current_user.account_id,
        now=clock.now(),
    )
    flash(_("This person can no longer book. The address itself is not kept."))
    return redirect(url_for("blocked.people"), 303)


@bp.post("/<uuid:blocked_id>/remove")
@staff
def remove(blocked_id: UUID) -> ResponseReturnValue:
    if not blocking.unblock(current_user.coach_id, blocked_id, by=current_user.account_id, now=clock.now()):
        abort(404)
    flash(_("Taken off the list."))
    return redirect(url_for("blocked.people"), 303)


def _people_page(form: BlockedForm) -> str:
    host = coach(current_user.coach_id)
    return render_template("desk/blocked.html", form=form, host=host, rows=blocking.blocked_people(host.id))
