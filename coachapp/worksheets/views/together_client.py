"""Filling in together, on her side: being asked, saying yes or no, ending it, hearing what the coach saved."""

from datetime import datetime

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.web.guards import client_only, quiet
from coachapp.worksheets import queries, together
from coachapp.worksheets.together_queries import asked_of, session_end
from coachapp.worksheets.together_rules import LOOK_MS, LOOK_MS_BESIDES, POLL_MS, NotTogether, TogetherRow
from coachapp.worksheets.views import live
from coachapp.worksheets.views.hers import own_sheet

bp = Blueprint("together", __name__, url_prefix="/me/worksheets")


@bp.app_context_processor
def _for_her_pages() -> dict[str, object]:
    return {"asked_together": _asked, "in_words": _in_words, "look_every": _look_every}


@bp.get("/together")
@client_only
@quiet
def looked() -> ResponseReturnValue:
    """Whether anything is asked of her; her list and her home look now and then."""
    return jsonify(state=_in_words(_asked()))


@bp.get("/<int:number>/together/<int:since>")
@client_only
@quiet
def heard(number: int, since: int) -> ResponseReturnValue:
    """How it stands at one sheet and, while together, what is not what it was at revision `since`."""
    found = _asked().get(number)
    if found is not None and (not found.is_agreed or found.revision == since):
        return live.standing_alone(found)
    sheet = own_sheet(number)
    return live.news(sheet, queries.answers_of(sheet)) if found else live.standing_alone(None)


@bp.post("/<int:number>/together")
@client_only
def say(number: int) -> ResponseReturnValue:
    """Yes; or no, which also ends it."""
    sheet, now = own_sheet(number), clock.now()
    try:
        if request.form.get("say") == "yes":
            together.agree(sheet, now=now)
        else:
            together.end(sheet, now=now, role="client")
            flash(_("Only you see this sheet now.") if not sheet.is_shared else _("Ended."))
    except NotTogether:
        flash(_("You are not asked any more. Nothing has changed."))
    return redirect(url_for("sheets.fill", number=number), 303)


def _asked() -> dict[int, TogetherRow]:
    return asked_of(current_user.client_id, clock.now())


def _in_words(found: dict[int, TogetherRow]) -> str:
    """How everything stands, as one word list that a page compares with its own."""
    return " ".join(f"{number}:{row.standing}" for number, row in sorted(found.items()))


def _look_every(found: TogetherRow | None, now: datetime) -> int:
    """After how many milliseconds a page of hers looks again."""
    if found is not None and found.is_agreed:
        return POLL_MS
    return LOOK_MS if session_end(current_user.client_id, now) else LOOK_MS_BESIDES
