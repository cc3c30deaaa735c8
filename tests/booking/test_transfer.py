"""A time that is kept for a bank transfer: what she sees, what the coach does, what the clock does, and two at once."""

import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from coachapp import clock
from coachapp.booking import pay_rules
from coachapp.booking.desk_operations import book_for_client
from coachapp.booking.models import Appointment, Place
from coachapp.booking.wall import instant_of
from coachapp.payments import operations as payments
from coachapp.payments.models import Attempt
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.operations import add_coach
from coachapp.practice.paying import Ways
from coachapp.practice.queries import offering
from tests.booking.by_hand import (
    IBAN,
    WAYS,
    allow,
    by_transfer,
    in_person,
    mark,
    money,
    payment_id,
    place_of,
    plain,
    press,
    ref,
    waits,
)
from tests.booking.lower import a_code, introduce, type_code
from tests.booking.sold import PRICE, SLUG, a_client, coach_at_desk, ref_of, sell, signed_in, sums
from tests.booking.whobooks import who_books
from tests.cast import CHARLIE, MAYA, NORA
from tests.road import MINUTE
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

DAY = timedelta(days=1)


@pytest.fixture
def allowing(world):
    allow(world)
    return world


def kept(world):
    ((state, until),) = world.rows(Appointment.state, Appointment.hold_until)
    return state, until


def test_nothing_of_it_is_shown_where_the_coach_has_not_allowed_it(world):
    walker = world.walker()
    walker.go_to_code()
    walker.get("/book/code")
    assert "transfer" not in walker.text and "cash" not in walker.text
    assert by_transfer(walker).status_code == 409
    assert kept(world)[0] == "held"


def test_the_time_is_kept_and_the_page_says_where_to_send_it(allowing):
    world = allowing
    walker = world.walker()
    start = walker.morning()[-1]
    walker.go_to_code(start)
    walker.get("/book/code")
    assert "kept for you for 5 days" in walker.text
    assert IBAN not in walker.text
    by_transfer(walker)
    walker.get(walker.place_path)
    said = plain(walker)
    for words in ("This time waits for your transfer", "€95", "N. Ellis", IBAN, ref(world), "Until"):
        assert words in said, words
    assert world.asked("POST", "/v1/checkout") == []
    assert world.rows(Attempt.id) == []
    state, until = kept(world)
    assert state == "held" and until <= walker.place().starts_at
    assert world.outbox() == [("kept", "waiting")]
    world.send_mail()
    for mail in world.mails_to(walker.person.email):
        assert IBAN not in mail.text and "€" not in mail.text and ref(world) not in mail.text
    assert len(world.mails_to(NORA.email)) == 1
    assert start not in world.walker(CHARLIE).free()


def test_it_has_come_confirms_it_in_the_same_words_as_a_card(allowing):
    world = allowing
    walker, nora = waits(world), coach_at_desk(world)
    nora.get("/desk/")
    assert "Money is awaited for one booking" in nora.text
    nora.get("/desk/payments")
    assert ref(world) in nora.text and "€95" in nora.text
    assert mark(nora, place_of(world)).status_code == 303
    assert kept(world) == ("confirmed", None)
    assert money(world) == ([("transfer", 95_00)], [])
    assert world.outbox() == [("booked", "waiting"), ("kept", "waiting")]
    walker.get(walker.place_path)
    assert "Booked and paid" in walker.text and IBAN not in walker.text
    nora.follow()
    assert "Undo" in nora.text and "Nothing is awaited" in nora.text
    assert mark(nora, place_of(world)).status_code == 409
    assert money(world) == ([("transfer", 95_00)], [])


def test_a_code_is_paid_with_by_card_and_nothing_changes_the_price_of_money_on_its_way(allowing):
    a_code(allowing, percent=50)
    walker = allowing.walker()
    walker.go_to_code()
    type_code(walker)
    walker.get("/book/code")
    assert "€47.50" in walker.text and "By bank transfer" not in walker.text
    assert by_transfer(walker).status_code == 409
    walker.get("/book/code")
    walker.post("/book/price/leave")
    assert by_transfer(walker).status_code == 303
    assert type_code(walker).status_code == 303, "the page without the field"
    walker.get("/book/code")
    assert "€95" in walker.text and "Do you have a code?" not in walker.text
    mark(coach_at_desk(allowing), place_of(allowing))
    assert money(allowing) == ([("transfer", 95_00)], [])


