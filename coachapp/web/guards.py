"""Who may open a page. Every view wears exactly one guard; a view without one is never served."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

View = Callable[..., ResponseReturnValue]
GUARDS = ("public", "token", "client", "staff", "system")


def public(view: View) -> View:
    """Open to everyone."""
    return _mark(view, "public")


def token(view: View) -> View:
    """Open to whoever holds the secret in the address; the view looks it up and answers 404 if unknown."""
    return _mark(view, "token")


def system(view: View) -> View:
    """For machines: health, metrics, webhooks. The view proves the caller itself where that matters."""
    return _mark(view, "system")


def client_only(view: View) -> View:
    """A signed-in client, in her own space."""
    return _signed_in(view, "client")


def client_leaving(view: View) -> View:
    """A client in her own space, or one who left it half a minute ago: for a last save on its way.

    Never a redirect: our script asks, and is told 401 when she is signed out or the page is covered.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if current_user.locked or not (current_user.is_authenticated or current_user.just_left):
            abort(401)
        if (current_user.just_left or current_user).kind != "client":
            abort(404)
        return current_app.ensure_sync(view)(*args, **kwargs)

    return _mark(guarded, "client")


def staff(view: View) -> View:
    """A signed-in coach with her second factor given."""
    return _signed_in(view, "staff")


def install(app: Flask) -> None:
    """Refuse every view that wears no guard (default deny)."""

    @app.before_request
    def deny_unguarded() -> None:
        if request.endpoint and guard_of(app.view_functions[request.endpoint]) is None:
            abort(404)


def guard_of(view: Callable[..., Any]) -> str | None:
    """The guard a view wears, or None."""
    return getattr(view, "guard", None)


def _mark(view: View, name: str) -> View:
    view.guard = name  # type: ignore[attr-defined]  # functions carry attributes
    return view


def _signed_in(view: View, kind: str) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _to_sign_in()
        if current_user.locked:
            return _to_unlock()
        if current_user.kind != kind:
            abort(404)
        return current_app.ensure_sync(view)(*args, **kwargs)

    return _mark(guarded, kind)


def quiet(view: View) -> View:
    """Mark what our script asks again and again: it counts as nobody's activity, and fills no log."""
    view.quiet = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def is_quiet() -> bool:
    """Whether this request is one of those."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "quiet", False))


def wants_page() -> bool:
    """Whether a person's browser asks for a page (rather than our script for an answer)."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _to_sign_in() -> ResponseReturnValue:
    if not wants_page():
        abort(401)
    return redirect(url_for("accounts.sign_in"), 303)


def _to_unlock() -> ResponseReturnValue:
    if not wants_page():
        abort(401)
    return redirect(url_for("accounts.unlock"), 303)
