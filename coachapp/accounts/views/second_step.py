"""The coach's second step: giving a code, and setting the authenticator app up."""

import segno
from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.accounts import factors, operations, queries
from coachapp.accounts.forms import CodeForm, SetUpForm
from coachapp.accounts.hashing import hasher
from coachapp.accounts.passphrases import four_words
from coachapp.accounts.presence import DESK, present, with_sign_in
from coachapp.accounts.rules import LinkEnded, NoMatch, TriesOver
from coachapp.accounts.views.room import bp, go, hold_back_codes, onward, say
from coachapp.practice.queries import practice
from coachapp.web import errors
from coachapp.web.guards import public, token


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """The code from the app, or a recovery code; only between passphrase and desk."""
    person, form = present(), CodeForm()
    if not (person.half and person.has_factor):
        return _elsewhere()
    if not form.was_posted or not form.validate():
        return render_template("accounts/code.html", form=form), 422 if form.was_posted else 200
    hold_back_codes(person)
    try:
        return onward(operations.give_code(person, form.code.data, now=clock.now()))
    except TriesOver:
        return go(url_for("accounts.sign_in"))
    except NoMatch:
        say(form, _("That code does not match, or it was used already. Wait for the next one and try again."))
        return render_template("accounts/code.html", form=form), 422


@bp.route("/sign-in/factor", methods=["GET", "POST"])
@public
def factor() -> ResponseReturnValue:
    """The only page a coach without a second factor can reach: scan, then confirm with the first code."""
    person, form = present(), CodeForm()
    if not person.half or person.has_factor:
        return _elsewhere()
    if not form.was_posted or not form.validate():
        return _factor_page(form, 422 if form.was_posted else 200)
    hold_back_codes(person)
    try:
        opened, codes = operations.confirm_factor(person, form.code.data, now=clock.now())
    except TriesOver:
        return go(url_for("accounts.sign_in"))
    except NoMatch:
        say(form, _("That code does not match. Wait for the next one in the app and try again."))
        return _factor_page(form, 422)
    page = render_template("accounts/recovery_codes.html", codes=codes, home=DESK)
    return with_sign_in(make_response(page), opened, know=True)


@bp.route("/sign-in/set-up/<token>", methods=["GET", "POST"])
@token
def set_up(token: str) -> ResponseReturnValue:
    """Where a coach who was just added chooses her passphrase."""
    form = SetUpForm()
    try:
        queries.check_set_up_token(token, clock.now())
        if form.was_posted and form.validate():
            return onward(operations.set_up(token, form.passphrase.data, now=clock.now(), hasher=hasher()))
    except LinkEnded:
        return errors.page(404, _("This link has ended"), _("Ask for a new one: it works once, for a day."))
    page = render_template("accounts/set_up.html", form=form, words=four_words())
    return page, 422 if form.errors else 200


def _factor_page(form: CodeForm, status: int) -> ResponseReturnValue:
    account_id = present().account_id
    secret = queries.factor_secret(account_id) if account_id else None
    address = factors.address(secret or "", practice().neutral_name)
    picture = segno.make(address).svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    return render_template("accounts/factor.html", form=form, secret=secret, picture=picture), status


def _elsewhere() -> ResponseReturnValue:
    """Signed in already: home. Not half way: to the beginning."""
    return go(DESK if present().is_active else url_for("accounts.sign_in"))
