"""Someone else pays: a client who gives a link on, a coach who asks for an amount, a payer who learns nothing."""

import json
import re
from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking.models import Appointment, Place
from coachapp.notifications.models import OutboxMessage
from coachapp.payments.models import Attempt, Order, PayRequest
from coachapp.practice.paying import Ways
from tests.booking.by_hand import allow, by_transfer, money, payment_id, plain, press
from tests.booking.sold import a_client, coach_at_desk, ref_of, signed_in
from tests.cast import ALEX, CHARLIE, NORA
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

DAY = timedelta(days=1)
TELLING = (ALEX.name, ALEX.email, "Nora", "Quiet Harbour", "Power hour", "power-hour", "mother", "Coaching")


@pytest.fixture
def allowing(world):
    allow(world, Ways(others_days=3))
    return world


def someone(world):
    """Someone whose time waits for somebody else to pay; her browser, the link's path and the words."""
    walker = world.walker()
    walker.go_to_code(walker.morning()[-1], hope="my mother")
    by_transfer(walker, "someone")
    assert walker.page.status_code == 303, walker.text
    walker.get(walker.place_path)
    return walker, *secret(walker)


def secret(browser):
    """The path and the four words that the page shows to give on."""
    html = browser.page.get_data(as_text=True)
    path = re.search(r"https?://[^/<]+(/pay/[\w-]+)", html)[1]
    return path, re.search(r'<p class="own" translate="no">([^<]+)<', html)[1]


def payer(world):
    return world.walker(CHARLIE)


def pays(world, browser, path):
    """Off to Stripe's page, and paid there; the path Stripe leads back to."""
    browser.get(path)
    browser.post(path)
    assert browser.page.status_code == 303, browser.text
    session_id = browser.page.headers["Location"].rpartition("/")[2]
    world.stripe.pay(session_id)
    assert world.stripe.wait_idle()
    return world.stripe.sessions[session_id]["success_url"].removeprefix(world.url)


def states(world):
    return sorted(state for (state,) in world.rows(Appointment.state))


@both_databases
def test_someone_else_pays_and_the_time_stands(allowing):
    world = allowing
    walker, path, words = someone(world)
    assert states(world) == ["held"] and world.walker().place().pays_by == "someone"
    other = payer(world)
    other.fill("/pay", {"code": f" {words.replace('-', '  ').upper()} "})
    assert other.page.status_code == 303 and other.page.headers["Location"] == path
    other.get(path)
    for said in ("€95", "Services", "QH Appointments", "Until"):
        assert said in plain(other), said
    back = pays(world, other, path)
    assert states(world) == ["confirmed"]
    assert money(world) == ([("card", 95_00)], [])
    other.get(back)
    other.follow()
    assert "This is paid" in other.text
    walker.get(walker.place_path)
    assert "Booked and paid" in walker.text
    assert ("booked", "waiting") in world.outbox()


@pytest.mark.safety("T12")
def test_the_payer_and_stripe_learn_nothing_of_her(allowing):
    world = allowing
    _walker, path, _words = someone(world)
    other = payer(world)
    pages = [other.get(path).get_data(as_text=True)]
    back = pays(world, other, path)
    pages.append(other.get(path).get_data(as_text=True))
    place = world.walker().place()
    told = [*TELLING, str(place.id), place.client_id.hex, f"{place.starts_at:%H:%M}"]
    told.append(f"{place.starts_at:%Y-%m-%d}")
    for page in pages:
        for word in told:
            assert word.lower() not in page.lower(), word
    assert re.fullmatch(r"/pay/back/[\w-]{24}", back)
    for got in world.stripe.requests:
        said = json.dumps([got.path, got.params, dict(got.headers)])
        for word in told[:-2]:
            assert word.lower() not in said.lower(), (word, got.path)
    (create,) = world.asked("POST", "/v1/checkout/sessions")
    assert create.params["line_items"]["0"]["price_data"]["product_data"] == {"name": "Services"}
    assert create.params["success_url"] == create.params["cancel_url"] == world.url + back


