"""The coach writes beside answers of a shared sheet; the client keeps the words, also when she shares no more."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from coachapp import clock
from coachapp.db import session
from coachapp.notifications.models import OutboxMessage
from coachapp.worksheets.beside_models import MarginNote
from coachapp.worksheets.margin_operations import remove_beside, write_beside
from coachapp.worksheets.margin_queries import beside
from coachapp.worksheets.margin_rules import ChangedMeanwhile, NoSuchQuestion
from coachapp.worksheets.operations import save_answers, share, unshare
from coachapp.worksheets.queries import sheet
from coachapp.worksheets.rules import NoSuchSheet
from tests.cast import ALEX, MAYA, NORA
from tests.documents.pdf_checks import assert_good_pdf
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save
from tests.worksheets.test_filling import HOSTILE

CANARY = "the words in the margin"


@pytest.fixture
def base(practice, app):
    """Where Nora writes: Alex has answered on a sheet and shares it."""
    practice.give(practice.alex, "every-type")
    with app.app_context():
        mine, now = sheet(practice.alex, 1), clock.now()
        answers = {"word": "river", "day": "2027-03-01", "log": [{"what": "a"}], "pull": 3}
        save_answers(mine.id, practice.alex, answers, 0, now=now)
        share(mine.id, practice.alex, now=now)
    return f"/desk/clients/{practice.alex_ref}/worksheets/1"


@pytest.fixture
def nora(practice):
    return practice.sign_in(NORA)


def written(app, practice):
    with app.app_context():
        return {field: [row.words for row in rows] for field, rows in beside(sheet(practice.alex, 1)).items()}


def test_beside_an_answer_written_changed_read_and_taken_away(practice, app, base, nora):
    nora.get(base)
    assert nora.text.count("Write beside it") == 4
    assert f'href="{base}/beside/1"' in nora.page.get_data(as_text=True)
    nora.get(f"{base}/beside/1")
    assert "river" in nora.text and f'action="{base}/beside/1"' in nora.page.get_data(as_text=True)
    assert nora.post(f"{base}/beside/1", {"words": " \n "}).status_code == 422
    assert nora.post(f"{base}/beside/1", {"words": "x" * 2001}).status_code == 422 and "2,000" in nora.text
    answer = nora.post(f"{base}/beside/1", {"words": f"{CANARY} {HOSTILE}"})
    assert answer.status_code == 303 and answer.headers["Location"] == f"{base}#q-word"
    page = nora.get(base).get_data(as_text=True)
    assert CANARY in page and "You wrote beside this on" in page and "<script>alert" not in page
    nora.fill(f"{base}/beside/8", {"words": "And here."})
    alex = practice.sign_in(ALEX)
    alex.get("/me/")
    assert "Nora wrote beside 2 answers" in alex.text
    alex.get("/me/worksheets")
    assert "Nora wrote beside 2 answers" in alex.text
    for address in ("/me/worksheets/1", "/me/worksheets/1/one/1"):
        page = alex.get(address).get_data(as_text=True)
        assert CANARY in page and "Nora wrote beside this on" in page and "<script>alert" not in page
    assert save(alex, 1, {"f-word": ""}, 1).status_code == 204
    assert len(written(app, practice)["word"]) == 1, "saving her answers touches nothing in the margin"
    nora.get(base)
    assert "Left out" in nora.text and CANARY in nora.text
    nora.get(f"{base}/beside/1")
    seen = nora.hidden("seen")
    assert nora.post(f"{base}/beside/1", {"words": "Another thought.", "seen": seen}).status_code == 303
    nora.get(f"{base}/beside/1")
    seen = nora.hidden("seen")
    for _twice in range(2):
        assert nora.post(f"{base}/beside/1/remove", {"seen": seen}).status_code == 303
        nora.get(f"{base}/beside/1")
    assert written(app, practice) == {"pull": ["And here."]}
    with app.app_context():
        assert session().scalars(sa.select(OutboxMessage)).all() == []


def test_of_two_windows_the_later_one_is_told(practice, app, base, nora):
    nora.get(f"{base}/beside/1")
    nora.post(f"{base}/beside/1", {"words": "first", "seen": ""})
    nora.get(f"{base}/beside/1")
    answer = nora.post(f"{base}/beside/1", {"words": "second", "seen": ""})
    assert answer.status_code == 409 and "first" in nora.text and "second" in nora.text
    assert written(app, practice) == {"word": ["first"]}
    old = nora.hidden("seen")
    assert nora.post(f"{base}/beside/1", {"words": "second", "seen": old}).status_code == 303
    nora.get(f"{base}/beside/1")
    assert nora.post(f"{base}/beside/1/remove", {"seen": old}).status_code == 409
    assert nora.post(f"{base}/beside/1", {"words": "second", "seen": "x"}).status_code == 303, (
        "the same words"
    )
    assert written(app, practice) == {"word": ["second"]}


def test_when_sharing_stops_she_sees_nothing_and_the_client_keeps_the_words(practice, app, base, nora):
    nora.fill(f"{base}/beside/1", {"words": CANARY})
    token = nora.get(f"{base}/beside/1") and nora.token
    with app.app_context():
        unshare(sheet(practice.alex, 1).id, practice.alex, now=clock.now())
    for end in ("", "/beside/1", "/beside/2", "/beside/99"):
        assert nora.get(base + end).status_code == 404
    for end in ("", "/remove"):
        data = {"csrf_token": token, "words": "x", "seen": ""}
        assert nora.client.post(f"{base}/beside/1{end}", data=data).status_code == 404
    nora.get(f"/desk/clients/{practice.alex_ref}/worksheets")
    assert CANARY not in nora.text
    alex = practice.sign_in(ALEX)
    alex.get("/me/worksheets/1")
    assert CANARY in alex.text
    maya = practice.sign_in(MAYA)
    maya.get("/me/worksheets")
    assert "wrote beside" not in maya.text


def test_only_this_clients_coach_and_only_beside_a_question(practice, app, base):
    with app.app_context():
        mine, stranger, now = sheet(practice.alex, 1), practice.another_coach(), clock.now()
        by = practice.alex
        for coach_id, field, error in (
            (stranger, "word", NoSuchSheet),
            (practice.coach_id, "hint", NoSuchQuestion),
            (practice.coach_id, "no-such", NoSuchQuestion),
        ):
            with pytest.raises(error):
                write_beside(mine.id, coach_id, field, "x", "", now=now, by=by)
            with pytest.raises(error):
                remove_beside(mine.id, coach_id, field, "", now=now, by=by)
        write_beside(mine.id, practice.coach_id, "word", CANARY, "", now=now, by=by)
        unshare(mine.id, practice.alex, now=now)
        with pytest.raises(NoSuchSheet):
            remove_beside(mine.id, practice.coach_id, "word", now.isoformat(), now=now, by=by)
        sealed = session().scalars(sa.select(MarginNote.words_sealed)).all()
        assert len(sealed) == 1 and CANARY.encode() not in bytes(sealed[0])


def text_of(data):
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_on_paper_only_where_she_asks_for_it(practice, app, base, nora):
    alex = practice.sign_in(ALEX)
    alex.get("/me/worksheets/1/print")
    assert "written beside" not in alex.text
    for place, words in ((1, "Ελένη, not now."), (4, "A day to keep."), (8, "x" * 2000), (9, HOSTILE)):
        nora.fill(f"{base}/beside/{place}", {"words": words})
    alex.get("/me/worksheets/1/print")
    assert "With my answers, and what was written beside them" in alex.text
    plain = alex.get("/me/worksheets/1/a4/read/completed.pdf").data
    assert "not now" not in text_of(plain) and "Nora" not in text_of(plain)
    for paper in ("a4", "letter"):
        answer = alex.get(f"/me/worksheets/1/{paper}/keep/both.pdf")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="notes-1.pdf"'
        assert_good_pdf(answer.data)
        printed = text_of(answer.data)
        assert "Ελένη, not now." in printed and "Nora wrote" in printed and "river" in printed
        assert printed.index("river") < printed.index("Ελένη") and "Ellis" not in printed


@both_databases
def test_two_windows_at_once_leave_one_note(practice, app, base):
    """Both stand on the same page and are sent in the same moment: one is kept, the other is told."""
    now, told, together = clock.now(), [], Barrier(4)

    def write(words):
        with app.app_context():
            mine = sheet(practice.alex, 1).id
            together.wait()
            try:
                write_beside(mine, practice.coach_id, "word", words, "", now=now)
            except ChangedMeanwhile as changed:
                told.append(changed.words)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, ("one", "two", "three", "four")))
    (kept,) = written(app, practice)["word"]
    assert told == [kept] * 3
