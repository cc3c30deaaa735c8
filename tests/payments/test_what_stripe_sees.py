"""What leaves for Stripe: a list of parameters and values that may, and nothing else.

`ALLOWED` is that list, key by key, for every call we make. Everything that can be paid for, and all that can happen to
its money, is walked once, and each request that came is held against it.
"""

import json
import re
import socket
from datetime import timedelta

import pytest
import requests

from coachapp.booking.models import Appointment, Place
from coachapp.clients.models import Client
from coachapp.payments.models import Attempt, Refund
from coachapp.practice.paying import Ways
from tests.booking.by_hand import allow, by_transfer
from tests.booking.lower import a_code, type_code
from tests.booking.sold import coach_at_desk, sell
from tests.booking.test_asking import asks, pays, secret
from tests.booking.test_packages import to_payment_with_time, to_payment_without_time
from tests.cast import Person
from tests.questions import asked
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

CANARY = Person("Zephyrine Canary", "zephyrine", "-", "Asia/Kathmandu", "zephyrine.canary@example.com")
HOPE = "the canary sings of my mother"


@pytest.fixture
def everything(world):
    """Someone with telling words books, pays and cancels; every request that Stripe got."""
    walker = world.walker(CANARY)
    walker.to_payment(hope=HOPE)
    world.stripe.lever(webhook_off=True)
    walker.pay()
    walker.come_back()
    walker.fill(f"{walker.place_path}/cancel", {})
    assert world.ledger()[3] == ["succeeded"]
    return world, walker


@pytest.mark.safety("T12")
def test_the_session_to_the_letter(everything):
    world, _ = everything
    (create,) = world.asked("POST", "/v1/checkout/sessions")
    ((attempt_id, order_id, expires_at),) = world.rows(Attempt.id, Attempt.order_id, Attempt.expires_at)
    back = create.params["success_url"]
    assert re.fullmatch(rf"{re.escape(world.url)}/paid/[\w-]{{24}}", back)
    assert create.params == {
        "mode": "payment",
        "submit_type": "book",
        "locale": "en-GB",
        "client_reference_id": attempt_id.hex,
        "metadata": {"attempt": attempt_id.hex},
        "expires_at": str(int(expires_at.timestamp())),
        "line_items": {
            "0": {
                "quantity": "1",
                "price_data": {
                    "currency": "eur",
                    "unit_amount": "9500",
                    "tax_behavior": "inclusive",
                    "product_data": {"name": "Services"},
                },
            }
        },
        "payment_intent_data": {
            "metadata": {"attempt": attempt_id.hex},
            "statement_descriptor_suffix": "SERVICES",
        },
        "allowed_payment_method_types": {"0": "card"},
        "wallet_options": {"link": {"display": "never"}},
        "adaptive_pricing": {"enabled": "false"},
        "customer_creation": "if_required",
        "success_url": back,
        "cancel_url": back,
    }
    assert create.headers["idempotency-key"] == f"checkout:{order_id.hex}:1"


@pytest.mark.safety("T12")
def test_the_refund_to_the_letter(everything):
    world, _ = everything
    (refund,) = world.asked("POST", "/v1/refunds")
    ((refund_id,),) = world.rows(Refund.id)
    assert set(refund.params) == {"payment_intent", "amount", "metadata"}
    assert refund.params["amount"] == "9500"
    assert refund.params["metadata"] == {"refund": refund_id.hex}
    assert refund.headers["idempotency-key"] == f"refund:{refund_id.hex}"


@pytest.mark.safety("T12")
def test_nothing_personal_in_any_request(everything):
    world, walker = everything
    place = walker.place()
    told = [
        CANARY.name,
        "Zephyrine",
        "canary",
        HOPE,
        "mother",
        CANARY.zone,
        "Kathmandu",
        "Power hour",
        "power-hour",
    ]
    told += [
        "Nora",
        "Quiet Harbour",
        place.id.hex,
        str(place.id),
        place.client_id.hex,
        f"{place.starts_at:%Y-%m-%d}",
    ]
    for got in world.stripe.requests:
        said = json.dumps([got.path, got.params, dict(got.headers)])
        for word in told:
            assert word.lower() not in said.lower(), (word, got.path)


@pytest.mark.safety("T12")
def test_no_telemetry(everything):
    world, _ = everything
    assert len(world.stripe.requests) >= 3
    for got in world.stripe.requests:
        assert "x-stripe-client-telemetry" not in got.headers
        assert "cookie" not in got.headers and "referer" not in got.headers


# ---- every way to Stripe, key by key ----

