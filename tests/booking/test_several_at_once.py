"""Several people choose at the same moment, several coaches are free:
everyone is told at once, nobody waits in a ring."""

from threading import Barrier, Event, Thread

import sqlalchemy as sa
from sqlalchemy import event

from coachapp import clock, db
from coachapp.booking.choosing import hold_with_one
from coachapp.booking.desk_operations import block_time
from coachapp.booking.models import Appointment
from coachapp.booking.rules import TimeTaken
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import givers, offering
from tests.booking.colleagues import HOUR, add_ada, nora
from tests.cast import CHARLIE
from tests.road import MINUTE, at_utc


def ways():
    row = offering(HOUR)
    return [row.given_by(each.id) for each in givers(row)]


def at_once(world, tries):
    """Each try is (with whom: a slice of those who give it, start, road); what came of each, in that order."""
    ready, found = Barrier(len(tries)), [""] * len(tries)

    def take(number):
        with_whom, start, road = tries[number]
        with world.app.app_context():
            chosen = ways()[with_whom]
            db.end_reading()
            ready.wait(30)
            try:
                hold_with_one(chosen, start, "UTC", road, now=clock.now())
                found[number] = "held"
            except TimeTaken:
                found[number] = "taken"
            except Exception as error:
                found[number] = repr(error)

    threads = [Thread(target=take, args=(number,)) for number in range(len(tries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def held(world):
    found = (
        sa.select(Appointment.coach_id, Appointment.starts_at)
        .where(Appointment.state == "held")
        .order_by(Appointment.coach_id)
    )
    with world.app.app_context():
        return [tuple(row) for row in db.session().execute(found)]


ANYONE = slice(None)


def test_two_people_and_two_coaches_both_get_one(world, proof):
    ada = add_ada(world)
    free = world.walker(CHARLIE).morning()
    for number in range(proof(1, 20)):
        start = free[number * 4]  # an hour and both buffers are behind it
        assert at_once(world, [(ANYONE, start, None)] * 2) == ["held", "held"]
        assert [who for who, at in held(world) if at == at_utc(start)] == [nora(world), ada]


def test_whoever_is_taken_in_that_very_moment_gives_way_to_the_next(world):
    """Nora seems free while the order is made, and is taken once the lock is there."""
    ada, first = add_ada(world), nora(world)
    start, has_read, found = world.walker(CHARLIE).morning()[0], Event(), []

    def listen(connection, cursor, statement, *more):
        if "outside_busy" in statement:
            has_read.set()

    def take():
        found.extend(at_once(world, [(ANYONE, start, None)]))

    someone = Thread(target=take)
    engine = world.app.extensions["engine"]
    with engine.connect(), engine.connect():
        pass  # one line each: SQLite cannot open another while someone writes
    event.listen(engine, "after_cursor_execute", listen)
    try:
        with world.app.app_context(), db.transaction() as session:
            lock_coach(first)
            someone.start()
            assert has_read.wait(30)
            session.add(taken(first, start))
    finally:
        event.remove(engine, "after_cursor_execute", listen)
    someone.join(60)
    assert (found, held(world)) == (["held"], [(ada, at_utc(start))])


def taken(coach_number, start):
    """A confirmed hour of that coach's."""
    return Appointment(
        coach_id=coach_number,
        state="confirmed",
        starts_at=at_utc(start),
        ends_at=at_utc(start + 60),
        before_min=0,
        after_min=0,
        way="video",
        created_at=clock.now(),
        changed_at=clock.now(),
    )


def test_two_people_and_one_coach_who_is_left_one_gets_her(world, proof):
    ada = add_ada(world)
    free = world.walker(CHARLIE).morning()
    for number in range(proof(1, 20)):
        start = free[number * 4]  # an hour and both buffers are behind it
        with world.app.app_context():
            block_time(nora(world), at_utc(start), at_utc(start) + 60 * MINUTE, "", now=clock.now())
        assert sorted(at_once(world, [(ANYONE, start, None)] * 2)) == ["held", "taken"]
        assert [who for who, at in held(world) if at == at_utc(start)] == [ada]


def test_six_people_and_three_coaches(world):
    add_ada(world)
    add_ada(world, name="Iris")
    start = world.walker(CHARLIE).morning()[0]
    assert sorted(at_once(world, [(ANYONE, start, None)] * 6)) == ["held"] * 3 + ["taken"] * 3
    assert len({who for who, _at in held(world)}) == 3


def test_two_who_change_places_do_not_wait_for_each_other(world, proof):
    """Each holds a time with one coach that has just run out, and takes one with the other's: both rows are let go by
    both of them."""
    add_ada(world)
    free = world.walker(CHARLIE).morning()
    for number in range(proof(2, 30)):
        first, second = free[number * 7 % 20], free[number * 7 % 20 + 4]
        with world.app.app_context():
            roads = [
                hold_with_one([way], start, "UTC", None, now=clock.now())
                for way, start in zip(ways(), (first, second), strict=True)
            ]
        over = clock.now() - MINUTE
        world.change(Appointment, hold_until=over)
        tries = [(slice(1, 2), second, roads[0]), (slice(0, 1), first, roads[1])]
        assert at_once(world, tries) == ["held", "held"]
        assert len(held(world)) == 2
        world.change(Appointment, state="released", hold_until=None)
