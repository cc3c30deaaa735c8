"""A mistake in a template file is named exactly: its line, its place, and what was expected."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachapp.worksheets.template import Option
from coachapp.worksheets.template_file import read_template, write_template
from coachapp.worksheets.yaml_source import TemplateError
from tests.worksheets.cases import EVERY_TYPE, LEAST, every_type

FIELD = "      - key: words\n        type: text\n        label: Words\n"


def problems(text: str) -> list[str]:
    with pytest.raises(TemplateError) as refused:
        read_template(text, "mine.yaml")
    return [str(problem) for problem in refused.value.problems]


def with_field(field: str) -> str:
    return LEAST.replace(FIELD, field)


ONE_MISTAKE = [
    (LEAST.replace("kind: worksheet", "kind: workshet"), "Line 3, “kind”: Expected one of worksheet, plan; found “workshet”. Did you mean “worksheet”?"),
    (LEAST.replace("version: 1", "version: two"), "Line 2, “version”: Expected a whole number from 1 to 9999, found “two”."),
    (LEAST.replace("minutes: 5", "minutes: 0"), "Line 7, “minutes”: Expected a whole number from 1 to 240, found “0”."),
    (LEAST.replace("key: least", "key: My Sheet"), "Line 1, “key”: Expected small letters, numbers and hyphens, like a-message-came, found “My Sheet”."),
    (LEAST.replace("minutes: 5\n", ""), "Line 1: “minutes” is missing."),
    (LEAST.replace("title: A title", "title:"), "Line 4, “title”: Expected text, found nothing."),
    (LEAST.replace("title: A title", "title: ~"), "Line 4, “title”: Expected text, found nothing."),
    (LEAST.replace("title: A title", "title: [a, b]"), "Line 4, “title”: Expected text, found a list."),
    (LEAST.replace("Notes 9", "Healing notes"), "Line 5, “neutral_title”: This is printed on paper and files. Expected a title without “Heal”."),
    (LEAST.replace("A title", "x" * 121), "Line 4, “title”: Expected at most 120 characters, found 121."),
    (LEAST.replace("    fields:", "    feilds:"), "Line 10, section 1: “feilds” is not known here. Did you mean “fields”?"),
    (LEAST + "colour: blue\n", "Line 14: “colour” is not known here. Known here: key, version, kind, title, neutral_title, purpose, minutes, sections."),
    (LEAST + "key: again\n", "Line 14: “key” stands here twice. Keep one."),
    (LEAST.replace("type: text", "type: txt"), "Line 12, section 1, field 1, “type”: Expected one of text, long_text, choice, choices, scale, date, time, table, people, note, own_words; found “txt”. Did you mean “text”?"),
    (LEAST.replace("        label: Words\n", ""), "Line 11, section 1, field 1: “label” is missing."),
    (LEAST.replace("label: Words", "label: Words\n        optional: maybe"), "Line 14, section 1, field 1, “optional”: Expected true or false, found “maybe”."),
    (LEAST.replace("label: Words", "label: Words\n        lines: 3"), "Line 14, section 1, field 1, “lines”: A field of type text has no “lines”. It belongs to long_text, own_words."),
    (LEAST.replace("key: words", "key: My words"), "Line 11, section 1, field 1, “key”: Expected small letters, numbers and _, at most 40, like my_words, found “My words”."),
    (LEAST + FIELD, "Line 14, section 1, field 2, “key”: “words” is used twice; the first is on line 11."),
    (with_field("      - {key: a, type: choice, label: A}\n"), "Line 11, section 1, field 1: “options” is missing; this type of field needs it."),
    (with_field("      - {key: a, type: choice, label: A, options: [x, y]}\n"), "Line 11, section 1, field 1, “options”: Expected entries like “key: words”, found a list."),
    (with_field("      - {key: a, type: choice, label: A, options: {x: X}}\n"), "Line 11, section 1, field 1, “options”: Expected 2 to 30 entries, found 1."),
    (with_field("      - {key: a, type: choices, label: A, options: {x: X, x: Y, z: Z}}\n"), "Line 11, section 1, field 1, “options”: “x” stands here twice. Keep one."),
    (with_field("      - {key: a, type: table, label: A}\n"), "Line 11, section 1, field 1: “columns” is missing; this type of field needs it."),
    (with_field("      - {key: a, type: table, label: A, columns: {x: {label: X, tick: true}}}\n"), "Line 11, section 1, field 1, “columns”: Expected words, not ticks, in the first column."),
    (with_field("      - {key: a, type: table, label: A, rows: 2, columns: {x: X, y: Y}, row_heads: {z: Z}}\n"), "Line 11, section 1, field 1, “rows”: Expected either “rows” or “row_heads”, not both."),
    (with_field("      - {key: a, type: table, label: A, columns: {x: X}, row_heads: {z: Z}}\n"), "Line 11, section 1, field 1, “columns”: Expected a second column beside the row heads."),
    (LEAST.replace("label: Words", "label: Words\n        fridge: initial"), "Line 14, section 1, field 1, “fridge”: Expected one of whole, initials, out; found “initial”. Did you mean “initials”?"),
    (LEAST.replace("label: Words", "label: Words\n        person: all"), "Line 14, section 1, field 1, “person”: Expected one of everyone, named, nobody; found “all”."),
    (with_field("      - {key: a, type: people, label: A, columns: {who: Who}}\n"), "Line 11, section 1, field 1, “columns”: Expected the first column of people to be “name”."),
    (with_field("      - {key: a, type: people, label: A, columns: {name: Name}, rows: 31}\n"), "Line 11, section 1, field 1, “rows”: Expected a whole number from 1 to 30, found “31”."),
    (LEAST.replace("    fields:\n" + FIELD, "    fields: []\n"), "Line 10, section 1, “fields”: Expected at least one field, or a card."),
    (LEAST.replace("    fields:\n" + FIELD, "    fields: words\n"), "Line 10, section 1, “fields”: Expected a list, each entry after a hyphen; found “words”."),
    (LEAST[: LEAST.index("  - title: One")].replace("sections:", "sections: []"), "Line 8, “sections”: Expected 1 to 30 entries, found 0."),
    (EVERY_TYPE.replace("{field: own,", "{field: owns,"), "Line 50, section 4, “card”, “panels”, panel 2, “items”, 2: There is no field “owns” in this template. Did you mean “own”?"),
    (EVERY_TYPE.replace("{field: own,", "{field: log,"), "Line 50, section 4, “card”, “panels”, panel 2, “items”, 2: A field of type table has no room on a card. Expected one that is written in words."),
    (EVERY_TYPE.replace("        - {title: Left, items: [Breathe., Step back.]}\n", ""), "Line 49, section 4, “card”, “panels”: Expected 2 entries, found 1."),
    ("- a\n- b\n", "Line 1: Expected keys like “key:”, found a list."),
    ("", "Line 1: The file is empty. Expected “key”, “version”, “kind” and so on."),
    ("# only a comment\n", "Line 1: The file is empty. Expected “key”, “version”, “kind” and so on."),
    (LEAST.replace("  - title: One", "\t- title: One"), "Line 9: There is a tab here. Expected spaces."),
    (LEAST.replace("A title", "“A” \x07"), "Line 4: There is a character here that cannot be read. Delete it or type it again."),
    (LEAST + "---\nkey: two\n", "Line 14: A second document begins here. Expected one template in a file."),
    (LEAST.replace("purpose: To have one.", "purpose: To have: one."), "Line 6: There is a colon among the words here. Put them in quotation marks, or begin a new key as far left as the one above."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), ONE_MISTAKE, ids=range(len(ONE_MISTAKE)))
def test_one_mistake_gives_one_exact_message(text: str, words: str) -> None:
    assert problems(text) == [words]


def test_different_mistakes_have_different_words() -> None:
    same = 2  # an empty file and one that only has a comment; an empty title and ~
    assert len({words for _, words in ONE_MISTAKE}) == len(ONE_MISTAKE) - same


def test_several_mistakes_are_told_together_in_the_order_of_the_lines() -> None:
    text = (
        LEAST.replace("version: 1", "version: x")
        .replace("label: Words", "labl: Words")
        .replace("A title", "")
    )
    with pytest.raises(TemplateError) as refused:
        read_template(text, "mine.yaml")
    assert str(refused.value) == (
        "mine.yaml: 3 things need another look. Nothing was changed.\n"
        "Line 2, “version”: Expected a whole number from 1 to 9999, found “x”.\n"
        "Line 4, “title”: Expected text, found nothing.\n"
        "Line 13, section 1, field 1: “labl” is not known here. Did you mean “label”?"
    )


def test_words_that_yaml_would_take_for_something_else_stay_words() -> None:
    template = every_type()
    assert template.field("one").options == (Option("no", "No"), Option("yes", "Yes", "It costs a little."))
    plain = read_template(LEAST.replace("A title", "2026").replace("label: Words", "label: no"), "plain.yaml")
    assert (plain.title, plain.field("words").label) == ("2026", "no")


def test_what_a_file_leaves_out_gets_a_quiet_default() -> None:
    template = every_type()
    assert template.field("own").lines == 3
    assert template.field("helpers").rows == 4
    assert template.field("ways").rows == 2
    assert not template.field("story").optional


def test_every_type_survives_writing_and_reading() -> None:
    written = write_template(every_type())
    assert read_template(written, "again.yaml") == every_type()
    assert write_template(read_template(written, "again.yaml")) == written


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_any_words_a_coach_writes_survive_writing_and_reading(label: str, hint: str) -> None:
    text = LEAST.replace("label: Words", "label: Words\n        hint: x")
    template = read_template(text, "x.yaml")
    field = template.field("words")
    tidy = read_back(label), read_back(hint)
    if not all(tidy):
        return
    changed = replace(field, label=tidy[0], hint=tidy[1])
    section = replace(template.sections[0], fields=(changed,))
    whole = replace(template, sections=(section,))
    assert read_template(write_template(whole), "x.yaml") == whole


def read_back(words: str) -> str:
    """What of some words a file can hold at all: printable, on one line."""
    return " ".join("".join(each for each in words if each.isprintable() or each == " ").split())