def test_the_introductory_price_is_had_once_by_transfer_too(allowing):
    a_client(allowing, MAYA)
    introduce(allowing)
    walker, nora = signed_in(allowing, MAYA), coach_at_desk(allowing)
    for minor in (80_00, 95_00):
        walker.hold(walker.morning()[-1])
        walker.fill("/book/details", {"agree": "y"})
        assert by_transfer(walker).status_code == 303, walker.text
        mark(nora, place_of(allowing))
        assert ("transfer", minor) in money(allowing)[0]


def test_two_windows_at_the_introductory_price_one_of_them_has_it(allowing):
    """Both times were held at it; once the first is paid by transfer, the second costs what it costs."""
    world = allowing
    a_client(world, MAYA)
    introduce(world)
    first, other, nora = signed_in(world, MAYA), signed_in(world, MAYA), coach_at_desk(world)
    held = []
    for walker, at in ((first, -1), (other, -9)):
        walker.hold(walker.morning()[at])
        walker.fill("/book/details", {"agree": "y"})
        held.append(place_of(world))
    assert by_transfer(first).status_code == 303
    mark(nora, held[0])
    assert money(world) == ([("transfer", 80_00)], [])
    assert by_transfer(other).status_code == 409 and "€95" in other.text
    assert by_transfer(other).status_code == 303
    mark(nora, held[1])
    assert money(world) == ([("transfer", 80_00), ("transfer", 95_00)], [])


def test_undone_it_is_awaited_again_and_nothing_is_lost(allowing):
    world = allowing
    waits(world)
    nora = coach_at_desk(world)
    mark(nora, place_of(world))
    marked = payment_id(world)
    for _ in range(2):
        assert press(nora, f"{marked}/undo").status_code == 303
    assert money(world) == ([], [])
    assert kept(world)[0] == "confirmed", "she was told that it is booked"
    nora.get("/desk/payments")
    assert "It has come" in nora.text and "Booked" in nora.text
    assert mark(nora, place_of(world)).status_code == 303
    assert money(world) == ([("transfer", 95_00)], [])
    assert world.outbox().count(("booked", "waiting")) == 1


def test_what_came_by_hand_goes_back_by_hand(allowing):
    world = allowing
    walker = waits(world)
    nora = coach_at_desk(world)
    mark(nora, place_of(world))
    paid = payment_id(world)
    walker.get(f"{walker.place_path}/cancel")
    assert "Nora" in plain(walker) and "within 5 to 10 days" not in plain(walker)
    walker.fill(f"{walker.place_path}/cancel", {})
    assert money(world) == ([("transfer", 95_00)], ["to give"])
    world.tick()
    assert world.asked("POST", "/v1/refunds") == []
    walker.get(walker.place_path)
    assert "gives €95 back to you" in plain(walker)
    press(nora, f"{paid}/undo")
    assert money(world) == ([("transfer", 95_00)], ["to give"]), "what goes back is not undone"
    nora.get("/desk/")
    assert "Money to give back to someone" in nora.text
    nora.get("/desk/payments")
    path = re.search(r"/desk/payments/back/[\w-]+", nora.page.get_data(as_text=True))[0]
    for wrong in ({"how": "cash", "on": "2999-01-01"}, {"how": "cash", "on": "soon"}, {"how": "gold"}, {}):
        nora.post(path, wrong)
        assert nora.page.status_code == 422
    nora.fill(path, {"how": "cash", "on": str((clock.now() - DAY).date())})
    assert nora.page.status_code == 303, nora.text
    assert money(world)[1] == ["succeeded"]
    assert nora.get(path).status_code == 404
    assert world.asked("POST", "/v1/refunds") == []


def test_an_introductory_price_that_is_awaited_is_had_while_a_card_pays(allowing):
    """Two devices of hers, each with a time at the introductory price; one waits for a transfer, the other pays."""
    world = allowing
    a_client(world, MAYA)
    introduce(world)
    phone, tablet = signed_in(world, MAYA), signed_in(world, MAYA)
    for at, each in ((-1, phone), (0, tablet)):
        each.hold(each.morning()[at])
        each.fill("/book/details", {"agree": "y"})
    second = place_of(world)
    assert by_transfer(phone).status_code == 303
    tablet.press_pay()
    assert tablet.page.status_code == 409 and "€95" in tablet.text
    tablet.get("/book/power-hour")
    assert "€80" not in tablet.text
    (first,) = {each for (each,) in world.rows(Place.id)} - {second}
    press(coach_at_desk(world), f"places/{first}/free")
    tablet.get("/book/power-hour")
    assert "€80" in tablet.text, "never paid, it was not had"


