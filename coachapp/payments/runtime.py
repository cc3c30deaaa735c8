"""What `app.py` gave this app: the gateway to Stripe, and what can be paid for."""

from flask import current_app

from coachapp.payments.rules import Gateway, Payables


def gateway() -> Gateway:
    """The road to Stripe of the present app."""
    found: Gateway = current_app.extensions["gateway"]
    return found


def payables() -> Payables:
    """What can be paid for in the present app."""
    found: Payables = current_app.extensions["payables"]
    return found
