"""A coach writes a sheet of her own, block by block, without script; publishing makes a version."""

import pytest

from coachapp.worksheets.draft_queries import drafts
from coachapp.worksheets.queries import sheets_of, template, templates
from tests.cast import ALEX, NORA
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


def test_blocks_and_parts_move_and_what_is_removed_is_kept(nora):
    writer = Writer(nora).begin("our-door/copy")
    whole = writer.labels()
    assert len(whole) == 12 and "Our door (copy)" in nora.text
    writer.press("down:1-1")
    assert writer.labels()[0] == whole[0][::-1]
    writer.press("down:1-2")
    assert writer.landed.endswith("#b-2-1")
    assert writer.labels()[:2] == [whole[0][1:], whole[0][:1] + whole[1]]
    writer.press("up:2-1")
    assert writer.labels()[:2] == [whole[0][::-1], whole[1]]
    writer.press("part-down:1")
    assert writer.labels()[:2] == [whole[1], whole[0][::-1]]
    for stuck in (
        "up:1-1",
        "down:12-1",
        "part-up:1",
        "part-down:12",
        "up:99-1",
        "remove:1-99",
        "back:5",
        "fly:1-1",
        "add:x",
    ):
        before = writer.labels()
        assert writer.press(stuck) == 303 and writer.labels() == before, stuck
    writer.press("remove:1-1", s1_1_label="Typed just now")
    assert "Typed just now" in nora.text and "Put back" in nora.text
    writer.press("part-join:2")
    assert len(writer.labels()) == 11 and writer.labels()[0] == [whole[1][1], *whole[0][::-1]]
    writer.press("back:2")
    assert writer.labels()[-1][-1] == "Typed just now"
    assert writer.template().card is not None
    while len(writer.labels()) > 1:
        writer.press("part-join:1")
    assert writer.template().card is not None and writer.press("part-join:1") == 303
    assert writer.press("publish", s1_title="All of it") == 303, nora.text


def test_keys_stay_while_words_change(practice, nora):
    writer = Writer(nora).begin("every-type/change")
    assert "Draft, version 4" in nora.text
    writer.press(
        "down:2-1", s2_1_label="Which of these?", s2_2_options="Third\nFirst, or so\nA new one\nSecond"
    )
    writer.press("add:scale")
    assert writer.landed.endswith("#b-3-4")  # not beside the card
    assert writer.press("publish", s3_4_label="Wie stark ist es?") == 303
    with practice.app.app_context():
        made = template("every-type").template
    assert made.field("one").label == "Which of these?"
    assert [option.key for option in made.field("some").options] == ["c", "a", "a_new_one", "b"]
    assert made.field("wie_stark_ist_es").low == "Not at all"
    assert made.card is not None and made.version == 4


def test_two_windows_lose_nothing(nora):
    first = Writer(nora).begin("every-type/change")
    second = Writer(nora).open(first.path)
    second.press("add:text", where="1", s1_1_label="Changed there")
    second.press("save", s1_6_label="Only there")
    assert first.press("save", s1_1_label="Changed here") == 409
    for words in ("Changed there", "Changed here", "Only there", "saved in another window"):
        assert words in nora.text, words
    assert first.typed["s1-1-label"] == "Changed here" and "Publish version" not in nora.text
    assert first.labels()[0][0] == "Changed there"
    assert first.press("save") == 303
    assert first.labels()[0][0] == "Changed here"
    assert "Only there" in nora.text and "Put back" in nora.text
    again = nora.client.post(first.path, data={**second.typed, "do": "save"})
    assert again.status_code == 409
    saved = nora.client.post(f"{first.path}/save", data=second.typed)
    assert saved.status_code == 422 and "another window" in saved.get_json()["message"]
    saved = nora.client.post(f"{first.path}/save", data=first.typed)
    assert saved.status_code == 204 and saved.headers["X-Revision"] == first.typed["revision"]


def test_a_press_that_comes_twice_counts_once(nora):
    writer = Writer(nora).begin()
    for do in ("add:text", "add:scale", "down:1-1", "remove:1-1"):
        typed = {**writer.typed, "do": do}
        assert writer.press(do, s1_1_label="One") == 303
        typed["s1-1-label"] = "One"
        assert nora.client.post(writer.path, data=typed).status_code == 303, do
    assert len(writer.labels()[0]) == 1


