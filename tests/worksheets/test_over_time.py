"""Numbers over time: what is charted is what was answered; hers alone, and her coach's only where she shares."""

import io
import json
import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pikepdf
import pytest
from flask import Flask
from flask_babel import Babel

from coachapp import clock, vault
from coachapp.db import transaction
from coachapp.documents import Mode
from coachapp.worksheets.course_words import spoken
from coachapp.worksheets.models import EarlierAnswer
from coachapp.worksheets.operations import save_answers, share
from coachapp.worksheets.over_time import BASE, UNIT, Course, Written, in_order
from coachapp.worksheets.over_time_queries import EARLIER, courses_of, shared_courses_of
from coachapp.worksheets.pdf import sheet_pdf
from coachapp.worksheets.queries import sheet, sheets_of
from coachapp.worksheets.shelf import library
from tests.cast import ALEX, MAYA, NORA
from tests.documents.pdf_checks import assert_good_pdf
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save
from tests.worksheets.test_pdf import text_of

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def spoken_here():
    """Words without a database."""
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


def course(*written: Written) -> Course:
    return Course("key", "pull", "A title", "Notes 1", "How strong", "Weak", "Strong", in_order(written))


def daily(*values: int) -> Course:
    return course(*(Written(n, value, START + n * DAY) for n, value in enumerate(values, 1)))


# ---- pure ----


