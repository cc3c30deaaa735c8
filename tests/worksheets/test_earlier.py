"""Earlier versions of an answer: kept after a pause, put back, forgotten, and for nobody's eyes but hers."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from coachapp.db import session, transaction
from coachapp.worksheets.earlier_operations import forget, forget_all, put_back
from coachapp.worksheets.earlier_queries import earlier_counts, earlier_of
from coachapp.worksheets.earlier_rules import MOST, PAUSE, NoSuchVersion, is_worth_keeping
from coachapp.worksheets.models import Assignment, EarlierAnswer
from coachapp.worksheets.operations import assign, save_answers
from coachapp.worksheets.queries import answers_of, sheet, template
from coachapp.worksheets.rules import Conflict, NoSuchSheet, State, Withdrawn
from tests.cast import ALEX, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.worksheets.test_filling import HOSTILE

AT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
LATER = PAUSE + timedelta(seconds=1)
ALL = {
    "word": ("river", "sea"),
    "story": ("x" * 20_000, "short"),
    "one": ("no", "yes"),
    "some": (["a"], ["b", "c"]),
    "pull": (0, 10),
    "day": ("2027-03-01", ""),
    "log": ([{"what": "a", "seen": True}], []),
}


class Sheet:
    """One sheet of Alex's that is written on at made-up times."""

    def __init__(self, practice):
        self.client, self.at = practice.alex, AT
        self.id = assign(template("every-type").id, self.client, now=AT)
        self.revision = 0

    def write(self, later=timedelta(), **answers):
        self.at += later
        self.revision = save_answers(self.id, self.client, answers, self.revision, now=self.at)

    def versions(self, field="word"):
        return [row.value for row in earlier_of(sheet(self.client, 1), field)]

    def present(self, field="word"):
        return answers_of(sheet(self.client, 1)).get(field)

    def newest(self, field="word"):
        return earlier_of(sheet(self.client, 1), field)[0].id


@pytest.fixture
def mine(practice, app):
    with app.app_context():
        yield Sheet(practice)


def test_what_stood_for_a_while_or_is_emptied_is_worth_keeping():
    assert not is_worth_keeping(AT, AT + PAUSE, emptied=False)
    assert is_worth_keeping(AT, AT + LATER, emptied=False)
    assert is_worth_keeping(AT, AT, emptied=True)


def test_versions_come_with_pauses_not_with_every_save(mine):
    for number in range(60):
        mine.write(timedelta(seconds=20), word=f"still writing {number}")
    assert mine.versions() == []
    mine.write(LATER, word="the next day")
    mine.write(timedelta(seconds=1), word="the next day, more")
    assert mine.versions() == ["still writing 59"]
    mine.write(timedelta(seconds=1), word="")
    assert mine.versions() == ["the next day, more", "still writing 59"] and mine.present() is None
    kept = earlier_of(sheet(mine.client, 1), "word")[0]
    assert (kept.saved_at, kept.replaced_at) == (mine.at - timedelta(seconds=1), mine.at)


def test_every_type_comes_back_as_it_was(mine):
    before = {key: value[0] for key, value in ALL.items()}
    after = {key: value[1] for key, value in ALL.items()}
    mine.write(**before)
    mine.write(LATER, **after)
    assert earlier_counts(sheet(mine.client, 1)) == dict.fromkeys(ALL, 1)
    for key, (first, second) in ALL.items():
        put_back(mine.id, mine.client, key, mine.newest(key), now=mine.at)
        assert mine.present(key) == first
        assert mine.versions(key) == ([second] if second else [])


def test_the_same_words_are_kept_once_and_only_so_many(mine):
    for _again in range(3):
        mine.write(word="river")
        mine.write(word="")
    assert mine.versions() == ["river"]
    for number in range(MOST + 5):
        mine.write(LATER, word=f"day {number}")
    assert mine.versions() == [f"day {number}" for number in reversed(range(4, MOST + 4))]


def test_two_who_write_over_each_other_lose_nothing_and_fill_nothing(mine):
    """Each save replaces the other's words: of each only the furthest stays, and what stood for long stays by itself."""
    mine.write(word="a week ago")
    mine.write(LATER, word="")
    for end in range(1, 9):
        for whole in ("from the phone", "at the desk"):
            mine.revision = save_answers(
                mine.id, mine.client, {"word": whole[:end]}, mine.revision, chosen=True, now=mine.at
            )
    assert mine.present() == "at the d"
    assert sorted(mine.versions()) == ["a week ago", "at the ", "from the"]