def test_publishing_leaves_begun_sheets_and_retiring_leaves_given_ones(practice, nora):
    practice.give(practice.alex, "every-type")
    writer = Writer(nora).begin("every-type/change")
    typed = {**writer.typed, "title": "Another title", "do": "publish"}
    assert nora.client.post(writer.path, data=typed).status_code == 303
    assert nora.client.post(writer.path, data=typed).status_code == 409
    alex = practice.sign_in(ALEX)
    with practice.app.app_context():
        assert [sheet.template.version for sheet in sheets_of(practice.alex)] == [3]
        assert template("every-type").template.version == 4
    nora.get("/desk/worksheets/every-type")
    assert nora.post("/desk/worksheets/every-type/retire").status_code == 303
    nora.get("/desk/worksheets")
    assert "Another title" in nora.text and "Offer it again" in nora.text
    nora.get(f"/desk/clients/{practice.alex_ref}/worksheets")
    assert "Another title" not in nora.text
    alex.get("/me/worksheets")
    assert "Every type" in alex.text and "Another title" not in alex.text
    assert alex.post("/me/worksheets/take/every-type").status_code == 404
    nora.get("/desk/worksheets/every-type")
    assert nora.post("/desk/worksheets/every-type/offer").status_code == 303
    with practice.app.app_context():
        assert "every-type" in [row.template.key for row in templates()]


def test_a_telling_title_is_hers_to_decide_and_a_telling_neutral_one_is_not(nora):
    writer = Writer(nora).begin("every-type/copy")
    writer.press("save", title="After trauma!", s1_title="Stop! Breathe!")
    assert "The title says “trauma”" in nora.text
    assert writer.press("publish", neutral_title="Trauma notes") == 422
    assert (
        "Title on paper: This is printed on paper and files. Expected a title without “Trauma”." in nora.text
    )
    assert writer.press("publish", neutral_title="Notes 40") == 303


def test_drafts_thrown_away_unknown_or_someone_elses(practice, nora):
    writer = Writer(nora).begin("new/plan")
    assert "Household sheet" in writer.template().neutral_title
    nora.get(f"{writer.path}/remove")
    assert nora.post(f"{writer.path}/remove").status_code == 303
    with practice.app.app_context():
        assert drafts() == []
    for path in ("", "/preview", "/file.yaml", "/remove", "/a4/read/blank.pdf"):
        assert nora.get(writer.path + path).status_code == 404
    for path in ("nothing-here/copy", "nothing-here/change", "nothing-here/retire", "new/poem"):
        nora.get("/desk/worksheets")
        assert nora.post(f"/desk/worksheets/{path}").status_code == 404
    alex = practice.sign_in(ALEX)
    alex.get("/me/worksheets")
    assert alex.post("/desk/worksheets/new/plan").status_code == 404


def test_hostile_forms_and_unfinished_drafts_break_nothing(nora):
    writer = Writer(nora).begin("our-door/copy")
    writer.press("save", s1_card='[["a", [["b"]]]]', s2_1_is="bomb +1", minutes="-5", s1_2_rows="99999999999")
    writer.press(
        "save",
        s1_card="[" * 5000,
        s3_card='[["A",[["x","nobody"]]],["B",[["y",""]]]]',
        title="\x00\u202e" + "字" * 500,
    )
    writer.press("save", s12_card='[["One panel", [["x", ""]]]]')
    for kind in ("text", "choice", "table", "people", "scale", "note"):
        writer.press(f"add:{kind}", where="x")
    for page in (
        "preview",
        "a4/read/blank.pdf",
        "letter/keep/fillable.pdf",
        "a4/read/large.pdf",
        "file.yaml",
    ):
        assert nora.get(f"{writer.path}/{page}").status_code == 200, page
    writer.open(writer.path)
    assert writer.press("publish") == 422
    assert nora.client.post(writer.path, data={"csrf_token": nora.token, "revision": "x"}).status_code == 409
    assert (
        nora.client.post(writer.path, data={**writer.typed, "do": "x" * 5000, "where": "²"}).status_code
        == 303
    )
