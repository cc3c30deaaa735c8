"""Signing in with a name and a passphrase."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.accounts import operations, queries
from coachapp.accounts.forms import SignInForm
from coachapp.accounts.hashing import hasher
from coachapp.accounts.presence import home_of, present
from coachapp.accounts.rules import NoMatch
from coachapp.accounts.views.room import bp, go, hold_back, onward, say
from coachapp.web.guards import public


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The form, for everyone who is not signed in."""
    if present().is_active:
        return go(home_of(present().kind))
    return _page(SignInForm())


@bp.post("/sign-in")
@public
def sign_in_post() -> ResponseReturnValue:
    """The same words, status and work for a wrong passphrase as for an unknown name."""
    form = SignInForm()
    if not form.validate():
        return _page(form, 422)
    account_id = queries.account_id_for(form.name.data)
    hold_back(form.name.data, account_id)
    try:
        opened = operations.sign_in(
            account_id,
            form.passphrase.data,
            now=clock.now(),
            hasher=hasher(),
            instead_of=present().sign_in_id,
        )
    except NoMatch:
        say(form, _("That name and passphrase do not match."))
        return _page(form, 422)
    return onward(opened)


def _page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/sign_in.html", form=form), status
