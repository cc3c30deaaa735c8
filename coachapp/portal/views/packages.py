"""Her packages: what is left and until when, what was used for which time, and a pause."""

from datetime import datetime
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking.crediting import uses
from coachapp.payments import credits, packages
from coachapp.payments.credit_queries import packages_of
from coachapp.payments.credit_rules import PackageRow, Told
from coachapp.portal.views.room import bp, own_record
from coachapp.practice.queries import coach
from coachapp.web.guards import client_only


@bp.get("/packages")
@client_only
def my_packages() -> ResponseReturnValue:
    """Every package of hers, latest first."""
    me, now = own_record(), clock.now()
    note_shown(me.id, now)
    found = [(each, uses(each)) for each in packages_of(me.id)]
    return render_template(
        "portal/packages.html", packages=found, coach=coach(me.coach_id), zone=me.zone, now=now
    )


@bp.post("/packages/<uuid:package_id>/pause")
@client_only
def pause_package(package_id: UUID) -> ResponseReturnValue:
    """Nothing is used and nothing ends until she says so."""
    if packages.pause(_own(package_id).id, now=clock.now()):
        flash(_("Paused. Nothing ends meanwhile."))
    return redirect(url_for("portal.my_packages"), 303)


@bp.post("/packages/<uuid:package_id>/go-on")
@client_only
def resume_package(package_id: UUID) -> ResponseReturnValue:
    if packages.resume(_own(package_id).id, now=clock.now()):
        flash(_("The pause is over. The end has moved by as many days."))
    return redirect(url_for("portal.my_packages"), 303)


def note_shown(client_id: UUID, now: datetime) -> None:
    """Note, once, that a page of hers said when her sessions end;
    a visit is a visit, as for the permission to write."""
    for each in packages_of(client_id):
        if each.nears_its_end(now) and not credits.was_told(each):
            credits.note_told(each.id, Told.SHOWN, now=now)


def packages_on_show(client_id: UUID, now: datetime) -> list[PackageRow]:
    """What her home shows: packages with something left."""
    return [each for each in packages_of(client_id) if each.left]


def _own(package_id: UUID) -> PackageRow:
    me = own_record()
    for each in packages_of(me.id):
        if each.id == package_id:
            return each
    abort(404)
