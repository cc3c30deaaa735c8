"""A client lets someone she trusts read her post first: links to pass on, and the facts that came back."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.config import settings
from coachapp.web import errors
from coachapp.web.guards import client_only
from coachapp.web.words import day
from coachapp.worksheets import readers
from coachapp.worksheets.household_forms import CHILD_WORDS, FOUND_WORDS, LinkForm
from coachapp.worksheets.household_rules import MOST_LINKS, LinksFull, NoSuchLink
from coachapp.worksheets.reader_queries import link_of, links_of, parts_of_an_apology, parts_to_ask
from coachapp.worksheets.rules import NoSuchTemplate
from coachapp.worksheets.views.hers import rooms

bp = Blueprint("readers", __name__, url_prefix="/me/worksheets/read")
bp.context_processor(rooms)
bp.register_error_handler(NoSuchLink, errors.not_found)


@bp.get("")
@client_only
def index() -> ResponseReturnValue:
    """Her links, and what readers passed on."""
    return _page(LinkForm())


@bp.post("")
@client_only
def make() -> ResponseReturnValue:
    """Make a link to pass on."""
    form, own = LinkForm(), current_user.client_id
    if not form.validate():
        return _page(form, 422)
    parts = parts_to_ask(own) if form.apology.data else ()
    try:
        readers.make_link(own, form.about.data or "", parts, now=clock.now())
    except LinksFull:
        form.about.errors = [
            _("There are %(most)s here already. Let one go, then make another.", most=MOST_LINKS)
        ]
        return _page(form, 422)
    flash(_("The link is made. Pass it on in a way that is safe."))
    return redirect(url_for(".index"), 303)


@bp.post("/<uuid:link_id>/forget")
@client_only
def forget(link_id: UUID) -> ResponseReturnValue:
    """End a link, or let go of what came by it."""
    readers.forget_link(current_user.client_id, link_id, now=clock.now())
    flash(_("Gone. Nothing of it is kept here."))
    return redirect(url_for(".index"), 303)


@bp.post("/<uuid:link_id>/visit")
@client_only
def visit(link_id: UUID) -> ResponseReturnValue:
    """Write the day of a visit into her own sheet for it."""
    link = link_of(current_user.client_id, link_id)
    if link.facts is None or link.facts.visit_on is None:
        abort(404)
    words = day(link.facts.visit_on, year=True)
    try:
        number = readers.write_visit(link.client_id, words, now=clock.now())
    except NoSuchTemplate:
        abort(404)
    flash(_("The day that was named: %(day)s.", day=words))
    return redirect(url_for("sheets.fill", number=number), 303)


def _page(form: LinkForm, status: int = 200) -> ResponseReturnValue:
    me = client(current_user.client_id)
    page = render_template(
        "worksheets/readers.html",
        form=form,
        links=links_of(me.id),
        found_words=FOUND_WORDS,
        child_words=CHILD_WORDS,
        part_words={option.key: option.text for option in parts_of_an_apology()},
        base_url=settings().base_url,
        zone=me.zone,
        now=clock.now(),
    )
    return page, status
