"""The print that hangs at home: no name on it, wherever one was written; large, neutral, one page where it can be."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from coachapp.documents import Paper
from coachapp.worksheets.fridge import fridge_pdf
from coachapp.worksheets.fridge_words import initials
from coachapp.worksheets.household_rules import NotAPlan
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import CHOSEN, TABULAR, FieldType, Fridge, Kind, Template
from coachapp.worksheets.template_file import read_template, write_template
from coachapp.worksheets.template_json import template_as_json, template_from_json
from tests.documents.pdf_checks import assert_good_pdf
from tests.worksheets.cases import EVERY_TYPE, every_type

PLANS = [template for template in library() if template.kind is Kind.PLAN]
# Every place of a plan whose words stand on the print as they were written; no word of any other may be read there.
AS_WRITTEN = {
    "our-door": "household.phone ways.what sentence safe_room children.told children.does emergency",
    "post-and-parcels": "kinds.what post_office",
    "children-at-home": "grown_ups.phone grown_ups.job our_words small.told small.does middle.told middle.does "
    "older.told older.does emergency",
    "school-and-nursery": "may_collect.phone may_collect.days whom.phone whom.when emergency",
}
NAME = "Marisol"


def places(template: Template) -> list[str]:
    """Everywhere words can be written: `field`, or `field.column`."""
    found = []
    for field in template.fields:
        if field.type in TABULAR:
            found += [f"{field.key}.{column.key}" for column in field.answer_columns if not column.tick]
        elif field.type in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.OWN_WORDS):
            found.append(field.key)
    return found


def written(template: Template, words: dict[str, str]) -> dict:
    """Answers with these words in their places, every tick and option chosen."""
    answers: dict = {}
    for field in template.fields:
        if field.type in TABULAR:
            row = {
                column.key: True if column.tick else words[f"{field.key}.{column.key}"]
                for column in field.answer_columns
            }
            answers[field.key] = [row] * max(1, len(field.row_heads))
        elif field.type in CHOSEN:
            answers[field.key] = [option.key for option in field.options]
        elif field.key in words:
            answers[field.key] = words[field.key]
    return answers


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@pytest.mark.safety("R82")
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.key)
def test_only_what_belongs_there_stands_there(plan):
    canaries = {place: f"Qz{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n, place in enumerate(places(plan))}
    data = fridge_pdf(plan, written(plan, canaries))
    assert_good_pdf(data)
    text = text_of(data)
    assert {place for place, word in canaries.items() if word in text} == set(AS_WRITTEN[plan.key].split())
    assert text.startswith(plan.neutral_title) and plan.title not in text


@pytest.mark.safety("R82")
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.key)
def test_a_name_is_an_initial_wherever_else_it_was_written(plan):
    words = {place: f"{NAME}, {NAME.upper()}’s ({NAME.lower()}) 612 345" for place in places(plan)}
    text = text_of(fridge_pdf(plan, written(plan, words)))
    assert NAME.casefold() not in text.casefold()
    assert "M." in text and "612 345" in text


def test_a_plan_begun_before_there_were_marks_prints_the_same():
    plan = PLANS[0]
    before = template_from_json(_without(template_as_json(plan), "fridge"))
    answers = written(plan, {place: place for place in places(plan)})
    assert before != plan and fridge_pdf(before, answers) == fridge_pdf(plan, answers)


def _without(plain, key):
    if isinstance(plain, dict):
        return {name: _without(of, key) for name, of in plain.items() if name != key}
    return [_without(each, key) for each in plain] if isinstance(plain, list) else plain


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ana", "Ask Ana first."),
        ("Ελένη", "Η Ελένη ανοίγει."),
        ("Ольга", "Сначала Ольга."),
        ("مريم", "مريم في البيت"),
        ("李明", "先问李明再开门"),
        ("Zoe\u0308", "Zo\u00eb says it."),
        ("will", "Ask will."),
        ("Mum and Dad", "Mum or Dad opens."),
        ("Ana ruiz", "RUIZ opens."),
    ],
)
def test_names_in_every_script(name, said):
    plan = next(each for each in PLANS if each.key == "our-door")
    text = text_of(fridge_pdf(plan, {"household": [{"name": name}], "sentence": said}))
    for word in name.split():
        assert word == "and" or word not in text
    assert "•" in text or "." in text


def test_a_name_in_a_line_that_is_left_off_is_an_initial_elsewhere():
    plan = next(each for each in PLANS if each.key == "school-and-nursery")
    answers = {"child": "Lena", "whom": [{"name": "Ana", "when": "If Lena is ill"}]}
    text = text_of(fridge_pdf(plan, answers))
    assert "If L. is ill" in text and "Lena" not in text


def test_after_an_initial_stands_no_colon():
    plan = next(each for each in PLANS if each.key == "our-door")
    text = text_of(fridge_pdf(plan, {"household": [{"name": "Ana", "phone": "612"}]}))
    assert "A. – 612" in text and "A.:" not in text


def test_a_day_of_a_plan_and_small_words_stay():
    plan = next(each for each in PLANS if each.key == "our-door")
    text = text_of(fridge_pdf(plan, {"household": [{"name": "Mum and Dad"}], "sentence": "Look and wait."}))
    assert "Look and wait." in text and "M. D." in text


@given(st.text(max_size=60))
def test_initials_keep_no_word(text):
    assert not any(len(run) > 1 for run in "".join(c if c.isalpha() else " " for c in initials(text)).split())


def test_letters_are_large_and_a_short_plan_is_one_page():
    plan = next(each for each in PLANS if each.key == "our-door")
    short = {"sentence": "Not today.", "before": ["ask"], "emergency": "112"}
    pages = PdfReader(io.BytesIO(fridge_pdf(plan, short, paper=Paper.LETTER))).pages
    sizes: set[float] = set()
    pages[0].extract_text(
        visitor_text=lambda text, cm, tm, font, size: sizes.add(size) if text.strip() else None
    )
    assert len(pages) == 1 and pages[0].mediabox[2:] == [612, 792]
    assert sorted(sizes)[1] >= 18  # the smallest is that of the footer
    full = fridge_pdf(plan, written(plan, dict.fromkeys(places(plan), "x" * 500)))
    assert_good_pdf(full)
    assert_good_pdf(fridge_pdf(plan, {}))


def test_a_worksheet_has_no_such_print():
    with pytest.raises(NotAPlan):
        fridge_pdf(next(each for each in library() if each.kind is Kind.WORKSHEET), {})


def test_marks_are_read_and_written_back():
    marked = EVERY_TYPE.replace("label: A story,", "label: A story, fridge: out,").replace(
        "{way: Way, who: Who,", "{way: Way, who: {label: Who, fridge: initials},"
    )
    template = read_template(marked, "x.yaml")
    assert template.field("story").fridge is Fridge.OUT
    assert [column.fridge for column in template.field("ways").columns] == [None, Fridge.INITIALS, None]
    assert read_template(write_template(template), "x.yaml") == template
    assert template_from_json(template_as_json(template)) == template
    assert every_type().field("story").fridge is None
