"""Links to choose a time, at the desk: made for a client or for whoever holds it, shown again, mailed, ended."""

from datetime import datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import inviting, link_queries
from coachapp.booking.admission import LINK_LASTS, InvitationRow, NoSuchInvitation, NotHersAlone
from coachapp.booking.desk_forms import LinkForm
from coachapp.clients.queries import client_by_ref, clients, clients_by_id
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.practice.queries import coach, given_by, offerings, practice
from coachapp.practice.rules import CoachRow, OfferingRow
from coachapp.safe_contact.queries import gate
from coachapp.web.guards import staff
from coachapp.zones import zone

bp = Blueprint("invitations", __name__, url_prefix="/desk/links")


@bp.get("")
@bp.get("/for/<ref>")
@staff
def links(ref: str = "") -> ResponseReturnValue:
    """All links, and the form for a new one; with a client's reference, for her."""
    form = LinkForm(formdata=None)
    form.who.data, form.last.data = _client(ref).ref if ref else "", _last_day()
    return _links_page(form)


@bp.post("")
@staff
def make() -> ResponseReturnValue:
    form = LinkForm()
    person, offering = _chosen(form) if form.validate() else (None, None)
    if form.errors:
        return _links_page(form), 422
    ends_at = datetime.combine(form.last.data + timedelta(days=1), time(), zone(_host().zone))
    made = inviting.invite(
        _host().id,
        person.id if person else None,
        offering.id if offering else None,
        ends_at,
        by=current_user.account_id,
        now=clock.now(),
    )
    return redirect(url_for("invitations.show", link_id=made), 303)


@bp.get("/<uuid:link_id>")
@staff
def show(link_id: UUID) -> ResponseReturnValue:
    """The address to hand over, and whether it may be mailed."""
    row = _mine(link_id)
    now = clock.now()
    verdict = gate(row.client_id, booked=False, now=now) if row.client_id else None
    address = f"{settings().base_url}/i/{link_queries.token_of(row.id)}"
    may_mail = verdict is not None and verdict.address is not None and verdict.with_link
    return render_template(
        "desk/link.html",
        row=row,
        host=_host(),
        address=address,
        client=_people([row]).get(row.client_id) if row.client_id else None,
        offering=_titles().get(row.offering_id) if row.offering_id else None,
        verdict=verdict,
        mail=texts.invited(practice().mail_subject, address) if may_mail else None,
        is_open=row.is_open(now),
    )


@bp.post("/<uuid:link_id>/mail")
@staff
def mail(link_id: UUID) -> ResponseReturnValue:
    row = _mine(link_id)
    try:
        inviting.mail(row, settings().base_url, by=current_user.account_id, now=clock.now())
        flash(_("The link is on its way."))
    except (NotHersAlone, NoSuchInvitation):
        flash(_("Nothing was sent. Give the link in a way that is safe."))
    return redirect(url_for("invitations.show", link_id=link_id), 303)


@bp.post("/<uuid:link_id>/end")
@staff
def end(link_id: UUID) -> ResponseReturnValue:
    row = _mine(link_id)
    try:
        inviting.revoke(row, by=current_user.account_id, now=clock.now())
        flash(_("The link leads nowhere from now on."))
    except NoSuchInvitation:
        flash(_("It was used, or ended, before."))
    return redirect(url_for("invitations.links"), 303)


def _mine(link_id: UUID) -> InvitationRow:
    try:
        return link_queries.invitation(link_id, coach_id=_host().id)
    except NoSuchInvitation:
        abort(404)


def _chosen(form: LinkForm) -> tuple[ClientRow | None, OfferingRow | None]:
    """For whom and for what; a message at the field where it names nothing we know, or a day that will not do."""
    person, offering = None, None
    if form.who.data:
        try:
            person = client_by_ref(form.who.data, coach_id=_host().id)
        except NoSuchClient:
            form.who.errors = [_("Choose a client, or whoever holds the link")]
    if form.what.data:
        offering = next((each for each in _bookable() if each.slug == form.what.data), None)
        if offering is None:
            form.what.errors = [_("Choose what it is for")]
    today = clock.now().astimezone(zone(_host().zone)).date()
    if not today <= form.last.data <= today + timedelta(days=366):
        form.last.errors = [_("Choose a day from today on, within a year")]
    return person, offering


def _links_page(form: LinkForm) -> str:
    host = _host()
    rows = link_queries.invitations(host.id)
    return render_template(
        "desk/links.html",
        form=form,
        errors=form.summary(),
        host=host,
        rows=rows,
        people=_people(rows),
        titles=_titles(),
        clients=clients(host.id),
        offerings=_bookable(),
    )


def _people(rows: list[InvitationRow]) -> dict[UUID, ClientRow]:
    return clients_by_id(row.client_id for row in rows if row.client_id)


def _titles() -> dict[UUID, str]:
    return {each.id: each.title for each in offerings(with_inactive=True)}


def _bookable() -> list[OfferingRow]:
    """What a link can lead to: also what stands on no public page, but nothing that is put away."""
    return [each for each in given_by(current_user.coach_id, with_unlisted=True) if each.is_bookable]


def _client(ref: str) -> ClientRow:
    try:
        return client_by_ref(ref, coach_id=_host().id)
    except NoSuchClient:
        abort(404)


def _last_day() -> object:
    return (clock.now() + LINK_LASTS).astimezone(zone(_host().zone)).date()


def _host() -> CoachRow:
    return coach(current_user.coach_id)
