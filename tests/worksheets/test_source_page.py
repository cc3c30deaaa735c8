"""A template read from a file or its text: every kind of mistake has its own words and line, and changes nothing."""

import io
from dataclasses import replace

import pytest
import sqlalchemy as sa

from coachapp import db
from coachapp.worksheets.queries import templates
from coachapp.worksheets.template_file import read_template, write_template
from coachapp.worksheets.yaml_source import MAX_BYTES
from tests.cast import NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.worksheets.cases import EVERY_TYPE, LEAST
from tests.worksheets.test_hostile_yaml import LAUGHS
from tests.worksheets.writing import Writer

PAGE = "/desk/worksheets/from/file"
FIELD = "      - key: words\n        type: text\n        label: Words\n"
MANY_ROWS = "".join(f"a{n}: x, " for n in range(31))


def least(old: str, new: str) -> str:
    assert old in LEAST
    return LEAST.replace(old, new)


def with_field(rest: str) -> str:
    return LEAST.replace(FIELD, f"      - {{key: a, label: A, {rest}}}\n")


# (the text, the line to look at, the words)
MISTAKES = [
    (least("kind: worksheet", "kind: workshet"), 3, "Expected one of worksheet, plan; found “workshet”. Did you mean “worksheet”?"),
    (least("version: 1", "version: two"), 2, "Expected a whole number from 1 to 9999, found “two”."),
    (least("minutes: 5", "minutes: 500"), 7, "Expected a whole number from 1 to 240, found “500”."),
    (least("minutes: 5\n", ""), 1, "“minutes” is missing."),
    (least("key: least", "key: My Sheet"), 1, "Expected small letters, numbers and hyphens, like a-message-came, found “My Sheet”."),
    (least("key: least", "key: my-trauma"), 1, "The key stands in addresses. Expected one without “trauma”."),
    (least("title: A title", "title:"), 4, "Expected text, found nothing."),
    (least("title: A title", "title: [a, b]"), 4, "Expected text, found a list."),
    (least("title: A title", "title: {a: b}"), 4, "Expected text, found more keys."),
    (least("A title", "x" * 121), 4, "Expected at most 120 characters, found 121."),
    (least("To have one.", "x" * 601), 6, "Expected at most 600 characters, found 601."),
    (least("Notes 9", "Narcissism notes"), 5, "This is printed on paper and files. Expected a title without “Narciss”."),
    (least("    fields:", "    feilds:"), 10, "“feilds” is not known here. Did you mean “fields”?"),
    (LEAST + "colour: blue\n", 14, "“colour” is not known here. Known here: key, version, kind, title, neutral_title, purpose, minutes, sections."),
    (LEAST + "key: again\n", 14, "“key” stands here twice. Keep one."),
    (LEAST + "? [a, b]\n: x\n", 14, "Expected a key before the colon, found a list."),
    (least("type: text", "type: txt"), 12, "Expected one of text, long_text, choice, choices, scale, date, time, table, people, note, own_words; found “txt”. Did you mean “text”?"),
    (least("label: Words", "label: Words\n        optional: maybe"), 14, "Expected true or false, found “maybe”."),
    (least("label: Words", "label: Words\n        lines: 3"), 14, "A field of type text has no “lines”. It belongs to long_text, own_words."),
    (least("label: Words", "label: Words\n        signed: Nora"), 14, "A field of type text has no “signed”. It belongs to note."),
    (least("key: words", "key: My words"), 11, "Expected small letters, numbers and _, at most 40, like my_words, found “My words”."),
    (least("key: words", "key: abuse"), 11, "This key stands in pages and files. Expected one without “abus”."),
    (LEAST + FIELD, 14, "“words” is used twice; the first is on line 11."),
    (with_field("type: choice"), 11, "“options” is missing; this type of field needs it."),
    (with_field("type: choice, options: [x, y]"), 11, "Expected entries like “key: words”, found a list."),
    (with_field("type: choice, options: {x: X}"), 11, "Expected 2 to 30 entries, found 1."),
    (with_field("type: table"), 11, "“columns” is missing; this type of field needs it."),
    (with_field("type: table, columns: {a: {label: A, tick: true}, b: B}"), 11, "Expected words, not ticks, in the first column."),
    (with_field("type: table, columns: {a: A, b: {label: B, share: 50}}"), 11, "Expected a whole number from 1 to 20, found “50”."),
    (with_field("type: table, columns: {a: A}, row_heads: {x: X}"), 11, "Expected a second column beside the row heads."),
    (with_field("type: table, columns: {a: A, b: B}, row_heads: {x: X}, rows: 2"), 11, "Expected either “rows” or “row_heads”, not both."),
    (with_field(f"type: table, columns: {{a: A, b: B}}, row_heads: {{{MANY_ROWS}}}"), 11, "Expected 1 to 30 entries, found 31."),
    (with_field("type: people, columns: {who: Who}"), 11, "Expected the first column of people to be “name”."),
    (least(f"    fields:\n{FIELD}", "    fields: []\n"), 10, "Expected at least one field, or a card."),
    (least(f"    fields:\n{FIELD}", "    fields: words\n"), 10, "Expected a list, each entry after a hyphen; found “words”."),
    (EVERY_TYPE.replace("{field: own,", "{field: owns,"), 50, "There is no field “owns” in this template. Did you mean “own”?"),
    (EVERY_TYPE.replace("{field: own,", "{field: log,"), 50, "A field of type table has no room on a card. Expected one that is written in words."),
    (EVERY_TYPE.replace("        - {title: Left, items: [Breathe., Step back.]}\n", ""), 49, "Expected 2 entries, found 1."),
    (EVERY_TYPE.replace("    hint: Short and long\n", "    card: {panels: [{title: A, items: [a]}, {title: B, items: [b]}]}\n"), 48, "This is a second card. Expected at most one in a template."),
    ("- a\n- b\n", 1, "Expected keys like “key:”, found a list."),
    ("", 1, "There is nothing here yet. Choose a file, or put its text in the box."),
    ("# only a comment\n", 1, "The file is empty. Expected “key”, “version”, “kind” and so on."),
    (LEAST + "---\nkey: two\n", 14, "A second document begins here. Expected one template in a file."),
    (LEAST + "...\nmore\n", 15, "There are words after the end of the template. Take them out, or the dots before them."),
    (least("  - title: One", "\t- title: One"), 9, "There is a tab here. Expected spaces."),
    (least("To have one.", "To have: one."), 6, "There is a colon among the words here. Put them in quotation marks, or begin a new key as far left as the one above."),
    (least("A title", '"A title'), 4, "A quotation mark is opened here and never closed."),
    (least("A title", '"A" title'), 4, "There are words after a closing quotation mark. Put all of them inside."),
    (least("A title", '"A \\q title"'), 4, "“\\q” means nothing inside double quotation marks. Use single ones, or write the backslash twice."),
    (least("A title", "@home"), 4, "Words cannot begin with “@”. Put them in quotation marks."),
    (least("A title", "[home"), 4, "A bracket is opened here. Expected a comma between its entries, and “]” at the end."),
    (least("A title", "]home"), 4, "“]” stands alone here. Put the words in quotation marks, or take it out."),
    (least("minutes: 5", "minutes 5"), 7, "Expected a key, a colon and a space here."),
    (least("kind: worksheet", "- kind: worksheet"), 3, "A list begins here with a hyphen. Expected a key."),
    (least("        type: text", "       type: text"), 12, "This line begins further left or right than its neighbours. Keys that belong together begin one below the other."),
    (least("A title", "“A” \x07"), 4, "There is a character here that cannot be read. Delete it or type it again."),
    (LAUGHS, 1, "References with & and * are not accepted here. Write the words out."),
    (least("A title", "!!python/object/apply:os.system [id]"), 4, "Tags are not accepted here. Take “tag:yaml.org,2002:python/object/apply:os.system” out."),
    ("[" * 5_000 + "]" * 5_000, 1, "Lists and keys stand inside each other more than 12 deep."),
    ("[" + "a," * 20_000 + "]", 1, "Expected at most 10000 entries in one file."),
    ("# " + "x" * MAX_BYTES, 1, "Expected a file of at most 256 KB."),
    (LEAST.encode("utf-16"), 1, "This text is saved as UTF-16. Expected UTF-8; most programs ask for it under “Save as”."),
    (least("A title", "Größe").encode("latin-1"), 4, "There is a letter here that is not saved as UTF-8. Save the file as UTF-8 and try again."),
    (b"%PDF-1.7\n\x00\x01\x02", 2, "This is not a file of text. Expected a template as YAML."),
]  # fmt: skip