def test_wrong_words_all_get_one_answer_and_are_counted(allowing):
    world = allowing
    _walker, _path, words = someone(world)
    other = payer(world)
    said = set()
    for typed in ("amber-amber-amber-amber", "x", words + "-more", "🦋", "a" * 300):
        other.fill("/pay", {"code": typed})
        assert other.page.status_code == 422
        said.add(re.sub(r'value="[^"]*"|Ref[^<]*', "", plain(other)))
    assert len(said) == 1
    for _ in range(20):
        other.fill("/pay", {"code": "wrong"})
    assert other.page.status_code == 429


def test_unpaid_at_its_time_the_coach_is_warned_and_the_time_is_free(allowing):
    world = allowing
    _walker, path, _words = someone(world)
    ((until,),) = world.rows(Appointment.hold_until)
    later = until - clock.now()
    world.tick(later - DAY + timedelta(minutes=5))
    assert world.rows(Place.warned_at) != [(None,)]
    world.change(PayRequest, due_at=clock.now())
    world.tick(later + timedelta(minutes=5))
    assert states(world) == ["released"]
    other = payer(world)
    other.get(path)
    assert "This has ended" in other.text
    other.get("/pay")
    assert other.post(path).status_code == 303
    assert world.asked("POST", "/v1/checkout/sessions") == []


def test_let_go_its_link_ends(allowing):
    world = allowing
    walker, path, _words = someone(world)
    here = walker.place_path
    walker.get(here)
    walker.post(f"{here}/let-go")
    assert states(world) == ["released"]
    other = payer(world)
    other.get(path)
    assert "This has ended" in other.text


def test_unknown_links_are_unknown(world):
    other = payer(world)
    for path in ("/pay/nothing", "/pay/back/nothing"):
        assert other.get(path).status_code == 404
    other.get("/pay")
    assert other.post("/pay/nothing").status_code == 404


def asks(world, nora, client_id, **typed):
    """Nora asks a client for money; the page with the link."""
    due = (clock.now() + 3 * DAY).date()
    usual = {"who": ref_of(world, client_id), "amount": "40", "due": str(due)}
    nora.fill("/desk/payments/ask", {**usual, **typed})
    return nora.page.status_code


