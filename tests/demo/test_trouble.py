"""Failures asked for, as the real library meets them, and a restart."""

import socket
import subprocess
import sys
import time

import pytest
import stripe

from coachapp.demo.stripe_standin import StripeStandIn

from .checkout import SECRETS, library, params


def keys_used(standin):
    return [got.headers["idempotency-key"] for got in standin.requests]


def test_a_500_before_anything_was_done_is_tried_again_with_the_same_key(client, standin):
    standin.lever(fail_next={"status": 500, "times": 1})
    session = client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    assert session.status == "open"
    assert keys_used(standin) == ["k", "k"]
    assert [got.status for got in standin.requests] == [500, 200]


def test_a_500_after_the_work_was_done_is_kept(client, standin):
    standin.lever(fail_next={"status": 500, "times": 1, "stage": "after"})
    with pytest.raises(stripe.APIError):
        client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    assert [(got.status, got.replayed) for got in standin.requests] == [
        (500, False),
        (500, True),
        (500, True),
    ]
    assert len(standin.sessions) == 1


def test_a_kept_500_can_leave_nothing_behind(client, standin):
    standin.lever(fail_next={"status": 500, "stage": "kept", "should_retry": False})
    with pytest.raises(stripe.APIError):
        client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    assert len(standin.requests) == 1
    assert not standin.sessions


def test_a_429_is_not_tried_again(client, standin):
    standin.lever(fail_next={"status": 429})
    with pytest.raises(stripe.RateLimitError):
        client.v1.checkout.sessions.create(params())
    assert len(standin.requests) == 1


def test_trouble_strikes_only_the_path_named(client, standin):
    standin.lever(fail_next={"status": 500, "path": "/v1/refunds"})
    client.v1.checkout.sessions.create(params())
    assert [got.status for got in standin.requests] == [200]


@pytest.mark.parametrize("stage", ["before", "after"])
def test_a_dropped_line_is_tried_again_and_makes_one_session(client, standin, stage):
    standin.lever(drop_connection={"times": 1, "stage": stage})
    session = client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    assert list(standin.sessions) == [session.id]
    assert [(got.status, got.replayed) for got in standin.requests] == [
        (None, False),
        (200, stage == "after"),
    ]


def test_a_stalled_answer_runs_into_the_time_limit(standin):
    standin.lever(stall={"seconds": 3})
    line = stripe.RequestsClient(timeout=(1, 0.2))
    impatient = stripe.StripeClient("sk_test_1", base_addresses={"api": standin.api_base}, http_client=line)
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    line.close()


def test_the_same_key_at_the_same_time_is_a_conflict_the_library_waits_out(client, standin, receiver):
    standin.lever(webhook_first=0.9, webhook_delay=5)
    wanted = params()
    line = stripe.RequestsClient(timeout=(1, 0.2))
    impatient = stripe.StripeClient("sk_test_1", base_addresses={"api": standin.api_base}, http_client=line)
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"})
    line.close()
    session = client.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"})
    assert list(standin.sessions) == [session.id]
    statuses = [got.status for got in standin.requests]
    assert 409 in statuses
    assert statuses[-1] == 200


def test_a_restart_keeps_sessions_keys_and_webhooks_on_their_way(receiver, tmp_path):
    file = tmp_path / "stripe.json"
    wanted = params()
    with StripeStandIn(receiver.url, SECRETS, state_file=file) as before:
        before.lever(webhook_off=True)
        for client in library(before.api_base):
            first = client.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"})
            left = client.v1.checkout.sessions.create(params())
            before.pay(first.id)
    assert file.stat().st_mode & 0o777 == 0o600
    with StripeStandIn(receiver.url, SECRETS, state_file=file) as after:
        assert after.wait_idle()
        for client in library(after.api_base):
            assert receiver.kinds(client) == ["checkout.session.completed"]
            assert client.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"}).id == first.id
            assert client.v1.checkout.sessions.retrieve(first.id).payment_status == "paid"
            assert client.v1.checkout.sessions.retrieve(left.id).url.startswith(after.pay_base)
        assert after.pay(left.id)


def command(*arguments):
    return [sys.executable, "-m", "coachapp.demo.stripe_standin", *arguments]


def test_the_command_prints_where_it_listens(receiver):
    with subprocess.Popen(
        command("--webhook-url", receiver.url, "--secret", SECRETS[0]), stdout=subprocess.PIPE, text=True
    ) as running:
        base = running.stdout.readline().split()[-1]
        for client in library(base):
            assert client.v1.checkout.sessions.create(params()).status == "open"
        running.terminate()


def test_the_command_refuses_a_live_key():
    ended = subprocess.run(command("--beside-key", "sk_live_123"), capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert "live Stripe key" in ended.stderr
    assert "sk_live_123" not in ended.stderr


def test_it_listens_on_one_address_only(standin):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", standin.port), timeout=2)


def test_stopping_is_at_once_even_with_a_stalled_call(receiver):
    with StripeStandIn(receiver.url, SECRETS) as running:
        running.lever(stall={"seconds": 30})
        with socket.create_connection(("127.0.0.1", running.port)) as line:
            line.sendall(
                b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test_1\r\n\r\n"
            )
            time.sleep(0.1)
            began = time.monotonic()
            running.stop()
            assert time.monotonic() - began < 20, "the stalled call lasts 30 s; stopping does not wait for it"
