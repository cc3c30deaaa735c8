"""A PDF that was filled in elsewhere comes back as answers to look at; whatever else it is, nothing is kept of it."""

import io
import os
import tempfile
import zlib

import pikepdf
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from coachapp.worksheets.earlier_queries import earlier_of
from coachapp.worksheets.filled import MAX_BYTES, NotReadable, Trouble, fields_of, read
from coachapp.worksheets.pdf import Mode, card_pdf, sheet_pdf
from coachapp.worksheets.queries import answers_of, sheet
from coachapp.worksheets.read_back import OtherSheet, answers_in, names_of
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template_file import read_template
from tests.cast import ALEX
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save
from tests.worksheets.cases import EVERY_TYPE

WORDS = "Ὁ λόγος · Żółć · Да\nsecond line 🌿"
EVERY = read_template(EVERY_TYPE, "every-type.yaml")


def filled(template, values):
    """The template's fillable PDF with these values in it, saved by another program."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(sheet_pdf(template, mode=Mode.FILLABLE))))
    for page in writer.pages:
        writer.update_page_form_field_values(page, values, auto_regenerate=False)
    return written(writer)


def written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def changed(data, change):
    """A file after `change` was done to it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def blank():
    return sheet_pdf(EVERY, mode=Mode.FILLABLE)


@pytest.mark.parametrize("template", library(), ids=lambda template: template.key)
def test_a_files_fields_are_those_its_sheet_expects(template):
    names = set(read(sheet_pdf(template, mode=Mode.FILLABLE)))
    assert {name for name in names if not name.startswith("Card-")} == names_of(template)


def test_no_two_sheets_have_the_same_fields():
    """So a file can only be taken for the sheet it is of."""
    every = [frozenset(names_of(template)) for template in library()]
    assert len(set(every)) == len(every)


# ---- what is read ----


def test_every_type_of_answer_comes_back_exactly():
    names = sorted(names_of(EVERY))
    values = dict.fromkeys(names, WORDS)
    found = answers_in(EVERY, read(filled(EVERY, values)))
    for field in EVERY.fields:
        if field.type in ("long_text", "own_words"):
            assert found.answers[field.key] == WORDS
        elif field.type == "text":
            assert found.answers[field.key] == " ".join(WORDS.split())
    assert {each.field.type.value for each in found.not_taken} >= {"date", "time"}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-11-18", "2026-11-18"),
        ("18 November 2026", "2026-11-18"),
        ("3. Feb 2027", "2027-02-03"),
        ("11/12/2026", None),
        ("31 February 2026", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_days_are_taken_as_people_write_them_and_never_guessed(written, kept):
    day = next(field for field in EVERY.fields if field.type == "date")
    found = answers_in(EVERY, {**dict.fromkeys(names_of(EVERY), ""), day.key.replace("_", "-"): written})
    assert found.answers.get(day.key) == kept
    assert [each.words for each in found.not_taken] == ([written] if written and kept is None else [])


def test_another_sheets_file_is_not_taken():
    other = library()[0]
    with pytest.raises(OtherSheet):
        answers_in(EVERY, read(filled(other, {})))


def test_a_card_is_not_read():
    template = next(each for each in library() if each.card)
    cards = dict.fromkeys(read(card_pdf(template, mode=Mode.FILLABLE)), "On the card")
    assert answers_in(template, {**dict.fromkeys(names_of(template), ""), **cards}).answers == {}


# ---- what is refused ----


def _script(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")


def _script_by_name(pdf):
    tree = pikepdf.Dictionary(
        Names=pikepdf.Array(["a", pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="1")])
    )
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=tree)


def _launch(pdf):
    pdf.pages[0].Annots.append(
        pdf.make_indirect(
            pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x"))
        )
    )


def _sends(pdf):
    pdf.Root.AcroForm.Fields[0].A = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="https://elsewhere.test")


def _attached(pdf):
    pdf.attachments["a.txt"] = b"a"


def _of_another_kind(pdf):
    pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xdp/>")


def _on_opening_a_page(pdf):
    pdf.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.GoTo))


@pytest.mark.parametrize(
    "change", [_script, _script_by_name, _launch, _sends, _attached, _of_another_kind, _on_opening_a_page]
)
def test_a_file_that_could_act_is_refused_whole(change):
    with pytest.raises(NotReadable) as refused:
        read(changed(blank(), change))
    assert refused.value.trouble is Trouble.ACTIVE


def _locked():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(blank())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b", R=6))
    return out.getvalue()


def _scanned():
    return sheet_pdf(EVERY, mode=Mode.BLANK)


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", Trouble.NO_PDF),
        (b"Not a PDF at all", Trouble.NO_PDF),
        (b"%PDF-1.7\n" + b"\x00" * 1000, Trouble.NO_PDF),
        (_scanned, Trouble.NO_FIELDS),
        (_locked, Trouble.LOCKED),
        (b"%PDF-1.7\n" + b"a" * MAX_BYTES, Trouble.TOO_MUCH),
    ],
    ids=["nothing", "no pdf", "zeros", "no fields", "locked", "huge"],
)
def test_what_cannot_be_read_says_why(data, trouble):
    with pytest.raises(NotReadable) as refused:
        fields_of(data() if callable(data) else data)
    assert refused.value.trouble is trouble


