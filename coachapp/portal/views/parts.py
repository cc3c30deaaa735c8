"""What a client is still to pay of a price in parts: the list, and the way to pay one."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking.parting import title_of
from coachapp.config import settings
from coachapp.payments import parts
from coachapp.payments.part_queries import PartRow, open_parts, part
from coachapp.payments.part_rules import NoSuchPart, NotOpenPart
from coachapp.payments.views import to_checkout
from coachapp.portal.views.room import bp, own_record
from coachapp.practice.queries import coach
from coachapp.web.guards import client_only
from coachapp.web.headers import leads_to_payment


@bp.get("/to-pay")
@client_only
def to_pay() -> ResponseReturnValue:
    """Every part that is not paid, the earliest day first."""
    me = own_record()
    leads_to_payment()
    found = [(each, title_of(each.whole_kind, each.whole_id)) for each in open_parts(me.id)]
    return render_template("portal/to_pay.html", parts=found, coach=coach(me.coach_id))


@bp.post("/to-pay/<uuid:part_id>")
@client_only
def pay_part(part_id: UUID) -> ResponseReturnValue:
    """Off to the payment page of one part; the page that is open for it already is the same."""
    mine, back = _own(part_id), f"{settings().base_url}/paid/"
    try:
        return to_checkout(lambda: parts.go_to_pay(mine.id, back, now=clock.now()))
    except NotOpenPart:
        flash(_("That part is not asked for any more, or is paid."))
        return redirect(url_for("portal.to_pay"), 303)


def _own(part_id: UUID) -> PartRow:
    try:
        found = part(part_id)
    except NoSuchPart:
        abort(404)
    return found if found.client_id == own_record().id else abort(404)
