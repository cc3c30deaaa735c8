"""A package without a first time, paid without a card: awaited, granted once the coach says so,
and no longer at its limit."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking.introductory import had_intro
from coachapp.booking.models import Purchase
from coachapp.clients.models import Client
from coachapp.payments.models import Order, PayRequest
from coachapp.practice.models import Offering
from coachapp.practice.paying import Ways
from coachapp.practice.queries import offering
from tests.booking.by_hand import IBAN, allow, money, payment_id, plain, press
from tests.booking.lower import introduce
from tests.booking.sold import PRICE, SLUG, a_client, coach_at_desk, sell, signed_in, sums
from tests.booking.test_asking import payer, pays, secret
from tests.cast import NORA
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

WAYS = Ways(5, "N. Ellis", IBAN, cash=True, others_days=3)
DAY = timedelta(days=1)


@pytest.fixture
def selling(world):
    sell(world)
    allow(world, WAYS)
    return world


def chooses(walker, way="transfer", inbox="only_me"):
    """On the page before paying, one of the other ways."""
    return again(bought_without_a_time(walker, inbox), way)


def bought_without_a_time(walker, inbox="only_me"):
    """As far as the page before paying."""
    usual = {"name": walker.person.name, "email": walker.person.email, "inbox": inbox, "agree": "y"}
    walker.fill(f"/book/{SLUG}/buy", usual)
    walker.follow()
    return walker


def again(walker, way):
    walker.get("/book/words")
    walker.post(f"/book/code/{way}")
    return walker


def order_id(world):
    ((found,),) = world.rows(Order.id)
    return found


@both_databases
def test_by_transfer_it_is_hers_once_the_coach_has_the_money(selling):
    world, nora = selling, coach_at_desk(selling)
    walker = chooses(world.walker())
    for _ in range(2):
        again(walker, "transfer")
    walker.follow()
    words = plain(walker)
    assert "Your sessions wait for your transfer" in words and IBAN in words and "€420" in words
    assert sums(world) == [] and world.outbox() == []
    world.send_mail()
    assert [mail.subject for mail in world.mails_to(NORA.email)] == ["Money is awaited"], "once"
    world.tick(20 * DAY)
    assert len(world.rows(Client.id)) == 1, "who pays a little late is not forgotten"
    nora.get("/desk/payments")
    assert "Steady ground" in nora.text and "Awaited" in nora.text
    press(nora, f"orders/{order_id(world)}/come", how="transfer")
    assert nora.page.status_code == 303, nora.text
    assert money(world) == ([("transfer", PRICE)], []) and sums(world) == [(6, 0, 0, 0)]
    world.send_mail()
    (told,) = world.mails_to(walker.person.email)
    assert told.subject == "Your update" and "Here you can choose a time." in told.text
    assert f"{world.url}/b\n" in told.text and "package" not in told.text
    walker.get("/book/words")
    walker.follow()
    assert "Your sessions are ready" in walker.text
    walker.get("/b")
    assert walker.post("/book/code/transfer").headers["Location"] == "/book/words", "paid is paid"
    press(nora, f"{payment_id(world)}/undo")
    nora.get("/desk/payments")
    assert "Bought" in nora.text, "undone, its money is awaited again"
    press(nora, f"orders/{order_id(world)}/come", how="cash")
    assert money(world) == ([("cash", PRICE)], []) and sums(world) == [(6, 0, 0, 0)]
    world.send_mail()
    assert len(world.mails_to(walker.person.email)) == 1, "once, also where the coach corrects herself"


def test_an_inbox_someone_may_see_is_told_nothing_of_it_and_the_desk_says_so_before(selling):
    world, nora = selling, coach_at_desk(selling)
    for inbox, leaves, hears in (
        ("shared", "No mail leaves.", "Nothing is sent."),
        ("only_me", "A mail leaves into the inbox only they", "one mail says that you can choose a time"),
    ):
        walker = chooses(world.walker(), "transfer", inbox=inbox)
        assert hears in (walker.get("/book/words"), walker.text)[1]
        found = world.rows(Order.id, Order.created_at)
        newest = max(found, key=lambda each: each[1])[0]
        nora.get(f"/desk/payments/orders/{newest}")
        assert leaves in nora.text
        press(nora, f"orders/{newest}/come", how="transfer")
    assert world.outbox() == [("granted", "waiting")]


def test_where_a_card_was_meant_the_desk_promises_no_mail_and_none_leaves(selling):
    world, nora = selling, coach_at_desk(selling)
    walker = bought_without_a_time(world.walker())
    walker.fill("/book/words", {})
    assert walker.page.status_code == 303, walker.text
    nora.get(f"/desk/payments/orders/{order_id(world)}")
    assert "No mail leaves." in nora.text and "A mail leaves" not in nora.text
    press(nora, f"orders/{order_id(world)}/come", how="cash")
    assert len(money(world)[0]) == 1 and world.outbox() == []


def test_someone_else_pays_for_it(selling):
    world = selling
    walker = chooses(world.walker(), "someone")
    walker.follow()
    path, _words = secret(walker)
    other = payer(world)
    other.get(path)
    assert "€420" in other.text and "Steady" not in other.text and walker.person.name not in other.text
    pays(world, other, path)
    assert sums(world) == [(6, 0, 0, 0)]
    other.get(path)
    assert "This is paid" in other.text


def test_by_card_instead_or_not_at_all(selling):
    world = selling
    walker = chooses(world.walker(), "someone")
    walker.follow()
    path, _words = secret(walker)
    walker.post("/book/words/leave")
    walker.follow()
    assert "One last look" in walker.text
    other = payer(world)
    other.get(path)
    assert "This has ended" in other.text
    again(walker, "transfer").follow()
    walker.post("/book/words")
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()
    assert money(world) == ([("card", PRICE)], []) and sums(world) == [(6, 0, 0, 0)]
    nora = coach_at_desk(world)
    nora.get("/desk/payments")
    assert "Nothing is awaited" in nora.text


def test_after_its_limit_she_may_choose_again_and_late_money_counts(selling):
    world = selling
    walker = chooses(world.walker())
    world.change(Purchase, pays_until=clock.now())
    walker.get("/book/words")
    assert "One last look" in walker.text
    nora = coach_at_desk(world)
    nora.get("/desk/payments")
    assert "Ended" in nora.text
    press(nora, f"orders/{order_id(world)}/come", how="transfer")
    assert sums(world) == [(6, 0, 0, 0)]


def test_what_was_never_paid_is_forgotten_in_the_end(selling):
    world = selling
    chooses(world.walker(), "someone")
    world.tick(40 * DAY)
    assert world.rows(Client.id) == world.rows(PayRequest.id) == world.rows(Purchase.package_id) == []


def test_a_client_finds_it_in_her_space(selling):
    world = selling
    a_client(world)
    hers = signed_in(world)
    hers.fill(f"/book/{SLUG}/buy", {"agree": "y"})
    again(hers, "transfer")
    hers.get("/me/")
    assert "Chosen, and not paid yet" in hers.text and IBAN in plain(hers)


def test_an_introductory_price_that_is_awaited_is_had(selling):
    world = selling
    introduce(world, slug=SLUG)
    client_id = a_client(world)
    hers = signed_in(world)
    hers.fill(f"/book/{SLUG}/buy", {"agree": "y"})
    again(hers, "transfer")
    with world.app.app_context():
        sold, now = offering(SLUG).id, clock.now()
        assert had_intro(client_id, sold, now=now) and not had_intro(client_id, sold, now=now + 6 * DAY)


def test_only_what_is_on_offer(selling):
    """Cash is for those who meet in person."""
    world = selling
    walker = chooses(world.walker(), "cash")
    assert walker.page.status_code == 409
    allow(world, Ways())
    assert again(walker, "transfer").page.status_code == 409
    assert again(walker, "someone").page.status_code == 409
    assert "Other ways to pay" not in plain(walker)
    world.change(Offering, way="person")
    allow(world, WAYS)
    again(walker, "cash").follow()
    assert "Your sessions wait for your payment" in walker.text
    stranger = world.walker()
    stranger.get("/b")
    assert stranger.post("/book/code/transfer").status_code == 409, "who has chosen nothing"
