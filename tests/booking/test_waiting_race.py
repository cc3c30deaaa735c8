"""The waiting list where several press at the same moment, on both databases;
and the database's own note of what is freed."""

import threading

import pytest
import sqlalchemy as sa

from coachapp import clock, db, vault
from coachapp.booking import offers, waiting
from coachapp.booking.models import Appointment, FreedTime, Place, Wait
from coachapp.booking.rules import TimeTaken
from coachapp.booking.wait_rules import HasAnother, Suits
from coachapp.booking.waiting import Newcomer, Wish
from coachapp.clients.models import Client
from coachapp.practice.queries import offering
from coachapp.safe_contact.rules import Inbox
from tests.booking.waitlist import (
    BASE,
    DAY,
    HOUR,
    by_itself,
    cancelled,
    far,
    lines,
    on_list,
    taken,
    turns,
)
from tests.booking.whobooks import SOMEBODY, add_maya, sign_in_as
from tests.cast import ALEX, CHARLIE, MAYA
from tests.road import at_utc

AT_ONCE = 6
FREE = "first-conversation"


def together(world, *works):
    """Run these at the same moment, each in a context of its own; what each returned, or the error's name."""
    barrier, said, lock = threading.Barrier(len(works)), [], threading.Lock()

    def run(work):
        with world.app.app_context():
            barrier.wait()
            try:
                result = work()
            except (TimeTaken, HasAnother) as error:
                result = type(error).__name__
        with lock:
            said.append(result)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def offering_of(line, start):
    return lambda: offers.offer(line, at_utc(start), BASE, by=SOMEBODY, now=clock.now())


def test_one_time_is_kept_for_one_person(world, proof):
    for person in (ALEX, CHARLIE, MAYA):
        on_list(world.walker(person), FREE)
    start = far(world.walker(), FREE)
    for _ in range(proof(1, 20)):
        said = together(world, *[offering_of(line, start) for line in lines(world) for _twice in range(2)])
        won = [each for each in said if not isinstance(each, str)]
        assert len(won) == 1 and set(said) - set(won) <= {"TimeTaken", "HasAnother"}
        assert [state for _line, _start, state in turns(world)].count("held") == 1
        assert world.rows(sa.func.count(Place.id)) == [(len(turns(world)),)], "the others left nothing behind"
        world.change(Appointment, state="released")


def test_nobody_has_two_offers(world):
    on_list(world.walker())
    start = far(world.walker())
    [line] = lines(world)
    said = together(world, *[offering_of(line, start + 120 * number) for number in range(AT_ONCE)])
    assert sorted(map(str, said)).count("HasAnother") == AT_ONCE - 1
    assert len(turns(world)) == 1 and world.outbox() == [("kept", "waiting")]


def test_nobody_has_two_offers_who_waits_for_two_kinds(world, proof):
    """Two lines of one client: what keeps them apart is the lock on the coach's time."""
    maya = add_maya(world)
    walker = sign_in_as(world, maya)
    on_list(walker)
    on_list(walker, FREE)
    start = far(walker)
    for number in range(proof(4, 20)):
        works = [
            offering_of(line, start + 120 * at) for at, line in enumerate(lines(world)) for _twice in range(2)
        ]
        said = together(world, *works)
        assert said.count("HasAnother") == len(works) - 1
        assert len(turns(world)) == number + 1
        world.change(Appointment, state="released")


def test_several_ticks_at_once_offer_it_once(world):
    start = far(world.walker())
    place = taken(world, start)
    for person in (ALEX, CHARLIE):
        on_list(world.walker(person))
    by_itself(world)
    cancelled(world, place)
    assert world.rows(FreedTime.starts_at, FreedTime.coach_id) == [(at_utc(start), 1)]
    said = together(world, *[lambda: offers.pass_on(BASE, now=clock.now())] * AT_ONCE)
    assert sum(said) == 1
    assert turns(world) == [(lines(world)[0], start, "held")]


def test_one_press_twice_is_one_line(world):
    maya = add_maya(world)

    def known():
        return waiting.join_known(offering(HOUR), maya, wish(), now=clock.now())

    def newcomer():
        who = Newcomer("Alex", Inbox.NONE, "", "")
        return waiting.join(offering(HOUR), wish(), who, once="once and the same", now=clock.now())

    together(world, *[known] * AT_ONCE)
    assert world.rows(Wait.client_id) == [(maya,)]
    roads = together(world, *[newcomer] * AT_ONCE)
    assert len(set(roads)) == AT_ONCE and len(world.rows(Wait.id)) == 2
    assert len(world.rows(Client.id)) == 2, "no record is left behind"


def wish():
    return Wish(Suits(), "Europe/Lisbon", (clock.now() + 30 * DAY).date())


def test_the_database_itself_keeps_one_line_for_each(world):
    maya = add_maya(world)
    with world.app.app_context():
        what = offering(HOUR)
        waiting.join_known(what, maya, wish(), now=clock.now())
        twin = {
            column.key: getattr(db.session().scalar(sa.select(Wait)), column.key)
            for column in Wait.__table__.c
        }
        with pytest.raises(sa.exc.IntegrityError), db.transaction() as session:
            session.add(Wait(**twin | {"id": SOMEBODY}))
        assert vault.present()


def test_taken_and_offered_in_the_same_moment(world):
    """Somebody chooses the very time that is being offered: one of them has it, and nothing overlaps."""
    on_list(world.walker(), FREE)
    start = far(world.walker(), FREE)
    [line] = lines(world)
    other = world.walker(CHARLIE)
    other.get(f"/book/{FREE}")
    statuses = []

    def hold():
        statuses.append(other.post(f"/book/{FREE}", {"slot": str(start), "tz": "UTC"}).status_code)

    said = together(world, offering_of(line, start), hold)
    assert (statuses == [409]) == ("TimeTaken" not in said)
