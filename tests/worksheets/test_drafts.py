"""Drafts without a page: keys made from words, several windows in one moment, and words that are signed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.db import session
from coachapp.documents import Mode
from coachapp.worksheets import draft_operations as drafting
from coachapp.worksheets.draft_keys import (
    columns_as_lines,
    columns_from_lines,
    options_as_lines,
    options_from_lines,
    with_word_keys,
    word_key,
)
from coachapp.worksheets.draft_ready import finished, presentable
from coachapp.worksheets.draft_typed import typed_template
from coachapp.worksheets.drafts import (
    Draft,
    DraftChanged,
    NoSuchDraft,
    draft_as_json,
    draft_from_json,
    put_back,
    with_block,
    with_part,
)
from coachapp.worksheets.models import SheetTemplate
from coachapp.worksheets.pdf import sheet_pdf
from coachapp.worksheets.publishing import publish
from coachapp.worksheets.rules import WorksheetError
from coachapp.worksheets.template import (
    MAX_FIELDS,
    MAX_SECTIONS,
    Column,
    Field,
    FieldType,
    OnPage,
    Option,
    Section,
)
from tests.documents.pdf_checks import assert_good_pdf
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.worksheets.cases import every_type
from tests.worksheets.test_pdf import text_of


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Which date are you planning for?", "which_date_are_you_planning"),
        ("Größe, Żaneta & 3 more", "große_zaneta_3_more".replace("ß", "")),
        ("After the trauma, what helped?", "after_the_what_helped"),
        ("No contact", "text"),
        ("Η ιστορία μου", "text"),
        ("3 things", "text"),
        ("Pneumonoultramicroscopicsilicovolcanoconiosis", "text"),
        ("A day", "a_day_2"),
        ("", "text"),
    ],
)
def test_a_key_is_made_from_words_that_say_nothing(words, key):
    assert word_key(words, {"a_day"}, "text") == key


def test_lists_typed_line_by_line_keep_their_keys():
    before = (Option("guilt", "Guilt or blame", "a lot"), Option("threat", "Threats"), Option("calm", "Calm"))
    assert options_from_lines(options_as_lines(before).splitlines(), before) == before
    lines = ["Calm", "Guilt, or blame | little", "Something else", "Threats"]
    changed = options_from_lines(lines, before)
    assert [option.key for option in changed] == ["calm", "guilt", "+1", "threat"]
    assert changed[1] == Option("guilt", "Guilt, or blame", "little")
    columns = (Column("name", "Name", share=4), Column("read", "Has read | it", tick=True))
    assert columns_from_lines(columns_as_lines(columns).splitlines(), columns) == columns
    fresh = columns_from_lines(["Who", "[]Seen | 2", "How | 21", "[] | x"], ())
    assert [(c.label, c.tick, c.share) for c in fresh] == [
        ("Who", False, 1),
        ("Seen", True, 2),
        ("How | 21", False, 1),
        ("| x", True, 1),
    ]


def test_a_draft_is_stored_and_comes_back_however_unfinished():
    for template in (every_type(), replace(every_type(), title="", sections=(Section(""),))):
        draft = Draft(template, (Field("+1", FieldType.CHOICE, "", hint="typed"),))
        assert draft_from_json(draft_as_json(draft)) == draft
    empty = tuple(Field(f"+{n}", kind, "") for n, kind in enumerate(FieldType, 1))
    shown, left_out = presentable(replace(every_type(), sections=(Section("", fields=empty),)))
    assert (shown.sections, left_out) == ((), len(FieldType))
    assert finished(every_type()) == every_type()


def test_an_empty_form_is_an_empty_sheet():
    class Nothing:
        def getlist(self, name: str) -> list[str]:
            return []

    typed = typed_template(Nothing(), every_type())
    assert (typed.title, typed.minutes, typed.sections) == ("", 0, (Section(""),))
    assert (typed.key, typed.kind) == (every_type().key, every_type().kind)


def test_on_whose_page_an_answer_stands_is_typed_and_kept_where_nobody_asked():
    class Sent(dict):
        def getlist(self, name: str) -> list[str]:
            return [self[name]] if name in self else []

    block = {"s1-title": "One", "s1-1-is": "text word", "s1-1-label": "A word"}
    chosen = typed_template(Sent(block, **{"s1-1-person": "everyone"}), every_type())
    assert chosen.field("word").person is OnPage.EVERYONE
    assert typed_template(Sent(block), chosen).field("word").person is OnPage.EVERYONE
    for other in ("", "<b>"):
        assert typed_template(Sent(block, **{"s1-1-person": other}), chosen).field("word").person is None


def test_a_full_sheet_takes_no_more_and_loses_nothing():
    draft = Draft(every_type(), (Field("+1", FieldType.TEXT, "Kept"),))
    for number in range(200):
        draft = with_part(with_block(draft, number, Field("", FieldType.TEXT, "One")))
    assert (len(draft.template.sections), len(list(draft.template.fields))) == (MAX_SECTIONS, MAX_FIELDS)
    assert put_back(draft, 0) is draft and draft.removed[0].label == "Kept"
    keys = [field.key for field in draft.template.fields]
    assert len(set(keys)) == len(keys) and "+1" not in keys
    assert len({field.key for field in with_word_keys(draft.template).fields}) == MAX_FIELDS


def test_words_that_are_signed_are_printed_with_the_name():
    said = Field("said", FieldType.NOTE, "Before you begin", "Nothing here is wrong.", signed="Żaneta E.")
    steps = replace(said, key="steps", steps=("Wait.",))
    only = replace(said, key="only", hint="")
    template = replace(every_type(), sections=(Section("One", fields=(said, steps, only)),))
    for mode in Mode:
        printed = sheet_pdf(template, mode=mode)
        assert_good_pdf(printed)
        assert "Nothing here is wrong. Żaneta E." in text_of(printed)
        assert "Wait. Żaneta E." in text_of(printed).replace("1. ", "")
        assert "Before you begin Żaneta E." in text_of(printed)


@both_databases
def test_windows_in_one_moment(app):
    """Four windows begin, save and publish at once: one draft, one save that wins, one version."""

    def in_each_window(act):
        def one(number):
            with app.app_context():
                try:
                    return act(number)
                except WorksheetError as error:
                    return type(error)

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(one, range(4)))

    now, template = clock.now(), every_type()
    with app.app_context():
        publish(template, now)
    begun = in_each_window(lambda _n: drafting.begin_version("every-type", now=now))
    with app.app_context():
        draft_id = drafting.begin_version("every-type", now=now)
    assert {each for each in begun if not isinstance(each, type)} == {draft_id}
    saved = in_each_window(
        lambda n: drafting.save_draft(draft_id, replace(template, title=f"{n}"), 0, now=now)
    )
    assert sorted(map(str, saved)) == sorted(map(str, [1, *[DraftChanged] * 3]))
    made = in_each_window(lambda _n: drafting.publish_draft(draft_id, 1, now=now, by=uuid4()).version)
    assert sorted(map(str, made)) == sorted(map(str, [4, *[NoSuchDraft] * 3]))
    with app.app_context():
        assert session().scalar(sa.select(sa.func.count()).select_from(SheetTemplate)) == 2
