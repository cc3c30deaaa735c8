"""What each sheet of the library is for is in it, and what has to come first in every one of them."""

import re

import pytest

from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import Template
from coachapp.worksheets.template_json import template_as_json
from tests.house.library_words import strings


def by_key(key: str) -> Template:
    return next(template for template in library() if template.key == key)


@pytest.mark.parametrize("template", library(), ids=lambda template: template.key)
def test_every_sheet_says_that_what_a_court_set_comes_first(template: Template) -> None:
    if template.key == "peace":  # looks back only; what a court has set belongs among its days
        return
    said = [f"{field.label} {field.hint}" for field in template.fields if not field.asks]
    assert [words for words in said if "court" in words and re.search("comes (first|before)", words)]


@pytest.mark.parametrize("template", library(), ids=lambda template: template.key)
def test_every_sheet_names_someone_to_call_when_it_is_not_safe(template: Template) -> None:
    said = " ".join(strings(template_as_json(template)))
    assert "emergency number" in said or "ask the police" in said


HELD = {
    "a-message-came": {"pressures", "self_doubt", "waiting", "neutral", "decision"},
    "a-parcel": {"signature", "left", "may_sign", "neighbour", "sentence", "child", "log"},
    "before-the-envelope": {"hopes", "apology", "reader_steps", "inside", "parts"},
    "call-sheet": {"settings", "sentences", "tally", "record"},
    "children-at-home": {"small", "middle", "older", "reached", "questions"},
    "closing-channels": {"before", "channels", "how_to_look", "phone_steps", "checked_on"},
    "contact-map": {"map", "carriers", "doors", "my_sentence"},
    "how-strong-is-it": {"fear_now", "duty_now", "guilt_now", "hope_now"},
    "letters-and-cards": {"hear", "permission", "reader_steps", "inside", "child_now"},
    "our-door": {"agenda", "household", "visitors", "ways", "sentence", "jobs", "children", "review"},
    "school-and-nursery": {"may_collect", "may_not", "staff", "our_note", "child_knows"},
    "what-is-still-there": {"things", "offices", "fetch"},
}


@pytest.mark.parametrize("key", HELD)
def test_each_sheet_holds_what_it_is_for(key: str) -> None:
    assert HELD[key] <= {field.key for field in by_key(key).fields}


def test_a_message_came_names_each_kind_of_pressure() -> None:
    named = {option.key for option in by_key("a-message-came").field("pressures").options}
    assert {"guilt", "duty", "threat", "silence", "excuses", "normal"} <= named


def test_the_parcel_card_has_a_side_with_and_a_side_without_a_signature() -> None:
    card = by_key("a-parcel").card
    assert card is not None
    assert [panel.title for panel in card.panels] == ["They want a signature", "It was left here"]


def test_the_contact_map_has_a_letter_for_each_rule() -> None:
    hint = by_key("contact-map").field("map").hint
    assert [rule for rule in "OFSNC" if f"{rule}: " in hint] == list("OFSNC")
