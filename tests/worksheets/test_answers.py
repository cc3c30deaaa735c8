"""Typed values become stored ones, kindly; stored ones go back into the form unchanged."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from coachapp.worksheets.answers import (
    AnswerError,
    answered,
    clean_answer,
    form_values,
    is_empty,
    parse_form,
    rows_shown,
)
from coachapp.worksheets.template import MAX_ROWS, FieldType, Template
from coachapp.worksheets.template_json import template_as_json, template_from_json
from tests.worksheets.cases import every_type

SHEET: Template = every_type()

CLEANED: list[tuple[str, Any, Any]] = [
    ("word", "  tea \n with\tAnna ", "tea with Anna"),
    ("word", "null\x00byte\x1b[0m", "nullbyte[0m"),
    ("word", "half a pair \ud83d", "half a pair"),
    ("word", "👩‍👧 Ελένη", "👩‍👧 Ελένη"),
    ("word", "", ""),
    ("word", None, None),
    ("story", "one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("story", "  \n\n ", ""),
    ("day", "2026-02-28", "2026-02-28"),
    ("day", " ", ""),
    ("hour", "09:05", "09:05"),
    ("hour", "23:59:30", "23:59"),
    ("one", "yes", "yes"),
    ("one", "", ""),
    ("some", ["c", "a", "a", ""], ["a", "c"]),
    ("some", [], []),
    ("pull", "0", 0),
    ("pull", " 10 ", 10),
    ("pull", 7, 7),
    ("pull", "", None),
    ("hint", "anything", None),
    (
        "log",
        [{}, {"what": "rang", "seen": "on", "more": "x"}, {"what": " "}],
        [{"what": "rang", "seen": True}],
    ),
    ("log", [], []),
    ("ways", [{}, {"who": "Ana"}], [{}, {"who": "Ana"}]),
    ("ways", [{"way": "typed over the head", "safe": "on"}], [{"safe": True}, {}]),
    ("ways", [{}, {}], []),
    ("helpers", [{"name": "Ana", "phone": "0151 000"}], [{"name": "Ana", "phone": "0151 000"}]),
]

REFUSED: list[tuple[str, Any, str]] = [
    ("word", "x" * 501, "“A word” has room for 500 characters. Make it a little shorter."),
    ("word", ["x"], "“A word” did not arrive as we expected. Enter it once more."),
    ("story", "x" * 20_001, "“A story” has room for 20000 characters. Make it a little shorter."),
    ("day", "28.2.2026", "For “A day”, enter a date like 2026-11-18."),
    ("day", "2026-02-30", "For “A day”, enter a date like 2026-11-18."),
    ("day", "٢٠٢٦-٠٢-٢٨", "For “A day”, enter a date like 2026-11-18."),
    ("hour", "24:00", "For “An hour”, enter a time like 14:30."),
    ("hour", "9", "For “An hour”, enter a time like 14:30."),
    ("one", "maybe", "For “One of these”, choose from the answers shown."),
    ("some", ["a", "z"], "For “Any of these”, choose from the answers shown."),
    ("some", "a", "“Any of these” did not arrive as we expected. Enter it once more."),
    ("pull", "11", "For “How strong”, choose a number from 0 to 10."),
    ("pull", "-1", "For “How strong”, choose a number from 0 to 10."),
    ("pull", "5.5", "For “How strong”, choose a number from 0 to 10."),
    ("pull", True, "For “How strong”, choose a number from 0 to 10."),
    ("log", [{"what": "x" * 501}], "“Log” has room for 500 characters. Make it a little shorter."),
    ("log", "rows", "“Log” did not arrive as we expected. Enter it once more."),
    ("log", [{}] * (MAX_ROWS + 1), "“Log” did not arrive as we expected. Enter it once more."),
]


@pytest.mark.parametrize(("key", "raw", "stored"), CLEANED)
def test_typed_values_are_stored_tidily(key: str, raw: Any, stored: Any) -> None:
    assert clean_answer(SHEET.field(key), raw) == stored


@pytest.mark.parametrize(("key", "raw", "words"), REFUSED)
def test_what_cannot_be_stored_is_said_kindly(key: str, raw: Any, words: str) -> None:
    with pytest.raises(AnswerError) as refused:
        clean_answer(SHEET.field(key), raw)
    assert str(refused.value) == words
    assert refused.value.words % refused.value.params == words


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(list(SHEET.fields)), anything)
def test_anything_at_all_is_cleaned_or_refused_and_cleaning_twice_changes_nothing(
    field: Any, raw: Any
) -> None:
    try:
        stored = clean_answer(field, raw)
    except AnswerError:
        return
    assert clean_answer(field, stored) == stored
    json.dumps(stored, ensure_ascii=False).encode()


cells = st.text(max_size=20)
typed = st.fixed_dictionaries(
    {
        "f-word": cells,
        "f-story": st.text(max_size=200),
        "f-day": st.dates().map(str),
        "f-hour": st.times().map(lambda hour: hour.strftime("%H:%M")),
        "f-one": st.sampled_from(["", "no", "yes"]),
        "f-some": st.lists(st.sampled_from("abc")),
        "f-pull": st.integers(0, 10).map(str),
        "f-log-1-what": cells,
        "f-log-1-seen": st.sampled_from(["", "on"]),
        "f-log-5-what": cells,
        "f-ways-2-who": cells,
        "f-helpers-1-name": cells,
    }
)


@settings(deadline=None)
@given(typed)
def test_what_is_stored_goes_back_into_the_form_and_comes_out_the_same(form: dict[str, Any]) -> None:
    answers, errors = parse_form(SHEET, MultiDict(form))
    assert errors == {}
    sent: MultiDict[str, str] = MultiDict()
    for field in SHEET.fields:
        for name, values in form_values(field, answers.get(field.key)).items():
            sent.setlist(name, values)
    again, _ = parse_form(SHEET, sent)
    for key, value in answers.items():
        assert again[key] == value or (is_empty(again[key]) and is_empty(value))


def test_a_form_gives_answers_and_errors_side_by_side() -> None:
    form = MultiDict(
        [("f-word", "tea"), ("f-pull", "12"), ("f-some", "b"), ("f-some", "a"), ("f-ways-2-who", "Ana")]
    )
    answers, errors = parse_form(SHEET, form)
    assert answers["word"] == "tea"
    assert answers["some"] == ["a", "b"]
    assert answers["ways"] == [{}, {"who": "Ana"}]
    assert list(errors) == ["pull"]
    assert "pull" not in answers
    assert "hint" not in answers


def test_a_form_that_carries_one_question_touches_no_other() -> None:
    answers, errors = parse_form(SHEET, MultiDict({"f-some": "b"}), only=["some"])
    assert (answers, errors) == ({"some": ["b"]}, {})


def test_names_in_the_form_stay_as_they_are() -> None:
    assert form_values(SHEET.field("word"), "tea") == {"f-word": ["tea"]}
    assert form_values(SHEET.field("pull"), 0) == {"f-pull": ["0"]}
    assert form_values(SHEET.field("some"), ["a", "c"]) == {"f-some": ["a", "c"]}
    assert form_values(SHEET.field("log"), [{"what": "rang", "seen": True}]) == {
        "f-log-1-what": ["rang"],
        "f-log-1-seen": ["on"],
    }
    assert form_values(SHEET.field("ways"), [{}, {"who": "Ana"}]) == {"f-ways-2-who": ["Ana"]}
    assert form_values(SHEET.field("word"), "") == {}


def test_a_table_offers_a_free_row_and_stops_at_its_limit() -> None:
    log, ways = SHEET.field("log"), SHEET.field("ways")
    assert rows_shown(log, None) == 3
    assert rows_shown(log, [{"what": "x"}] * 3) == 4
    assert rows_shown(log, [{"what": "x"}] * MAX_ROWS) == MAX_ROWS
    assert rows_shown(ways, [{}, {"who": "Ana"}]) == 2


def test_progress_counts_questions_and_not_notes() -> None:
    asking = sum(1 for field in SHEET.fields if field.type is not FieldType.NOTE)
    assert answered(SHEET, {}) == (0, asking)
    assert answered(SHEET, {"word": "", "some": [], "ways": [{}, {}], "pull": None}) == (0, asking)
    assert answered(SHEET, {"pull": 0, "hint": "no", "gone": "x", "ways": [{}, {"who": "A"}]}) == (2, asking)


def test_a_version_stored_as_json_is_the_same_template_again() -> None:
    assert template_from_json(json.loads(json.dumps(template_as_json(SHEET)))) == SHEET
