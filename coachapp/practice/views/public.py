"""The public pages: who the practice is, what it offers, and where help is to be had."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.practice.help_lines import help_lines
from coachapp.practice.queries import on_sale
from coachapp.practice.rules import least_price
from coachapp.web.guards import public
from coachapp.web.headers import indexable

bp = Blueprint("practice", __name__)


@bp.get("/")
@indexable
@public
def home() -> ResponseReturnValue:
    return _on_sale("practice/home.html")


@bp.get("/book")
@indexable
@public
def offerings_list() -> ResponseReturnValue:
    return _on_sale("practice/offerings.html")


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
    """Where the last part of a link to a plan is missing."""
    return render_template("practice/plan.html")


def _on_sale(template: str) -> str:
    """A page of what can be had today, and from which price on; a question in writing has a line below the cards."""
    found = on_sale(clock.now())
    cards = [each for each in found if not each.is_question]
    question = next((each for each in found if each.is_question), None)
    return render_template(template, offerings=cards, least=least_price(cards), question=question)
