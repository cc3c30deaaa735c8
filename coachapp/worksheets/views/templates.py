"""Templates as a whole: beginning a draft, from nothing, a published one or a file; retiring one, saving one as a file."""

import re
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.web.guards import staff
from coachapp.worksheets import draft_operations, queries
from coachapp.worksheets.draft_form import SourceForm
from coachapp.worksheets.drafts import DraftTaken, NothingNew
from coachapp.worksheets.rules import NoSuchTemplate
from coachapp.worksheets.template import Kind, Template
from coachapp.worksheets.template_file import read_template
from coachapp.worksheets.views import files
from coachapp.worksheets.views.builder import meanwhile
from coachapp.worksheets.yaml_source import Problem, TemplateError, decoded

bp = Blueprint("desk_templates", __name__, url_prefix="/desk/worksheets")
bp.register_error_handler(DraftTaken, meanwhile)


@bp.post("/new/<any(worksheet,plan):kind>")
@staff
def begin(kind: str) -> ResponseReturnValue:
    """Begin a sheet from nothing."""
    return _to(draft_operations.begin(Kind(kind), now=clock.now()))


@bp.post("/<key>/copy")
@staff
def copy(key: str) -> ResponseReturnValue:
    """Begin a sheet of her own from a published one."""
    title = _("%(title)s (copy)", title=_published(key).title)
    return _to(draft_operations.begin_copy(key, title, now=clock.now()))


@bp.post("/<key>/change")
@staff
def change(key: str) -> ResponseReturnValue:
    """Begin the next version of a published sheet, or go on with it."""
    _published(key)
    return _to(draft_operations.begin_version(key, now=clock.now()))


@bp.post("/<key>/retire")
@staff
def retire(key: str) -> ResponseReturnValue:
    """Offer a sheet no more."""
    _published(key)
    draft_operations.retire(key, now=clock.now(), by=current_user.account_id)
    flash(_("Retired: it is not offered any more. Sheets already given stay."))
    return redirect(url_for("desk_sheets.library"), 303)


@bp.post("/<key>/offer")
@staff
def offer(key: str) -> ResponseReturnValue:
    """Offer a retired sheet again."""
    _published(key)
    draft_operations.offer_again(key, now=clock.now(), by=current_user.account_id)
    flash(_("It is offered again."))
    return redirect(url_for("desk_sheets.library"), 303)


@bp.get("/<key>/file.yaml")
@staff
def file(key: str) -> ResponseReturnValue:
    """A published sheet as a file."""
    return files.yaml(_published(key))


@bp.get("/from/file")
@staff
def source() -> ResponseReturnValue:
    """Where a template is read from a file or its text."""
    return render_template("worksheets/source.html", form=SourceForm(), problems=())


@bp.post("/from/file")
@staff
def read_source() -> ResponseReturnValue:
    """Read a template into a draft; with any mistake in it nothing changes."""
    form = SourceForm()
    try:
        text = _text(form)
        read = read_template(text, "")
    except TemplateError as refused:
        return _with_problems(form, refused.problems)
    try:
        draft_id = draft_operations.begin_from(read, now=clock.now())
    except DraftTaken:
        return _with_problems(form, [_is_being_written(text, read.key)])
    except NothingNew as same:
        flash(_("Version %(number)s says exactly this already. Nothing was changed.", number=same.version))
        return redirect(url_for("desk_sheets.preview", key=read.key), 303)
    flash(_("Read, and kept as a draft. Nothing is offered until you publish it."))
    return _to(draft_id)


def _text(form: SourceForm) -> str:
    """The text of the file or of the box, whichever was given. TemplateError when it is not text, or not one of both."""
    upload = request.files.get(form.upload.name)
    data, typed = upload.read() if upload else b"", form.text.data or ""
    if data and typed.strip():
        raise _refused(_("There is a file and a text. Expected one of them."))
    if not data and not typed.strip():
        raise _refused(_("There is nothing here yet. Choose a file, or put its text in the box."))
    return decoded(data, "") if data else typed


def _refused(words: str) -> TemplateError:
    return TemplateError("", [Problem(1, "", words)])


def _is_being_written(text: str, key: str) -> Problem:
    lines = text.splitlines()
    line = next((n for n, words in enumerate(lines, 1) if re.match(r"[\"']?key[\"']?\s*:", words)), 1)
    words = _(
        "A sheet with the key “%(key)s” is being written already. Publish or remove that draft, or choose another key.",
        key=key,
    )
    return Problem(line, "“key”", words)


def _with_problems(form: SourceForm, problems: Sequence[Problem]) -> ResponseReturnValue:
    return render_template("worksheets/source.html", form=form, problems=problems, errors=problems), 422


def _to(draft_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("desk_drafts.edit", draft_id=draft_id), 303)


def _published(key: str) -> Template:
    try:
        return queries.template(key).template
    except NoSuchTemplate:
        abort(404)
