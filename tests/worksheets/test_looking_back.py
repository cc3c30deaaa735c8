"""Looking back: what she chose, word for word, sealed as it was; hers, and her coach's only while she shares it."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import Babel

from coachapp.audit.models import AuditEntry
from coachapp.db import session
from coachapp.worksheets.looking_back import Contents, KeptWords, Sums, as_json, from_json
from coachapp.worksheets.looking_back_pdf import looking_back_pdf
from coachapp.worksheets.models import LookingBack
from coachapp.worksheets.over_time import Course, Number
from tests.cast import ALEX, MAYA, NORA
from tests.documents.pdf_checks import assert_good_pdf
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save
from tests.worksheets.test_over_time import bars_in
from tests.worksheets.test_pdf import text_of

BACK = "/me/worksheets/back"
HARD = "أستطيع أن أنتظر. 😀 </p><script>alert('x')</script> {{ 7*7 }} \u202e\n\nZwei Żółć"
AT = datetime(2026, 11, 10, 21, 10, tzinfo=UTC)


@pytest.fixture
def alex(practice):
    """She has written twice: words and a number on each sheet."""
    browser = practice.sign_in(ALEX)
    for number, (words, fear) in enumerate(((HARD, "7"), ("I may wait.", "4")), 1):
        practice.give(practice.alex)
        browser.get(f"/me/worksheets/{number}")
        save(browser, number, {"f-keep_words": words, "f-fear": fear}, 0)
    return browser


def chosen(browser) -> list[str]:
    """The values of her own words on the form, newest first."""
    page = browser.get(BACK).get_data(as_text=True)
    return [part.split('"')[0] for part in page.split('name="words" value="')[1:]]


def make(browser, **ticked) -> str:
    """Make a page; returns its address."""
    browser.get(BACK)
    answer = browser.post(BACK, ticked)
    assert answer.status_code == 303, browser.text
    return answer.headers["Location"]


# ---- pure ----


def test_kept_and_read_again_it_is_the_same():
    for seed in range(50):
        chance = random.Random(seed)
        numbers = tuple(Number(chance.randint(0, 10), AT + n * timedelta(hours=7), n) for n in range(3))
        words = KeptWords(HARD, "A label", "A title", "Notes 1", AT)
        made = Contents(
            (words,) * chance.randint(0, 2),
            (Course("k", "f", "T", "N", "L", "", "", numbers),) * chance.randint(0, 2),
            chance.choice([None, Sums(1, 2, 3, date(2026, 1, 1), date(2026, 11, 10))]),
        )
        assert from_json(as_json(made)) == made


def test_on_paper_it_is_sound_and_says_nothing_of_its_own_accord():
    app = Flask(__name__)
    Babel(app)
    numbers = tuple(Number(n % 11, AT + n * timedelta(days=1), n) for n in range(60))
    made = Contents(
        (
            KeptWords(HARD, "A label", "When I doubt", "Notes 6", AT),
            KeptWords("Long. " * 3000, "B", "T", "Notes 7", AT),
        ),
        (Course("k", "f", "How strong is it?", "Notes 7", "Fear", "", "", numbers),),
        Sums(1, 41, 6, date(2026, 11, 9), date(2026, 11, 10)),
    )
    with app.app_context():
        data = looking_back_pdf(made, AT, "Europe/Lisbon")
    assert_good_pdf(data)
    said = text_of(data)
    assert (
        "1 sheet with words on it" in said and "41 answers" in said and "1 day from 9 November 2026" in said
    )
    assert "7*7" in said and "Żółć" in said and "😀" in said and "Notes 6" in said
    assert "When I doubt" not in said and "How strong is it?" not in said


# ---- walked ----


def test_the_page_holds_what_she_chose_as_it_was(alex, practice, settings):
    newest, older = chosen(alex)
    here = make(alex, words=[older], numbers="y", sums="y")
    answer = alex.get(here)
    page = answer.get_data(as_text=True)
    assert (
        "أستطيع أن أنتظر. 😀 &lt;/p&gt;&lt;script&gt;" in page
        and "{{ 7*7 }}" in page
        and 'dir="auto"' in page
    )
    assert "<script>alert" not in page and "I may wait." not in page and bars_in(answer) == 2
    assert "2 sheets with words on them" in page and "4 answers" in page and "0 sessions" in page
    assert "0 days from" in page and "First 7 of 10, last 4 of 10." in page
    save(alex, 1, {"f-keep_words": "Changed.", "f-fear": "0"}, 1)
    assert alex.get(here).get_data(as_text=True).replace("\n", "") == page.replace("\n", "")
    only_words = make(alex, words=[newest])
    page = alex.get(only_words).get_data(as_text=True)
    assert "I may wait." in page and "Numbers over time" not in page and "Counted" not in page
    if settings.database_url.startswith("sqlite"):
        database = Path(settings.database_url.removeprefix("sqlite:///"))
        stored = [path.read_bytes() for path in database.parent.glob(f"{database.name}*")]
        assert not any(b"I may wait." in data for data in stored)


def test_nothing_chosen_or_made_up_is_asked_again(alex, practice):
    maya = practice.sign_in(MAYA)
    for sent in ({}, {"words": ["no such words"]}, {"words": chosen(alex)}):
        maya.get(BACK)
        answer = maya.post(BACK, sent)
        assert answer.status_code == 422 and "Error: Notes" in answer.get_data(as_text=True)
    alex.get(BACK)
    assert alex.post(BACK, {}).status_code == 422
    assert "Choose at least one thing for the page" in alex.text
    assert make(maya, sums="y") == f"{BACK}/1"


def test_nobody_else_has_it_and_forgotten_it_is_gone(app, alex, practice):
    here = make(alex, sums="y")
    maya, nora = practice.sign_in(MAYA), practice.sign_in(NORA)
    maya.get("/me/worksheets")
    for end in ("", "/forget", "/a4/read/page.pdf"):
        assert maya.get(here + end).status_code == 404 and nora.get(here + end).status_code == 404
        assert alex.get(f"{BACK}/{2**31}{end}").status_code == 404
    for end in ("/share", "/unshare", "/forget"):
        maya.get("/me/worksheets")
        assert maya.post(here + end).status_code == 404
    answer = alex.get(f"{here}/a4/keep/page.pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes-3.pdf"'
    assert_good_pdf(answer.data)
    assert "cannot be brought back" in alex.get(f"{here}/forget").get_data(as_text=True)
    assert alex.post(f"{here}/forget").status_code == 303
    assert alex.get(here).status_code == 404 and alex.get("/me/worksheets/1").status_code == 200
    with app.app_context():
        assert session().scalar(sa.select(sa.func.count(LookingBack.id))) == 0


def test_the_coach_reads_it_only_while_it_is_shared(app, alex, practice):
    newest, _older = chosen(alex)
    here = make(alex, words=[newest], numbers="y")
    nora = practice.sign_in(NORA)
    record = f"/desk/clients/{practice.alex_ref}"
    seen = f"{record}/worksheets/back/3"
    pages = ("/desk/", record, f"{record}/worksheets")

    def is_at_the_desk() -> list[bool]:
        found = [seen in nora.get(path).get_data(as_text=True) for path in pages]
        statuses = [nora.get(seen + end).status_code == 200 for end in ("", "/a4/read/page.pdf")]
        return found + statuses

    assert not any(is_at_the_desk())
    alex.get(here)
    assert alex.post(f"{here}/share").status_code == 303
    assert all(is_at_the_desk())
    assert seen not in nora.get("/desk/").get_data(as_text=True), "read"
    nora.get(seen)
    assert "I may wait." in nora.text and "First 7 of 10" in nora.text
    answer = nora.get(f"{seen}/letter/keep/page.pdf")
    assert f'filename="{practice.alex_ref}-3-' in answer.headers["Content-Disposition"]
    assert nora.get(f"/desk/clients/{practice.maya_ref}/worksheets/back/3").status_code == 404
    alex.get(here)
    assert "Shared with Nora" in alex.text
    assert alex.post(f"{here}/unshare").status_code == 303
    assert not any(is_at_the_desk())
    with app.app_context():
        acts = session().scalars(sa.select(AuditEntry.action).where(AuditEntry.action.like("page_%"))).all()
        assert sorted(acts) == ["page_share", "page_unshare"]
