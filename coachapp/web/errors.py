"""Errors as calm pages: what happened, what was kept, what to do. Never a stack trace, never a name."""

from datetime import datetime, timedelta

from flask import Flask, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, NotFound

from coachapp.web import logs
from coachapp.web.guards import wants_page
from coachapp.web.limits import TooMany


def install(app: Flask) -> None:
    """Answer every error with its page (or, to our script, with its status alone)."""
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, heading: str, body: str, **more: object) -> ResponseReturnValue:
    """One calm page with this status; for our own script only the status and the sentence."""
    if not wants_page():
        return jsonify(message=body), status
    html = render_template(
        "errors/page.html", status=status, heading=heading, body=body, ref=g.get("ref"), **more
    )
    return make_response(html, status)


def not_found(error: Exception) -> ResponseReturnValue:
    """A room's handler for what is unknown, or someone else's: the one page for both."""
    return _http(NotFound())


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    heading, body = _words(status)
    answer = make_response(page(status, heading, body))
    if status == 405 and error.get_response().headers.get("Allow"):
        answer.headers["Allow"] = error.get_response().headers["Allow"]
    return answer


def _words(status: int) -> tuple[str, str]:
    known = {
        400: (
            _("That did not come through"),
            _("Go back and try once more: your words may still be in the form."),
        ),
        401: (_("You are signed out"), _("Sign in again to carry on.")),
        404: (_("There is no page here"), _("The address may be old, or a letter may be missing.")),
        405: (_("That did not come through"), _("Please use the buttons on the page.")),
        413: (
            _("That was too much at once"),
            _("Go back and send less of it: what you wrote is still in the form."),
        ),
        415: (_("That did not come through"), _("Please use the form on the page.")),
    }
    other = (_("Something went wrong on our side"), _("Go back: your words may still be in the form."))
    return known.get(status, known[400] if 400 <= status < 500 else other)


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    return page(
        400,
        _("This page had been open for a while"),
        _("Go back, load the page anew and send it again: your words may still be in the form."),
    )


def _too_many(error: TooMany) -> ResponseReturnValue:
    clock_time = _utc_clock(error.until)
    answer = make_response(
        page(
            429,
            _("Let us pause here for a moment"),
            _("That was tried a few times in a row. You can try again from %(time)s (UTC).", time=clock_time),
        )
    )
    return answer


def _utc_clock(until: datetime) -> str:
    """The next whole minute, so that trying at the named time works."""
    return (until + timedelta(seconds=59)).strftime("%H:%M")


def _unexpected(error: Exception) -> ResponseReturnValue:
    logs.logger().error(
        "unexpected",
        ref=g.get("ref"),
        route=request.url_rule.rule if request.url_rule else "-",
        **logs.describe(error),
    )
    heading, body = _words(500)
    return page(500, heading, body)
