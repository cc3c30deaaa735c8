"""Reading for someone: a page without an account, good once, that takes facts and gives nothing away."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.web import errors
from coachapp.web.guards import public, token
from coachapp.worksheets import readers
from coachapp.worksheets.household_forms import ReaderForm
from coachapp.worksheets.household_rules import PRESSED_TWICE, NoSuchLink
from coachapp.worksheets.reader_facts import ReaderLinkRow
from coachapp.worksheets.reader_queries import open_link, parts_of_an_apology, was_used_since

bp = Blueprint("reader", __name__, url_prefix="/read")
bp.register_error_handler(NoSuchLink, errors.not_found)


@bp.get("/done")
@public
def done() -> ResponseReturnValue:
    """Thanks, at an address that says nothing."""
    return render_template("worksheets/read_done.html")


@bp.get("/<token>")
@token
def show(token: str) -> ResponseReturnValue:
    """What to look for. Looking uses nothing up."""
    link = open_link(token, clock.now())
    return _page(link, token, _form(link))


@bp.post("/<token>")
@token
def use(token: str) -> ResponseReturnValue:
    """Pass on what was ticked; from then on the link is unknown. A button pressed twice is answered as once."""
    now = clock.now()
    try:
        link = open_link(token, now)
        form = _form(link)
        if not form.validate():
            return _page(link, token, form, 422)
        readers.pass_on(token, form.facts, now=now)
    except NoSuchLink:
        if not was_used_since(token, now - PRESSED_TWICE):
            raise
    return redirect(url_for(".done"), 303)


def _form(link: ReaderLinkRow) -> ReaderForm:
    form = ReaderForm()
    form.ask_about(parts_of_an_apology(), link.parts)
    return form


def _page(link: ReaderLinkRow, token: str, form: ReaderForm, status: int = 200) -> ResponseReturnValue:
    return render_template("worksheets/reader.html", link=link, token=token, form=form), status
