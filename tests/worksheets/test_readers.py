"""A reader's link is used once and passes on facts; she sees them only when she opens them, and can let them go."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.db import session, transaction
from coachapp.worksheets import readers
from coachapp.worksheets.household_models import ReaderLink
from coachapp.worksheets.household_rules import NoSuchLink
from coachapp.worksheets.reader_facts import Facts, facts_as_json, facts_from_json
from coachapp.worksheets.reader_queries import links_of, open_link
from tests.cast import ALEX, MAYA
from tests.plain_browser import Browser
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save

HERE = "/me/worksheets/read"
HOSTILE = "<b>bold</b> {{ 7*7 }} \u202e 😀"


@pytest.fixture
def alex(practice):
    return practice.sign_in(ALEX)


def make(alex, **typed):
    """Make a link; returns its path."""
    assert alex.fill(HERE, {"about": "The blue envelope", **typed}).status_code == 303
    return re.findall(r'value="http[^"]*(/read/[\w-]+)"', alex.get(HERE).get_data(as_text=True))[0]


def facts_of(practice):
    with practice.app.app_context():
        return links_of(practice.alex)[0].facts


def test_facts_come_through_once_and_nothing_else_is_shown(practice, alex):
    path, reader = make(alex), Browser(practice.app)
    for _scanner in range(3):
        page = reader.get(path)
    assert page.status_code == 200 and "The blue envelope" in reader.text
    for never in ("Alex", "Nora", "Quiet Harbour", "/me/", "/book", "apology"):
        assert never not in page.get_data(as_text=True), never
    assert re.findall(r"<title>(.*?)</title>", page.text) == ["Notes"]
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.headers["X-Robots-Tag"]
    sent = {
        "found": ["visit", "health"],
        "visit_on": "2031-03-12",
        "needed_on": "",
        "fact": "A clinic in Porto",
    }
    assert reader.post(path, {**sent, "child": ["child", "secret"]}).status_code == 303
    assert "passed on" in reader.follow().text
    reader.get("/write")
    assert (reader.get(path).status_code, reader.page.get_data()) == (
        404,
        Browser(practice.app).get("/read/x").get_data(),
    )
    reader.get("/write")
    assert reader.post(path, {"fact": "again", "found": "money"}).headers["Location"] == "/read/done"
    with practice.app.app_context(), transaction() as db:
        db.execute(sa.update(ReaderLink).values(answered_at=clock.now() - timedelta(minutes=2)))
    reader.get("/write")
    assert reader.post(path, sent).status_code == 404
    page = alex.get(HERE).get_data(as_text=True)
    folded = page[page.index("<details>") : page.index("</details>")]
    assert "Nothing here needs an answer today." in page and "Nothing here" not in folded
    for said in (
        "A clinic in Porto",
        "Wednesday 12 March 2031",
        "It asks the child to keep something secret",
    ):
        assert page.count(said) == folded.count(said) == 1
    assert "again" not in page


def test_of_a_real_apology_it_asks_what_she_ticked(practice, alex):
    plain = make(alex)
    assert Browser(practice.app).get(plain).text.count("asks for nothing in return") == 0
    practice.give(practice.alex, "before-the-envelope")
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-apology": ["names", "free"]}, 0)
    path, reader = make(alex, about="Second", apology="y"), Browser(practice.app)
    page = reader.get(path).text
    assert "It names what was done" in page and "It asks for nothing in return" in page
    assert "It leaves others out of it" not in page
    assert reader.post(path, {"parts": ["names", "quiet"]}).status_code == 422
    assert reader.post(path, {"parts": ["names"]}).status_code == 303
    assert facts_of(practice).parts == ("names",)
    assert (
        "Of a real apology, written there It names what was done" in alex.get(HERE).text
        or "It names" in alex.text
    )


def test_nothing_ticked_is_an_answer_and_a_line_needs_its_fact(practice, alex):
    path, reader = make(alex), Browser(practice.app)
    reader.get(path)
    for wrong in (
        {"fact": "hello"},
        {"fact": "x" * 201, "found": "money"},
        {"visit_on": "soon"},
        {"found": "love"},
    ):
        assert reader.post(path, wrong).status_code == 422
        assert "Everything else you wrote is kept." in reader.text
    assert facts_of(practice) is None
    assert reader.post(path, {}).status_code == 303
    assert facts_of(practice).is_nothing
    alex.get(HERE)
    assert "nothing you were to hear of is in it" in alex.text


def test_the_day_of_a_visit_goes_into_her_own_sheet(practice, alex):
    path, reader = make(alex), Browser(practice.app)
    reader.get(path)
    reader.post(path, {"visit_on": "2031-03-12"})
    assert facts_of(practice).found == ("visit",)
    action = re.search(rf"{HERE}/[0-9a-f-]+/visit", alex.get(HERE).get_data(as_text=True))[0]
    assert alex.post(action).headers["Location"] == "/me/worksheets/1"
    page = alex.follow().get_data(as_text=True)
    assert "A visit announced" in page and 'value="Wednesday 12 March 2031"' in page
    save(alex, 1, {"f-said_when": "Her own words"}, 1)
    alex.get(HERE)
    alex.post(action)
    assert 'value="Her own words"' in alex.follow().get_data(as_text=True)


def test_hers_alone_and_gone_when_she_lets_it_go(practice, alex):
    path, maya = make(alex, about=HOSTILE), practice.sign_in(MAYA)
    page = alex.page.get_data(as_text=True)
    assert "<b>bold" not in page and "&lt;b&gt;bold" in page and "{{ 7*7 }}" in page
    forget = re.search(rf"{HERE}/[0-9a-f-]+/forget", page)[0]
    maya.get(HERE)
    assert "bold" not in maya.text
    for verb in ("forget", "visit"):
        assert maya.post(forget.replace("forget", verb)).status_code == 404
        maya.get(HERE)
    alex.get(HERE)
    assert alex.post(forget.replace("forget", "visit")).status_code == 404
    alex.get(HERE)
    assert alex.post(forget).status_code == 303
    assert Browser(practice.app).get(path).status_code == 404
    with practice.app.app_context():
        assert session().scalars(sa.select(ReaderLink)).all() == []


def test_it_lasts_fourteen_days_by_the_clock_given(practice):
    with practice.app.app_context():
        now = clock.now()
        token = readers.make_link(practice.alex, "", (), now=now)
        open_link(token, now + timedelta(days=14) - timedelta(seconds=1))
        for late in (timedelta(days=14), timedelta(days=400)):
            with pytest.raises(NoSuchLink):
                open_link(token, now + late)
            with pytest.raises(NoSuchLink):
                readers.pass_on(token, Facts(), now=now + late)
        readers.pass_on(token, Facts(), now=now)
        with pytest.raises(NoSuchLink):
            readers.pass_on(token, Facts(fact="again"), now=now)


@both_databases
def test_of_two_at_once_one_is_kept(practice):
    with practice.app.app_context():
        token = readers.make_link(practice.alex, "", (), now=clock.now())

    def use(word):
        with practice.app.app_context():
            try:
                readers.pass_on(token, Facts(fact=word), now=clock.now())
            except NoSuchLink:
                return ""
            return word

    with ThreadPoolExecutor(4) as pool:
        kept = [word for word in pool.map(use, "abcd") if word]
    assert [facts_of(practice).fact] == kept


def test_facts_and_token_are_sealed(practice, alex):
    path, reader = make(alex), Browser(practice.app)
    reader.get(path)
    reader.post(path, {"found": "money", "fact": "marmalade"})
    with practice.app.app_context():
        row = session().scalars(sa.select(ReaderLink)).one()
        kept = b"".join([row.token_hash, row.token_sealed, row.about_sealed, row.facts_sealed])
    for plain in ("marmalade", "money", "blue envelope", path.rpartition("/")[2]):
        assert plain.encode() not in kept


def test_facts_are_the_same_after_they_were_kept():
    facts = Facts(("visit",), date(2031, 3, 12), None, "x", ("names",), ("child",))
    assert facts_from_json(facts_as_json(facts)) == facts
    assert not facts.is_nothing and Facts().is_nothing