def test_chart_and_words_are_the_answers_whatever_the_history(spoken_here, proof):
    """Written, replaced on the same day (not meant) or later (it stood); in which order rows come is chance."""
    for seed in range(proof(60, 3000)):
        chance = random.Random(seed)
        written, meant, at = [], [], START
        for number in range(chance.randint(1, 60)):
            at += chance.randint(1, 40) * HOUR
            until = chance.choice([None, at + chance.randint(0, 60) * HOUR])
            written.append(Written(number % 7, chance.randint(0, 10), at, until))
            if until is None or until.date() > at.date():
                meant.append(written[-1].value)
        chance.shuffle(written)
        found = course(*written)
        drawn = [0 if bar.height < UNIT else bar.height // UNIT for bar in found.bars]
        assert [number.value for number in found.numbers] == meant
        assert drawn == meant[-24:] == [bar.value for bar in found.bars]
        if meant:
            said = [int(re.search(r": (\d+) of 10$", line)[1]) for line in spoken(found).lines]
            assert said == meant[::-1]


def test_bars_stay_inside_the_chart_and_apart():
    for count in range(1, 60):
        drawn = daily(*[10] * count).bars
        assert all(bar.x >= 24 and bar.x + bar.width <= 320 and bar.y + bar.height == BASE for bar in drawn)
        assert all(left.x + left.width < right.x for left, right in pairwise(drawn))


def test_the_day_says_it_and_the_time_only_where_two_share_one(spoken_here):
    assert spoken(daily(7, 4)).lines == ["3 March: 4 of 10", "2 March: 7 of 10"]
    two = course(Written(1, 1, START), Written(2, 2, START + HOUR))
    assert spoken(two, year=True).lines == ["1 March 2026, 10:00: 2 of 10", "1 March 2026, 09:00: 1 of 10"]
    assert (
        spoken(course(Written(1, 1, START), Written(2, 2, START + 366 * DAY)))
        .lines[0]
        .startswith("2 March 2027:")
    )


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_below_a_scale_on_paper_its_chart_is_one_figure_with_words(spoken_here, large):
    found = {"fear": spoken(daily(*range(11), *range(11), 5, 6, 7), year=True)}
    template = next(each for each in library() if each.key == "a-message-came")
    data = sheet_pdf(template, {"fear": 7}, mode=Mode.COMPLETED, courses=found, large=large)
    assert_good_pdf(data)
    said = text_of(data)
    assert "26 March 2026: 7 of 10" in said and "First 2 March 2026: 0 of 10" in said
    with pikepdf.open(io.BytesIO(data)) as pdf:
        figures = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
        alts = [str(each["/Alt"]) for each in figures if each["/S"] == "/Figure"]
    assert sum(alt.startswith("Chart of 24 numbers from 0 to 10: How strong.") for alt in alts) == 1
    assert "over time" not in text_of(sheet_pdf(template, mode=Mode.BLANK, courses=found))


# ---- walked ----


def answered(practice, client_id, value, days_ago, *, shared=False):
    """A sheet of hers from some days ago, with one number on it."""
    at = clock.now() - days_ago * DAY
    sheet_id = practice.give(client_id)
    with practice.app.app_context():
        save_answers(sheet_id, client_id, {"fear": value}, 0, now=at)
        if shared:
            share(sheet_id, client_id, now=at)
    return sheet_id


def replaced(practice, client_id, sheet_id, value, written, until):
    """An answer as it was before, from and until so many days ago."""
    row_id, now = uuid4(), clock.now()
    with practice.app.app_context(), transaction() as db:
        sealed = vault.seal(client_id, EARLIER, row_id, json.dumps(value))
        db.add(
            EarlierAnswer(
                id=row_id,
                assignment_id=sheet_id,
                field="fear",
                value_sealed=sealed,
                saved_at=now - written * DAY,
                replaced_at=now - until * DAY,
            )
        )


def bars_in(answer) -> int:
    """How many bars the charts of a page have."""
    charts = re.findall(r'<svg class="chart".*?</svg>', answer.get_data(as_text=True), re.DOTALL)
    return sum(chart.count("<rect") for chart in charts)


def values(found):
    return {each.field: [number.value for number in each.numbers] for each in found}


def test_each_number_comes_from_its_sheet_and_the_coach_sees_those_of_shared_ones(practice):
    alex, now_shared = practice.alex, 20
    answered(practice, alex, 9, 40)
    shared = answered(practice, alex, 0, now_shared, shared=True)
    answered(practice, alex, 4, 10, shared=True)
    replaced(practice, alex, shared, 8, 30, 25)  # changed before it was shared
    replaced(practice, alex, shared, 6, 22, 15)  # stood while it was shared
    replaced(practice, alex, shared, 1, 12, 12)  # put right at once
    replaced(practice, alex, shared, None, 11, 9)  # emptied: no number
    with practice.app.app_context():
        assert values(courses_of(alex, "UTC")) == {"fear": [9, 8, 6, 0, 4]}
        assert values(shared_courses_of(alex, "UTC")) == {"fear": [6, 0, 4]}
        assert courses_of(practice.maya, "UTC") == []
    answer = practice.sign_in(ALEX).get("/me/worksheets/numbers")
    hers = answer.get_data(as_text=True)
    assert bars_in(answer) == 5 and "9 of 10" in hers and " style=" not in hers
    nora = practice.sign_in(NORA)
    base = f"/desk/clients/{practice.alex_ref}/worksheets"
    answer = nora.get(f"{base}/numbers")
    seen = answer.get_data(as_text=True)
    assert bars_in(answer) == 3 and "9 of 10" not in seen and "8 of 10" not in seen
    paper = text_of(nora.get(f"{base}/2/a4/read/completed.pdf").data)
    assert "6 of 10" in paper and "9 of 10" not in paper and "8 of 10" not in paper
    assert bars_in(practice.sign_in(MAYA).get("/me/worksheets/numbers")) == 0
    assert bars_in(nora.get(f"/desk/clients/{practice.maya_ref}/worksheets/numbers")) == 0
    assert nora.get("/desk/clients/C-22222/worksheets/numbers").status_code == 404


def test_one_number_alone_makes_no_chart(practice):
    answered(practice, practice.alex, 5, 1)
    alex = practice.sign_in(ALEX)
    assert bars_in(alex.get("/me/worksheets/1")) == 0
    assert "No numbers over time yet" in alex.get("/me/worksheets/numbers").get_data(as_text=True)
    assert "over time" not in text_of(alex.get("/me/worksheets/1/completed.pdf").data)


def test_a_fresh_one_as_often_as_she_likes_and_an_empty_one_is_enough(practice):
    answered(practice, practice.alex, 5, 1)
    alex, maya = practice.sign_in(ALEX), practice.sign_in(MAYA)
    for _twice in range(2):
        alex.get("/me/worksheets/1")
        assert alex.post("/me/worksheets/1/again").headers["Location"] == "/me/worksheets/2"
    alex.get("/me/worksheets/2")
    assert "Take a fresh one" not in alex.text
    save(alex, 2, {"f-fear": "0"}, 0)
    alex.get("/me/worksheets/2")
    assert alex.text.count("of 10") >= 2, "the second number makes the chart beside the sheet"
    assert alex.post("/me/worksheets/2/again").headers["Location"] == "/me/worksheets/3"
    assert "over time" in text_of(alex.get("/me/worksheets/1/completed.pdf").data)
    maya.get("/me/worksheets")
    assert maya.post("/me/worksheets/1/again").status_code == 404
    with practice.app.app_context():
        assert len(sheets_of(practice.alex)) == 3 and sheets_of(practice.maya) == []
        assert [row.number for row in sheets_of(practice.alex) if row.standing.is_at_desk] == [1]
        assert sheet(practice.alex, 1).answered == 1


@both_databases
def test_pressed_on_two_devices_at_once_it_is_one_fresh_sheet(practice):
    answered(practice, practice.alex, 5, 1)
    tabs = [practice.sign_in(ALEX) for _each in range(4)]
    for tab in tabs:
        tab.get("/me/worksheets/1")
    with ThreadPoolExecutor(len(tabs)) as pool:
        answers = list(pool.map(lambda tab: tab.post("/me/worksheets/1/again"), tabs))
        for tab in tabs:
            tab.get("/me/worksheets")
        taken = list(pool.map(lambda tab: tab.post("/me/worksheets/take/peace"), tabs))
    assert {answer.headers["Location"] for answer in answers} == {"/me/worksheets/2"}
    assert {answer.headers["Location"] for answer in taken} == {"/me/worksheets/3"}
