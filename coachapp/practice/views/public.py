"""The public pages: who the practice is, what it offers, and where help is to be had."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from coachapp.practice.help_lines import help_lines
from coachapp.practice.queries import offerings
from coachapp.practice.rules import OfferingRow
from coachapp.web.guards import public, token
from coachapp.web.headers import indexable

bp = Blueprint("practice", __name__)


@bp.get("/")
@indexable
@public
def home() -> ResponseReturnValue:
    return render_template("practice/home.html", offerings=_on_cards(), question=_question())


@bp.get("/book")
@indexable
@public
def offerings_list() -> ResponseReturnValue:
    return render_template("practice/offerings.html", offerings=_on_cards(), question=_question())


@bp.get("/help")
@indexable
@public
def help_page() -> ResponseReturnValue:
    return render_template("practice/help.html", help_lines=help_lines())


@bp.get("/safety")
@indexable
@public
def safety() -> ResponseReturnValue:
    return render_template("practice/safety.html")


@bp.get("/privacy")
@indexable
@public
def privacy() -> ResponseReturnValue:
    return render_template("practice/privacy.html")


@bp.get("/terms")
@indexable
@public
def terms() -> ResponseReturnValue:
    return render_template("practice/terms.html")


@bp.get("/resources")
@indexable
@public
def resources() -> ResponseReturnValue:
    return render_template("practice/resources.html")


@bp.get("/plan/")
@public
def plan() -> ResponseReturnValue:
    """Where someone of the household will find the plan that was shared with her."""
    return render_template("practice/plan.html")


@bp.get("/read/<token>")
@token
def read(token: str) -> ResponseReturnValue:
    """Where a link to read something will lead; none has been given out, so every one is unknown."""
    abort(404)


def _on_cards() -> list[OfferingRow]:
    """What stands on a card of its own; a question has a line below."""
    return [each for each in offerings() if not each.is_question]


def _question() -> OfferingRow | None:
    """The first question in writing that is on show."""
    return next((each for each in offerings() if each.is_question), None)
