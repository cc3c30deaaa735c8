"""The webhook and the return page learn of the same payment at the same moment: one confirmation, one mail."""

import json
import threading
import time
from collections import Counter

import pytest
import requests

from coachapp.demo.stripe_standin import sign
from coachapp.notifications.models import OutboxMessage
from tests.cast import ALEX, NORA
from tests.conftest import WEBHOOK_SECRET

pytestmark = pytest.mark.long


def test_webhook_and_return_page_at_once(world, proof):
    rounds = proof(2, 25)
    for number in range(1, rounds + 1):
        walker = world.walker()
        walker.to_payment(walker.free()[-1])
        world.stripe.lever(webhook_off=True)
        walker.pay()
        event = world.stripe.events[-1]
        assert event["type"] == "checkout.session.completed"
        answers = together(
            [lambda e=event: knock(world, e), lambda w=walker: requests.get(world.url + w.return_path)] * 2
        )
        assert [answer.status_code for answer in answers] == [200] * 4
        assert world.ledger() == (["confirmed"] * number, ["paid"] * number, [95_00] * number, [])
    assert world.events() == ["done"] * rounds
    written = Counter(world.rows(OutboxMessage.kind, OutboxMessage.client_id.is_not(None)))
    assert written == {("booked", True): rounds, ("booked", False): rounds}
    while world.send_mail():
        pass
    assert len(world.mails_to(ALEX.email)) == len(world.mails_to(NORA.email)) == rounds


def knock(world, event):
    body = json.dumps(event).encode()
    signed = {"Stripe-Signature": sign(body, [WEBHOOK_SECRET], int(time.time()))}
    return requests.post(f"{world.url}/webhooks/stripe", body, headers=signed, timeout=30)


def together(works):
    """What each of these gave, begun at the same moment."""
    barrier, answers = threading.Barrier(len(works)), []

    def run(work):
        barrier.wait()
        answers.append(work())

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
