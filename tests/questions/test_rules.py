"""Letters as people count them, the promised day, and the name of every state."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.money import Money
from coachapp.questions.rules import QuestionRow, Standing, is_too_long, letters, promised
from coachapp.zones import zone

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
MADRID = zone("Europe/Madrid")
ROW = QuestionRow(uuid4(), 1, uuid4(), uuid4(), "One question", Money(25_00, "EUR"), 200, 3, 0, NOW)
TIMES = ("paid_at", "sent_at", "opened_at", "answered_at", "turned_at", "back_at", "ended_at")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("abc", 3),
        ("Ελένη", 5),
        ("Щука", 4),
        ("e\u0301te\u0301", 3),  # accents written apart
        ("שָׁלוֹם", 4),
        ("नमस्ते", 4),
        ("你好吗", 3),
        ("한국어", 3),
        ("👩\u200d👩\u200d👧\u200d👦", 1),
        ("👍🏽", 1),
        ("❤\ufe0f", 1),
        ("🇵🇹🇪🇸", 2),
        ("🇵🇹🇪", 2),
        ("1\ufe0f\u20e3", 1),
        ("a\nb", 3),
        ("\u200b\ufeff", 0),
        ("a" + "\u0301" * 50, 1),
    ],
)
def test_letters_are_what_a_person_sees(text, number):
    assert letters(text) == number


@given(st.text(max_size=300))
def test_never_more_letters_than_characters(text):
    assert 0 <= letters(text) <= len(text) * 3  # a few ligatures come apart when they are composed anew


@given(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), max_size=200))
def test_plain_letters_count_one_each(text):
    assert letters(text) == len(text)


def test_a_pile_of_marks_is_too_long_however_few_letters_it_has():
    assert not is_too_long("a" * 200, 200) and is_too_long("a" * 201, 200)
    assert not is_too_long("👍🏽" * 200, 200)
    assert is_too_long("a" + "\u0301" * 2500, 200)


@pytest.mark.parametrize(
    ("days", "off", "day"),
    [
        (1, set(), date(2026, 11, 23)),
        (3, set(), date(2026, 11, 25)),
        (3, {date(2026, 11, 24)}, date(2026, 11, 26)),
        (5, set(), date(2026, 11, 27)),
        (6, set(), date(2026, 11, 30)),
    ],
)
def test_the_promised_day_counts_working_days_alone(days, off, day):
    assert promised(NOW, days, off, MADRID).date() == day


def test_the_day_it_was_sent_on_is_the_coachs():
    """Late on Thursday in New York it is Friday in Madrid: the first working day after that is Monday."""
    assert promised(datetime(2026, 11, 19, 23, 30, tzinfo=UTC), 1, set(), MADRID).date() == date(2026, 11, 23)
    assert promised(datetime(2026, 11, 19, 22, 30, tzinfo=UTC), 1, set(), MADRID).date() == date(2026, 11, 20)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(1, 30))
def test_a_promise_ends_with_a_working_day_and_never_before_so_many(sent, days):
    sent = sent.replace(tzinfo=UTC)
    end = promised(sent, days, set(), MADRID)
    assert end.weekday() < 5 and end - sent > timedelta(days=days - 1)
    assert (end.hour, end.minute) == (23, 59)
    assert promised(sent, days + 1, set(), MADRID) > end


@pytest.mark.parametrize(
    ("happened", "standing"),
    [
        ((), Standing.TO_PAY),
        (("ended_at",), Standing.ENDED),
        (("paid_at",), Standing.TO_WRITE),
        (("paid_at", "sent_at"), Standing.WAITING),
        (("paid_at", "sent_at", "opened_at"), Standing.WAITING),
        (("paid_at", "sent_at", "opened_at", "answered_at"), Standing.ANSWERED),
        (("paid_at", "sent_at", "opened_at", "turned_at"), Standing.TURNED),
        (("paid_at", "back_at"), Standing.REFUNDED),
        (("paid_at", "sent_at", "back_at"), Standing.REFUNDED),
        (("paid_at", "sent_at", "ended_at"), Standing.ENDED),
        (("paid_at", "sent_at", "answered_at", "ended_at"), Standing.ANSWERED),
    ],
)
def test_every_state_has_a_name(happened, standing):
    assert replace(ROW, **dict.fromkeys(happened, NOW)).standing is standing


@given(st.sets(st.sampled_from(TIMES)))
def test_whatever_happened_it_has_one_name_and_may_change_only_unopened(happened):
    row = replace(ROW, **dict.fromkeys(happened, NOW))
    assert isinstance(row.standing, Standing)
    assert not row.may_change or "opened_at" not in happened
