"""A page for each person of a plan: the rows that name this person, what was agreed, and nothing of anyone else's."""

import io

import pytest
from pypdf import PdfReader

from coachapp.documents import Paper
from coachapp.worksheets.household_rules import NobodyNamed, NotAPlan
from coachapp.worksheets.person_pdf import people_in, person_pdf
from coachapp.worksheets.person_words import Person, on_page, people_of
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import TABULAR, FieldType, Kind, OnPage
from coachapp.worksheets.template_file import read_template, write_template
from coachapp.worksheets.template_json import template_as_json, template_from_json
from tests.documents.pdf_checks import assert_good_pdf
from tests.worksheets.cases import EVERY_TYPE
from tests.worksheets.prints import WORDS
from tests.worksheets.test_fridge import PLANS, _without, places, text_of, written

BY_KEY = {plan.key: plan for plan in PLANS}
DOOR = BY_KEY["our-door"]
# What everyone of a household gets: nobody need be named in it.
FOR_EVERYONE = {
    "our-door": {"sentence", "change_subject", "safe_room", "emergency"},
    "post-and-parcels": {"nothing_words"},
    "children-at-home": {"our_words", "emergency"},
    "school-and-nursery": {"emergency"},
}
HOUSE = {
    "household": [{"name": "Ana Ruiz", "phone": "612"}, {"name": "Ben Ruiz", "phone": "699"}, {"name": "L."}],
    "ways": [
        {"who": "Ana", "what": "Camera"},
        {"who": "Ben Ruiz", "what": "Silence"},
        {"who": "L. or Ben", "what": "Lock"},
        {"what": "Leave a light on"},
    ],
    "jobs": [{"who": "Ben", "instead": "Ana"}, {"who": "Lena"}, {"who": "all of us"}],
    "first_call": "Ben, 699",
    "sentence": "Not today.",
    "safe_room": "The kitchen",
    "emergency": "112",
    "log": [{"what": "Ana saw a car", "seen": "Ana"}],
}


