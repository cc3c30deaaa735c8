"""A time offered from the waiting list: by the coach's hand, or by itself to one after another; and who hears what."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock, db, vault
from coachapp.booking import blocking, holding, moving, offers, queries, requests
from coachapp.booking.admission import IsBlocked
from coachapp.booking.desk_operations import block_time, book_for_client, set_week, unblock_time
from coachapp.booking.models import Appointment, FreedTime, Place, Wait
from coachapp.booking.rules import Answer, Standing, TimeTaken, TooLate
from coachapp.booking.slots import Opening
from coachapp.booking.wait_rules import HasAnother, NotWaiting
from coachapp.clients.models import Client
from coachapp.notifications.models import OutboxMessage
from coachapp.practice.operations import save_offering, save_practice
from coachapp.practice.queries import offering, practice
from coachapp.safe_contact.operations import set_contact, things_changed
from coachapp.safe_contact.rules import Inbox
from coachapp.zones import zone
from tests.booking.waitlist import (
    BASE,
    DAY,
    HOUR,
    by_itself,
    cancelled,
    far,
    lines,
    offer,
    on_list,
    openings,
    taken,
    turns,
    words_of,
)
from tests.booking.whobooks import (
    SOMEBODY,
    add_maya,
    coach_id,
    nora_at_desk,
    sign_in_as,
    who_books,
)
from tests.cast import ALEX, CHARLIE, MAYA, NORA
from tests.road import MINUTE, at_utc
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

FREE = "first-conversation"
PAGE = f"/book/{HOUR}/later"
HOURS_12 = timedelta(hours=12)


@pytest.fixture
def start(world):
    return far(world.walker())


def people(world, *who, **typed):
    """These people ask to wait, one after the other."""
    return [on_list(world.walker(person), **typed) for person in who]


def newest(world):
    return world.walker().place()


# ---- by the coach's hand ----


def test_the_coach_offers_a_time_and_it_is_booked_and_paid(world, walker, start):
    on_list(walker)
    words = words_of(walker)
    nora = nora_at_desk(world)
    nora.get(f"/desk/waiting/at/{start}")
    assert "Offer this time to …" in nora.text and "Suits" in nora.text and "Alex" in nora.text
    path = re.search(r'"(/desk/waiting/[^"]+/offer)"', nora.page.get_data(as_text=True))[1]
    nora.post(path, {"slot": str(start)})
    assert nora.page.status_code == 200 and "This mail leaves" in nora.text and "Kept until" in nora.text
    assert turns(world) == [], "nothing is kept before the next page"
    nora.post(f"{path}/go", {"slot": str(start)})
    assert nora.page.status_code == 303, nora.text
    nora.follow()
    assert "Kept for this person until" in nora.text
    place = newest(world)
    assert (place.standing, place.answer) == (Standing.OFFERED, Answer.OFFERED)
    assert place.hold_until == min(place.changed_at + 3 * DAY, place.starts_at - timedelta(hours=2))
    world.send_mail()
    [mail] = world.mails_to(ALEX.email)
    assert mail.subject == "Your update" and "Kept until" in mail.text and "/b/" in mail.text
    assert not re.search("Nora|Alex|Power|list|wait", mail.text.replace(BASE, ""))
    link = re.search(r"/b/[\w-]+", mail.text)[0]
    walker.get(link)
    assert (
        "Nora offers you this time" in walker.text and "If you let it go you stay on the list" in walker.text
    )
    assert "asked for" not in walker.text
    elsewhere = world.walker()
    elsewhere.get(link)
    elsewhere.post(f"{link}/go")
    assert elsewhere.page.headers["Location"] == "/b", "a link in a mail is not enough to go on"
    elsewhere.fill("/b", {"code": words})
    assert elsewhere.page.headers["Location"] == link
    elsewhere.follow()
    elsewhere.post(f"{link}/go")
    elsewhere.follow()
    assert "This time is kept for you until" in elsewhere.text and words in elsewhere.text
    elsewhere.post("/book/code")
    elsewhere.session_id = elsewhere.page.headers["Location"].rpartition("/")[2]
    elsewhere.pay()
    assert world.ledger()[:3] == (["confirmed"], ["paid"], [95_00])
    assert world.rows(Wait.id) == [], "she has found a time"
    again = world.walker()
    again.fill("/b", {"code": words})
    again.follow()
    assert "See you on" in again.text, "the same four words open what she booked"


def test_what_is_free_of_charge_is_booked_with_one_press(world, walker):
    on_list(walker, FREE)
    offer(world, lines(world)[0], far(walker, FREE))
    walker.get(f"/book/{FREE}/later")
    assert "Look at this time" in walker.text
    kept = re.search(r'"(/b/[\w-]+)"', walker.page.get_data(as_text=True))[1]
    walker.get(kept)
    walker.post(f"{kept}/go")
    walker.follow()
    walker.post("/book/code")
    assert world.ledger()[0] == ["confirmed"] and world.rows(Wait.id) == []


def test_a_client_who_is_signed_in(world, start):
    maya = add_maya(world)
    walker = on_list(sign_in_as(world, maya))
    offer(world, lines(world)[0], start)
    walker.get("/me/")
    assert "A time is kept for you" in walker.text and "Nothing is booked before you say so" in walker.text
    kept = re.search(r'"(/b/[\w-]+)"', walker.page.get_data(as_text=True))[1]
    walker.get(kept)
    walker.post(f"{kept}/go")
    walker.follow()
    assert walker.page.status_code == 200 and "One question, if you like" in walker.text
    walker.post("/book/details", {"agree": "y"})
    walker.get("/book/code")
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()
    assert world.ledger()[0] == ["confirmed"] and world.rows(Place.client_id) == [(maya,)]


@pytest.mark.safety("D2", "D5")
@pytest.mark.parametrize("inbox", ["only_me", "shared", "none"])
def test_what_each_inbox_hears(world, walker, start, inbox):
    on_list(walker, inbox=inbox)
    words = words_of(walker)
    offer(world, lines(world)[0], start)
    world.send_mail()
    mails = world.mails_to(ALEX.email)
    assert len(mails) == (0 if inbox == "none" else 1)
    for mail in mails:
        assert ("/b/" in mail.text) == (inbox == "only_me") and "Kept until" in mail.text
        assert mail.subject == "Your update"
    elsewhere = world.walker()
    elsewhere.fill("/b", {"code": words})
    elsewhere.follow()
    assert "Nora offers you this time" in elsewhere.text
    stranger = world.walker(CHARLIE)
    stranger.get(elsewhere.client.get(PAGE) and f"/b/{_token(world)}")
    hidden = ("Power hour", "offers", "list")
    assert inbox == "only_me" or not any(word in stranger.text for word in hidden)


def _token(world):
    with world.app.app_context():
        return queries.place_token(newest(world).id)


@pytest.mark.safety("D2")
def test_permission_that_lapsed_or_was_stopped(world, walker, start):
    on_list(walker)
    [(client_id,)] = world.rows(Client.id)
    with world.app.app_context():
        things_changed(client_id, now=clock.now())
    offer(world, lines(world)[0], start)
    assert world.outbox() == [("kept", "refused")]


def test_nobody_has_two_offers_and_no_time_two_people(world, start):
    first, second = people(world, ALEX, CHARLIE)
    alex, charlie = lines(world)
    offer(world, alex, start)
    with pytest.raises(HasAnother):
        offer(world, alex, start + 120)
    with pytest.raises(TimeTaken):
        offer(world, charlie, start)
    with pytest.raises(TimeTaken):
        offer(world, charlie, start + 30)
    second.get(PAGE)
    assert "Kept for you" not in second.text
    nora = nora_at_desk(world)
    nora.get("/desk/waiting")
    assert f"/desk/waiting/{alex}/offer" not in nora.page.get_data(as_text=True)
    nora.post(f"/desk/waiting/{charlie}/offer/go", {"slot": str(start)})
    assert nora.page.status_code == 409 and "at this hour" in nora.text
    nora.post(f"/desk/waiting/{alex}/offer/go", {"slot": str(start + 300)})
    assert nora.page.status_code == 409 and "One time is kept for this person already" in nora.text
    assert first.get(PAGE).status_code == 200


def test_beside_somebody_else_who_holds_the_time(world, walker, start):
    on_list(walker)
    world.walker(CHARLIE).hold(start)
    with pytest.raises(TimeTaken):
        offer(world, lines(world)[0], start)
    assert turns(world) == [] and world.outbox() == []


def test_what_cannot_be_offered(world, walker, start):
    on_list(walker, last=str((clock.now() + DAY).date()))
    [line] = lines(world)
    with pytest.raises(TooLate):
        offer(world, line, int(clock.now().timestamp()) // 60 - 5)
    with pytest.raises(NotWaiting):
        offer(world, line, start, later=4 * DAY)
    with pytest.raises(NotWaiting):
        offer(world, SOMEBODY, start)
    nora = nora_at_desk(world)
    path = f"/desk/waiting/{line}/offer"
    for typed in (
        {},
        {"day": "x", "at": "y"},
        {"day": "2020-01-01", "at": "10:00"},
        {"slot": "12"},
        {"slot": "-1"},
    ):
        for way in (path, f"{path}/go"):
            nora.get(path)
            nora.post(way, typed)
            assert nora.page.status_code == 422, (way, typed)
    for strange in (
        f"/desk/waiting/{SOMEBODY}/offer",
        "/desk/waiting/at/99999999999999999999",
        "/desk/waiting/at/x",
    ):
        assert nora.get(strange).status_code == 404
    assert nora.get("/desk/waiting/at/0").status_code == 200 and "has begun" in nora.text
    day = at_utc(start).astimezone().date()
    nora.fill(path, {"day": str(day), "at": "06:15"})
    assert nora.page.status_code == 200 and "not one of the days, or hours" in nora.text


@pytest.mark.safety("A9", "D12")
def test_blocked_while_waiting(world, start):
    place = taken(world, start)
    charlie, _nobody = people(world, CHARLIE, ALEX)
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    [first, second] = lines(world)
    with pytest.raises(IsBlocked):
        offer(world, first, start + 300)
    cancelled(world, place)
    by_itself(world)
    world.tick()
    assert [line for line, _start, _state in turns(world)] == [second]
    charlie.get(PAGE)
    assert "You are on the list" in charlie.text
    nora = nora_at_desk(world)
    nora.get("/desk/waiting")
    nora.post(f"/desk/waiting/{first}/offer/go", {"slot": str(start + 300)})
    assert nora.page.status_code == 409


@pytest.mark.safety("A9", "D12")
def test_nothing_blocked_is_counted_at_the_desk(world, start):
    place = taken(world, start)
    people(world, CHARLIE)
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    cancelled(world, place)
    assert openings(world) == []


@pytest.mark.safety("A9", "D12")
def test_blocked_although_no_mail_was_wanted(world, start):
    place = taken(world, start)
    people(world, CHARLIE, inbox="none")
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    cancelled(world, place)
    with pytest.raises(IsBlocked):
        offer(world, lines(world)[0], start)


@pytest.mark.safety("A9", "D12")
def test_blocked_after_the_offer_she_is_turned_away_like_anyone(world, start):
    [charlie] = people(world, CHARLIE)
    offer(world, lines(world)[0], start)
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    charlie.get(f"/b/{_token(world)}")
    charlie.post(f"/b/{_token(world)}/go")
    charlie.follow()
    charlie.post("/book/code")
    assert charlie.page.status_code == 409 and "That time has been taken" in charlie.text
    assert world.stripe.requests == ()


# ---- what came free ----


def test_a_time_that_comes_free_stands_at_the_desk(world, walker, start):
    place = taken(world, start)
    on_list(walker)
    assert openings(world) == []
    cancelled(world, place)
    nora = nora_at_desk(world)
    nora.get("/desk/")
    assert "A time came free that suits someone on the list" in nora.text
    page = nora.get("/desk/waiting").get_data(as_text=True)
    assert "Came free" in nora.text and f'"/desk/waiting/at/{start}"' in page
    world.tick()
    assert turns(world) == [], "by itself nothing is offered unless the coach wants it"
    world.tick(10 * DAY)
    assert world.rows(FreedTime.id) == []


def test_every_way_a_time_comes_free(world, start):
    """Cancelled, moved away, freed by hand, let go, a hold that ended: while someone waits, the database notes each."""
    walker = world.walker()
    with world.app.app_context():
        now = clock.now()
        block = block_time(coach_id(world), at_utc(start - 60), at_utc(start), "", now=now)
    moved = taken(world, start)
    holder, leaver = world.walker(CHARLIE), world.walker(CHARLIE)
    holder.hold(start + 120)
    leaver.hold(start + 240)
    on_list(walker)
    with world.app.app_context():
        moving.move_by_coach(queries.place(moved), at_utc(start + 360), BASE, now=clock.now())
        unblock_time(coach_id(world), block, now=clock.now())
        leaver_place = queries.place_by_road(leaver.client.get_cookie("r").value)
        holding.let_go(leaver_place, now=clock.now())
        holding.expire_holds(now=clock.now() + timedelta(minutes=50))
    noted = sorted(int(at.timestamp()) // 60 for (at,) in world.rows(FreedTime.starts_at))
    assert noted == [start - 60, start, start + 120, start + 240]
    # What is taken after she asked was free when she did, and is noted for nobody.
    world.walker(CHARLIE).hold(start + 120)
    with world.app.app_context():
        holding.expire_holds(now=clock.now() + timedelta(minutes=50))
    assert len(world.rows(FreedTime.id)) == 4


# ---- by itself ----


def test_one_after_another_until_nobody_is_left(world, start):
    place = taken(world, start)
    walkers = people(world, ALEX, CHARLIE)
    first, second = lines(world)
    by_itself(world)
    cancelled(world, place)
    assert world.tick() == ()
    assert turns(world) == [(first, start, "held")]
    kept = newest(world)
    assert (kept.answer, kept.standing) == (Answer.FREED, Standing.OFFERED)
    assert HOURS_12 - MINUTE < kept.hold_until - clock.now() <= HOURS_12
    walkers[0].get(f"/b/{_token(world)}")
    assert "A time came free" in walkers[0].text
    world.tick()
    world.tick(HOURS_12 - MINUTE)
    assert len(turns(world)) == 1, "it is hers until then"
    world.tick(HOURS_12 + MINUTE)
    assert turns(world) == [(first, start, "released"), (second, start, "held")]
    assert newest(world).client_id != kept.client_id
    world.tick(2 * HOURS_12 + 3 * MINUTE)
    world.tick(2 * HOURS_12 + 5 * MINUTE)
    assert [state for _line, _start, state in turns(world)] == ["released", "released"]
    assert len(world.rows(Wait.id)) == 2, "both wait on"
    world.send_mail()
    assert [len(world.mails_to(person.email)) for person in (ALEX, CHARLIE)] == [1, 1]
    assert world.mails_to(NORA.email) == [] or all(
        "cancelled" in mail.subject or "booked" in mail.subject for mail in world.mails_to(NORA.email)
    )
    assert start in world.walker().free(), "and then it is on offer to everyone"
    walkers[0].fill("/b", {"code": words_of(walkers[0].get(PAGE) and walkers[0])})
    assert walkers[0].page.headers["Location"] == PAGE


def test_quiet_minutes_are_kept_between_two_offers(world, start):
    """Two stretches side by side come free: what was offered from the first counts for the second."""
    with world.app.app_context():
        save_offering(offering(HOUR).id, slug=HOUR, interval_min=60)
    start += 30 if start % 60 else 0
    places = [taken(world, each) for each in (start, start + 65)]
    people(world, ALEX, CHARLIE)
    by_itself(world)
    for place in places:
        cancelled(world, place)
    world.tick()
    assert turns(world) == [(lines(world)[0], start, "held")]
    world.tick()
    assert [at for _line, at, _state in turns(world)] == [start, start + 120]


def test_whoever_says_no_is_not_offered_it_again_and_stays_on_the_list(world, start):
    place = taken(world, start)
    [alex] = people(world, ALEX)
    by_itself(world)
    cancelled(world, place)
    world.tick()
    path = f"/b/{_token(world)}"
    alex.get(path)
    alex.post(f"{path}/let-go")
    assert alex.page.headers["Location"] == "/book/gone"
    world.tick()
    world.tick(timedelta(hours=26))
    assert len(turns(world)) == 1
    alex.get(path)
    assert "See what you asked for" in alex.text
    alex.get(PAGE)
    assert "You are on the list" in alex.text
    other = taken(world, start + 120)
    cancelled(world, other)
    world.tick()
    assert len(turns(world)) == 1, "that one was free when she asked to wait"


def test_a_client_we_know_is_not_offered_it_again_either(world, start):
    """What she let go would be forgotten after a day; while she waits it is remembered."""
    place = taken(world, start)
    on_list(sign_in_as(world, add_maya(world)))
    by_itself(world, hours=1)
    cancelled(world, place)
    for hours in (0, 2, 27, 28, 30):
        world.tick(timedelta(hours=hours))
    assert turns(world) == [(lines(world)[0], start, "released")]
    assert [kind for kind, _state in world.outbox()].count("kept") == 1


def test_her_own_cancelled_time_is_not_offered_to_her(world, start):
    maya = add_maya(world)
    with world.app.app_context():
        from_desk = queries.place(_book_for(maya, start))
    on_list(sign_in_as(world, maya))
    by_itself(world)
    cancelled(world, from_desk.id)
    world.tick()
    assert turns(world) == []


def _book_for(client_id, start):
    return book_for_client(offering(HOUR), client_id, MAYA.zone, at_utc(start), BASE, now=clock.now())


@pytest.mark.safety("D2")
@pytest.mark.parametrize(("inbox", "offered"), [("only_me", True), ("shared", True), ("none", False)])
def test_only_to_people_who_can_hear_of_it(world, start, inbox, offered):
    place = taken(world, start)
    people(world, ALEX, inbox=inbox)
    people(world, CHARLIE)
    first, second = lines(world)
    by_itself(world)
    cancelled(world, place)
    world.tick()
    assert turns(world) == [(first if offered else second, start, "held")]
    nora = nora_at_desk(world)
    nora.get("/desk/waiting")
    assert nora.page.get_data(as_text=True).count("/remove") == 2


@pytest.mark.safety("D2")
def test_nobody_is_offered_anything_by_itself_whose_mail_has_lapsed_or_stopped(world, start):
    place = taken(world, start)
    maya = add_maya(world)
    on_list(sign_in_as(world, maya))
    with world.app.app_context():
        set_contact(maya, Inbox.ONLY_ME, MAYA.email, now=clock.now() - 61 * DAY)
    by_itself(world)
    cancelled(world, place)
    world.tick()
    with world.app.app_context():
        set_contact(maya, Inbox.ONLY_ME, MAYA.email, now=clock.now())
        things_changed(maya, now=clock.now())
    world.tick()
    assert turns(world) == []


def test_a_time_that_is_near_is_offered_by_hand_only(world, walker):
    """Within the notice of the service nothing is on offer to anyone, so nothing is offered by itself."""
    with world.app.app_context():
        set_week(coach_id(world), [Opening(day, 0, 24 * 60) for day in range(7)])
    near = int((clock.now() + timedelta(hours=5)).timestamp()) // 60 // 30 * 30
    place = taken(world, near)
    on_list(walker)
    by_itself(world)
    cancelled(world, place)
    world.tick()
    assert turns(world) == []
    offer(world, lines(world)[0], near)
    assert len(turns(world)) == 1


def test_what_does_not_suit_goes_to_the_next(world, start):
    place = taken(world, start)
    there = at_utc(start).astimezone(zone(NORA.zone))
    people(world, ALEX, weekdays=[str((there.weekday() + 1) % 7)])
    people(world, CHARLIE, weekdays=[str(there.weekday())])
    by_itself(world)
    cancelled(world, place)
    world.tick()
    assert [line for line, _start, _state in turns(world)] == [lines(world)[1]]


@pytest.mark.parametrize("who", ["approved", "invited"])
def test_a_first_booking_that_waits_for_a_yes_waits_here_too(world, start, who):
    place = taken(world, start)
    [alex] = people(world, ALEX)
    who_books(world, who)
    by_itself(world)
    cancelled(world, place)
    world.tick()
    path = f"/b/{_token(world)}"
    alex.get(path)
    alex.post(f"{path}/go")
    alex.follow()
    assert "nothing is booked or paid yet" in alex.text and "Ask for this time" in alex.text
    alex.post("/book/code")
    alex.get(path)
    assert "You have asked for this time" in alex.text
    assert newest(world).standing is Standing.ASKED and world.stripe.requests == ()
    elsewhere = world.walker()
    elsewhere.fill("/b", {"code": words_of(alex)})
    assert elsewhere.page.headers["Location"] == path
    with world.app.app_context():
        requests.approve(newest(world), BASE, by=SOMEBODY, now=clock.now())
    assert newest(world).standing is Standing.APPROVED


def test_the_coachs_hand_is_her_yes(world, start):
    [alex] = people(world, ALEX)
    who_books(world, "approved")
    offer(world, lines(world)[0], start)
    path = f"/b/{_token(world)}"
    alex.get(path)
    alex.post(f"{path}/go")
    alex.follow()
    assert "Continue to payment" in alex.text


def test_going_to_pay_keeps_the_time_though_the_turn_is_over(world, start):
    place = taken(world, start)
    [alex, _other] = people(world, ALEX, CHARLIE)
    by_itself(world, hours=1)
    cancelled(world, place)
    world.tick()
    path = f"/b/{_token(world)}"
    alex.get(path)
    alex.post(f"{path}/go")
    alex.follow()
    alex.post("/book/code")
    alex.session_id = alex.page.headers["Location"].rpartition("/")[2]
    world.tick(timedelta(minutes=70))
    assert len(turns(world)) == 1, "what may still be paid is nobody else's"
    alex.pay()
    world.tick(timedelta(minutes=80))
    assert "confirmed" in world.ledger()[0] and len(world.rows(Wait.id)) == 1


def test_an_erased_client_stops_nobody(world, start):
    place = taken(world, start)
    people(world, ALEX, CHARLIE)
    first, second = lines(world)
    with world.app.app_context():
        vault.destroy_key(db.session().get(Wait, first).client_id)
    by_itself(world)
    cancelled(world, place)
    assert world.tick() == ()
    assert [line for line, _start, _state in turns(world)] == [second]


def test_someone_who_is_booking_a_time_is_left_in_peace(world, start):
    place = taken(world, start)
    walker = on_list(sign_in_as(world, add_maya(world)))
    walker.hold(start + 300)
    by_itself(world)
    cancelled(world, place)
    world.tick()
    assert turns(world) == []


def test_a_mail_that_could_not_leave_in_time_stays(world, start):
    place = taken(world, start)
    people(world, ALEX)
    by_itself(world)
    cancelled(world, place)
    with world.app.app_context():
        assert offers.pass_on(BASE, now=clock.now()) == 1
    assert world.outbox() == [("booked", "refused"), ("cancelled", "refused"), ("kept", "waiting")]
    world.send_mail(HOURS_12 + MINUTE)
    assert ("kept", "refused") in world.outbox() and world.mails_to(ALEX.email) == []


def test_the_coach_sets_it_at_the_desk(world):
    nora = nora_at_desk(world)
    for typed, status, kept in (
        ({"by_itself": "y", "hours": "6"}, 303, 6),
        ({"by_itself": "y", "hours": "0"}, 422, 6),
        ({"by_itself": "y", "hours": "73"}, 422, 6),
        ({"by_itself": "y", "hours": "six"}, 422, 6),
        ({"by_itself": "y", "hours": ""}, 422, 6),
        ({"hours": "x"}, 303, None),
    ):
        nora.fill("/desk/waiting", typed)
        assert nora.page.status_code == status, typed
        with world.app.app_context():
            assert practice().turn_hours == kept
    nora.get("/desk/waiting")
    assert 'value="12"' in nora.page.get_data(as_text=True)


def test_leaving_the_list_leaves_what_is_kept(world, start):
    [alex] = people(world, ALEX)
    words = words_of(alex)
    offer(world, lines(world)[0], start)
    alex.get(PAGE)
    alex.post(f"{PAGE}/leave")
    alex.fill("/b", {"code": words})
    alex.follow()
    assert newest(world).standing is Standing.OFFERED and alex.page.status_code == 200


def test_forgotten_thirty_days_after_the_last_offer_if_nothing_came_of_it(world, start):
    [alex] = people(world, ALEX, last=str((clock.now() + 10 * DAY).date()))
    offer(world, lines(world)[0], start)
    world.tick(6 * DAY)
    world.tick(12 * DAY)
    assert (len(world.rows(Client.id)), world.rows(Wait.id)) == (1, [])
    alex.get(f"/b/{_token(world)}")
    assert "This time is no longer kept" in alex.text
    world.tick(45 * DAY)
    assert world.rows(Client.id) == world.rows(Place.id) == world.rows(Appointment.id) == []
    assert world.rows(sa.func.count(OutboxMessage.id)) == [(0,)]


def test_without_the_setting_nothing_moves(world, start):
    place = taken(world, start)
    people(world, ALEX)
    cancelled(world, place)
    with world.app.app_context():
        save_practice(turn_hours=None)
        assert offers.pass_on(BASE, now=clock.now()) == 0