def test_the_coach_is_warned_a_day_before_and_then_it_is_free(allowing):
    world = allowing
    walker = world.walker()
    start = walker.morning()[-1]
    walker.go_to_code(start)
    by_transfer(walker)
    _state, until = kept(world)
    gap = until - world.walker().place().changed_at
    world.tick(gap - DAY - timedelta(hours=1))
    assert world.rows(Place.warned_at) == [(None,)]
    world.tick(gap - DAY + timedelta(minutes=5))
    assert kept(world) == ("held", until)
    assert "Free again soon" in "".join(mail.subject for mail in sent(world, NORA))
    world.tick(gap - timedelta(minutes=5))
    assert kept(world)[0] == "held"
    world.tick(gap + timedelta(minutes=5))
    assert kept(world) == ("released", None)
    assert world.outbox()[-1][0] == "not possible"
    assert start in world.walker(CHARLIE).free()
    assert len([mail for mail in sent(world, NORA) if "Free again soon" in mail.subject]) == 1


def sent(world, person):
    world.send_mail()
    return world.mails_to(person.email)


def test_tick_that_comes_late_warns_first(allowing):
    world = allowing
    waits(world)
    _state, until = kept(world)
    begins = world.walker().place().starts_at
    world.change(Appointment, hold_until=begins - timedelta(hours=40))
    made = world.walker().place().changed_at
    world.tick(begins - timedelta(hours=39) - made)
    state, until = kept(world)
    assert state == "held" and until >= begins - timedelta(hours=28)


def test_nobody_else_frees_it_in_passing(allowing):
    """Who holds another time clears old holds on the way: not one whose coach was not warned yet."""
    world = allowing
    waits(world)
    world.change(Appointment, hold_until=clock.now() - MINUTE)
    other = world.walker(CHARLIE)
    other.hold(other.morning()[0])
    assert sorted(state for (state,) in world.rows(Appointment.state)) == ["held", "held"]


def test_money_that_comes_late_takes_the_time_again_or_is_to_be_given_back(allowing):
    world = allowing
    walker = waits(world)
    nora, place_id = coach_at_desk(world), place_of(world)
    press(nora, f"places/{place_id}/free")
    assert kept(world)[0] == "released"
    walker.get(walker.place_path)
    assert "no longer kept" in walker.text
    nora.get("/desk/payments")
    assert "Free again" in nora.text
    mark(nora, place_id)
    assert kept(world)[0] == "confirmed"
    assert money(world) == ([("transfer", 95_00)], [])