def pages_of(data: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


def test_each_finds_her_own_rows_and_what_was_agreed():
    data = person_pdf(DOOR, HOUSE)
    assert_good_pdf(data)
    ana, ben, el = pages_of(data)
    for page, name in ((ana, "Ana Ruiz"), (ben, "Ben Ruiz"), (el, "L.")):
        assert page.startswith(f"Household sheet 1 {name}") and "Our door" not in page
        assert "Not today." in page and "The kitchen" in page and "Emergency number: 112" in page
        assert "Makes the call for help" in page  # all of us
        assert "a car" not in page and "light" not in page and "Lena" not in page
    assert "Camera" in ana and "Looks, and says our sentence – Who: Ben – If they are out: Ana" in ana
    assert "612" in ana and "699" not in ana and "Silence" not in ana and "Lock" not in ana
    assert (
        "Silence" in ben and "Lock" in ben and "First person and number: Ben, 699" in ben and "612" not in ben
    )
    assert "Lock" in el and "Looks, and says" not in el and "69" not in el


@pytest.mark.safety("R82")
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.key)
def test_words_of_others_rows_are_on_no_page_but_theirs(plan):
    canaries = {place: f"Qz{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n, place in enumerate(places(plan))}
    answers = written(plan, canaries)
    people = next(field for field in plan.fields if field.type is FieldType.PEOPLE)
    answers[people.key] = [{"name": "Mine"}, *answers[people.key]]
    page = text_of(person_pdf(plan, answers, only=people_in(plan, answers)[0]))
    said = {place for place, word in canaries.items() if word in page}
    assert said == FOR_EVERYONE[plan.key] and "Mine" in page


@pytest.mark.parametrize(
    ("name", "cell", "is_named"),
    [
        ("Ana", "ANA and Ben", True),
        ("Ana", "Ana’s sister", True),
        ("Ana", "Anastasia", False),
        ("Ana Ruiz", "Ruiz", False),
        ("Ana Ruiz", "Ana", True),
        ("Ελένη", "η ΕΛΈΝΗ", True),
        ("李明", "先问李明再开门", True),
        ("Zoe\u0308", "Zo\u00eb", True),
        ("A. R.", "AR, Ben", True),
        ("A.", "A grown-up", False),
        ("A.", "B. and A.", True),
        ("7", "7", False),
        ("Ana", "Everyone.", True),
        ("Ana", "", False),
    ],
)
def test_who_is_named_in_a_cell(name, cell, is_named):
    found = people_of(DOOR, {"household": [{"name": name}, {"name": "Ben Ruiz"}]})
    assert found[0].is_named_in(cell) is is_named


def test_the_same_person_of_two_tables_gets_one_page():
    school = BY_KEY["school-and-nursery"]
    answers = {
        "may_collect": [{"name": "Ana", "days": "Mondays"}, {"name": "  "}],
        "whom": [{"name": "ana ", "when": "First"}],
        "may_not": [{"name": "Zefirelda", "known_by": "Ana knows"}],
        "events": [{"event": "Fair", "who": "Ana", "plan": "Go home"}, {"event": "Play", "who": "Ben"}],
    }
    (page,) = pages_of(person_pdf(school, answers, paper=Paper.LETTER))
    assert "Mondays" in page and "When: First" in page and "Go home" in page
    assert "Zefirelda" not in page and "Play" not in page and "Not" not in page


@pytest.mark.parametrize("kind", WORDS)
def test_whatever_is_written_it_is_a_good_file(kind, proof):
    words = WORDS[kind][:500]
    for plan in PLANS[: proof(1, 4)]:
        answers = written(plan, dict.fromkeys(places(plan), words))
        if people_in(plan, answers):
            assert_good_pdf(person_pdf(plan, answers))
        else:
            assert not words


def test_long_pages_are_small_and_then_two_and_a_full_table_is_a_page_each():
    many = {"household": [{"name": f"Person {chr(65 + n)}x"} for n in range(30)], "sentence": "Not today."}
    assert len(pages_of(person_pdf(DOOR, many))) == 30
    assert len(pages_of(person_pdf(DOOR, {**HOUSE, "sentence": "Not today. " * 400}))) == 6


def test_nobody_named_and_no_plan():
    for answers in ({}, {"household": []}, {"household": [{"name": " "}]}, {"visitors": [{"name": "Zef"}]}):
        assert people_in(DOOR, answers) == []
        with pytest.raises(NobodyNamed):
            person_pdf(DOOR, answers)
    with pytest.raises(NobodyNamed):
        person_pdf(DOOR, HOUSE, only=Person("Zef", frozenset(), frozenset()))
    with pytest.raises(NotAPlan):
        person_pdf(next(each for each in library() if each.kind is Kind.WORKSHEET), {})


def test_a_plan_begun_before_there_were_marks_prints_the_same():
    before = template_from_json(_without(template_as_json(DOOR), "person"))
    assert before != DOOR and person_pdf(before, HOUSE) == person_pdf(DOOR, HOUSE)


def test_marks_are_read_and_written_back():
    marked = EVERY_TYPE.replace("label: A word,", "label: A word, person: everyone,").replace(
        "        label: Helpers\n", "        label: Helpers\n        person: nobody\n"
    )
    template = read_template(marked, "x.yaml")
    assert [field.person for field in template.fields if field.person] == [OnPage.EVERYONE, OnPage.NOBODY]
    assert people_of(template, {"helpers": [{"name": "Ana"}]}) == []
    assert read_template(write_template(template), "x.yaml") == template
    assert template_from_json(template_as_json(template)) == template


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.key)
def test_what_happened_is_nobodys_to_do(plan):
    assert all(
        on_page(field) is OnPage.NOBODY
        for field in plan.fields
        if field.key in ("log", "may_not", "visitors")
    )
    assert any(on_page(field) is OnPage.NAMED for field in plan.fields if field.type in TABULAR)
