"""Who asks first, until when things are kept, and when two addresses are one person's."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.booking.admission import answer_ends, asks_first, may_book_early, notice, request_ends
from coachapp.booking.likeness import likeness
from coachapp.booking.rules import Answer, AppointmentState, Standing, standing
from coachapp.practice.rules import WhoBooks

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_who_asks_first():
    asking = {
        (who.value, known, invited, answered)
        for who, known, invited, answered in product(WhoBooks, *[(False, True)] * 3)
        if asks_first(who, known=known, invited=invited, answered=answered)
    }
    assert asking == {
        ("approved", False, False, False),
        ("approved", False, True, False),
        ("invited", False, False, False),
    }


def test_early_times_last_until_the_end_of_their_last_day():
    today = NOON.date()
    ends = (None, today - timedelta(days=1), today, today + timedelta(days=1))
    assert [may_book_early(until, today) for until in ends] == [False, False, True, True]


def test_early_never_means_later():
    assert [notice(1440, early, early=True) for early in (None, 120, 2880)] == [1440, 120, 1440]
    assert notice(1440, 120, early=False) == 1440


def test_every_state_and_answer_has_a_standing():
    found = {(s, a): standing(s, a) for s in AppointmentState for a in (None, *Answer)}
    assert {pair for pair, what in found.items() if what is Standing.ASKED} == {
        (AppointmentState.REQUESTED, a) for a in (None, *Answer)
    }
    assert found[AppointmentState.HELD, None] is Standing.BEGUN
    assert found[AppointmentState.HELD, Answer.APPROVED] is Standing.APPROVED
    assert found[AppointmentState.HELD, Answer.OFFERED] is Standing.OFFERED
    assert found[AppointmentState.RELEASED, None] is Standing.GONE
    assert found[AppointmentState.RELEASED, Answer.APPROVED] is Standing.LAPSED
    assert found[AppointmentState.RELEASED, Answer.DECLINED] is Standing.DECLINED
    assert found[AppointmentState.RELEASED, Answer.UNANSWERED] is Standing.UNANSWERED
    assert found[AppointmentState.CONFIRMED, Answer.APPROVED] is Standing.BOOKED
    assert found[AppointmentState.CANCELLED, Answer.OFFERED] is Standing.CANCELLED


@pytest.mark.parametrize(
    ("begins_in", "kept_for"),
    [
        (10 * 24 * HOUR, 72 * HOUR),
        (74 * HOUR, 72 * HOUR),
        (73 * HOUR, 71 * HOUR),
        (3 * HOUR, HOUR),
        (2.5 * HOUR, HOUR * 2 / 3),
        (HOUR, HOUR * 2 / 3),
        (HOUR / 2, HOUR / 2),
    ],
)
def test_until_when_an_answer_is_kept(begins_in, kept_for):
    assert answer_ends(NOON + begins_in, NOON) == NOON + kept_for


@given(minutes=st.integers(1, 60 * 24 * 400))
def test_nothing_is_kept_beyond_its_beginning(minutes):
    begins = NOON + timedelta(minutes=minutes)
    assert NOON < request_ends(begins, NOON) <= min(begins, NOON + timedelta(days=7))
    assert NOON < answer_ends(begins, NOON) <= min(begins, NOON + timedelta(hours=72))


@pytest.mark.safety("A9", "D12")
@pytest.mark.parametrize(
    "same",
    [
        ["some.one@gmail.com", "SomeOne@GMAIL.com", "someone+x@googlemail.com", " someone@gmail.com. "],
        [
            "a.b@example.com",
            "A.B@Example.com",
            "a.b+tag@example.com",
            "ａ.b@example.com",
            "a.b\u200b@example.com",
        ],
        ["x@bücher.example", "X@xn--bcher-kva.example", "x@BÜCHER.example"],
        ["p.q@proton.me", "pq@protonmail.com", "pq+1@pm.me"],
        ["+44 7700 900123", "07700900123", "0044 (7700) 900-123", "٠٧٧٠٠٩٠٠١٢٣"],
        ["+34 612 34 56 78", "612345678"],
    ],
)
def test_one_person_however_it_is_written(same):
    assert len({likeness(each) for each in same}) == 1
    assert likeness(same[0]) is not None


def test_two_people_stay_two():
    people = [
        "a.b@example.com",
        "ab@example.com",
        "a@b.example",
        "someone@gmail.com",
        "07700 900123",
        "07700 900124",
    ]
    assert len({likeness(each) for each in people}) == len(people)


@pytest.mark.parametrize(
    "nobody", ["", " ", "@", "a@", "@example.com", "+x@example.com", "12", "nobody", "\0", "@@@"]
)
def test_what_is_neither(nobody):
    assert likeness(nobody) is None


@given(st.text(max_size=300))
def test_anything_may_be_typed(typed):
    found = likeness(typed)
    assert found is None or likeness(found.partition(":")[2]) is not None
    assert likeness(typed.upper()) == found or not typed.isascii()
