"""The pretend Stripe within reach: the real gateway and the real library, with the wire between them left out.

For what is done many thousand times over. The wire itself, and what goes wrong on it, is in `test_faults_on_the_wire`.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from coachapp.config import Config
from coachapp.demo.stripe_standin.api import Api
from coachapp.demo.stripe_standin.levers import Levers
from coachapp.demo.stripe_standin.store import Store
from coachapp.demo.stripe_standin.till import Till
from coachapp.demo.stripe_standin.webhooks import Courier, Timetable
from coachapp.payments.gateway import StripeGateway

KEY = "sk_test_near"


class NearStripe:
    """Stripe's books, its till and its API, new for each history; nobody is told of an event but by the test."""

    table = Timetable()

    def __init__(self) -> None:
        self.store, self.levers = Store(), Levers(None)
        courier = Courier(self.store, self.levers, ["whsec_near"], (), self.table)
        self.till = Till(self.store, self.levers, courier, self.table, "QUIET HARB")
        self.till.move_to("http://127.0.0.1")
        self.api = Api(self.store, self.levers, self.till, courier, lambda seconds: None)

    @property
    def events(self) -> list[dict[str, Any]]:
        return list(self.store.books.events.values())

    def objects(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.store.books.objects.values() if each["object"] == kind]

    def in_the_dashboard(self, intent_id: str, amount: int) -> bool:
        """Refund by somebody's hand at Stripe; whether it did."""
        form = urlencode({"payment_intent": intent_id, "amount": amount})
        headers = {"authorization": f"Bearer {KEY}"}
        return self.api.handle("POST", "/v1/refunds", form, headers).status == 200


class NearLine(stripe.HTTPClient):
    """What the library speaks to: hands each request to `stripe` and its answer back."""

    name = "near"

    def __init__(self) -> None:
        super().__init__()
        self.stripe = NearStripe()

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        known = {name.lower(): value for name, value in (headers or {}).items()}
        answer = self.stripe.api.handle(method.upper(), parts.path, post_data or parts.query, known)
        if answer.dropped:
            raise stripe.APIConnectionError("the line was cut", should_retry=False)
        return json.dumps(answer.body), answer.status, CaseInsensitiveDict(answer.headers)

    def close(self) -> None:
        pass


class NearGateway(StripeGateway):
    """The gateway on that line; each call is tried once, because nobody waits here for a second try."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.line = NearLine()
        self._client = stripe.StripeClient(KEY, max_network_retries=0, http_client=self.line)
