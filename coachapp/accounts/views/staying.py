"""Staying signed in, opening a covered page again, signing out, and leaving at once."""

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from coachapp import clock
from coachapp.accounts import operations
from coachapp.accounts.forms import UnlockForm
from coachapp.accounts.hashing import hasher
from coachapp.accounts.presence import home_of, place_left, present, without_sign_in
from coachapp.accounts.rules import NoMatch, TriesOver
from coachapp.accounts.views.room import bp, go, say
from coachapp.practice.queries import practice
from coachapp.web.guards import public


@bp.route("/unlock", methods=["GET", "POST"])
@public
def unlock() -> ResponseReturnValue:
    """The PIN opens the page that was covered, for two hours; after five tries only the passphrase does."""
    person, form = present(), UnlockForm()
    if not person.locked:
        return go(home_of(person.kind) if person.is_active else url_for("accounts.sign_in"))
    if not form.was_posted or not form.validate():
        return render_template("accounts/unlock.html", form=form), 422 if form.was_posted else 200
    try:
        operations.unlock(person, form.pin.data, now=clock.now(), hasher=hasher())
    except TriesOver:
        return without_sign_in(go(url_for("accounts.sign_in")))
    except NoMatch:
        say(form, _("That PIN does not match."))
        return render_template("accounts/unlock.html", form=form), 422
    return go(place_left(person.kind))


@bp.post("/still-here")
@public
def still_here() -> ResponseReturnValue:
    """Someone is reading: the request itself has counted as activity."""
    return "", 204 if present().is_active else 401


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this sign-in and have the browser drop what it keeps of this site."""
    operations.sign_out(present(), clock.now())
    answer = without_sign_in(go(url_for("accounts.sign_in")))
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer


@bp.route("/leave", methods=["GET", "POST"])
@public
def leave() -> ResponseReturnValue:
    """Go to an everyday page at once, ending the caller's own sign-in; another site's page can end nobody's."""
    answer = make_response("", 204) if request.method == "POST" else go(practice().exit_to)
    if not _is_own_wish():
        return make_response("", 400) if request.method == "POST" else answer
    operations.leave(present(), clock.now())
    return without_sign_in(answer)


def _is_own_wish() -> bool:
    """Whether the person herself asks: not another site's page, nor a browser that looks ahead.

    Browsers that do not say where a request comes from prove a post by the form token; their cookie is Strict.
    """
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.method == "GET" or _has_form_token()


def _has_form_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True
