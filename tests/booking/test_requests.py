"""A first booking that waits for the coach's yes: what she sees, what the coach may answer, and who hears what."""

import re
import threading
from contextlib import suppress
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from coachapp import clock, db, vault
from coachapp.booking import blocking, queries, requests
from coachapp.booking.admission import AlreadyAnswered, IsBlocked
from coachapp.booking.holding import let_go
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import Answer, AppointmentState, HoldEnded, TimeTaken, TooLate
from coachapp.clients.models import Client
from coachapp.notifications.models import OutboxMessage
from coachapp.web.limits import Count
from tests.booking.whobooks import (
    SOMEBODY,
    add_maya,
    asked,
    coach_id,
    nora_at_desk,
    sign_in_as,
    who_books,
)
from tests.cast import ALEX, CHARLIE, NORA
from tests.road import MINUTE, both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

BASE = "http://127.0.0.1:8000"
FREE = "first-conversation"
DAY = timedelta(days=1)


@pytest.fixture
def approving(world):
    who_books(world, "approved")
    return world


def answer(world, verb, *args, later=timedelta()):
    """The coach's answer to the newest request, straight from the operation."""
    with world.app.app_context():
        place = newest(world)
        verb(place, *args, BASE, by=SOMEBODY, now=clock.now() + later)


def newest(world):
    return world.walker().place()


def states(world):
    found = sa.select(Appointment.state, Place.answer).join(Place, Place.appointment_id == Appointment.id)
    with world.app.app_context():
        return sorted((row.state, row.answer) for row in db.session().execute(found))


def test_nobody_is_booked_before_the_coach_says_yes(approving):
    walker = approving.walker()
    walker.go_to_code()
    walker.get("/book/code")
    assert "nothing is booked or paid yet. Nora answers by" in walker.text
    assert "Ask for this time" in walker.text and "Continue to payment" not in walker.text
    walker.press_pay()
    assert walker.page.headers["Location"] == "/book/done"
    walker.follow()
    assert walker.page.status_code == 200
    for words in (
        "You have asked for this time",
        "Nora answers by",
        "nothing is paid",
        "one link to this page",
    ):
        assert words in walker.text
    assert approving.ledger() == (["requested"], [], [], [])
    assert approving.stripe.requests == ()
    assert approving.outbox() == [], "nothing is sent to her before the answer"
    place = walker.place()
    assert place.hold_until == min(place.changed_at + 7 * DAY, place.starts_at)


def test_the_coach_is_told_by_mail_and_at_the_desk(approving):
    asked(approving.walker(), hope="To have my evenings back.")
    approving.send_mail()
    [mail] = approving.mails_to(NORA.email)
    assert mail.subject.startswith("Someone asks for a time: ")
    assert "/desk/requests" in mail.text and "Alex" not in mail.text
    nora = nora_at_desk(approving)
    nora.get("/desk/")
    assert "Alex asks for a time" in nora.text
    path = re.search(r'"(/desk/requests/[0-9a-f-]{36})"', nora.page.get_data(as_text=True))[1]
    nora.get("/desk/requests")
    assert "Waits for you" in nora.text and path in nora.page.get_data(as_text=True)
    nora.get(path)
    for words in ("Alex asks for a time", "Power hour", "To have my evenings back.", "Kept until"):
        assert words in nora.text
    day = newest(approving).starts_at.astimezone(ZoneInfo(NORA.zone)).date()
    nora.get(f"/desk/day/{day}")
    assert "Someone asks for this time" in nora.text


def test_yes_to_what_is_free_books_it_at_once(approving):
    walker = approving.walker()
    path = asked(walker, FREE)
    nora = nora_at_desk(approving)
    nora.fill(f"/desk/requests/{newest(approving).id}", {})
    nora.get(f"/desk/requests/{newest(approving).id}")
    nora.post(f"/desk/requests/{newest(approving).id}/approve")
    assert nora.page.status_code == 303
    assert states(approving) == [("confirmed", "approved")]
    assert approving.outbox() == [("booked", "waiting")]
    walker.get(path)
    assert "See you on" in walker.text
    nora.get(f"/desk/requests/{newest(approving).id}")
    assert nora.page.status_code == 200 and "Confirmed" in nora.text


