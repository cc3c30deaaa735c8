"""The ledger of sessions in real databases: granted once, used once, and never altered."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from coachapp import clock, db
from coachapp.payments import credits
from coachapp.payments.credit_models import CreditEntry
from coachapp.payments.credit_queries import package, packages_of, spent_on
from coachapp.payments.credit_rules import Kind, NoCredit
from coachapp.practice.queries import offering
from tests.booking.sold import SINGLE, a_client, given, sell, sums


@pytest.fixture
def client_id(world):
    sell(world)
    return a_client(world)


def at_once(world, works):
    """Run these at the same moment, each in a context of its own; what each gave, or the error's name."""
    barrier, found = threading.Barrier(len(works)), []

    def run(work):
        with world.app.app_context():
            barrier.wait()
            try:
                found.append(work())
            except Exception as error:
                found.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_people_one_last_session_one_uses_it(world, client_id, proof):
    for round_ in range(1, proof(4, 40) + 1):
        given(world, client_id, 1)
        with world.app.app_context():
            single = offering(SINGLE).id
        works = [lambda: credits.use(client_id, single, uuid4(), now=clock.now()) for _ in range(4)]
        assert sorted(at_once(world, works), key=str) == ["NoCredit"] * 3 + [None]
        assert sums(world) == [(0, 1, 0, 0)] * round_


def test_one_package_granted_by_many_at_once_is_granted_once(world, client_id):
    given(world, client_id, 3)
    (mine,) = of(world, client_id)
    assert at_once(world, [lambda: credits.grant(mine.id, now=clock.now()) for _ in range(4)]) == [False] * 4
    assert sums(world) == [(3, 0, 0, 0)]


def test_given_back_and_used_again_at_once(world, client_id):
    given(world, client_id, 1)
    with world.app.app_context():
        single, place = offering(SINGLE).id, uuid4()
        credits.use(client_id, single, place, now=clock.now())
    assert sorted(
        at_once(world, [lambda: credits.give_back(place, "staff", now=clock.now()) for _ in range(4)])
    ) == [
        False,
        False,
        False,
        True,
    ]
    assert sums(world) == [(1, 0, 0, 0)]


def of(world, client_id):
    with world.app.app_context():
        return packages_of(client_id)


def write(world, package_id, number, turn, kind, place_id=None):
    with world.app.app_context(), db.transaction() as session:
        session.add(
            CreditEntry(
                package_id=package_id, number=number, turn=turn, kind=kind, at=clock.now(), place_id=place_id
            )
        )


def test_the_database_itself_refuses_what_may_not_be(world, client_id):
    package_id, place = given(world, client_id, 2), uuid4()
    write(world, package_id, 1, 2, Kind.USED, place)
    for number, turn, kind, where in (
        (1, 2, Kind.USED, uuid4()),  # used by another in the same turn
        (1, 3, Kind.USED, uuid4()),  # used while it is used
        (1, 3, Kind.EXPIRED, None),
        (2, 3, Kind.USED, uuid4()),  # a turn left out
        (2, 2, Kind.BACK, None),  # back without a use
        (2, 2, Kind.USED, place),  # a second session for one time
        (0, 3, Kind.PAUSED, None),
    ):
        with pytest.raises(IntegrityError):
            write(world, package_id, number, turn, kind, where)
    assert sums(world) == [(1, 1, 0, 0)]


def test_an_entry_is_never_altered(world, client_id):
    given(world, client_id, 1)
    with pytest.raises(IntegrityError):
        world.change(CreditEntry, kind="used")
    assert sums(world) == [(1, 0, 0, 0)]


def test_used_in_the_transaction_of_the_booking_or_not_at_all(world, client_id):
    given(world, client_id, 1)
    with world.app.app_context(), pytest.raises(ZeroDivisionError), db.transaction():
        credits.use(client_id, offering(SINGLE).id, uuid4(), now=clock.now())
        raise ZeroDivisionError
    assert sums(world) == [(1, 0, 0, 0)]


def test_paused_and_frozen_nothing_is_used(world, client_id):
    package_id = given(world, client_id, 1)
    with world.app.app_context():
        single, now = offering(SINGLE).id, clock.now()
        for stop, go in (
            (
                lambda: credits.pause(package_id, "client", now=now),
                lambda: credits.resume(package_id, "staff", now=now),
            ),
            (
                lambda: credits.freeze(package_id, now=now),
                lambda: credits.end_dispute(package_id, won=True, now=now),
            ),
        ):
            stop()
            stop()  # twice is once
            with pytest.raises(NoCredit):
                credits.use(client_id, single, uuid4(), now=now)
            go()
            go()
        place = uuid4()
        credits.use(client_id, single, place, now=now)
        assert spent_on([place]) == {place}


def test_what_comes_back_after_the_end_is_good_for_thirty_days_more(world, client_id):
    package_id, place = given(world, client_id, 1, months=1), uuid4()
    with world.app.app_context():
        now = clock.now()
        credits.use(client_id, offering(SINGLE).id, place, now=now)
        later = now + timedelta(days=50)
        credits.give_back(place, "staff", now=later)
        mine = package(package_id)
        assert mine.left == 1 and mine.until - later >= timedelta(days=30)
        assert credits.expire(package_id, now=later) == 0


def test_kept_stays_used_until_the_coach_gives_it_back(world, client_id):
    given(world, client_id, 1)
    place = uuid4()
    with world.app.app_context():
        now = clock.now()
        credits.use(client_id, offering(SINGLE).id, place, now=now)
        assert credits.keep(place, "late", now=now) and not credits.keep(place, "coach", now=now)
    assert sums(world) == [(0, 1, 0, 0)]
    with world.app.app_context():
        assert credits.give_back(place, "coach", now=clock.now())
        assert not credits.give_back(uuid4(), "coach", now=clock.now())
    assert sums(world) == [(1, 0, 0, 0)]
    kinds = [kind for (kind,) in world.rows(CreditEntry.kind)]
    assert kinds == ["granted", "granted", "used", "kept", "given back"]