ID, REFERENCE, NUMBER = r"[a-z]+_\w+", r"[0-9a-f]{32}", r"[1-9][0-9]*"
BACK = r"http://127\.0\.0\.1:\d+/(paid|pay/back)/[\w-]{24}"
PRICE = "line_items.0.price_data."
SESSION = {
    "mode": "payment",
    "submit_type": "book",
    "locale": "en-GB",
    "client_reference_id": REFERENCE,
    "metadata.attempt": REFERENCE,
    "expires_at": NUMBER,
    "line_items.0.quantity": "1",
    f"{PRICE}currency": "eur",
    f"{PRICE}unit_amount": NUMBER,
    f"{PRICE}tax_behavior": "inclusive",
    f"{PRICE}product_data.name": "Services",
    "payment_intent_data.metadata.attempt": REFERENCE,
    "payment_intent_data.statement_descriptor_suffix": "SERVICES",
    "allowed_payment_method_types.0": "card",
    "wallet_options.link.display": "never",
    "adaptive_pricing.enabled": "false",
    "customer_creation": "if_required",
    "success_url": BACK,
    "cancel_url": BACK,
}
FEE = {"expand.0": r"payment_intent\.latest_charge\.balance_transaction"}
NEWS = {"created.gte": NUMBER, "limit": "100"} | {f"types.{each}": r"[a-z_.]+" for each in range(9)}
NEXT_PAGE = NEWS | {"starting_after": ID}
ALLOWED = {
    ("POST", r"/v1/checkout/sessions"): [SESSION],
    ("GET", rf"/v1/checkout/sessions/{ID}"): [{}, FEE],
    ("POST", rf"/v1/checkout/sessions/{ID}/expire"): [{}],
    ("POST", r"/v1/refunds"): [{"payment_intent": ID, "amount": NUMBER, "metadata.refund": REFERENCE}],
    ("GET", r"/v1/refunds"): [{"payment_intent": ID, "limit": "100"}],
    ("GET", rf"/v1/refunds/{ID}"): [{}],
    ("GET", rf"/v1/disputes/{ID}"): [{}],
    ("GET", r"/v1/events"): [NEWS],
}
HEADERS = {
    "accept": r"\*/\*",
    "accept-encoding": r"[a-z, ]+",
    "authorization": r"….{4}",
    "connection": "keep-alive",
    "content-length": r"\d+",
    "content-type": r"application/x-www-form-urlencoded",
    "host": r"127\.0\.0\.1:\d+",
    # The last is one that the library throws dice for, where nothing may go wrong twice.
    "idempotency-key": rf"(checkout:{REFERENCE}:{NUMBER}|refund:{REFERENCE}|[0-9a-f-]{{36}})",
    "stripe-version": r"[\w.-]+",
    "user-agent": r"Stripe/v1 PythonBindings/[\d.]+",
    "x-stripe-client-user-agent": r"\{.*\}",
}


def flat(params, before=""):
    """Each value under its whole name, `a.b.0`."""
    if not isinstance(params, dict):
        return {before: params}
    found = {}
    for key, value in params.items():
        found |= flat(value, f"{before}.{key}" if before else key)
    return found


def is_allowed(got, allowed=ALLOWED):
    """Which line of the list this request is; fails where it has a key too many, or a value of another form."""
    fits = [line for line in allowed if line[0] == got.method and re.fullmatch(line[1], got.path)]
    assert len(fits) == 1, f"a call that is not on the list: {got.method} {got.path}"
    sent = flat(got.params)
    forms = [form for form in allowed[fits[0]] if form.keys() == sent.keys()]
    assert forms, (got.path, sorted(sent))
    for key, value in sent.items():
        assert re.fullmatch(forms[0][key], value), (got.path, key, value)
    for name, value in got.headers.items():
        assert name in HEADERS and re.fullmatch(HEADERS[name], value), (name, value)
    return fits[0], tuple(sorted(forms[0]))


@pytest.mark.safety("T12")
def test_every_way_to_stripe_key_by_key(world):
    """Booked, with a code, with a package and without a time, asked for, by somebody else, a question,
    and what comes after."""
    sell(world)
    asked.sell(world, title=HOPE, slug="canary-question")
    allow(world, Ways(others_days=3))
    roads = []
    for number, road in enumerate((booked, with_a_code, a_package_with_a_time, a_package, a_question)):
        walker = world.walker(CANARY)
        road(world, walker, number)
        session_id = walker.page.headers["Location"].rpartition("/")[2]
        assert session_id in world.stripe.sessions, road.__name__
        roads.append(session_id)
        walker.session_id = session_id
        walker.pay()
    someone_else_pays(world)
    asked_for(world)
    assert len(world.stripe.sessions) == 7
    what_comes_after(world)
    used = {is_allowed(got) for got in ours(world)}
    assert used == {(call, tuple(sorted(form))) for call, forms in ALLOWED.items() for form in forms}
    nothing_telling(world)
    created = [got for got in ours(world) if (got.method, got.path) == ("POST", "/v1/checkout/sessions")]
    assert len({got.params["client_reference_id"] for got in created}) == len(created) == 9