@pytest.mark.safety("D2")
@pytest.mark.parametrize("inbox", ["only_me", "shared", "none"])
def test_yes_to_what_costs_something_keeps_it_for_paying(approving, inbox):
    walker = approving.walker()
    path = asked(walker, inbox=inbox)
    words = re.search(r'translate="no">([^<]+)<', walker.get(path).get_data(as_text=True))[1]
    answer(approving, requests.approve)
    place = newest(approving)
    assert (place.state, place.answer) == (AppointmentState.HELD, Answer.APPROVED)
    assert place.hold_until == min(place.changed_at + 3 * DAY, place.starts_at - timedelta(hours=2))
    approving.send_mail()
    mails = approving.mails_to(ALEX.email)
    assert len(mails) == (0 if inbox == "none" else 1)
    for mail in mails:
        assert mail.subject == "Your update"
        assert "Kept until" in mail.text and "New York time" in mail.text
        assert ("/b/" in mail.text) == (inbox == "only_me")
        assert "Nora" not in mail.text and "Alex" not in mail.text and "Power" not in mail.text
    # With her four words, on another device.
    elsewhere = approving.walker()
    elsewhere.fill("/b", {"code": words})
    elsewhere.follow()
    assert "Nora says yes. This time is kept for you until" in elsewhere.text
    elsewhere.post("/book/code")
    assert elsewhere.page.status_code == 303
    elsewhere.session_id = elsewhere.page.headers["Location"].rpartition("/")[2]
    elsewhere.pay()
    assert approving.ledger()[:3] == (["confirmed"], ["paid"], [95_00])


def test_the_mailed_link_leads_on_to_paying_with_the_four_words(approving):
    walker = approving.walker()
    path = asked(walker)
    with approving.app.app_context():
        words = queries.return_code(walker.place().id)
    answer(approving, requests.approve)
    reader = approving.walker()
    reader.get(path)
    assert "Nora says yes" in reader.text and "It is booked once it is paid." in reader.text
    assert reader.client.get_cookie("r") is None, "looking gives nothing to this browser"
    reader.post(f"{path}/go")
    assert reader.page.headers["Location"] == "/b", (
        "the road shows what was typed; a link is not enough for it"
    )
    reader.fill("/b", {"code": words})
    reader.follow()
    assert reader.get("/book/code").status_code == 200
    reader.post("/book/code")
    reader.session_id = reader.page.headers["Location"].rpartition("/")[2]
    reader.pay()
    assert approving.ledger()[0] == ["confirmed"]


def test_choosing_another_time_after_a_yes_says_what_is_let_go(approving):
    said = "The time that is kept for you already is let go then."
    walker = approving.walker()
    asked(walker)
    walker.get("/book/power-hour")
    assert said not in walker.text
    answer(approving, requests.approve)
    walker.get("/book/power-hour")
    assert said in walker.text
    assert said not in approving.walker().get("/book/power-hour").get_data(as_text=True)
    walker.hold(walker.morning()[3])
    walker.get("/book/power-hour")
    assert said not in walker.text, "it was let go"


def test_going_to_pay_and_coming_back_does_not_shorten_what_was_promised(approving):
    walker = approving.walker()
    asked(walker)
    answer(approving, requests.approve)
    until = newest(approving).hold_until
    walker.get("/book/code")
    walker.press_pay()
    assert walker.page.status_code == 303
    assert newest(approving).hold_until == until
    approving.stripe.lever(clock_offset=3600)
    approving.tick(60 * MINUTE)
    assert newest(approving).state is AppointmentState.HELD
    assert "kept for you until" in (walker.get("/book/code") and walker.text)
    approving.tick(until - clock.now() + timedelta(seconds=1))
    assert states(approving) == [("released", "approved")]
    walker.get(walker.place_path)
    assert "This time is no longer kept" in walker.text and "40 minutes" not in walker.text


def test_another_time_is_kept_for_her_and_the_first_is_free_again(approving):
    walker = approving.walker()
    path = asked(walker, FREE)
    first = newest(approving).starts_at
    nora = nora_at_desk(approving)
    other = (first + DAY).astimezone(ZoneInfo(NORA.zone)).replace(hour=19, minute=5)
    typed = {"day": other.date().isoformat(), "at": "19:05"}
    nora.fill(f"/desk/requests/{newest(approving).id}/other", typed)
    assert nora.page.status_code == 303, nora.text
    place = newest(approving)
    assert place.starts_at == other and place.ends_at - place.starts_at == 20 * MINUTE
    assert states(approving) == [("held", "offered")]
    assert int(first.timestamp()) // 60 in approving.walker().free(FREE)
    walker.get(path)
    assert "Nora offers you this time" in walker.text and "Nothing is booked before you say so" in walker.text
    walker.get("/book/code")
    assert "in place of the one you asked for" in walker.text
    walker.press_pay()
    assert states(approving) == [("confirmed", "offered")]


