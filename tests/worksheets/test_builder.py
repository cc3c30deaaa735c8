"""A coach writes a sheet of her own, block by block, without script; publishing makes a version."""

import pytest

from coachapp.worksheets.queries import template
from tests.cast import NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.worksheets.writing import Writer

TYPES = [
    "text",
    "long_text",
    "own_words",
    "choices",
    "choice",
    "scale",
    "date",
    "time",
    "table",
    "people",
    "note",
    "signed",
]


@pytest.fixture
def nora(practice):
    return practice.sign_in(NORA)


def test_a_sheet_from_nothing_with_every_kind_of_block(practice, nora):
    writer = Writer(nora).begin()
    for kind in TYPES:
        assert writer.press(f"add:{kind}") == 303
    assert writer.landed.endswith("#b-1-12")
    words = {f"s1_{n}_label": f"Question {kind}" for n, kind in enumerate(TYPES, 1)}
    assert writer.press("save", **words, title="Mine", s1_title="All") == 303
    assert writer.press("publish") == 422
    assert nora.text.count("is missing") >= 4 and "Block 4" in nora.text
    rest = {
        "purpose": "To see them all.",
        "s1_4_options": "First | a little\nSecond",
        "s1_5_options": "Yes\nNo",
        "s1_9_columns": "What\n[] Seen | 2",
        "s1_9_row_heads": "Door\nGate",
        "s1_10_columns": "Who\nPhone",
        "s1_12_hint": "I wrote this for you.",
    }
    writer.press("preview", **rest)
    assert "Question own_words" in nora.text and "not finished" not in nora.text
    for kind in ("blank", "fillable", "large"):
        answer = nora.get(f"{writer.path}/a4/read/{kind}.pdf")
        assert answer.mimetype == "application/pdf"
    writer.open(writer.path)
    assert writer.press("publish") == 303, nora.text
    with practice.app.app_context():
        made = template("own-sheet-1").template
    assert [field.type.value for field in made.fields] == [*TYPES[:-1], "note"]
    assert made.field("question_signed").signed == "Nora"
    assert [column.key for column in made.field("question_people").columns] == ["name", "phone"]
    assert [option.note for option in made.field("question_choices").options] == ["a little", ""]
    assert nora.get(writer.path).status_code == 404