def test_a_conflict_makes_no_version_and_what_is_given_up_in_it_becomes_one(mine):
    mine.write(word="from the phone")
    with pytest.raises(Conflict):
        save_answers(mine.id, mine.client, {"word": "from the laptop"}, 0, now=mine.at + LATER)
    assert mine.versions() == [] and mine.present() == "from the phone"
    save_answers(mine.id, mine.client, {"word": "from the laptop"}, 1, chosen=True, now=mine.at)
    assert mine.versions() == ["from the phone"]


def test_forgetting_one_and_all(mine):
    for word in ("one", "two", "three"):
        mine.write(LATER, word=word)
    forget(mine.id, mine.client, "word", mine.newest())
    assert mine.versions() == ["one"]
    mine.write(LATER, word="four", story="kept")
    mine.write(story="")
    forget_all(mine.id, mine.client, "word")
    forget_all(mine.id, mine.client, "word")
    assert mine.versions() == [] and mine.versions("story") == ["kept"] and mine.present() == "four"


def test_only_hers_only_this_field_and_nothing_changes_on_a_sheet_taken_back(practice, mine):
    mine.write(word="one")
    mine.write(LATER, word="two")
    version = mine.newest()
    for wrong in ((mine.id, practice.maya, "word"), (mine.id, mine.client, "story")):
        with pytest.raises((NoSuchSheet, NoSuchVersion)):
            put_back(*wrong, version, now=mine.at)
        with pytest.raises((NoSuchSheet, NoSuchVersion)):
            forget(*wrong, version)
    with transaction() as db:
        db.execute(sa.update(Assignment).values(state=State.WITHDRAWN))
    with pytest.raises(Withdrawn):
        put_back(mine.id, mine.client, "word", version, now=mine.at)
    session().expire_all()
    assert earlier_of(sheet(mine.client, 1, with_withdrawn=True), "word")[0].id == version


def test_the_pages_show_them_to_her_folded_and_never_to_the_coach(practice, app):
    with app.app_context():
        mine = Sheet(practice)
        mine.write(word=HOSTILE.replace("\x00", "").replace("\x1b", "")[:200], log=[{"what": "a"}])
        mine.write(LATER, word="what stands there now", log=[{"what": "b"}])
        rows = session().scalars(sa.select(EarlierAnswer.value_sealed)).all()
        assert rows and not any(b"zwei" in bytes(row) for row in rows)
    alex, base = practice.sign_in(ALEX), "/me/worksheets/1/one/1"
    page = alex.get("/me/worksheets/1").get_data(as_text=True)
    assert page.count("Earlier words") == 2 and "zwei" not in page
    words = {"revision": "2", "f-word": "typed just now", "earlier": "word"}
    assert alex.post(base, words).headers["Location"] == f"{base}/earlier"
    page = alex.follow().get_data(as_text=True)
    assert "typed just now" in page and "zwei" in page and "<script>alert" not in page
    assert "1 March 2027 at" in page and "Only you can read these." in page
    version = alex.hidden("version")
    assert all(f'action="{base}/earlier/{end}"' in page for end in ("back", "forget"))
    assert f'href="{base}/earlier/all"' in page
    assert alex.post(f"{base}/earlier/back", {"version": "no such"}).status_code == 404
    alex.get(f"{base}/earlier")
    assert alex.post(f"{base}/earlier/back", {"version": version}).status_code == 303
    alex.follow()
    assert "It is back." in alex.text
    assert alex.post(f"{base}/earlier/back", {"version": version}).status_code == 404
    alex.get(f"{base}/earlier")
    assert alex.post(f"{base}/earlier/forget", {"version": alex.hidden("version")}).status_code == 303
    assert "Nothing earlier" in alex.follow().get_data(as_text=True)
    assert alex.get("/me/worksheets/1/one/9/earlier/all").status_code == 200
    assert "gone for good" in alex.text
    assert alex.post("/me/worksheets/1/one/9/earlier/all").status_code == 303
    alex.get("/me/worksheets/1/one/end")
    alex.post("/me/worksheets/1/one/end", {"go": "save", "share": "y"})
    nora = practice.sign_in(NORA)
    page = nora.get(f"/desk/clients/{practice.alex_ref}/worksheets/1").get_data(as_text=True)
    assert "zwei" in page and "typed just now" not in page and "Earlier words" not in page
    assert nora.get(f"{base}/earlier").status_code == 404
