"""The stand-in with a webhook receiver beside it, and the real stripe library pointed at them."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from coachapp.demo.stripe_standin import StripeStandIn

from .checkout import SECRETS, library


@dataclass
class Receiver:
    """A webhook address that keeps what comes and answers the statuses set in `answers`, then 200."""

    url: str
    got: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def kinds(self, client: stripe.StripeClient) -> list[str]:
        return [client.construct_event(body, header, SECRETS[0]).type for body, header in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((body, self.headers["Stripe-Signature"]))
            self.send_response(kept.answers.pop(0) if kept.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Receiver(f"http://127.0.0.1:{server.server_port}/webhooks/stripe")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def standin(receiver: Receiver) -> Iterator[StripeStandIn]:
    with StripeStandIn(receiver.url, SECRETS, retry_after=(0.05, 0.05)) as running:
        yield running


@pytest.fixture
def client(standin: StripeStandIn) -> Iterator[stripe.StripeClient]:
    yield from library(standin.api_base)
