"""The cookie of a booking in progress: which held time this browser is about."""

from flask import Response, request

from coachapp.accounts.presence import present, sign_in_cookie, without_sign_in
from coachapp.booking import purchases, queries
from coachapp.booking.rules import HoldEnded, NoSuchPlace, PlaceRow, Standing
from coachapp.booking.views import door, whom
from coachapp.config import settings

_LASTS = 3 * 3600
_WAYS_OUT = ("accounts.leave", "accounts.sign_out")


def _name() -> str:
    return "__Host-r" if settings().secure else "r"


def cookie() -> str | None:
    """The road's cookie, if this browser has one."""
    return request.cookies.get(_name())


def present_place() -> PlaceRow:
    """The place this browser is booking. HoldEnded when there is none (any more), or while a sign-in is covered."""
    if is_covered():
        raise HoldEnded
    found = cookie()
    try:
        return queries.place_by_road(found or "")
    except NoSuchPlace as error:
        raise HoldEnded from error


def present_purchase() -> purchases.PurchaseRow:
    """The package this browser is buying without a time. HoldEnded when there is none, or a sign-in is covered."""
    if is_covered():
        raise HoldEnded
    try:
        return purchases.by_road(cookie() or "")
    except NoSuchPlace as error:
        raise HoldEnded from error


def is_buying() -> bool:
    """Whether this browser buys a package, or has just bought it, without a time."""
    try:
        return bool(present_purchase())
    except HoldEnded:
        return False


def is_covered() -> bool:
    """Whether someone was signed in here and has been idle since: what she booked is covered with the rest."""
    here = present()
    return bool(sign_in_cookie()) and not here.is_active and not here.half


def is_about(place: PlaceRow) -> bool:
    """Whether this browser booked that place a short while ago, or has just given its return code."""
    try:
        return present_place().id == place.id
    except HoldEnded:
        return False


def has_answer() -> bool:
    """Whether a time is kept for this browser after the coach's yes; choosing another lets it go."""
    try:
        return cookie() is not None and present_place().standing in (Standing.APPROVED, Standing.OFFERED)
    except HoldEnded:
        return False


def forget_on_leaving(response: Response) -> Response:
    """Whoever leaves the site leaves her booking closed behind her: what she typed must not open from the history.

    The four words open it again; before she has them, the time is let go by itself when its forty minutes are over.
    """
    looks_ahead = request.method == "HEAD" or "Sec-Purpose" in request.headers
    if request.endpoint not in _WAYS_OUT or response.status_code >= 400 or looks_ahead:
        return response
    door.forget()
    whom.forget()
    if cookie():
        response.delete_cookie(_name(), path="/", secure=settings().secure, httponly=True, samesite="Strict")
    return response


def remember(response: Response, road: str) -> None:
    """Give the browser the cookie of a road: for three hours, to us alone, never to a script.

    Whoever takes a road where a sign-in is covered leaves that sign-in behind.
    """
    if is_covered():
        without_sign_in(response)
    response.set_cookie(
        _name(), road, max_age=_LASTS, path="/", secure=settings().secure, httponly=True, samesite="Strict"
    )