@pytest.fixture
def nora(practice):
    return practice.sign_in(NORA)


def send(nora, text, *, paste=False):
    """Upload it as a file, or put it into the box."""
    if not paste:
        text = (io.BytesIO(text if isinstance(text, bytes) else text.encode()), "mine.yaml")
    data = {"text" if paste else "upload": text, "csrf_token": nora.token}
    return nora.client.post(PAGE, data=data, content_type="multipart/form-data")


def everything(app):
    """Every row there is, as text; but not when somebody was last seen."""
    with app.app_context():
        there = sa.inspect(app.extensions["engine"]).get_table_names()
        return {
            name: sorted(map(repr, db.session().execute(sa.select(*table.columns))))
            for name, table in db.Base.metadata.tables.items()
            if name in there and name != "sign_in"
        }


def test_each_kind_of_mistake_has_words_of_its_own_and_nothing_changes(practice, nora):
    said = [words for _text, _line, words in MISTAKES]
    assert len(set(said)) == len(MISTAKES) >= 40
    nora.get(PAGE)
    before = everything(practice.app)
    for number, (text, line, words) in enumerate(MISTAKES):
        answer = send(nora, text, paste=number % 2 == 1 and isinstance(text, str))
        nora.page = answer
        assert answer.status_code == 422, (words, answer.status_code)
        assert "One thing needs another look" in nora.text, (words, nora.text)
        assert f"Line {line}" in nora.text and f": {words}" in nora.text, (words, nora.text)
        assert "Nothing was changed." in nora.text
    assert everything(practice.app) == before


