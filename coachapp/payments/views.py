"""Where people come back from paying, and where Stripe knocks."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.payments import events, operations, parts, queries
from coachapp.payments.part_rules import Split
from coachapp.payments.rules import (
    AttemptRow,
    AttemptState,
    BadSignature,
    GatewayAway,
    GatewayRefused,
    NoSuchAttempt,
)
from coachapp.payments.runtime import gateway, payables
from coachapp.web import logs
from coachapp.web.errors import page
from coachapp.web.guards import system, token
from coachapp.web.headers import leads_to_payment

bp = Blueprint("payments", __name__)


@bp.post("/webhooks/stripe")
@system
def webhook() -> ResponseReturnValue:
    """Store the knock, then act on it; only one that could not be stored asks Stripe to come again."""
    try:
        knock = gateway().read_event(request.get_data(), request.headers.get("Stripe-Signature", ""))
    except BadSignature:
        return Response(status=400)
    if events.receive(knock, now=clock.now()):
        try:
            events.work(knock.id, gateway(), payables(), now=clock.now())
        except Exception as error:
            logs.logger().error("stripe event waits", **logs.describe(error))
    return Response(status=200)


@bp.get("/paid/<token>")
@token
def paid(token: str) -> ResponseReturnValue:
    """How this payment stands, by our own books; Stripe is asked at most every ten seconds."""
    attempt = _attempt(token)
    away = False
    try:
        operations.ask_stripe_now_and_then(attempt, gateway(), payables(), now=clock.now())
    except GatewayAway:
        away = True
    except GatewayRefused:
        pass
    attempt = _attempt(token)
    if attempt.state in (AttemptState.CREATED, AttemptState.OPEN):
        leads_to_payment()
    refunded = (
        attempt.state is AttemptState.PAID
        and queries.orders_of([attempt.payable_id])[attempt.payable_id].refunded
    )
    return render_template(
        "payments/paid.html",
        attempt=attempt,
        token=token,
        away=away,
        goes_back=bool(refunded and refunded.minor),
    )


@bp.post("/paid/<token>/go")
@token
def go(token: str) -> ResponseReturnValue:
    """Back to the payment page that is still open for this time."""
    attempt = _attempt(token)
    if attempt.state not in (AttemptState.CREATED, AttemptState.OPEN):
        return redirect(url_for("payments.paid", token=token), 303)
    try:
        attempt = operations.open_checkout(attempt, gateway(), payables(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    return redirect(attempt.checkout_url or url_for("payments.paid", token=token), 303)


@bp.post("/paid/<token>/let-go")
@token
def let_go(token: str) -> ResponseReturnValue:
    """Let the time go: first it can no longer be paid, then it is free for others."""
    try:
        operations.let_go(_attempt(token), gateway(), payables(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    return redirect(url_for("payments.paid", token=token), 303)


def to_checkout(begin: Callable[[], AttemptRow]) -> ResponseReturnValue:
    """Off to the payment page of the attempt that `begin` commits, or finds open."""
    attempt = begin()
    try:
        if attempt.expires_at <= clock.now():  # the link of an earlier try has ended: settle that, begin anew
            operations.ask_stripe(attempt, gateway(), payables(), now=clock.now())
            attempt = begin()
        attempt = operations.open_checkout(attempt, gateway(), payables(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    return redirect(attempt.checkout_url or attempt.return_url, 303)


def to_checkout_in(
    wanted: Split | None, payable_id: UUID, begin: Callable[[], AttemptRow]
) -> ResponseReturnValue:
    """The same for a price that is paid at once (None) or in these parts. A page that is open for it in another way is
    ended first; if it was paid meanwhile, `begin` says so."""
    open_one = queries.unfinished_attempt(payable_id)
    try:
        if open_one and not parts.is_for(open_one.id, wanted):
            operations.end_link(open_one, gateway(), payables(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    return to_checkout(begin)


def payment_page_away() -> ResponseReturnValue:
    """Stripe cannot be reached: nothing is lost, nothing was charged."""
    return page(
        503,
        _("The payment page cannot be reached just now"),
        _("Nothing was charged. Your time and your words are kept; try again in a few minutes."),
    )


def _attempt(token: str) -> AttemptRow:
    try:
        return queries.attempt_by_token(token)
    except NoSuchAttempt:
        abort(404)
