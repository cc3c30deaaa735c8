"""From a booking to a private space of one's own."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.accounts import operations, queries
from coachapp.accounts.forms import JoinForm
from coachapp.accounts.hashing import hasher
from coachapp.accounts.passphrases import four_words, name_ideas
from coachapp.accounts.rules import AlreadyJoined, LinkEnded, NameNotFree
from coachapp.accounts.views.room import bp, go, onward
from coachapp.web import errors, limits
from coachapp.web.guards import token


@bp.get("/join/<token>")
@token
def join(token: str) -> ResponseReturnValue:
    """Shows and changes nothing, so that programs which open links in mail use nothing up."""
    return _ended(token) or _page(JoinForm())


@bp.post("/join/<token>")
@token
def join_post(token: str) -> ResponseReturnValue:
    """Make the account and sign in; `another` only asks for other words."""
    form = JoinForm()
    if ended := _ended(token):
        return ended
    if form.another.data:
        return _page(form, fresh=True)
    if not form.validate():
        return _page(form, 422)
    limits.count("30 per 15 minutes", "join", token)
    try:
        opened = operations.join(
            token, form.name.data, form.chosen, form.pin.data or None, now=clock.now(), hasher=hasher()
        )
    except (AlreadyJoined, LinkEnded):  # the button was pressed twice, and the other press was quicker
        return _ended(token) or _page(form, 422)
    except NameNotFree:
        ideas = ", ".join(f"“{idea}”" for idea in name_ideas())
        form.name.errors = [
            _("That name cannot be used here. One of these would do: %(ideas)s.", ideas=ideas)
        ]
        return _page(form, 422)
    return onward(opened)


def _ended(token: str) -> ResponseReturnValue | None:
    """The page for a link that is over, or the way to sign in for someone who has joined; None while it is good."""
    try:
        queries.check_join_token(token, clock.now())
    except AlreadyJoined:
        return go(url_for("accounts.sign_in"))
    except LinkEnded:
        return errors.page(
            404,
            _("This link has ended"),
            _("A link like this works for 30 days. Ask your coach for a new one; nothing is lost."),
        )
    return None


def _page(form: JoinForm, status: int = 200, *, fresh: bool = False) -> ResponseReturnValue:
    words = four_words() if fresh or not form.suggested.data else form.suggested.data
    form.suggested.data = words
    return render_template("accounts/join.html", form=form, words=words), status
