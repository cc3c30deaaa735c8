"""A code that pays without a card: typed before paying, booked at once, given back onto it, refused in one voice."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.confirming import cancel
from coachapp.booking.models import Appointment
from coachapp.papers.models import Paper
from coachapp.papers.operations import save_terms
from coachapp.payments import coupons, voucher_queries, vouchers
from coachapp.payments.coupon_models import CouponUse
from coachapp.payments.models import Order
from coachapp.payments.voucher_models import VoucherEntry
from coachapp.practice.models import Offering
from coachapp.practice.operations import add_coach
from coachapp.practice.queries import today_of
from tests.booking.by_hand import allow, money, plain, waits
from tests.booking.lower import a_code, introduce, type_code
from tests.booking.sold import PRICE, SLUG, a_client, coach_at_desk, ref_of, sell, signed_in, sums
from tests.booking.vouched import NORA_ID, a_voucher, agree, left, type_voucher
from tests.booking.whobooks import who_books
from tests.cast import CHARLIE
from tests.papers.terms import TERMS
from tests.papers.test_pages import text_of
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture


def say_terms(world):
    with world.app.app_context():
        save_terms(TERMS, now=clock.now())


def kinds(world):
    return [kind for (kind,) in world.rows(VoucherEntry.kind)]


def states(world):
    return [state for (state,) in world.rows(Appointment.state)]


def on_the_page(world, person=None):
    walker = world.walker(person) if person else world.walker()
    walker.go_to_code(walker.morning()[-1])
    return walker


def test_it_pays_books_and_keeps_the_rest(world):
    say_terms(world)
    voucher, walker = a_voucher(world, 150_00), on_the_page(world)
    walker.get("/book/code")
    assert "Pay with a voucher" in walker.text
    sent = {
        "csrf_token": walker.hidden("csrf_token"),
        "voucher": f" {voucher.code.upper().replace('-', ' ')} ",
    }
    for _twice in range(2):
        assert walker.client.post("/book/code/voucher", data=sent).status_code == 303
    assert states(world) == ["confirmed"] and money(world) == ([("voucher", 95_00)], [])
    assert left(world, voucher) == 55_00 and agree(world)
    assert world.outbox() == [("booked", "waiting")]
    assert len(world.rows(Paper.id)) == 1, "its receipt"
    assert world.asked("POST", "/v1") == []
    walker.get(walker.place_path)
    assert "Booked and paid" in walker.text and "€55 is left on it" in walker.text
    world.tick()
    assert len(world.rows(Paper.id)) == 1


def test_cancelled_in_time_it_is_on_the_voucher_again(world):
    say_terms(world)
    voucher, walker = a_voucher(world, 95_00), on_the_page(world)
    type_voucher(walker, voucher.code)
    assert left(world, voucher) == 0
    path = walker.place_path
    walker.get(f"{path}/cancel")
    assert "goes back onto your voucher at once" in plain(walker) and "5 to 10 days" not in plain(walker)
    walker.fill(f"{path}/cancel", {})
    assert money(world) == ([("voucher", 95_00)], ["succeeded"])
    assert left(world, voucher) == 95_00 and kinds(world) == ["sold", "used", "back"] and agree(world)
    papers = world.rows(Paper.id)
    assert len(papers) == 2, "a receipt and its credit note"
    nora = coach_at_desk(world)
    for (paper_id,) in papers:
        nora.get(f"/desk/receipts/{paper_id}")
        assert f"the one that ends in {voucher.code[-4:]}" in plain(nora) and voucher.code not in nora.text
    walker.get(path)
    assert "back on the voucher" in plain(walker)
    other = on_the_page(world, CHARLIE)
    assert type_voucher(other, voucher.code).status_code == 303 and left(world, voucher) == 0
    assert world.asked("POST", "/v1/refunds") == [] and agree(world)


def test_her_receipt_names_the_voucher_by_its_end_and_the_plain_file_does_not(world):
    say_terms(world)
    voucher = a_voucher(world)
    end = voucher.code[-4:]
    a_client(world)
    walker = signed_in(world)
    walker.hold()
    walker.fill("/book/details", {"agree": "y"})
    type_voucher(walker, voucher.code)
    ((paper_id,),) = world.rows(Paper.id)
    walker.get(f"/me/receipts/{paper_id}")
    assert f"the one that ends in {end}" in plain(walker) and f"voucher that ends in {end}" in plain(walker)
    own, file = (
        text_of(walker.get(f"/me/receipts/{paper_id}/a4/read/{kind}.pdf").data) for kind in ("own", "file")
    )
    assert end in own and voucher.code not in own
    assert end not in file


def test_by_the_coach_or_unsafe_it_goes_back_and_late_it_stays(world):
    voucher, nora = a_voucher(world, 300_00), coach_at_desk(world)
    by_coach = on_the_page(world)
    type_voucher(by_coach, voucher.code)
    place = by_coach.place()
    path = f"/desk/clients/{ref_of(world, place.client_id)}/sessions/{place.id}/cancel"
    nora.get(path)
    assert "goes back onto the voucher it was paid with" in plain(nora)
    nora.fill(path, {})
    assert left(world, voucher) == 300_00
    late = on_the_page(world, CHARLIE)
    type_voucher(late, voucher.code)
    at = late.place_path
    world.change(Offering, cutoff_min=60 * 24 * 60)
    late.get(f"{at}/cancel")
    assert "goes back onto your voucher" in plain(late), "if it is not safe to come"
    late.post(f"{at}/unsafe")
    assert left(world, voucher) == 300_00 and agree(world)
    other = on_the_page(world)
    type_voucher(other, voucher.code)
    at = other.place_path
    world.change(Offering, cutoff_min=60 * 24 * 60)
    other.fill(f"{at}/cancel", {})
    assert left(world, voucher) == 205_00 and agree(world)


def test_interrupted_after_the_cancellation_tick_gives_it_back(world):
    """The refund is written with what causes it; whatever comes between, its entry follows once."""
    voucher, walker = a_voucher(world), on_the_page(world)
    type_voucher(walker, voucher.code)
    with world.app.app_context():
        cancel(walker.place(), "http://127.0.0.1", by="staff", now=clock.now())
    assert left(world, voucher) == 5_00
    world.tick()
    world.tick()
    assert left(world, voucher) == 100_00 and kinds(world).count("back") == 1 and agree(world)


def test_too_little_is_said_kindly_and_takes_nothing(world):
    voucher, walker = a_voucher(world, 40_00), on_the_page(world)
    assert type_voucher(walker, voucher.code).status_code == 422
    said = plain(walker)
    assert (
        "€40 is left on this voucher, and €95 is due" in said and "Everything else you wrote is kept" in said
    )
    assert f'value="{voucher.code}"' in walker.page.get_data(as_text=True)
    assert left(world, voucher) == 40_00 and states(world) == ["held"] and money(world) == ([], [])


def test_whatever_does_not_pay_is_answered_in_one_voice(world):
    with world.app.app_context():
        today, now = today_of(1, clock.now()), clock.now()
        other = add_coach(first_name="Ida", full_name="Ida Berg", zone="Europe/Oslo", email=None)
    over = a_voucher(world, last=today - timedelta(days=1))
    theirs, elsewhere = a_voucher(world, coach_id=other), a_voucher(world, currency="CHF")
    ended, used = a_voucher(world), a_voucher(world, 95_00)
    with world.app.app_context():
        vouchers.end(ended.id, method="given", on=today, by=NORA_ID, now=now)
    type_voucher(on_the_page(world), used.code)
    walker, answers = on_the_page(world, CHARLIE), set()
    unknown = ("nosu-chco-dexx", "…", "\0\0", "ي" * 300, "<b>'\"--", "9" * 100_000)
    for typed in (*unknown, *(each.code for each in (over, theirs, elsewhere, ended, used))):
        assert type_voucher(walker, typed).status_code == 422, typed
        answers.add(re.search(r"This code does not pay here[^.]*\.", plain(walker))[0])
    assert len(answers) == 1
    assert type_voucher(walker, "").status_code == 422 and "Type the code" in walker.text
    for _ in range(8):
        type_voucher(walker, "nosu-chco-dexx")
    assert type_voucher(walker, "nosu-chco-dexx").status_code == 429


def test_it_is_good_through_its_last_day_and_what_came_back_lasts_longer(world):
    with world.app.app_context():
        today = today_of(1, clock.now())
    voucher, walker = a_voucher(world, 95_00, last=today), on_the_page(world)
    assert type_voucher(walker, voucher.code).status_code == 303
    walker.fill(f"{walker.place_path}/cancel", {})
    with world.app.app_context():
        assert voucher_queries.voucher(voucher.id).good_until == today + timedelta(days=90)


def test_an_open_payment_page_is_ended_and_the_card_that_was_quicker_counts(world):
    voucher, walker = a_voucher(world, 200_00), world.walker()
    session_id = walker.to_payment(walker.morning()[-1])
    assert type_voucher(walker, "nosu-chco-dexx").status_code == 422
    assert world.stripe.sessions[session_id]["status"] == "open", "a wrong code ends nothing"
    assert type_voucher(walker, voucher.code).status_code == 303
    assert world.stripe.sessions[session_id]["status"] == "expired"
    assert money(world) == ([("voucher", 95_00)], []) and states(world) == ["confirmed"]
    second = world.walker(CHARLIE)
    second.to_payment(second.morning()[-1])
    world.stripe.lever(webhook_off=True)
    second.pay()
    type_voucher(second, voucher.code)
    assert ("card", 95_00) in money(world)[0] and left(world, voucher) == 105_00 and agree(world)


def test_stripe_away_while_a_page_is_open_takes_nothing(world):
    voucher, walker = a_voucher(world), world.walker()
    walker.to_payment(walker.morning()[-1])
    world.stripe.lever(fail_next={"status": 500, "times": 9})
    assert type_voucher(walker, voucher.code).status_code == 503
    assert left(world, voucher) == 100_00 and states(world) == ["held"]


def test_a_time_that_is_gone_takes_nothing_from_it(world):
    voucher, walker = a_voucher(world), on_the_page(world)
    walker.get("/book/code")
    world.change(Appointment, state="released", hold_until=None)
    walker.post("/book/code/voucher", {"voucher": voucher.code})
    assert walker.page.status_code == 409 and left(world, voucher) == 100_00 and money(world) == ([], [])


def test_with_a_code_that_lowers_the_price(world):
    coupon = a_code(world, percent=50, most=1)
    voucher, walker = a_voucher(world), on_the_page(world)
    type_code(walker)
    for resting, status in ((True, 422), (False, 303)):
        with world.app.app_context():
            coupons.rest(coupon, resting, by=NORA_ID, now=clock.now())
        if not resting:
            type_code(walker)
        assert type_voucher(walker, voucher.code).status_code == status
        assert left(world, voucher) == (100_00 if resting else 52_50), (
            "gone meanwhile: the voucher is left alone"
        )
    assert len(world.rows(CouponUse.id)) == 1


def test_a_package_with_a_first_time_and_the_introductory_price(world):
    sell(world)
    introduce(world, SLUG, PRICE - 20_00)
    voucher, walker = a_voucher(world, PRICE), world.walker()
    start = walker.morning()[-1]
    walker.get(f"/book/{SLUG}/first")
    walker.post(f"/book/{SLUG}/first", {"slot": str(start), "tz": walker.person.zone})
    walker.tell()
    assert type_voucher(walker, voucher.code).status_code == 303
    assert states(world) == ["confirmed"] and sums(world) == [(5, 1, 0, 0)]
    assert left(world, voucher) == 20_00 and money(world) == ([("voucher", PRICE - 20_00)], [])


def test_a_package_without_a_time(world):
    sell(world)
    voucher, walker = a_voucher(world, PRICE + 10_00), world.walker()
    walker.fill(f"/book/{SLUG}/buy", {"name": "Alex", "agree": "y"})
    walker.get("/book/words")
    sent = {"csrf_token": walker.hidden("csrf_token"), "voucher": "nosu-chco-dexx"}
    assert walker.client.post("/book/words/voucher", data=sent).status_code == 422
    for _twice in range(2):
        answer = walker.client.post("/book/words/voucher", data={**sent, "voucher": voucher.code})
        assert answer.headers["Location"] == "/book/sessions"
    assert sums(world) == [(6, 0, 0, 0)] and left(world, voucher) == 10_00 and agree(world)
    assert world.walker(CHARLIE).client.post("/book/words/voucher", data=sent).status_code in (303, 400)
    nora = coach_at_desk(world)
    ((client_id,),) = world.rows(Order.client_id)
    nora.get(f"/desk/clients/{ref_of(world, client_id)}/packages")
    path = re.search(r"/desk/clients/[^\"]+/take-back", nora.page.get_data(as_text=True))[0]
    nora.get(path)
    assert "goes back onto the voucher" in plain(nora)
    nora.post(path, {"amount": "100"})
    assert left(world, voucher) == 110_00 and money(world)[1] == ["succeeded"] and agree(world)


def test_a_time_kept_for_a_transfer_is_paid_with_it_after_all(world):
    allow(world)
    voucher, walker = a_voucher(world), waits(world)
    walker.post(f"{walker.place_path}/go")
    assert type_voucher(walker, voucher.code).status_code == 303
    assert money(world) == ([("voucher", 95_00)], []) and states(world) == ["confirmed"]
    nora = coach_at_desk(world)
    nora.get("/desk/payments")
    assert "Nothing is awaited" in nora.text and "Undo" not in nora.text


def test_it_is_not_asked_for_where_there_is_none_or_a_first_booking_asks(world):
    walker = on_the_page(world)
    walker.get("/book/code")
    assert "voucher" not in walker.text.lower()
    voucher = a_voucher(world)
    who_books(world, "approved")
    asking = on_the_page(world, CHARLIE)
    asking.get("/book/code")
    assert "voucher" not in asking.text.lower()
    type_voucher(asking, voucher.code)
    assert set(states(world)) == {"held"} and left(world, voucher) == 100_00


def test_the_database_keeps_entries_as_they_are(world):
    voucher, walker = a_voucher(world), on_the_page(world)
    type_voucher(walker, voucher.code)
    for statement in (sa.update(VoucherEntry).values(minor=1), sa.delete(VoucherEntry)):
        with world.app.app_context(), pytest.raises(sa.exc.IntegrityError), db.transaction() as session:
            session.execute(statement)