def test_a_time_that_was_taken_is_never_booked_twice(allowing):
    world = allowing
    waits(world)
    nora, place = coach_at_desk(world), world.walker().place()
    press(nora, f"places/{place.id}/free")
    other = world.walker(CHARLIE)
    other.hold(int(place.starts_at.timestamp()) // 60)
    assert other.page.status_code == 303
    mark(nora, place.id)
    assert nora.page.status_code == 409 and "something that is gone" in nora.text
    assert world.ledger()[0] == ["held", "released"]
    assert money(world) == ([("transfer", 95_00)], ["to give"])
    assert ("money back", "waiting") in world.outbox()
    mails = sent(world, world.walker().person)
    assert any("given back in full" in mail.text for mail in mails)
    assert not any("5 to 10 days" in mail.text for mail in mails)


def test_she_may_pay_by_card_after_all(allowing):
    world = allowing
    walker = waits(world)
    _state, until = kept(world)
    walker.post(f"{walker.place_path}/go")
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    assert kept(world) == ("held", until)
    walker.pay()
    assert kept(world)[0] == "confirmed"
    assert money(world) == ([("card", 95_00)], [])
    nora = coach_at_desk(world)
    assert nora.get("/desk/payments").status_code == 200 and "Nothing is awaited" in nora.text


def test_a_card_tried_and_left_after_the_limit_frees_nothing_without_the_warning(allowing):
    world = allowing
    walker = waits(world)
    walker.post(f"{walker.place_path}/go")
    walker.press_pay()
    world.change(Appointment, hold_until=clock.now() - MINUTE)
    with world.app.app_context():
        open_one = unfinished_attempt(walker.place().id)
        payments.end_link(open_one, gateway(), payables(), now=clock.now())
    assert kept(world)[0] == "held"
    world.tick()
    assert kept(world)[0] == "held" and world.rows(Place.warned_at) != [(None,)]
    assert "Free again soon" in "".join(mail.subject for mail in sent(world, NORA))
    world.tick(timedelta(hours=13))
    assert kept(world)[0] == "released" and "not possible" in dict(world.outbox())


def test_a_card_that_is_open_is_ended_before_it_is_marked(allowing):
    world = allowing
    walker = waits(world)
    walker.post(f"{walker.place_path}/go")
    walker.press_pay()
    session_id = walker.page.headers["Location"].rpartition("/")[2]
    nora = coach_at_desk(world)
    mark(nora, place_of(world))
    assert world.stripe.sessions[session_id]["status"] == "expired"
    assert money(world) == ([("transfer", 95_00)], [])
    assert kept(world)[0] == "confirmed"


def test_paid_by_card_meanwhile_the_card_counts(allowing):
    world = allowing
    walker = waits(world)
    walker.post(f"{walker.place_path}/go")
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    world.stripe.lever(webhook_off=True)
    walker.pay()
    nora = coach_at_desk(world)
    mark(nora, place_of(world))
    assert nora.page.status_code == 409 and "paid already" in nora.text
    assert money(world) == ([("card", 95_00)], [])
    assert kept(world)[0] == "confirmed"


def test_stripe_away_nothing_is_written_down(allowing):
    world = allowing
    walker = waits(world)
    walker.post(f"{walker.place_path}/go")
    walker.press_pay()
    nora = coach_at_desk(world)
    world.stripe.lever(fail_next={"status": 500, "times": 9})
    mark(nora, place_of(world))
    assert nora.page.status_code == 503 and money(world) == ([], [])


def test_what_is_being_paid_by_card_is_not_freed(allowing):
    world = allowing
    walker = waits(world)
    walker.post(f"{walker.place_path}/go")
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    press(coach_at_desk(world), f"places/{place_of(world)}/free")
    assert kept(world)[0] == "held"
    walker.pay()
    assert kept(world)[0] == "confirmed" and money(world) == ([("card", 95_00)], [])


def test_choosing_a_transfer_ends_the_card_that_was_open(allowing):
    world = allowing
    walker = world.walker()
    session_id = walker.to_payment(walker.morning()[-1])
    by_transfer(walker)
    assert walker.page.status_code == 303
    assert world.stripe.sessions[session_id]["status"] == "expired"
    assert kept(world)[0] == "held" and world.walker().place().pays_by == "transfer"


def test_another_time_in_the_same_browser_leaves_it_alone(allowing):
    world = allowing
    walker = waits(world)
    walker.hold(walker.morning()[0])
    assert sorted(state for (state,) in world.rows(Appointment.state)) == ["held", "held"]


def test_in_her_space_too(allowing):
    world = allowing
    a_client(world)
    walker = signed_in(world)
    walker.hold(walker.morning()[-1])
    walker.fill("/book/details", {"agree": "y"})
    by_transfer(walker)
    walker.get("/me/")
    assert IBAN in walker.text and ref(world) in walker.text and "A time is kept for you" in walker.text


def test_a_link_alone_in_a_shared_inbox_shows_nothing_of_it(allowing):
    world = allowing
    walker = waits(world, inbox="shared")
    path = walker.place_path
    stranger = world.walker(CHARLIE)
    stranger.get(path)
    assert IBAN not in stranger.text and "95" not in stranger.text and "Not booked yet" in stranger.text
    assert stranger.post(f"{path}/let-go").status_code == 404


def test_a_first_booking_asks_before_it_pays(allowing):
    world = allowing
    who_books(world, "approved")
    walker = world.walker()
    walker.go_to_code(walker.morning()[-1])
    walker.get("/book/code")
    assert "bank transfer" not in walker.text
    by_transfer(walker)
    assert world.walker().place().pays_by is None


def test_a_package_with_a_first_time(allowing):
    world = allowing
    sell(world)
    walker = world.walker()
    start = walker.morning()[-1]
    walker.get(f"/book/{SLUG}/first")
    walker.post(f"/book/{SLUG}/first", {"slot": str(start), "tz": walker.person.zone})
    walker.tell()
    by_transfer(walker)
    walker.get(walker.place_path)
    assert "€420" in walker.text
    nora = coach_at_desk(world)
    mark(nora, place_of(world))
    assert money(world) == ([("transfer", PRICE)], [])
    assert sums(world) == [(5, 1, 0, 0)]
    assert kept(world)[0] == "confirmed"


def test_cash_is_booked_at_once_and_marked_by_one_click(world):
    in_person(world)
    walker = world.walker()
    walker.go_to_code()
    by_transfer(walker, "cash")
    assert kept(world) == ("confirmed", None)
    walker.get(walker.place_path)
    assert "To be paid in cash" in walker.text and "Booked and paid" not in walker.text
    nora = coach_at_desk(world)
    nora.get("/desk/payments")
    assert "In cash" in nora.text
    mark(nora, place_of(world), "cash")
    assert money(world) == ([("cash", 95_00)], [])
    assert world.outbox() == [("booked", "waiting")]


def test_cash_is_no_way_to_pay_for_a_session_by_video(world):
    allow(world, Ways(None, "", "", cash=True))
    walker = world.walker()
    walker.go_to_code()
    assert by_transfer(walker, "cash").status_code == 409
    assert kept(world)[0] == "held"


def test_settings_keep_what_was_typed_and_say_what_is_missing(world):
    nora = coach_at_desk(world)
    nora.fill(
        "/desk/payments/ways", {"transfer": "y", "days": "0", "holder": "", "account": "", "others_days": "3"}
    )
    assert nora.page.status_code == 422 and "Say whose account it is" in nora.text
    nora.fill(
        "/desk/payments/ways",
        {"transfer": "y", "days": "3", "holder": WAYS.holder, "account": IBAN, "others_days": "3"},
    )
    assert nora.page.status_code == 303
    nora.get("/desk/payments/ways")
    assert IBAN in nora.text


def test_only_its_own_coach_may_mark_it(allowing):
    world = allowing
    walker = waits(world)
    place_id, nora = place_of(world), coach_at_desk(world)
    walker.post(f"/desk/payments/places/{place_id}", {"how": "transfer"})
    assert mark(nora, place_id, "gold").status_code == 422
    assert mark(nora, uuid4()).status_code == 404
    with world.app.app_context():
        other = add_coach(first_name="Iris", full_name="Iris Vale", zone="UTC", email=None)
    world.change(Appointment, coach_id=other)
    assert mark(nora, place_id).status_code == 404
    assert nora.get(f"/desk/payments/places/{place_id}").status_code == 404
    assert press(nora, f"places/{place_id}/free").status_code == 404
    nora.get("/desk/payments")
    assert "Nothing is awaited" in nora.text
    assert money(world) == ([], [])


def test_no_other_way_than_those_there_are(allowing):
    walker = allowing.walker()
    walker.go_to_code()
    assert by_transfer(walker, "gold").status_code == 404


def test_what_the_coach_booked_herself_can_be_marked_too(world):
    client_id, nora = a_client(world), coach_at_desk(world)
    with world.app.app_context():
        at = (clock.now() + 5 * DAY).replace(hour=20, minute=0, second=0, microsecond=0)
        place_id = book_for_client(offering("power-hour"), client_id, "UTC", at, "http://x", now=clock.now())
    nora.get(f"/desk/clients/{ref_of(world, client_id)}/sessions")
    assert "Not paid here" in nora.text and "Mark as paid" in nora.text
    nora.get(f"/desk/payments/places/{place_id}")
    assert "Has €95 come?" in nora.text
    assert mark(nora, place_id, "other").status_code == 303
    assert money(world) == ([("other", 95_00)], [])
    nora.get(f"/desk/clients/{ref_of(world, client_id)}/sessions")
    assert "Mark as paid" not in nora.text
    assert nora.get(f"/desk/payments/places/{place_id}").status_code == 409


ATHENS = ZoneInfo("Europe/Athens")


@pytest.mark.parametrize(
    ("now", "days", "local"),
    [
        (datetime(2026, 3, 27, 10, 30, tzinfo=UTC), 3, "2026-03-30 12:30"),
        (datetime(2026, 10, 23, 10, 30, tzinfo=UTC), 3, "2026-10-26 13:30"),
        (datetime(2026, 3, 28, 1, 30, tzinfo=UTC), 1, "2026-03-29 04:30"),  # 03:30 does not exist that night
    ],
)
def test_the_limit_is_the_same_time_by_her_clock(now, days, local):
    until = pay_rules.kept_until(datetime(2027, 1, 1, tzinfo=UTC), days, ATHENS, now)
    assert f"{until.astimezone(ATHENS):%Y-%m-%d %H:%M}" == local


def test_never_past_the_beginning_and_not_for_what_is_near():
    now = instant_of(date(2026, 6, 1), time(9), ATHENS).at
    begins = now + timedelta(hours=30)
    assert pay_rules.kept_until(begins, 5, ATHENS, now) == begins
    assert pay_rules.may_transfer(begins, 5, now)
    assert not pay_rules.may_transfer(now + timedelta(hours=11), 5, now)
    assert not pay_rules.may_transfer(begins, None, now)
    assert pay_rules.after_warning(begins, begins, now) == begins
    assert pay_rules.after_warning(now - MINUTE, begins, now) == now + timedelta(hours=12)