def test_a_file_becomes_a_draft_and_comes_back_as_the_same_file(practice, nora):
    nora.get(PAGE)
    answer = send(
        nora, EVERY_TYPE.replace("\n", "\r\n").encode("utf-8-sig").replace(b"version: 3", b"version: 9")
    )
    assert answer.status_code == 303  # the same words as version 3, which is published
    nora.page = answer
    nora.follow()
    assert "Version 3 says exactly this already" in nora.text
    nora.get(PAGE)
    changed = EVERY_TYPE.replace("A story", "Η ιστορία μου").replace(
        "type: note,", "type: note, signed: Żaneta,"
    )
    answer = send(nora, changed, paste=True)
    writer = Writer(nora).open(answer.headers["Location"])
    assert "Draft, version 4" in nora.text and "Nothing is offered until you publish it." in nora.text
    with practice.app.app_context():
        assert [row.template.version for row in templates() if row.template.key == "every-type"] == [3]
    written = nora.get(f"{writer.path}/file.yaml")
    assert written.headers["Content-Disposition"] == 'attachment; filename="sheet-7.yaml"'
    assert read_template(written.text, "x") == replace(read_template(changed, "x"), version=4)
    nora.get(PAGE)
    again = send(nora, changed)
    assert again.status_code == 422 and "Line 1, “key”: A sheet with the key “every-type”" in again.text
    writer.open(writer.path)
    assert writer.press("publish") == 303
    published = nora.get("/desk/worksheets/every-type/file.yaml")
    assert published.text == written.text == write_template(read_template(written.text, "x"))


def test_a_file_and_a_text_at_once_and_what_is_far_too_large(nora):
    nora.get(PAGE)
    both = {"upload": (io.BytesIO(LEAST.encode()), "a.yaml"), "text": LEAST, "csrf_token": nora.token}
    answer = nora.client.post(PAGE, data=both, content_type="multipart/form-data")
    assert answer.status_code == 422 and "Expected one of them" in answer.text and "key: least" in answer.text
    far_too_large = nora.client.post(
        PAGE, data=b"#" * (2 * 1024 * 1024), content_type="multipart/form-data; boundary=x"
    )
    assert far_too_large.status_code == 413