@both_databases
def test_the_coach_asks_for_any_amount(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    assert asks(world, nora, client_id, in_space="y") == 303
    nora.follow()
    path, _words = secret(nora)
    hers = signed_in(world)
    hers.get("/me/")
    assert "To pay: €40" in hers.text
    pays(world, payer(world), path)
    assert money(world) == ([("card", 40_00)], [])
    hers.get("/me/")
    assert "To pay" not in hers.text
    world.send_mail()
    assert [mail.subject for mail in world.mails_to(NORA.email)] == ["A payment came"]
    nora.get("/desk/payments")
    assert "Paid" in nora.text
    assert world.outbox() == []


def test_what_was_asked_for_is_marked_by_hand_and_undone_and_stands_in_her_history(world):
    client_id, nora, hers = a_client(world), coach_at_desk(world), signed_in(world)
    asks(world, nora, client_id, in_space="y")
    here, record = nora.page.headers["Location"], f"/desk/clients/{ref_of(world, client_id)}"
    ((order_id,),) = world.rows(Order.id)
    press(nora, f"orders/{order_id}/come", how="a shell")
    assert nora.page.status_code == 422
    press(nora, f"orders/{order_id}/come", how="cash")
    nora.follow()
    assert "Marked as paid" in nora.text and money(world) == ([("cash", 40_00)], [])
    assert press(nora, f"orders/{order_id}/come", how="cash").status_code == 409
    nora.get(record)
    assert "Asked for €40" in nora.text and "Paid €40, as you asked" in nora.text
    hers.get("/me/receipts")
    assert "€40 Paid" in hers.text
    nora.get(here)
    assert "It is paid" in nora.text and world.rows(OutboxMessage.kind) == [], "she knows what she marked"
    press(nora, f"{payment_id(world)}/undo")
    assert money(world) == ([], [])
    hers.get("/me/receipts")
    assert "Open" in hers.text
    world.change(PayRequest, due_at=clock.now())
    nora.get(here)
    assert "It was not paid in time" in nora.text, "late money counts too"
    press(nora, f"orders/{order_id}/come", how="transfer")
    assert money(world) == ([("transfer", 40_00)], [])


def test_nothing_else_is_marked_so(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    asks(world, nora, client_id)
    ((order_id,),), ((request_id,),) = world.rows(Order.id), world.rows(PayRequest.id)
    press(nora, f"asked/{request_id}/take-back")
    for path, status in ((order_id, 404), (request_id, 404)):
        assert press(nora, f"orders/{path}/come", how="cash").status_code == status
    nora.get(f"/desk/payments/orders/{order_id}")
    assert "Not paid" in nora.text and "It has come" not in nora.text
    assert nora.get(f"/desk/payments/orders/{request_id}").status_code == 404
    assert money(world) == ([], [])


def test_what_came_twice_goes_back_and_the_coach_hears_of_it(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    asks(world, nora, client_id)
    nora.follow()
    path, _words = secret(nora)
    other = payer(world)
    other.get(path)
    other.post(path)
    session_id = other.page.headers["Location"].rpartition("/")[2]
    world.change(Attempt, state="expired")
    ((order_id,),) = world.rows(Order.id)
    press(nora, f"orders/{order_id}/come", how="cash")
    world.stripe.pay(session_id)
    assert world.stripe.wait_idle()
    assert money(world) == ([("card", 40_00), ("cash", 40_00)], ["succeeded"])
    world.send_mail()
    assert "paid before" in world.mails_to(NORA.email)[-1].text


def test_taken_back_nothing_can_be_paid(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    asks(world, nora, client_id)
    nora.follow()
    path, _words = secret(nora)
    other = payer(world)
    other.get(path)
    other.post(path)
    session_id = other.page.headers["Location"].rpartition("/")[2]
    ((request_id,),) = world.rows(PayRequest.id)
    for _ in range(2):
        press(nora, f"asked/{request_id}/take-back")
        assert nora.page.status_code == 303
    assert world.stripe.sessions[session_id]["status"] == "expired"
    other.get(path)
    assert "not asked for any more" in other.text
    nora.get(f"/desk/payments/asked/{request_id}")
    assert "Taken back" in nora.text


def test_paid_while_it_was_taken_back_it_counts(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    asks(world, nora, client_id)
    nora.follow()
    path, _words = secret(nora)
    world.stripe.lever(webhook_off=True)
    pays(world, payer(world), path)
    ((request_id,),) = world.rows(PayRequest.id)
    press(nora, f"asked/{request_id}/take-back")
    assert money(world) == ([("card", 40_00)], [])
    nora.follow()
    assert "It is paid" in nora.text


def test_a_time_is_kept_for_it_and_booked_once_paid(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    day = (clock.now() + 5 * DAY).date()
    held = {"what": "power-hour", "day": str(day), "at": "21:00"}
    assert asks(world, nora, client_id, **held) == 303
    assert states(world) == ["held"]
    nora.follow()
    path, _words = secret(nora)
    assert asks(world, nora, client_id, **held) == 422, "the time is taken now"
    pays(world, payer(world), path)
    assert states(world) == ["confirmed"]
    assert money(world) == ([("card", 40_00)], [])
    assert world.outbox() == [("booked", "waiting")]


@pytest.mark.parametrize(
    "typed",
    [
        {"who": "nobody"},
        {"amount": "0"},
        {"amount": "0,10"},
        {"amount": "a lot"},
        {"due": "2001-01-01"},
        {"due": "2999-01-01"},
        {"due": "soon"},
        {"what": "nothing"},
        {"what": "power-hour"},
        {"what": "power-hour", "day": "x", "at": "y"},
        {"what": "power-hour", "day": "2001-01-01", "at": "10:00"},
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(world, typed):
    client_id, nora = a_client(world), coach_at_desk(world)
    assert asks(world, nora, client_id, **typed) == 422
    assert "needs another look" in nora.text or "need another look" in nora.text
    assert world.rows(PayRequest.id) == []


def test_a_time_is_kept_for_a_week_at_most(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    far = (clock.now() + 20 * DAY).date()
    assert asks(world, nora, client_id, due=str(far), what="power-hour", day=str(far), at="21:00") == 422
    assert "a week at most" in nora.text
