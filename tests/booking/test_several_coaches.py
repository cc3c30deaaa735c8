"""Several coaches give one offering: the times of all of them, with whom a time is held, and what follows from that."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import blocking
from coachapp.booking.desk_operations import block_time, set_week
from coachapp.booking.models import Appointment, Place
from coachapp.booking.outside.queries import furthest_day
from coachapp.clients.models import Client
from coachapp.clients.operations import give_early_times
from coachapp.practice.models import Coach, Offering
from coachapp.practice.operations import save_offering, share_offering
from coachapp.practice.queries import coach, given_by, givers, offering
from tests.booking.colleagues import (
    ADA,
    HOUR,
    a_client,
    add_ada,
    booked_with,
    choose,
    nora,
    short_id,
    shown,
    times_with,
    week_of,
)
from tests.booking.whobooks import (
    SOMEBODY,
    add_maya,
    link_for,
    open_link,
    sign_in_as,
    who_books,
)
from tests.cast import ALEX, CHARLIE, MAYA, NORA
from tests.road import at_utc
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name


def held_with(world):
    """The coaches of what is held now, oldest first."""
    found = (
        sa.select(Appointment.coach_id).where(Appointment.state == "held").order_by(Appointment.created_at)
    )
    with world.app.app_context():
        return list(db.session().scalars(found))


def block(world, coach_number, start, minutes=60):
    with world.app.app_context():
        block_time(
            coach_number, at_utc(start), at_utc(start) + timedelta(minutes=minutes), "", now=clock.now()
        )


def change_coach(world, number, **values):
    with world.app.app_context(), db.transaction() as session:
        session.execute(sa.update(Coach).where(Coach.id == number).values(**values))


# ── which times ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_times_of_all_who_give_it_each_once(world):
    ada = add_ada(world, zone="Europe/Lisbon", hours=(12 * 60, 20 * 60))
    walker = world.walker(CHARLIE)
    hers, noras = (times_with(walker, short_id(world, each)) for each in (ada, nora(world)))
    everyones = times_with(walker, None)
    assert hers != noras and set(hers) & set(noras)
    assert everyones == sorted({*hers, *noras})


def test_what_one_has_taken_the_other_still_gives(world):
    ada = add_ada(world)
    walker = world.walker(CHARLIE)
    start = walker.morning()[0]
    block(world, nora(world), start)
    assert start in walker.free()
    block(world, ada, start)
    assert start not in walker.free()


def test_each_by_her_own_limits(world):
    ada = add_ada(world)
    walker = world.walker(CHARLIE)
    start = walker.morning()[0]
    change_coach(world, nora(world), most_per_day=1)
    booked_with(world, nora(world), start)
    assert times_with(walker, short_id(world, nora(world)))[0] != start
    assert start in times_with(walker, short_id(world, ada))
    assert start in times_with(walker, None)


def test_who_does_not_give_it_is_not_there(world):
    ada = add_ada(world)
    walker = world.walker(CHARLIE)
    assert "With whom" not in walker.get("/book/first-conversation").get_data(as_text=True)
    path = f"/book/first-conversation/times.json?from=2026-11-23&to=2026-11-24&with={short_id(world, ada)}"
    assert walker.get(path).status_code == 400
    assert walker.page.get_json() == {"error": "`with` names nobody who gives this."}
    with world.app.app_context():
        share_offering(offering(HOUR).id, [])
        assert [each.id for each in givers(offering(HOUR))] == [nora(world)]
    assert "With whom" not in walker.get(f"/book/{HOUR}").get_data(as_text=True)


@pytest.mark.parametrize("said", ["", "1", "\0", "x" * 3000, "ünïcödé", "' OR 1=1 --"])
def test_nobody_is_called_that(world, said):
    add_ada(world)
    walker = world.walker(CHARLIE)
    query = {"from": "2026-11-23", "to": "2026-11-24", "with": said}
    assert walker.client.get(f"/book/{HOUR}/times.json", query_string=query).status_code == 400
    walker.get(f"/book/{HOUR}")
    assert walker.post(f"/book/{HOUR}/with", {"with": said}).status_code == 303
    walker.follow()
    assert walker.page.status_code == 200
    start = walker.free()[0]
    walker.post(f"/book/{HOUR}", {"slot": str(start), "tz": "UTC", "with": said})
    assert walker.page.status_code == (409 if said else 303)


def test_a_short_id_says_nothing(world):
    ada = add_ada(world)
    both = {short_id(world, nora(world)), short_id(world, ada)}
    assert len(both) == 2
    assert all(re.fullmatch(r"[b-df-hj-np-tv-z2-9]{6}", each) for each in both)


# ── with whom ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_practice_of_one_is_not_asked_with_whom(walker):
    walker.get(f"/book/{HOUR}")
    assert "With whom" not in walker.text and "Power hour with Nora" in walker.text
    walker.go_to_code()
    assert "With Nora" not in walker.get("/book/code").get_data(as_text=True)


def test_whoever_is_free_unless_she_says_with_whom(world):
    ada = add_ada(world, hours=(12 * 60, 20 * 60))
    walker = world.walker(CHARLIE)
    page = walker.get(f"/book/{HOUR}").get_data(as_text=True)
    assert "Power hour with Nora or Ada" in walker.text and "Whoever is free" in walker.text
    assert re.search(r'name="with" value="" checked', page)
    day = at_utc(times_with(walker, short_id(world, ada))[0]).date()
    choose(walker, short_id(world, ada))
    assert "Power hour with Ada" in walker.text and "Nora or" not in walker.text
    walker.get(f"/book/{HOUR}?day={day}")
    assert shown(walker) == [
        each for each in times_with(walker, short_id(world, ada)) if at_utc(each).date() == day
    ]
    assert (
        short_id(world, ada)
        not in re.findall(r'href="([^"]*)"', walker.page.get_data(as_text=True)).__str__()
    )
    choose(walker, "")
    assert "Power hour with Nora or Ada" in walker.text


def test_two_of_one_name_are_called_in_full(world):
    add_ada(world, name="Nora")
    walker = world.walker(CHARLIE)
    walker.get(f"/book/{HOUR}")
    assert "with Nora Ellis or Nora Lind" in walker.text


def test_what_is_held_is_with_the_one_the_page_named(world):
    ada = add_ada(world)
    walker = world.walker(CHARLIE)
    choose(walker, short_id(world, ada))
    walker.post(f"/book/{HOUR}", {"slot": str(walker.free()[3]), "tz": "UTC", "with": short_id(world, ada)})
    assert walker.page.status_code == 303 and held_with(world) == [ada]
    walker.get("/book/details")
    assert re.search(r"With\s+Ada", walker.text)


def test_a_time_of_hers_that_is_taken_is_not_anothers_instead(world):
    ada = add_ada(world)
    walker = world.walker(CHARLIE)
    start = walker.morning()[0]
    block(world, ada, start)
    choose(walker, short_id(world, ada))
    walker.post(f"/book/{HOUR}", {"slot": str(start), "tz": "UTC", "with": short_id(world, ada)})
    assert walker.page.status_code == 409 and held_with(world) == []
    assert "Power hour with Ada" in walker.text and start not in shown(walker)


def test_who_gives_it_no_longer_is_nobodys_choice(world):
    ada = add_ada(world)
    walker = world.walker(CHARLIE)
    choose(walker, short_id(world, ada))
    with world.app.app_context():
        share_offering(offering(HOUR).id, [])
    assert "Power hour with Nora" in walker.get(f"/book/{HOUR}").get_data(as_text=True)
    start = walker.free()[0]
    walker.post(f"/book/{HOUR}", {"slot": str(start), "tz": "UTC", "with": short_id(world, ada)})
    assert walker.page.status_code == 409 and held_with(world) == []


def test_leaving_forgets_with_whom(world):
    ada = add_ada(world)
    walker = world.walker(CHARLIE)
    choose(walker, short_id(world, ada))
    walker.get("/leave")
    assert "Power hour with Nora or Ada" in walker.get(f"/book/{HOUR}").get_data(as_text=True)


# ── whose turn ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_one_with_the_fewest_sessions_that_week(world):
    ada = add_ada(world)
    free = world.walker().morning()
    start = free[0]
    elsewhere = next(each for each in free if each >= start + 300 and week_of(each) == week_of(start))
    world.walker().hold(start)
    assert held_with(world) == [nora(world)], "nobody has any: the one who came first"
    world.walker(CHARLIE).hold(elsewhere)
    assert held_with(world) == [nora(world), ada]


def test_another_week_counts_for_nothing(world):
    add_ada(world)
    start = world.walker().morning()[0]
    booked_with(world, nora(world), start + 14 * 1440)
    world.walker().hold(start)
    assert held_with(world) == [nora(world)]


def test_only_who_is_free(world):
    ada = add_ada(world)
    start = world.walker().morning()[0]
    block(world, nora(world), start)
    world.walker().hold(start)
    assert held_with(world) == [ada]
    world.walker(CHARLIE).hold(start)
    assert held_with(world) == [ada], "and then nobody is"


def test_another_time_in_the_same_browser_begins_anew(world):
    """What she held before neither counts nor stands in its own way, with whomever it was."""
    add_ada(world)
    walker = world.walker()
    start = walker.morning()[0]
    for each in (start, start + 30, start):
        walker.hold(each)
        assert walker.page.status_code == 303
        assert held_with(world) == [nora(world)]


def test_her_words_come_along_to_another_coach_and_so_does_her_record(world):
    ada = add_ada(world)
    walker = world.walker()
    start = walker.morning()[0]
    walker.hold(start)
    walker.get("/book/details")
    walker.post("/book/details/save", {"name": "Alex", "hope": "A calm hour"})
    assert [each for (each,) in world.rows(Client.coach_id)] == [nora(world)]
    walker.get(f"/book/{HOUR}")
    walker.post(f"/book/{HOUR}", {"slot": str(start), "tz": "UTC", "with": short_id(world, ada)})
    assert "A calm hour" in walker.get("/book/details").get_data(as_text=True)
    assert [each for (each,) in world.rows(Client.coach_id)] == [ada]


# ── everything after the hold ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def with_ada(world):
    """Alex has paid an hour with Ada, and mails have left."""
    ada = add_ada(world, zone="Europe/Lisbon", hours=(12 * 60, 20 * 60))
    walker = world.walker()
    short = short_id(world, ada)
    times = times_with(walker, short)
    start = next(each for each in times if {each + 30, each + 60} <= {*times})
    walker.get(f"/book/{HOUR}")
    walker.post(f"/book/{HOUR}", {"slot": str(start), "tz": ALEX.zone, "with": short})
    walker.tell()
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()
    world.send_mail()
    return walker


def test_mails_are_hers(world, with_ada):
    assert [mail.subject.startswith("A time was booked") for mail in world.mails_to(ADA)] == [True]
    assert "Lisbon time" in world.mails_to(ADA)[0].text
    assert world.mails_to(NORA.email) == []
    [mail] = world.mails_to(ALEX.email)
    assert mail.header("Reply-To") == ADA


def test_the_record_is_hers(world, with_ada):
    assert world.rows(Client.coach_id) == world.rows(Appointment.coach_id) != [(nora(world),)]


def test_the_pages_name_her(world, with_ada):
    with_ada.get(with_ada.place_path)
    assert "With Ada." in with_ada.text and "Nora" not in with_ada.text.replace("About Nora", "")
    with_ada.get(f"{with_ada.place_path}/cancel")
    assert "Nora" not in with_ada.text.replace("About Nora", "")


def test_moving_is_to_a_time_of_the_same_coach(world, with_ada):
    ada = with_ada.place().coach_id
    path = with_ada.place_path
    assert "times of Ada" in with_ada.get(f"{path}/move").get_data(as_text=True)
    only_noras = next(
        each
        for each in times_with(with_ada, short_id(world, nora(world)))
        if each not in times_with(with_ada, short_id(world, ada))
    )
    with_ada.post(f"{path}/move", {"slot": str(only_noras)})
    assert with_ada.page.status_code == 409
    hers = times_with(with_ada, short_id(world, ada))[7]
    with_ada.get(f"{path}/move")
    with_ada.post(f"{path}/move", {"slot": str(hers)})
    assert with_ada.page.status_code == 303
    assert (with_ada.place().coach_id, with_ada.place().starts_at) == (ada, at_utc(hers))


def test_she_may_move_it_also_when_that_coach_gives_it_to_nobody_new(world, with_ada):
    with world.app.app_context():
        share_offering(offering(HOUR).id, [])
    ada = with_ada.place().coach_id
    start = int(with_ada.place().starts_at.timestamp()) // 60
    path = with_ada.place_path
    with_ada.get(f"{path}/move")
    with_ada.post(f"{path}/move", {"slot": str(start + 60)})
    assert with_ada.page.status_code == 303 and with_ada.place().coach_id == ada


def test_the_room_is_hers(world, with_ada):
    change_coach(world, with_ada.place().coach_id, room_link="https://rooms.example/ada")
    change_coach(world, nora(world), room_link="https://rooms.example/nora")
    begins = clock.now() + timedelta(minutes=5)
    world.change(Appointment, starts_at=begins, ends_at=begins + timedelta(hours=1))
    assert with_ada.get(f"{with_ada.place_path}/room").headers["Location"] == "https://rooms.example/ada"
    with_ada.get(with_ada.place_path)
    assert "One press tells Ada" in with_ada.text


@pytest.mark.parametrize("way", ["phone", "person"])
def test_the_words_about_phone_and_place_are_hers(world, with_ada, way):
    change_coach(world, nora(world), meet_phone="Nora rings you.", meet_person="Nora’s door.")
    world.change(Appointment, way=way)
    with_ada.get(with_ada.place_path)
    assert "Nora" not in with_ada.text.replace("About Nora", "")
    change_coach(world, with_ada.place().coach_id, meet_phone="Ada rings you.", meet_person="Ada’s door.")
    with_ada.get(with_ada.place_path)
    assert {"phone": "Ada rings you.", "person": "Ada’s door."}[way] in with_ada.text


def test_reminders_go_out_in_her_name(world, with_ada):
    world.change(Coach, remind_min=60)
    world.tick(with_ada.place().starts_at - clock.now() - timedelta(minutes=60))
    assert [mail.subject.split(":")[0] for mail in world.mails_to(ADA)] == ["A time was booked", "Coming up"]
    assert world.mails_to(NORA.email) == []


def test_a_first_booking_asks_the_one_it_is_with(world):
    who_books(world, "approved")
    ada = add_ada(world)
    walker = world.walker()
    assert "waits for Nora or Ada to say yes" in " ".join(
        walker.get(f"/book/{HOUR}").get_data(as_text=True).split()
    )
    walker.get(f"/book/{HOUR}")
    walker.post(
        f"/book/{HOUR}", {"slot": str(walker.morning()[0]), "tz": "UTC", "with": short_id(world, ada)}
    )
    walker.tell()
    walker.get("/book/code")
    assert "Ada answers by" in walker.text and "Nora answers" not in walker.text
    walker.press_pay()
    world.send_mail()
    assert len(world.mails_to(ADA)) == 1 and world.mails_to(NORA.email) == []


# ── who books ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_leads_to_times_of_the_coach_who_made_it(world):
    ada = add_ada(world, hours=(12 * 60, 20 * 60))
    walker = world.walker(CHARLIE)
    open_link(walker, link_for(world))
    walker.get(f"/book/{HOUR}")
    assert "Power hour with Nora" in walker.text and "With whom" not in walker.text
    assert walker.free() == times_with(world.walker(), short_id(world, nora(world)))
    only_adas = next(
        each for each in times_with(world.walker(), short_id(world, ada)) if each not in walker.free()
    )
    walker.hold(only_adas)
    assert walker.page.status_code == 409


def test_early_times_are_those_of_her_own_coach(world):
    ada = add_ada(world)
    world.change(Coach, early_notice_min=60)
    world.change(Offering, notice_min=40 * 60)
    maya = add_maya(world)
    with world.app.app_context():
        give_early_times(maya, clock.now().date() + timedelta(days=9))
    walker = sign_in_as(world, maya)
    hers, adas = (times_with(walker, short_id(world, each)) for each in (nora(world), ada))
    assert hers[0] < adas[0]
    walker.hold(hers[0])
    assert held_with(world) == [nora(world)]


def test_a_client_who_is_signed_in_keeps_her_record_and_her_coach(world):
    ada = add_ada(world)
    maya = add_maya(world)
    walker = sign_in_as(world, maya)
    walker.get(f"/book/{HOUR}")
    walker.post(
        f"/book/{HOUR}", {"slot": str(walker.morning()[0]), "tz": MAYA.zone, "with": short_id(world, ada)}
    )
    walker.get("/book/details")
    assert "Ada will see what you are called here" in walker.text
    assert "your record stays with Nora" in walker.text
    assert world.rows(Place.client_id) == [(maya,)]
    assert [each for (each,) in world.rows(Client.coach_id)] == [nora(world)]


def test_with_her_own_coach_there_is_nothing_to_say_about_it(world):
    add_ada(world)
    walker = sign_in_as(world, add_maya(world))
    walker.hold()
    walker.get("/book/details")
    assert held_with(world) == [nora(world)] and "will see what you are called" not in walker.text


def test_a_link_made_for_her_tells_its_holder_nothing_of_whose_she_is(world):
    add_ada(world)
    walker = world.walker(CHARLIE)
    open_link(walker, link_for(world, add_maya(world)))
    walker.hold()
    walker.get("/book/details")
    assert walker.page.status_code == 200 and "record" not in walker.text


@pytest.mark.safety("D12")
def test_who_is_blocked_by_one_does_not_come_in_by_another(world):
    ada = add_ada(world)
    with world.app.app_context():
        blocking.block(nora(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    walker = world.walker(CHARLIE)
    start = walker.morning()[0]
    walker.get(f"/book/{HOUR}")
    walker.post(f"/book/{HOUR}", {"slot": str(start), "tz": "UTC", "with": short_id(world, ada)})
    walker.tell()
    assert walker.page.status_code == 409 and "That time has been taken" in walker.text
    assert start not in shown(walker), "though Nora is free then, it is said to be taken"
    assert world.ledger()[0] == ["released"]
    with world.app.app_context():
        [row] = blocking.blocked_people(nora(world))
        assert row.tries == 1 and blocking.blocked_people(ada) == []


# ── around it ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_calendar_elsewhere_is_read_as_far_as_anything_she_gives(world):
    ada = add_ada(world)
    with world.app.app_context():
        assert furthest_day(ada) == timedelta(days=60)
        share_offering(offering(HOUR).id, [])
        assert furthest_day(ada) == timedelta(0)


def test_what_she_gives_is_hers_to_book(world):
    ada = add_ada(world)
    with world.app.app_context():
        assert [(row.slug, row.coach_id) for row in given_by(ada)] == [(HOUR, ada)]
        assert {row.coach_id for row in given_by(nora(world))} == {nora(world)}
        assert offering(HOUR).coach_id == nora(world), "it stays Nora's"


def test_who_is_no_coach_here_gives_nothing(world):
    with world.app.app_context():
        share_offering(offering(HOUR).id, [nora(world), 77, -1])
        assert [each.id for each in givers(offering(HOUR))] == [nora(world)]


def test_saving_an_offering_says_who_gives_it_only_when_told(world):
    ada = add_ada(world)
    with world.app.app_context():
        row = offering(HOUR)
        save_offering(row.id, slug=HOUR, title="An hour")
        assert [each.id for each in givers(row)] == [nora(world), ada]
        save_offering(row.id, further=[], slug=HOUR)
        assert [each.id for each in givers(row)] == [nora(world)]


def test_the_first_time_is_counted_with_each_coach(world, with_ada):
    """Whoever lets her in from inside has to be told the first time, also if she has been with another."""
    ada = with_ada.place().coach_id
    change_coach(world, ada, room_link="https://rooms.example/ada")
    noras = nora(world)
    with_ada.get(with_ada.place_path)
    assert "The first time, Ada lets you in" in with_ada.text
    with world.app.app_context(), db.transaction() as session:
        mine = session.scalars(sa.select(Appointment)).one()
        client_id = session.scalars(sa.select(Place.client_id)).one()
        before = Appointment(
            coach_id=noras, state="confirmed", starts_at=mine.starts_at - timedelta(days=30),
            ends_at=mine.ends_at - timedelta(days=30), before_min=0, after_min=0, way="video",
            created_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        session.add(before)
        session.flush()
        session.add(
            Place(
                appointment_id=before.id, client_id=client_id, booked_by="staff", zone="UTC", price_minor=0,
                currency="EUR", token_hash=b"another", created_at=clock.now() - timedelta(days=31),
            )
        )  # fmt: skip
    with_ada.get(with_ada.place_path)
    assert "The first time, Ada lets you in" in with_ada.text
    world.change(Appointment, coach_id=ada)
    with_ada.get(with_ada.place_path)
    assert "The first time" not in with_ada.text


def test_a_short_message_about_it_names_who_reads_it(world):
    ada = add_ada(world)
    with world.app.app_context():
        save_offering(
            None, coach_id=ada, kind="package", text="", points=[], slug="adas", title="Ada’s",
            length_min=60, price_minor=0,
        )  # fmt: skip
    walker = world.walker(CHARLIE)
    walker.get("/write/about/adas")
    assert "A short message to Ada" in walker.text and "Only Ada reads it" in walker.text
    walker.get("/write")
    assert "A short message to Nora" in walker.text
    walker.get("/book/adas")
    assert "Ada arranges this with you" in walker.text


def test_public_pages_name_everyone(world):
    add_ada(world)
    walker = world.walker(CHARLIE)
    walker.get("/privacy")
    assert "Notes of Nora or Ada" in walker.text and "Your record is with one coach" in walker.text
    walker.get("/terms")
    assert "What you tell Nora or Ada stays between you" in walker.text


def test_hours_of_one_are_not_the_others(world):
    ada = add_ada(world)
    with world.app.app_context():
        set_week(nora(world), [])
    walker = world.walker(CHARLIE)
    assert times_with(walker, short_id(world, nora(world))) == []
    assert times_with(walker, None) == times_with(walker, short_id(world, ada)) != []
    choose(walker, short_id(world, nora(world)))
    assert "No open times just now" in walker.text and "Whoever is free" in walker.text


def test_a_client_of_ada_writes_to_ada(world):
    ada = add_ada(world)
    robin = a_client(world, ada)
    walker = sign_in_as(world, robin)
    walker.get("/write")
    assert "A short message to Ada" in walker.text
    with world.app.app_context():
        assert coach(ada).first_name == "Ada"
