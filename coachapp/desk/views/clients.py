"""The list of clients, finding one, and beginning a record by hand."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.audit.operations import record
from coachapp.clients.queries import client
from coachapp.desk import operations, queries
from coachapp.desk.forms import PersonForm, SearchForm
from coachapp.desk.views.room import account, bp, host
from coachapp.web.guards import staff
from coachapp.zones import WELL_KNOWN, zone_choices


@bp.get("/clients")
@staff
def clients() -> ResponseReturnValue:
    lines = queries.client_lines(host().id, now=clock.now())
    return render_template(
        "desk/clients.html", host=host(), lines=lines, form=SearchForm(formdata=None), asked=None
    )


@bp.post("/clients")
@staff
def find() -> ResponseReturnValue:
    """Names are opened in memory and compared there; the search is noted once, without its words."""
    form, now = SearchForm(), clock.now()
    asked = (form.find.data or "").casefold() if form.validate() else ""
    lines = queries.client_lines(host().id, now=now)
    found = [
        line for line in lines if asked in line.client.name.casefold() or asked == line.client.ref.casefold()
    ]
    if asked:
        record("search", now=now, role="staff", actor=account())
    return render_template("desk/clients.html", host=host(), lines=found, form=form, asked=form.find.data)


@bp.get("/clients/new")
@staff
def new_client() -> ResponseReturnValue:
    return _new_page(PersonForm(formdata=None, data={"zone": host().zone}))


@bp.post("/clients/new")
@staff
def add_client() -> ResponseReturnValue:
    form = PersonForm()
    if not form.validate():
        return _new_page(form), 422
    made = operations.add_client(host().id, form.name.data, form.zone.data, by=account(), now=clock.now())
    flash(_("The record is begun. Nothing is sent until you have asked how to write."))
    return redirect(url_for("desk.record", ref=client(made).ref), 303)


def _new_page(form: PersonForm) -> str:
    zones = zone_choices(WELL_KNOWN, clock.now(), host().zone)
    return render_template("desk/client_new.html", form=form, zones=zones)
