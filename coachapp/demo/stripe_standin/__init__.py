"""A pretend Stripe on this machine: the endpoints the practice uses, a payment page, signed webhooks, levers for tests.

    with StripeStandIn(webhook_url=…, secrets=["whsec_…"]) as stripe_standin:
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": stripe_standin.api_base})

Over HTTP (loopback only), POST /__levers takes a JSON object of lever names (see `levers`) or of these orders:
`reset`, `resend` (event id), `fail_refund` (refund id), `dispute` (charge id), `close_dispute` (dispute id). GET
/__state answers sessions, objects, events, deliveries and every request received.
"""

from coachapp.demo.stripe_standin.api import Received
from coachapp.demo.stripe_standin.keys import LiveKeyRefused, refuse_live_key
from coachapp.demo.stripe_standin.objects import API_VERSION
from coachapp.demo.stripe_standin.standin import StripeStandIn
from coachapp.demo.stripe_standin.webhooks import sign

__all__ = ["API_VERSION", "LiveKeyRefused", "Received", "StripeStandIn", "refuse_live_key", "sign"]
