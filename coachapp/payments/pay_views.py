"""Where somebody pays who may know nothing of whom she pays for: the amount, a neutral line, and until when."""

from contextlib import suppress

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from coachapp import clock
from coachapp.accounts.passphrases import normal_code
from coachapp.config import settings
from coachapp.payments import ask_queries, asking, operations, queries
from coachapp.payments.ask_queries import AskedRow
from coachapp.payments.rules import (
    NEUTRAL_LINE,
    Asking,
    GatewayAway,
    GatewayRefused,
    NoSuchAttempt,
    NoSuchRequest,
    NotOpen,
)
from coachapp.payments.runtime import gateway, payables
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.forms import BaseForm
from coachapp.web.guards import public, token
from coachapp.web.headers import leads_to_payment

bp = Blueprint("pay", __name__, url_prefix="/pay")

CODE_TRIES = "20 per 15 minutes"


class PayCodeForm(BaseForm):
    """The four words somebody was given to pay."""

    code = StringField(_l("Your four words"), [InputRequired(_l("Type the four words you were given"))])


@bp.get("")
@public
def enter() -> ResponseReturnValue:
    return render_template("payments/pay_code.html", form=PayCodeForm())


@bp.post("")
@public
def open_by_code() -> ResponseReturnValue:
    """Four words lead to what is to be paid; all that lead nowhere get the same answer."""
    limits.count(CODE_TRIES, "pay code", limits.network())
    form = PayCodeForm()
    if form.validate():
        try:
            asked = ask_queries.by_code(normal_code(form.code.data))
            return redirect(url_for("pay.show", token=ask_queries.token_of(asked.id)), 303)
        except NoSuchRequest:
            form.code.errors = [_("These four words do not open anything. Look at their order and spelling.")]
    return render_template("payments/pay_code.html", form=form), 422


@bp.get("/<token>")
@token
def show(token: str) -> ResponseReturnValue:
    """How it stands: open, paid, ended or taken back."""
    asked = _asked(token)
    state = asked.state(clock.now(), payables())
    attempt = queries.unfinished_attempt(asked.payable_id) if state is Asking.OPEN else None
    if state is Asking.OPEN:
        leads_to_payment()
    return render_template(
        "payments/pay.html", asked=asked, token=token, state=state, line=NEUTRAL_LINE, is_begun=bool(attempt)
    )


@bp.post("/<token>")
@token
def go(token: str) -> ResponseReturnValue:
    """Off to the payment page; the one that is open for it already is the same."""
    asked, back = _asked(token), f"{settings().base_url}/pay/back/"
    try:
        attempt = asking.go_to_pay(asked, back, payables(), now=clock.now())
        if attempt.expires_at <= clock.now():
            operations.ask_stripe(attempt, gateway(), payables(), now=clock.now())
            attempt = asking.go_to_pay(asked, back, payables(), now=clock.now())
        attempt = operations.open_checkout(attempt, gateway(), payables(), now=clock.now())
    except NotOpen:
        return redirect(url_for("pay.show", token=token), 303)
    except (GatewayAway, GatewayRefused):
        said = _("Nothing was charged. Try again in a few minutes.")
        return page(503, _("The payment page cannot be reached just now"), said)
    return redirect(attempt.checkout_url or url_for("pay.show", token=token), 303)


@bp.get("/back/<token>")
@token
def back(token: str) -> ResponseReturnValue:
    """Back from the payment page, paid or not: our own books say how it stands."""
    try:
        attempt = queries.attempt_by_token(token)
        asked = ask_queries.latest_for(attempt.order_id)
    except (NoSuchAttempt, NoSuchRequest):
        abort(404)
    with suppress(GatewayAway, GatewayRefused):  # our books are brought up to date later
        operations.ask_stripe_now_and_then(attempt, gateway(), payables(), now=clock.now())
    return redirect(url_for("pay.show", token=ask_queries.token_of(asked.id)), 303)


def _asked(token: str) -> AskedRow:
    try:
        return ask_queries.by_token(token)
    except NoSuchRequest:
        abort(404)