def test_what_cannot_be_offered(approving):
    first, second = approving.walker(), approving.walker(CHARLIE)
    asked(first)
    taken = newest(approving).starts_at
    asked(second)
    nora = nora_at_desk(approving)
    path = f"/desk/requests/{newest(approving).id}/other"
    local = taken.astimezone(ZoneInfo(NORA.zone))
    for day, at, status, said in (
        (
            local.date().isoformat(),
            f"{local:%H:%M}",
            409,
            "There is a session, or blocked time, at this hour",
        ),
        ("2020-01-01", "10:00", 422, "Choose a time that is still to come"),
        ("soon", "10:00", 422, "Enter a day"),
        (local.date().isoformat(), "late", 422, "Enter a time"),
    ):
        nora.fill(path, {"day": day, "at": at})
        assert (nora.page.status_code, said in nora.text) == (status, True), (day, at)
    assert states(approving) == [("requested", None), ("requested", None)]


@pytest.mark.parametrize("inbox", ["only_me", "shared", "none"])
def test_a_kind_no(approving, inbox):
    walker = approving.walker()
    path = asked(walker, inbox=inbox)
    words = re.search(r'translate="no">([^<]+)<', walker.get(path).get_data(as_text=True))[1]
    start = int(newest(approving).starts_at.timestamp()) // 60
    nora = nora_at_desk(approving)
    decline = f"/desk/requests/{newest(approving).id}/decline"
    nora.get(decline)
    assert ("Not possible: " in nora.text) == (inbox != "none")
    nora.post(decline)
    assert nora.page.status_code == 303
    assert states(approving) == [("released", "declined")]
    assert start in approving.walker().free()
    approving.send_mail()
    assert ["Not possible: " in mail.text for mail in approving.mails_to(ALEX.email)] == [True] * (
        inbox != "none"
    )
    for asking in (walker, elsewhere := approving.walker()):
        asking.fill("/b", {"code": words})
        asking.follow()
        assert asking.page.status_code == 200 and "This time is not possible" in asking.text
        assert "Nothing was paid" in asking.text
    assert elsewhere.get("/book/code").headers["Location"] == path


def test_every_page_of_the_road_is_true_after_asking(approving):
    walker = approving.walker()
    path = asked(walker)
    for page in ("/book/details", "/book/code", "/book/done"):
        assert (walker.get(page).status_code, walker.page.headers["Location"]) == (303, path), page
    walker.get(path)
    token = walker.token
    for page in ("/book/details", "/book/code"):
        walker.client.post(page, data={"csrf_token": token})
        assert walker.client.post(page, data={"csrf_token": token}).headers["Location"] == path
    assert walker.client.post("/book/details/save", data={"csrf_token": token}).status_code == 409
    for page in (f"{path}.ics", f"{path}/cancel"):
        assert walker.get(page).status_code == 404, "nothing is booked yet"
    walker.get(path)
    assert walker.post(f"{path}/go").headers["Location"] == path
    assert states(approving) == [("requested", None)]


@pytest.mark.safety("D5")
@pytest.mark.parametrize("verb", [None, requests.approve, requests.decline])
def test_a_shared_inbox_shows_the_time_only(approving, verb):
    path = asked(approving.walker(), inbox="shared")
    if verb:
        answer(approving, verb)
    stranger = approving.walker(CHARLIE)
    stranger.get(path)
    assert stranger.page.status_code == 200
    assert "Not booked" in stranger.text
    for hidden in ("Nora", "Power hour", "asked", "yes"):
        assert hidden not in stranger.text.replace("About Nora", "")
    stranger.post(f"{path}/go")
    assert stranger.page.status_code == 404
    stranger.get(path)
    stranger.post(f"{path}/let-go")
    assert stranger.page.status_code == 404


def test_she_takes_it_back(approving):
    walker = approving.walker()
    path = asked(walker)
    walker.get(path)
    walker.post(f"{path}/let-go")
    assert walker.page.headers["Location"] == "/book/gone"
    assert states(approving) == [("released", None)]
    with approving.app.app_context(), pytest.raises(AlreadyAnswered):
        requests.approve(newest(approving), BASE, by=SOMEBODY, now=clock.now())
    nora = nora_at_desk(approving)
    assert nora.get(f"/desk/requests/{newest(approving).id}").status_code == 404


