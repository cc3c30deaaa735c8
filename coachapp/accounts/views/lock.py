"""The coach's own lock: her PIN, a new authenticator app, and signing out everywhere."""

from uuid import UUID

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.accounts import operations, queries
from coachapp.accounts.forms import PinForm, ProofForm
from coachapp.accounts.hashing import hasher
from coachapp.accounts.presence import present, without_sign_in
from coachapp.accounts.rules import STAFF, NoMatch
from coachapp.accounts.views.room import bp, go, onward, say
from coachapp.web import limits
from coachapp.web.forms import BaseForm
from coachapp.web.guards import staff

TRIES = "10 per 15 minutes"


@bp.get("/desk/sign-in")
@staff
def lock() -> ResponseReturnValue:
    """What keeps the desk closed to others."""
    return _page(PinForm(prefix="lock"), ProofForm(prefix="factor"))


@bp.post("/desk/sign-in/pin")
@staff
def lock_pin() -> ResponseReturnValue:
    """Set or end the PIN that opens the desk after a break."""
    form = PinForm(prefix="lock")
    if not form.validate():
        return _page(form, ProofForm(prefix="factor", formdata=None), 422)
    _count_try()
    try:
        operations.set_pin(
            _own(), form.pin.data or None, form.passphrase.data, now=clock.now(), hasher=hasher()
        )
    except NoMatch:
        return _no_match(form, form, ProofForm(prefix="factor", formdata=None))
    flash(_("Your PIN is set.") if form.pin.data else _("You have no PIN now."))
    return go(url_for("accounts.lock"))


@bp.post("/desk/sign-in/factor")
@staff
def lock_factor() -> ResponseReturnValue:
    """Begin with a new authenticator app: the old one ends, the set-up page follows."""
    form = ProofForm(prefix="factor")
    if not form.validate():
        return _page(PinForm(prefix="lock", formdata=None), form, 422)
    _count_try()
    try:
        return onward(operations.renew_factor(_own(), form.passphrase.data, now=clock.now(), hasher=hasher()))
    except NoMatch:
        return _no_match(form, PinForm(prefix="lock", formdata=None), form)


@bp.post("/desk/sign-in/everywhere")
@staff
def lock_everywhere() -> ResponseReturnValue:
    """End every sign-in of this account, this one too."""
    operations.sign_out_everywhere(_own(), clock.now(), role=STAFF)
    return without_sign_in(go(url_for("accounts.sign_in")))


def _count_try() -> None:
    """Count one passphrase before it is checked: whoever sits down at an open desk may not guess on. TooMany."""
    limits.count(TRIES, "staff_proof", str(_own()))


def _no_match(form: BaseForm, pin: PinForm, factor: ProofForm) -> ResponseReturnValue:
    say(form, _("That passphrase does not match."))
    return _page(pin, factor, 422)


def _page(pin: PinForm, factor: ProofForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "accounts/lock.html",
        pin=pin,
        factor=factor,
        errors=pin.errors or factor.errors,
        account=queries.account(_own()),
    )
    return page, status


def _own() -> UUID:
    account_id = present().account_id
    if account_id is None:
        raise LookupError("nobody is signed in")
    return account_id
