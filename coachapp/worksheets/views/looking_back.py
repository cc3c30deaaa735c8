"""Looking back: choosing what goes in, the pages she made, sharing one or not, forgetting it, taking it to paper."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow
from coachapp.practice.queries import coach
from coachapp.web.guards import client_only
from coachapp.worksheets import looking_back_operations as operations
from coachapp.worksheets import looking_back_queries as queries
from coachapp.worksheets.course_words import spoken
from coachapp.worksheets.looking_back import Contents, NoSuchPage, NothingChosen
from coachapp.worksheets.looking_back_forms import LookBackForm
from coachapp.worksheets.looking_back_pdf import counted
from coachapp.worksheets.looking_back_queries import PageRow
from coachapp.worksheets.over_time_queries import courses_of
from coachapp.worksheets.own_words_queries import own_words_of
from coachapp.worksheets.views.files import looking_back_file
from coachapp.worksheets.views.hers import rooms

bp = Blueprint("looking_back", __name__, url_prefix="/me/worksheets/back")
bp.context_processor(rooms)


@bp.get("")
@client_only
def index() -> ResponseReturnValue:
    """The pages she made, and what a new one could hold."""
    me = _me()
    return _index_page(me, _form(me))


@bp.post("")
@client_only
def make() -> ResponseReturnValue:
    """Make one of what she ticked."""
    me = _me()
    form = _form(me)
    if not form.validate():
        return _index_page(me, form, 422)
    wanted = {"numbers": form.numbers.data, "counts": form.sums.data}
    try:
        number = operations.look_back(me, form.chosen, **wanted, now=clock.now())
    except NothingChosen:
        form.numbers.errors = [_("Choose at least one thing for the page")]
        return _index_page(me, form, 422)
    return redirect(url_for("looking_back.read", number=number), 303)


@bp.get("/<int:number>")
@client_only
def read(number: int) -> ResponseReturnValue:
    """One page, as it was made."""
    me = _me()
    page, contents = _page(number)
    return render_template(
        "worksheets/back_page.html",
        page=page,
        contents=contents,
        found=[spoken(course, year=True) for course in contents.courses],
        counted=counted(contents),
        coach=coach(me.coach_id),
        zone=me.zone,
    )


@bp.post("/<int:number>/<any(share,unshare):way>")
@client_only
def share(number: int, way: str) -> ResponseReturnValue:
    """Let the coach read it, or close it to her again."""
    with _hers_or_404():
        page, _contents = queries.page(current_user.client_id, number)
        if way == "share":
            operations.share_page(page.id, page.client_id, now=clock.now())
        else:
            operations.unshare_page(page.id, page.client_id, now=clock.now())
    shared = _("Shared. You can stop it whenever you like.")
    flash(shared if way == "share" else _("This page is private to you again."))
    return redirect(url_for("looking_back.read", number=number), 303)


@bp.get("/<int:number>/forget")
@client_only
def ask(number: int) -> ResponseReturnValue:
    """Whether it is to be forgotten."""
    page, _contents = _page(number)
    return render_template("worksheets/back_forget.html", page=page)


@bp.post("/<int:number>/forget")
@client_only
def forget(number: int) -> ResponseReturnValue:
    """Delete the page; the sheets stay."""
    with _hers_or_404():
        page, _contents = queries.page(current_user.client_id, number)
        operations.forget_page(page.id, page.client_id)
    flash(_("Forgotten. Your sheets are as they were."))
    return redirect(url_for("looking_back.index"), 303)


@bp.get("/<int:number>/<any(a4,letter):paper>/<any(read,keep):way>/page.pdf")
@client_only
def file(number: int, paper: str, way: str) -> Response:
    """The page as a PDF, to read here or to keep."""
    page, contents = _page(number)
    return looking_back_file(page, contents, paper, f"notes-{number}.pdf", _me().zone, keep=way == "keep")


def _me() -> ClientRow:
    return client(current_user.client_id)


@contextmanager
def _hers_or_404() -> Iterator[None]:
    """What is not hers, or was forgotten in the same moment, is not there."""
    try:
        yield
    except NoSuchPage:
        abort(404)


def _page(number: int) -> tuple[PageRow, Contents]:
    with _hers_or_404():
        return queries.page(current_user.client_id, number)


def _form(me: ClientRow) -> LookBackForm:
    """With everything ticked before she has said anything."""
    return LookBackForm.of(own_words_of(me.id), is_posted=request.method == "POST")


def _index_page(me: ClientRow, form: LookBackForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "worksheets/back.html",
        form=form,
        pages=queries.pages_of(me.id),
        has_numbers=bool(courses_of(me.id, me.zone)),
        coach=coach(me.coach_id),
        zone=me.zone,
    )
    return page, status
