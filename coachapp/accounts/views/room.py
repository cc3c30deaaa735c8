"""The blueprint of this room and what its pages share."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.accounts import queries
from coachapp.accounts.presence import device_cookie, home_of, with_sign_in
from coachapp.accounts.rules import Next, Opened, Person, normal_name
from coachapp.web import limits
from coachapp.web.forms import BaseForm

bp = Blueprint("accounts", __name__)

_PER_NAME = "10 per 15 minutes"
# The computer of a shared household is a known device too: generous, but not endless.
_PER_KNOWN_DEVICE = "30 per 15 minutes"
_PER_NETWORK = "30 per 15 minutes"


def onward(opened: Opened) -> ResponseReturnValue:
    """To the page that comes next, with the new sign-in; a full one also makes the device known."""
    pages = {
        Next.HOME: home_of(opened.kind),
        Next.CODE: url_for("accounts.code"),
        Next.SET_UP: url_for("accounts.factor"),
    }
    return with_sign_in(go(pages[opened.next]), opened, know=opened.next is Next.HOME)


def go(address: str) -> Response:
    """A redirect that turns every method into GET."""
    return make_response(redirect(address, 303))


def say(form: BaseForm, message: str) -> None:
    """Put a message that belongs to no single field at the head of the form."""
    form.form_errors.append(message)


def hold_back(name: str, account_id: UUID) -> None:
    """Throttle sign-ins from devices that are not known to this account: by name and by network. TooMany."""
    if queries.knows_device(device_cookie(), account_id, clock.now()):
        limits.count(_PER_KNOWN_DEVICE, "sign_in_device", str(account_id), device_cookie() or "")
        return
    limits.count(_PER_NAME, "sign_in_name", normal_name(name))
    limits.count(_PER_NETWORK, "sign_in_network", limits.network())


def hold_back_codes(person: Person) -> None:
    """Throttle codes per account; a known device has a count of its own, so that strangers cannot use it up."""
    device = device_cookie() or ""
    known = person.account_id and queries.knows_device(device, person.account_id, clock.now())
    limits.count(_PER_NAME, "second_step", str(person.account_id), device if known else "")