def booked(world, walker, number):
    walker.to_payment(walker.free()[-1], hope=HOPE)


def with_a_code(world, walker, number):
    a_code(world, "canary-sings", percent=20)
    walker.go_to_code(walker.free()[-9], hope=HOPE)
    type_code(walker, "canary-sings")
    walker.press_pay()


def a_package_with_a_time(world, walker, number):
    to_payment_with_time(walker, hope=HOPE)


def a_package(world, walker, number):
    to_payment_without_time(walker)


def a_question(world, walker, number):
    usual = {"name": walker.person.name, "email": walker.person.email, "inbox": "only_me", "agree": "y"}
    walker.fill("/ask/canary-question/details", usual)
    walker.follow()
    walker.fill("/ask/words", {})


def someone_else_pays(world):
    walker = world.walker(CANARY)
    walker.go_to_code(walker.free()[-20], hope=HOPE)
    by_transfer(walker, "someone")
    walker.get(walker.place_path)
    pays(world, world.walker(), secret(walker)[0])


def asked_for(world):
    nora = coach_at_desk(world)
    client_id = world.walker().place().client_id
    assert asks(world, nora, client_id, amount="40") == 303, nora.text
    nora.follow()
    pays(world, world.walker(), secret(nora)[0])


def what_comes_after(world):
    """Refunds by us and by the dashboard, one that is looked for after a day, an ended page, a dispute, fees."""
    ended = world.walker(CANARY)
    ended.to_payment(ended.free()[-30])
    ended.get(ended.return_path)
    ended.post(f"{ended.return_path}/let-go")
    lost = world.walker(CANARY)
    lost.to_payment(lost.free()[-40], hope=HOPE)
    lost.pay()
    path = lost.place_path
    world.stripe.lever(
        webhook_off=True, fail_next={"path": "/v1/refunds", "stage": "after", "should_retry": False}
    )
    lost.fill(f"{path}/cancel", {})
    assert world.ledger()[3] == ["asked"]
    no_news = {"path": "/v1/events", "should_retry": False}
    world.stripe.lever(webhook_off=False, clock_offset=26 * 3600, fail_next=no_news)
    assert world.tick(timedelta(hours=26)) == ("ask for news that never came",)
    assert world.ledger()[3] == ["succeeded"]
    in_the_dashboard(world)


def in_the_dashboard(world):
    """Somebody at Stripe pays a part of one payment back, and a bank asks for another."""
    charges = [each for each in world.stripe.state()["objects"].values() if each["object"] == "charge"]
    form = {"payment_intent": charges[0]["payment_intent"], "amount": 10_00}
    key = {"Authorization": "Bearer sk_test_dashboard", "User-Agent": "dashboard"}
    requests.post(f"{world.stripe.api_base}/v1/refunds", form, headers=key, timeout=5)
    world.stripe.dispute(charges[1]["id"])
    assert world.stripe.wait_idle()


def ours(world):
    return [got for got in world.stripe.requests if got.headers["user-agent"] != "dashboard"]


def nothing_telling(world):
    """No word of hers or the coach's, no name of what was sold, no id of a person or a time."""
    words = [
        "canary",
        "zephyrine",
        "mother",
        "kathmandu",
        "hour",
        "steady",
        "question",
        "nora",
        "harbour",
        "sings",
    ]
    ids = [each for (each,) in [*world.rows(Place.id), *world.rows(Client.id), *world.rows(Appointment.id)]]
    telling = [form for each in ids for form in (each.hex, str(each))]
    telling += [f"{starts:%Y-%m-%d}" for (starts,) in world.rows(Appointment.starts_at)]
    for got in ours(world):
        said = json.dumps([got.path, got.params, dict(got.headers)]).lower()
        assert not [each for each in telling if each in said], got.path
        # What is thrown by dice may spell a word now and then.
        spelt = re.sub(r"[\w-]{20,}", "", said)
        assert not [word for word in words if word in spelt], got.path
        about = json.loads(got.headers["x-stripe-client-user-agent"])
        assert about.keys() <= {
            "bindings_version",
            "lang",
            "publisher",
            "httplib",
            "lang_version",
            "platform",
        }, about
        # As a word: a short name may by chance stand within a random token.
        assert not re.search(rf"(?<![\w-]){re.escape(socket.gethostname().lower())}(?![\w-])", said)
