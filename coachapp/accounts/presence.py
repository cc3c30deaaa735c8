"""Who is asking: from our own cookie to the person Flask-Login hands to guards and templates."""

from flask import Flask, Response, request, session
from flask_login import LoginManager, current_user

from coachapp import clock
from coachapp.accounts import operations, queries
from coachapp.accounts.rules import CLIENT, DEVICE_LIVES, SIGNED_OUT, Opened, Person, cookie_names
from coachapp.config import settings
from coachapp.web.guards import is_quiet

HOMES = {CLIENT: "/me/"}
DESK = "/desk/"
_PLACE = "at"


def install(app: Flask, login: LoginManager) -> None:
    """Load the person of each request, count the request as activity, tell templates the idle time."""
    app.extensions["csrf"].exempt("coachapp.accounts.views.staying.leave")  # it has a check of its own
    login.anonymous_user = lambda: SIGNED_OUT
    login.request_loader(lambda _request: queries.person(sign_in_cookie(), clock.now()))
    app.before_request(_note_seen)
    app.after_request(_note_place)
    app.context_processor(_idle_words)


def present() -> Person:
    """Who is asking, as the plain row behind Flask-Login's proxy."""
    found: Person = current_user._get_current_object()
    return found


def sign_in_cookie() -> str | None:
    """The secret of the caller's sign-in, if there is one."""
    return request.cookies.get(_names()[0])


def device_cookie() -> str | None:
    """The secret of a device that signed in before, if it is one."""
    return request.cookies.get(_names()[1])


def home_of(kind: str | None) -> str:
    """Where a signed-in person begins."""
    return HOMES.get(kind or "", DESK)


def place_left(kind: str | None) -> str:
    """The page that was open when it was covered, so that a PIN opens the same question; else home."""
    kept = str(session.pop(_PLACE, ""))
    return kept if kept.startswith(home_of(kind)) else home_of(kind)


def with_sign_in(response: Response, opened: Opened, *, know: bool) -> Response:
    """Give the browser its sign-in (gone when it closes) and, if `know`, remember the device for 180 days."""
    sign_in, device = _names()
    _set(response, sign_in, opened.cookie, None)
    if know:
        token = operations.know_device(opened.account_id, device_cookie(), clock.now())
        _set(response, device, token, int(DEVICE_LIVES.total_seconds()))
    session.pop(_PLACE, None)
    return response


def without_sign_in(response: Response) -> Response:
    """Take the sign-in's cookie away, and what else says where she was or has just done.

    A changed cookie also keeps browsers from showing a kept page.
    """
    response.delete_cookie(_names()[0], path="/", secure=_secure(), httponly=True, samesite="Strict")
    session.pop(_PLACE, None)
    session.pop("_flashes", None)
    return response


def _set(response: Response, name: str, value: str, max_age: int | None) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=_secure(), httponly=True, samesite="Strict"
    )


def _names() -> tuple[str, str]:
    return cookie_names(_secure())


def _secure() -> bool:
    return bool(settings().secure)


def _note_seen() -> None:
    if sign_in_cookie() and not is_quiet():
        operations.note_seen(present(), clock.now())


def _note_place(response: Response) -> Response:
    """Remember the private page just shown, in the signed cookie that also holds the form token."""
    if sign_in_cookie() and request.method == "GET" and response.status_code == 200:
        here = present()
        is_page = response.mimetype == "text/html" and request.path.startswith(home_of(here.kind))
        if here.is_active and is_page and session.get(_PLACE) != request.path:
            session[_PLACE] = request.path
    return response


def _idle_words() -> dict[str, object]:
    here = present()
    if not here.is_active:
        return {}
    return {"idle_seconds": here.idle_seconds, "cover_url": "/unlock" if here.has_pin else "/sign-in"}