def test_a_file_cut_off_anywhere_is_read_or_refused():
    whole = blank()
    for size in range(0, len(whole), len(whole) // 25):
        try:
            read(whole[:size])
        except NotReadable as refused:
            assert refused.trouble in Trouble


def test_a_family_that_is_its_own_ancestor_ends():
    def circle(pdf):
        field = pdf.make_indirect(pikepdf.Dictionary(T="round"))
        field.Kids = pikepdf.Array([field])
        pdf.Root.AcroForm.Fields.append(field)

    assert "round" not in read(changed(blank(), circle))


def test_a_deep_family_is_too_much():
    def deep(pdf):
        field = pdf.make_indirect(pikepdf.Dictionary(T="leaf"))
        for _ in range(40):
            field = pdf.make_indirect(pikepdf.Dictionary(T="a", Kids=pikepdf.Array([field])))
        pdf.Root.AcroForm.Fields.append(field)

    with pytest.raises(NotReadable) as refused:
        read(changed(blank(), deep))
    assert refused.value.trouble is Trouble.TOO_MUCH


def test_a_bomb_is_never_unpacked():
    """40 MB of nothing in 40 KB, as a page's content: only the fields are looked at."""
    content = zlib.compress(b"\0" * 40_000_000, 9)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(blank())))
    stream = writer.pages[0].get_contents()
    stream._data = content
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    data = written(writer)
    assert len(data) < MAX_BYTES
    assert set(fields_of(data)) >= names_of(EVERY)


# ---- on the page ----


@pytest.fixture
def alex(practice):
    practice.give(practice.alex, "every-type")
    browser = practice.sign_in(ALEX)
    browser.get("/me/worksheets/1")
    return browser


def upload(browser, data):
    """Send a file as a browser does; written out by hand, so that nothing but our own code could lay it aside."""
    browser.get("/me/worksheets/1/print")
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n'
    parts = [
        head.format("csrf_token", "").encode() + browser.token.encode(),
        head.format("file", '; filename="mum\'s letter.pdf"').encode() + data,
    ]
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    browser.page = browser.client.post(
        "/me/worksheets/1/file", data=body, content_type="multipart/form-data; boundary=edge"
    )
    return browser.page


def stored(practice):
    with practice.app.app_context():
        return answers_of(sheet(practice.alex, 1))


def long_field():
    return next(field for field in EVERY.fields if field.type == "long_text")


def test_nothing_is_saved_before_she_says_so_and_then_all_of_it(practice, alex):
    field = long_field()
    save(alex, 1, {f"f-{field.key}": "Written online."}, 0)
    answer = upload(alex, filled(EVERY, {field.key.replace("_", "-"): "Written on paper."}))
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    assert "In the file Written on paper." in alex.text and "On this sheet Written online." in alex.text
    assert "mum" not in alex.text
    assert stored(practice) == {field.key: "Written online."}
    sent = {"revision": alex.hidden("revision"), "chosen": alex.hidden("chosen")}
    sent |= {f"f-{field.key}": "Written on paper.", "go": "save"}
    assert alex.post("/me/worksheets/1", {**sent, f"take-{field.key}": "theirs"}).status_code == 303
    assert stored(practice) == {field.key: "Written online."}
    alex.get("/me/worksheets/1")
    assert alex.post("/me/worksheets/1", {**sent, f"take-{field.key}": "mine"}).status_code == 303
    assert stored(practice) == {field.key: "Written on paper."}
    with practice.app.app_context():
        kept = [row.value for row in earlier_of(sheet(practice.alex, 1), field.key)]
    assert kept == ["Written online."], "what she let the file replace can be put back"


def test_what_the_file_leaves_empty_stays_as_it_is(practice, alex):
    field = long_field()
    save(alex, 1, {f"f-{field.key}": "Written online."}, 0)
    upload(alex, filled(EVERY, {}))
    assert "Its fields are empty." in alex.text and "Written online." in alex.text


@pytest.mark.parametrize(
    "data", [b"", b"junk", _locked, _scanned], ids=["nothing", "junk", "locked", "scanned"]
)
def test_a_refusal_is_kind_and_changes_nothing(practice, alex, data):
    answer = upload(alex, data() if callable(data) else data)
    assert answer.status_code == 422
    assert "Nothing was kept of it, and nothing changed." in alex.text
    assert stored(practice) == {}


def test_another_sheets_file_is_told_from_this_ones(practice, alex):
    assert upload(alex, filled(library()[0], {})).status_code == 422
    assert "This is another sheet" in alex.text


def test_only_her_own_sheet_takes_a_file(practice, alex):
    alex.get("/me/worksheets/1/print")
    assert alex.post("/me/worksheets/2/file", {}).status_code == 404


def test_a_file_never_touches_the_disk(alex, monkeypatch):
    """Large enough that a server would lay it aside for a moment; there is no place for that here."""
    monkeypatch.setattr(tempfile, "tempdir", "/there/is/no/such/place")
    assert upload(alex, b"%PDF-1.7\n" + os.urandom(600 * 1024)).status_code == 422


def test_too_large_a_file_is_refused_by_its_size(alex):
    assert upload(alex, b"a" * (2 * 1024 * 1024)).status_code == 413
