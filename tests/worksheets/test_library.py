"""The library's own files: valid, short, and complete for what each is for (their words: tests/house/test_library_words.py)."""

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import FieldType, Kind, Template
from coachapp.worksheets.template_file import read_template, write_template
from coachapp.worksheets.template_json import template_as_json


def words_of(plain: object) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict):
        for value in plain.values():
            yield from words_of(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from words_of(value)


def by_key(key: str) -> Template:
    return next(template for template in library() if template.key == key)


def test_the_first_two_templates_are_here() -> None:
    assert by_key("a-message-came").kind is Kind.WORKSHEET
    assert by_key("our-door").kind is Kind.PLAN


def test_each_file_is_named_by_its_key() -> None:
    shelf = files("coachapp.worksheets") / "library"
    names = {entry.name for entry in shelf.iterdir() if entry.name.endswith(".yaml")}
    assert names == {f"{template.key}.yaml" for template in library()}


@pytest.mark.parametrize("template", library(), ids=lambda template: template.key)
def test_sentences_are_short_enough_for_an_eleven_year_old(template: Template) -> None:
    for words in words_of(template_as_json(template)):
        for sentence in re.split(r"(?<=[.?])\s", words):
            assert len(sentence.split()) <= 24, sentence


@pytest.mark.parametrize("template", library(), ids=lambda template: template.key)
def test_written_out_and_read_again_it_is_the_same(template: Template) -> None:
    assert read_template(write_template(template), "again.yaml") == template


def test_paper_titles_differ_so_that_sheets_can_be_told_apart() -> None:
    titles = [template.neutral_title for template in library()]
    assert len(set(titles)) == len(titles)


def test_a_message_came_offers_nothing_first_and_names_the_cost_of_each_choice() -> None:
    decision = by_key("a-message-came").field("decision")
    assert [option.key for option in decision.options] == ["nothing", "block", "read", "advice", "reply"]
    assert all(option.note for option in decision.options)


def test_a_message_came_keeps_evidence_before_anything_else_and_names_court_orders() -> None:
    template = by_key("a-message-came")
    assert template.field("waiting").options[0].key == "keep"
    assert "court" in template.field("order_note").label
    assert template.field("keep_words").type is FieldType.OWN_WORDS


def test_our_door_photographs_the_label_before_anything_leaves_the_house() -> None:
    template = by_key("our-door")
    parcels = next(section for section in template.sections if "Parcels" in section.title)
    assert "photograph the label first" in parcels.hint
    assert template.field("no_signature").options[0].key == "photo"


def test_our_door_has_each_persons_tick_and_a_card_with_numbers_to_call() -> None:
    template = by_key("our-door")
    assert [column.key for column in template.field("household").columns if column.tick] == ["read"]
    assert template.card is not None
    named = [item.field for panel in template.card.panels for item in panel.items if item.field]
    assert named == ["sentence", "first_call", "second_call", "emergency"]
