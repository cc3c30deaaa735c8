"""A coach writing a template: block by block, looking at it as a client and on paper, publishing it."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.web import errors
from coachapp.web.guards import staff
from coachapp.worksheets import draft_operations, draft_queries
from coachapp.worksheets.draft_differences import differing
from coachapp.worksheets.draft_form import KINDS, DraftForm
from coachapp.worksheets.draft_presses import landing_after, pressed
from coachapp.worksheets.draft_queries import DraftRow
from coachapp.worksheets.draft_ready import Fault, NotReady, presentable
from coachapp.worksheets.draft_typed import typed_template
from coachapp.worksheets.drafts import Draft, DraftChanged, NoSuchDraft
from coachapp.worksheets.forms import SheetForm
from coachapp.worksheets.rules import VersionTaken
from coachapp.worksheets.template import MAX_FIELDS, MAX_SECTIONS, Template
from coachapp.worksheets.template_file import telling_word
from coachapp.worksheets.views import files
from coachapp.worksheets.views.at_desk import host

bp = Blueprint("desk_drafts", __name__, url_prefix="/desk/worksheets")

_DRAFT = "/drafts/<uuid:draft_id>"
_FILE = "<any(a4,letter):paper>/<any(read,keep):way>/<any(blank,fillable,large,ink,card):kind>.pdf"


@bp.get(_DRAFT)
@staff
def edit(draft_id: UUID) -> ResponseReturnValue:
    """A draft, as a form of blocks."""
    row = _draft(draft_id)
    return _page(row, row.draft)


@bp.post(_DRAFT)
@staff
def send(draft_id: UUID) -> ResponseReturnValue:
    """Save everything, then do what the pressed button says."""
    row = draft_queries.draft(draft_id)
    typed, do = typed_template(request.form, row.template), request.form.get("do", "save")
    act = pressed(do, request.form.get("where", ""), host().first_name)
    try:
        revision = draft_operations.save_draft(draft_id, typed, _revision(), act, now=clock.now())
        if do == "publish":
            return _publish(draft_id, revision)
    except DraftChanged as elsewhere:
        return _both(row, typed, elsewhere)
    except NotReady as not_yet:
        kept = _draft(draft_id)
        return _page(kept, kept.draft, 422, faults=not_yet.faults)
    return _go_on(draft_id, do, typed)


@bp.post(f"{_DRAFT}/save")
@staff
def save(draft_id: UUID) -> ResponseReturnValue:
    """Autosave. 204 with the new revision; 422 when it was saved in another window meanwhile."""
    typed = typed_template(request.form, draft_queries.draft(draft_id).template)
    try:
        revision = draft_operations.save_draft(draft_id, typed, _revision(), now=clock.now())
    except DraftChanged:
        return {"message": _("This was saved in another window. Press Save to see both.")}, 422
    return Response(status=204, headers={"X-Revision": str(revision)})


@bp.get(f"{_DRAFT}/preview")
@staff
def preview(draft_id: UUID) -> ResponseReturnValue:
    """A draft as a client would see it; what is not finished is left out."""
    row = _draft(draft_id)
    shown, left_out = presentable(row.template)
    here = url_for("desk_drafts.edit", draft_id=draft_id)
    return render_template(
        "worksheets/draft_preview.html",
        t=shown,
        parts=SheetForm(shown, {}).parts(),
        here=here,
        left_out=left_out,
    )


@bp.get(f"{_DRAFT}/{_FILE}")
@staff
def paper(draft_id: UUID, paper: str, way: str, kind: str) -> ResponseReturnValue:
    """A draft as it would be printed; what is not finished is left out."""
    shown, _left_out = presentable(_draft(draft_id).template)
    return files.pdf(shown, {}, kind, paper, files.file_name(shown, "pdf"), keep=way == "keep")


@bp.get(f"{_DRAFT}/file.yaml")
@staff
def draft_file(draft_id: UUID) -> ResponseReturnValue:
    """A draft as a file, as far as it is written."""
    return files.yaml(_draft(draft_id).as_file)


@bp.get(f"{_DRAFT}/remove")
@staff
def ask_remove(draft_id: UUID) -> ResponseReturnValue:
    """Ask before a draft is thrown away."""
    return render_template("worksheets/draft_remove.html", row=_draft(draft_id))


@bp.post(f"{_DRAFT}/remove")
@staff
def remove(draft_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    _draft(draft_id)
    draft_operations.remove_draft(draft_id)
    flash(_("The draft is removed."))
    return redirect(url_for("desk_sheets.library"), 303)


# ---- what the views share -----------------------------------------------------------------------------


@bp.errorhandler(VersionTaken)
def meanwhile(error: Exception) -> ResponseReturnValue:
    """Two windows, or a window and a command, did the same at once; one of them came first."""
    return errors.page(
        409,
        _("The same was done elsewhere in this moment"),
        _("Nothing was lost. Go back to the worksheets and look: it may be there already."),
    )


@bp.errorhandler(NoSuchDraft)
def _gone(error: Exception) -> ResponseReturnValue:
    """What was typed on a page whose draft is gone stays in that page."""
    return errors.page(
        409,
        _("This draft is no longer here"),
        _(
            "It was published or removed in another window. Go back: your words are still in the form, to copy "
            "what you want to keep."
        ),
    )


def _publish(draft_id: UUID, revision: int) -> ResponseReturnValue:
    account_id: UUID = current_user.account_id
    version = draft_operations.publish_draft(draft_id, revision, now=clock.now(), by=account_id)
    flash(
        _(
            "Version %(number)s is published. Sheets people have keep the version they began.",
            number=version.version,
        )
    )
    return redirect(url_for("desk_sheets.preview", key=version.key), 303)


def _go_on(draft_id: UUID, do: str, typed: Template) -> ResponseReturnValue:
    if do == "preview":
        return redirect(url_for("desk_drafts.preview", draft_id=draft_id), 303)
    if do.startswith(("remove:", "part-join:")):
        flash(_("Removed. The words are kept below until you publish."))
    elif do == "save":
        flash(_("Saved."))
    landing = landing_after(do, typed, _draft(draft_id).template)
    if not landing and (do == "part" or do.startswith(("add:", "back:"))):
        flash(
            _(
                "There is no room for more: a sheet has at most %(n)s blocks and %(m)s parts.",
                n=MAX_FIELDS,
                m=MAX_SECTIONS,
            )
        )
    return redirect(url_for("desk_drafts.edit", draft_id=draft_id, _anchor=landing or None), 303)


def _page(
    row: DraftRow, draft: Draft, status: int = 200, *, faults: Sequence[Fault] = (), **more: object
) -> ResponseReturnValue:
    form = DraftForm(draft.template, faults)
    page = render_template(
        "worksheets/draft.html",
        row=row,
        draft=draft,
        form=form,
        errors=form.summary(),
        kinds=KINDS,
        zone=host().zone,
        telling=telling_word(draft.template.title),
        **{"revision": row.revision, **more},
    )
    return page, status


def _both(row: DraftRow, typed: Template, elsewhere: DraftChanged) -> ResponseReturnValue:
    """What was typed, with what another window saved beside it; nothing is saved until she presses again."""
    return _page(
        row,
        Draft(typed, elsewhere.draft.removed),
        409,
        revision=elsewhere.revision,
        differences=differing(typed, elsewhere.draft.template),
    )


def _revision() -> int:
    return request.form.get("revision", type=int, default=-1)


def _draft(draft_id: UUID) -> DraftRow:
    try:
        return draft_queries.draft(draft_id)
    except NoSuchDraft:
        abort(404)
