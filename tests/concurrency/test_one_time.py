"""Fifty people want one time at the same moment: real HTTP, several worker processes, both databases."""

import threading
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from coachapp.booking.models import Appointment, Place
from coachapp.db import open_engine
from tests.concurrency.crowd import ask, served_by, starts, visitor

WORKERS = 3
PEOPLE = 50


@pytest.fixture
def served(app, settings, tmp_path):
    with served_by(WORKERS, app, settings, tmp_path) as port:
        yield port


def at_once(works):
    """Run these at the same moment; what each returned."""
    together, results, lock = threading.Barrier(len(works)), [], threading.Lock()

    def run(work):
        together.wait()
        result = work()
        with lock:
            results.append(result)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_many_people_at_once(served, settings, proof):
    """One server for all three, for it takes a while to start."""
    held = one_hold_and_forty_nine_kind_refusals(served, proof(1, 10))
    assert_held(settings.database_url, held)
    held += neighbouring_times_never_overlap(served)
    assert_held(settings.database_url, held)
    held += many_people_fill_in_their_details(served)
    assert_held(settings.database_url, held)


def one_hold_and_forty_nine_kind_refusals(served, rounds):
    people = [visitor(served) for _ in range(5)]
    for _ in range(rounds):
        start = starts(served)[0]

        def book(number, start=start):
            cookies, token = people[number % len(people)]
            return ask(served, "POST", "/book/power-hour", {"csrf_token": token, "slot": start}, cookies)

        answers = at_once([lambda number=number: book(number) for number in range(PEOPLE)])
        assert Counter(status for status, _page, _cookies in answers) == {303: 1, 409: PEOPLE - 1}
        refused = [page for status, page, _cookies in answers if status == 409]
        assert all("That time has been taken" in page for page in refused)
        assert all('name="slot"' in page for page in refused), "other times are shown at once"
    return rounds


def neighbouring_times_never_overlap(served):
    """Every start of a day at once: whoever gets in stands clear of all others by the pause between them."""
    wanted = [start for start in starts(served)[:15] for _ in range(2)]
    cookies, token = visitor(served)

    def book(start):
        return ask(served, "POST", "/book/power-hour", {"csrf_token": token, "slot": start}, cookies)[0]

    answers = Counter(at_once([lambda start=start: book(start) for start in wanted]))
    assert set(answers) <= {303, 409} and answers[303] >= 4
    return answers[303]


def many_people_fill_in_their_details(served):
    """A key of her own is made for each, in the same moment."""
    free = starts(served)
    chosen = [free[0]]
    for start in free:
        if start - chosen[-1] >= 75 and len(chosen) < 8:
            chosen.append(start)
    roads = []
    for start in chosen:
        cookies, token = visitor(served)
        status, _page, road = ask(
            served, "POST", "/book/power-hour", {"csrf_token": token, "slot": start}, cookies
        )
        assert status == 303
        roads.append((f"{cookies}; {road}", token))

    def tell(cookies, token):
        typed = {
            "csrf_token": token,
            "name": "Alex",
            "email": "alex@example.com",
            "inbox": "shared",
            "agree": "y",
        }
        return ask(served, "POST", "/book/details", typed, cookies)[0]

    answers = Counter(at_once([lambda road=road: tell(*road) for road in roads]))
    assert answers == {303: len(chosen)}
    return len(chosen)


def assert_held(url, count):
    """That many holds, each clear of the next by 15 minutes, and as many places."""
    engine = open_engine(url)
    with engine.connect() as connection:
        spans = connection.execute(
            sa.select(Appointment.starts_at, Appointment.ends_at)
            .where(Appointment.state == "held")
            .order_by(Appointment.starts_at)
        ).all()
        places = connection.scalar(sa.select(sa.func.count()).select_from(Place))
    engine.dispose()
    assert (len(spans), places) == (count, count)
    for (_start, end), (start, _end) in pairwise(spans):
        assert start - end >= timedelta(minutes=15)