@both_databases
def test_two_desks_press_at_once(approving):
    """One answer wins, whatever the two were, and she hears of one."""
    for round_number in range(4):
        asked(approving.walker(), FREE)
        place = newest(approving)
        works = [requests.approve, requests.decline] * 3
        together, said, lock = threading.Barrier(len(works)), [], threading.Lock()

        def press(work, place=place, together=together, said=said, lock=lock):
            with approving.app.app_context():
                together.wait()
                try:
                    work(place, BASE, by=SOMEBODY, now=clock.now())
                    result = work.__name__
                except AlreadyAnswered:
                    result = None
                with lock:
                    said.append(result)

        run_all(press, works)
        [won] = [each for each in said if each]
        with approving.app.app_context():
            after = queries.place(place.id)
        assert (after.state.value, after.answer.value) == (
            ("confirmed", "approved") if won == "approve" else ("released", "declined")
        )
        assert len(approving.outbox()) == round_number + 1


@both_databases
def test_yes_and_letting_go_at_the_same_moment(approving):
    for _ in range(4):
        asked(approving.walker(), FREE)
        place = newest(approving)
        together = threading.Barrier(2)

        def press(work, place=place, together=together):
            with approving.app.app_context():
                together.wait()
                with suppress(AlreadyAnswered):
                    work(place)

        works = [
            lambda place: requests.approve(place, BASE, by=SOMEBODY, now=clock.now()),
            lambda place: let_go(place, now=clock.now()),
        ]
        run_all(press, works)
        with approving.app.app_context():
            after = queries.place(place.id)
        assert (after.state.value, after.answer) in (("confirmed", Answer.APPROVED), ("released", None))


def run_all(run, works):
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_pressing_twice_asks_once(approving):
    walker = approving.walker()
    walker.go_to_code()
    walker.get("/book/code")
    token = walker.token
    answers = [walker.client.post("/book/code", data={"csrf_token": token}) for _ in range(3)]
    assert [each.status_code for each in answers] == [303] * 3
    assert len(approving.rows(OutboxMessage.id)) == 1
    place = newest(approving)
    with approving.app.app_context():
        requests.ask(place, BASE, now=clock.now())
        with pytest.raises(HoldEnded):
            let_go(place, now=clock.now())
            requests.ask(queries.place(place.id), BASE, now=clock.now())


def test_an_unanswered_request_ends_by_itself(approving):
    walker = approving.walker()
    path = asked(walker, start=walker.morning()[1])
    until = newest(approving).hold_until
    approving.tick(until - clock.now() - timedelta(minutes=1))
    assert states(approving) == [("requested", None)]
    approving.tick(until - clock.now() + timedelta(seconds=1))
    assert states(approving) == [("released", "unanswered")]
    assert approving.outbox() in ([("not possible", "waiting")], [("not possible", "sent")])
    walker.get(path)
    assert "No answer came in time" in walker.text
    with approving.app.app_context(), pytest.raises(AlreadyAnswered):
        requests.approve(newest(approving), BASE, by=SOMEBODY, now=clock.now())


def test_yes_comes_too_late(approving):
    asked(approving.walker())
    place = newest(approving)
    with approving.app.app_context():
        with pytest.raises(TooLate):
            requests.approve(place, BASE, by=SOMEBODY, now=place.starts_at)
        with pytest.raises(TooLate):
            requests.offer(place, clock.now() - MINUTE, BASE, by=SOMEBODY, now=clock.now())
        requests.decline(place, BASE, by=SOMEBODY, now=place.starts_at)


