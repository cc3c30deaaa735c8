"""What stays of a client's sheets, for her: numbers over time, her own words, and taking a sheet once more."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.web.guards import client_only
from coachapp.worksheets import again, queries
from coachapp.worksheets.course_words import Spoken, spoken
from coachapp.worksheets.over_time_queries import courses_of
from coachapp.worksheets.own_words_queries import SELF_DOUBT, OwnWords, newest_of_each, own_words_of
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import NoSuchSheet
from coachapp.worksheets.views.hers import rooms

bp = Blueprint("over_time", __name__, url_prefix="/me/worksheets")
bp.context_processor(rooms)


@bp.get("/numbers")
@client_only
def numbers() -> ResponseReturnValue:
    """Her scales over time, each as a chart and in words."""
    me = client(current_user.client_id)
    found = [spoken(course) for course in courses_of(me.id, me.zone)]
    return render_template("worksheets/numbers.html", found=found)


@bp.get("/words")
@client_only
def words() -> ResponseReturnValue:
    """Everything she wrote in her own words, newest first."""
    me = client(current_user.client_id)
    return render_template("worksheets/words.html", found=own_words_of(me.id), zone=me.zone)


@bp.post("/words/<uuid:answer>/<any(aside,show):way>")
@client_only
def stand(answer: UUID, way: str) -> ResponseReturnValue:
    """Whether these words come to her home."""
    try:
        if way == "aside":
            again.keep_from_home(answer, current_user.client_id, now=clock.now())
        else:
            again.show_on_home(answer, current_user.client_id)
    except NoSuchSheet:
        abort(404)
    flash(_("Changed. The words stay on their sheet either way."))
    return redirect(url_for("over_time.words"), 303)


@bp.post("/<int:number>/again")
@client_only
def take_again(number: int) -> ResponseReturnValue:
    """A fresh one of a sheet she has."""
    try:
        fresh = again.take_again(queries.sheet(current_user.client_id, number), now=clock.now())
    except NoSuchSheet:
        abort(404)
    return redirect(url_for("sheets.fill", number=fresh), 303)


def courses_on(sheet: SheetRow) -> dict[str, Spoken]:
    """Her numbers over time for the scales of one sheet."""
    if not sheet.has_scales:
        return {}
    zone = client(sheet.client_id).zone
    found = courses_of(sheet.client_id, zone, sheet.template.key)
    return {course.field: spoken(course, year=True) for course in found}


def words_back_on(sheet: SheetRow) -> dict[str, list[OwnWords]]:
    """On the self-doubt sheet, her own words: on each of its doubts, and from other sheets. Empty on any other."""
    if sheet.template.key != SELF_DOUBT:
        return {}
    newest = newest_of_each(own_words_of(sheet.client_id))
    return {
        "doubts": [each for each in newest if each.key == SELF_DOUBT],
        "others": [each for each in newest if each.key != SELF_DOUBT],
    }