def test_the_time_is_hers_while_it_waits(approving):
    asked(approving.walker())
    place = newest(approving)
    other = approving.walker(CHARLIE)
    other.hold(int(place.starts_at.timestamp()) // 60)
    assert other.page.status_code == 409
    with approving.app.app_context(), pytest.raises(TimeTaken):
        other_place = place_of(other, approving)
        requests.offer(other_place, place.starts_at, BASE, by=SOMEBODY, now=clock.now())


def place_of(walker, world):
    walker.go_to_code()
    walker.press_pay()
    return world.walker().place()


@pytest.mark.safety("R51")
def test_retention(approving):
    """Under way it is never forgotten; declined or unanswered after 30 days; taken back after one."""

    def people():
        return len(approving.rows(Client.id))

    asked(first := approving.walker(), start=first.free()[-1])
    approving.tick(5 * DAY)
    assert people() == 1, "it waits"
    answer(approving, requests.decline)
    approving.tick(29 * DAY)
    assert people() == 1
    [(client_id,)] = approving.rows(Client.id)
    approving.tick(31 * DAY)
    assert (people(), approving.rows(Place.id)) == (0, [])
    with approving.app.app_context(), pytest.raises(vault.KeyGone):
        vault.seal(client_id, "client.name", client_id, "Alex")
    asked(walker := approving.walker(), start=walker.free()[-1])
    answer(approving, requests.approve)
    approving.tick(2 * DAY)
    assert people() == 1, "it may still be paid"
    walker.get("/book/code")
    walker.post("/book/let-go")
    approving.tick(29 * DAY)
    assert people() == 1
    approving.tick(31 * DAY)
    assert people() == 0


def test_a_client_who_is_signed_in_books_at_once_into_her_own_record(approving):
    maya = add_maya(approving)
    walker = sign_in_as(approving, maya)
    walker.hold(slug=FREE)
    page = walker.get("/book/details").get_data(as_text=True)
    assert 'name="email"' not in page and "maya@example.com" not in page
    walker.post("/book/details", {"agree": "y", "hope": "A plan."})
    assert walker.page.status_code == 303, walker.text
    walker.get("/book/code")
    assert "Book this time" in walker.text
    walker.press_pay()
    place = newest(approving)
    assert (place.state, place.client_id) == (AppointmentState.CONFIRMED, maya)
    assert len(approving.rows(Client.id)) == 1
    walker.get("/me/sessions")
    assert f"{place.starts_at.astimezone(ZoneInfo(place.zone)):%H:%M}" in walker.text


def test_words_typed_by_a_stranger_never_move_into_a_clients_record(approving):
    """On one device: a stranger begins, then a client signs in and chooses another time; and the other way round."""
    maya = add_maya(approving)
    walker = sign_in_as(approving, maya)
    walker.hold()
    walker.get("/book/details")
    walker.post("/book/details", {"agree": "y", "hope": "Mine."})
    cookie = walker.client.get_cookie("r").value
    stranger = approving.walker(CHARLIE)
    stranger.client.set_cookie("r", cookie)
    stranger.hold()
    assert stranger.page.status_code == 303
    page = stranger.get("/book/details").get_data(as_text=True)
    assert "Mine." not in page and 'name="email"' in page
    assert newest(approving).client_id is None


def test_how_often_one_network_may_ask(approving):
    walker = approving.walker()
    asked(walker)
    approving.change(Count, count=20)
    other = approving.walker(CHARLIE)
    with approving.app.app_context():
        pass
    other.go_to_code()
    approving.change(Count, count=20)
    other.press_pay()
    assert other.page.status_code == 429
    assert "Let us pause here for a moment" in other.text
    other.get("/book/code")
    assert other.page.status_code == 200, "the time is still kept, the words too"


def test_others_requests_are_not_found(approving):
    asked(approving.walker())
    place = newest(approving)
    nora = nora_at_desk(approving)
    stranger = approving.walker(CHARLIE)
    assert stranger.get(f"/desk/requests/{place.id}").headers["Location"] == "/sign-in"
    for path in ("", "/other", "/decline"):
        assert nora.get(f"/desk/requests/{SOMEBODY}{path}").status_code == 404
    # A time someone is only choosing is no request.
    other = approving.walker(CHARLIE)
    other.go_to_code()
    assert nora.get(f"/desk/requests/{newest(approving).id}").status_code == 404


def test_money_that_comes_for_a_request_goes_back(world):
    """She was at Stripe when the practice began to ask first: what she began goes on, and nothing is asked."""
    walker = world.walker()
    walker.to_payment()
    who_books(world, "approved")
    walker.get("/book/code")
    assert "Continue to payment" in walker.text
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])


def test_a_blocked_request_cannot_be_approved(approving):
    asked(approving.walker())
    with approving.app.app_context():
        blocking.block(coach_id(approving), "ALEX+x@example.com", "The uncle", by=SOMEBODY, now=clock.now())
        with pytest.raises(IsBlocked):
            requests.approve(newest(approving), BASE, by=SOMEBODY, now=clock.now())
        with pytest.raises(IsBlocked):
            requests.offer(newest(approving), clock.now() + 9 * DAY, BASE, by=SOMEBODY, now=clock.now())
    nora = nora_at_desk(approving)
    nora.get("/desk/requests")
    assert "Blocked" in nora.text
    path = f"/desk/requests/{newest(approving).id}"
    nora.get(path)
    assert "This address is on your list" in nora.text and "Say yes" not in nora.text
    nora.post(f"{path}/approve")
    assert nora.page.status_code == 409
    nora.get(path)
    nora.post(f"{path}/decline")
    assert states(approving) == [("released", "declined")]
