"""A sheet one question at a time: only what the page holds is saved, and nothing typed is lost on any way off it."""

from datetime import UTC, datetime, timedelta

import pytest

from coachapp.worksheets.forms import SheetForm
from coachapp.worksheets.one_by_one import last_notes, stops, where_to_go_on
from coachapp.worksheets.queries import answers_of, sheet
from coachapp.worksheets.shelf import library
from tests.cast import ALEX, MAYA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import FETCH, save
from tests.worksheets.cases import every_type
from tests.worksheets.test_filling import HOSTILE

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
ONE = "/me/worksheets/1/one"


@pytest.fixture
def alex(practice):
    practice.give(practice.alex, "every-type")
    return practice.sign_in(ALEX)


@pytest.fixture
def kept(practice, app):
    """What is stored on her sheet now."""

    def answers():
        with app.app_context():
            return answers_of(sheet(practice.alex, 1))

    return answers


def save_one(browser, place, answers, revision, **more):
    """What our script sends from the page of one question."""
    data = {"revision": str(revision), **answers}
    return browser.post(f"{ONE}/{place}/save", data, headers=FETCH, **more)


# ---- which question stands where ----


def test_every_template_has_each_question_once_and_shows_each_note():
    for template in [*library(), every_type()]:
        places = stops(template)
        assert [stop.field for stop in places] == [field for field in template.fields if field.asks]
        assert [stop.number for stop in places] == [*range(1, len(places) + 1)]
        shown = [note for stop in places for note in stop.notes] + last_notes(template)
        assert shown == [field for field in template.fields if not field.asks]
        begun = [stop.section for stop in places if stop.begins]
        assert begun == [part for part in template.sections if any(field.asks for field in part.fields)]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ([], 1),
        (["word"], 2),
        (["story", "one"], 7),
        (["one", "story"], 3),
        (["helpers"], 1),
        (["word", "helpers"], 2),
        (["word", "story", "own", "day", "hour", "one", "some", "pull", "log", "ways", "helpers"], None),
    ],
)
def test_she_goes_on_after_what_she_wrote_last_and_then_at_what_was_left_out(written, place):
    saved = {key: AT + timedelta(minutes=minute) for minute, key in enumerate(written)}
    assert where_to_go_on(every_type(), saved) == place


def test_a_scale_on_its_own_says_what_its_ends_mean(app):
    with app.test_request_context():
        for template in library():
            form = SheetForm(template, {})
            for field in (field for field in template.fields if field.low):
                assert field.low in form.question(field).hint and field.high in form.question(field).hint


# ---- through the pages ----


def test_a_walk_without_script_from_the_first_question_to_the_end(alex, kept):
    alex.get("/me/worksheets")
    assert "One question at a time" in alex.text
    assert alex.get(ONE).headers["Location"] == f"{ONE}/1"
    alex.follow()
    assert "Question 1 of 11" in alex.text and "A word" in alex.text and "A story" not in alex.text
    page = alex.page.get_data(as_text=True)
    assert f'action="{ONE}/1"' in page and f'data-autosave="{ONE}/1/save"' in page
    assert alex.post(f"{ONE}/1", {"revision": "0", "f-word": "river", "go": "next"}).status_code == 303
    alex.follow()
    assert "This one looks back." in alex.text and "Skip this one" in alex.text
    page = alex.page.get_data(as_text=True)
    assert 'name="f-story"' not in page
    assert all(f'href="{ONE}/{end}"' in page for end in ("1", "2/open", "3"))
    alex.get(f"{ONE}/2/open")
    assert 'name="f-story"' in alex.page.get_data(as_text=True)
    for go, there in (
        ("skip", f"{ONE}/3"),
        ("back", f"{ONE}/1"),
        ("whole", "/me/worksheets/1"),
        ("save", f"{ONE}/2/open"),
    ):
        answer = alex.post(f"{ONE}/2", {"revision": "1", "f-story": "a day", "go": go})
        assert answer.headers["Location"] == there
        alex.get(f"{ONE}/2/open")
    alex.get(f"{ONE}/9")
    assert "Good to know" in alex.text and "Breathe." in alex.text and "Log" in alex.text
    rows = {"f-log-1-what": "a", "f-log-2-what": "b", "f-log-3-what": "c", "n-log": "3"}
    assert (
        alex.post(f"{ONE}/9", {"revision": "2", **rows, "more": "log"}).headers["Location"].endswith("#q-log")
    )
    assert 'name="f-log-4-what"' in alex.follow().get_data(as_text=True)
    assert alex.post(f"{ONE}/11", {"revision": "3", "go": "next"}).headers["Location"] == f"{ONE}/end"
    assert kept() == {
        "word": "river",
        "story": "a day",
        "log": [{"what": "a"}, {"what": "b"}, {"what": "c"}],
    }
    alex.get(ONE)
    assert alex.page.headers["Location"] == f"{ONE}/10"


def test_the_end_shares_puts_aside_and_prints_as_the_whole_sheet_does(alex, kept):
    save_at_once = {"revision": "0", "f-word": "river", "go": "next"}
    alex.fill(f"{ONE}/1", save_at_once)
    alex.get(f"{ONE}/end")
    assert "That was the last one" in alex.text and "Share this worksheet with Nora" in alex.text
    assert f'action="{ONE}/end"' in alex.page.get_data(as_text=True)
    assert alex.post(f"{ONE}/end", {"go": "save", "share": "y"}).headers["Location"] == f"{ONE}/end"
    assert "Shared with Nora" in alex.follow().get_data(as_text=True)
    assert alex.post(f"{ONE}/1", {"revision": "1", "f-word": "sea", "go": "next"}).status_code == 303
    alex.get(f"{ONE}/end")
    assert "Shared with Nora" in alex.text, "a question on its own has no switch and turns none off"
    assert alex.post(f"{ONE}/end", {"go": "print"}).headers["Location"] == "/me/worksheets/1/print"
    alex.get(f"{ONE}/end")
    assert "Private to you" in alex.text
    assert alex.post(f"{ONE}/end", {"go": "done"}).headers["Location"] == "/me/worksheets"
    assert kept() == {"word": "sea"}


def test_only_this_question_is_saved_whatever_is_sent(alex, kept):
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-word": "river", "f-own": "mine", "f-pull": "4"}, 0)
    alex.get(f"{ONE}/3")
    sent = {"f-own": HOSTILE, "f-word": "", "f-pull": "10", "f-nothing": "x", "f-hint": "x", "at-word": ""}
    assert save_one(alex, 3, sent, 1).status_code == 204
    assert (kept()["word"], kept()["pull"]) == ("river", 4) and "zwei" in kept()["own"]
    page = alex.get(f"{ONE}/3").get_data(as_text=True)
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "{{ 7*7 }}" in page
    too_long = save_one(alex, 3, {"f-own": "x" * 20_001}, 2)
    assert too_long.status_code == 422 and "room for 20000 characters" in too_long.get_json()["message"]
    alex.get(f"{ONE}/3")
    assert save_one(alex, 3, {"f-own": "ж" * 20_000}, 2).status_code == 204


def test_what_cannot_be_kept_comes_back_as_typed(alex):
    answer = alex.fill(f"{ONE}/4", {"revision": "0", "f-day": "someday", "go": "skip"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "<title>Error: Notes" in page
    assert 'value="someday"' in page and 'href="#f-day"' in page


def test_another_question_saved_elsewhere_is_no_quarrel_but_this_one_is(practice, alex, kept):
    other = practice.sign_in(ALEX)
    page = alex.get(f"{ONE}/1").get_data(as_text=True)
    assert '<input type="hidden" name="at-word" value="">' in page
    other.get(f"{ONE}/8")
    save_one(other, 8, {"f-pull": "7", "at-pull": ""}, 0)
    alex.get(f"{ONE}/1")
    assert save_one(alex, 1, {"f-word": "river", "at-word": ""}, 0).headers["X-Revision"] == "2"
    other.get(f"{ONE}/1")
    at = other.hidden("at-word")
    save_one(other, 1, {"f-word": "sea", "at-word": at}, 2)
    mine = {"revision": "2", "f-word": "lake", "at-word": at, "go": "next"}
    alex.get(f"{ONE}/1")
    assert save_one(alex, 1, mine, 2).status_code == 409
    alex.get(f"{ONE}/1")
    answer = alex.post(f"{ONE}/1", mine)
    assert answer.status_code == 409 and "sea" in alex.text and "lake" in alex.text
    assert kept() == {"word": "sea", "pull": 7}
    chosen = {"revision": "3", "f-word": "lake", "take-word": "theirs", "chosen": "y", "go": "next"}
    assert alex.post(f"{ONE}/1", chosen).status_code == 303
    assert kept()["word"] == "sea"


def test_what_was_on_its_way_when_she_left_is_saved(alex, kept):
    """Quick exit in mid-word: the save may arrive after the sign-in has ended."""
    alex.get(f"{ONE}/1")
    token, cookie = alex.token, alex.client.get_cookie("s").value
    alex.client.post("/leave", data={"csrf_token": token})
    alex.client.set_cookie("s", cookie)
    body = {"csrf_token": token, "revision": "0", "f-word": "the last wor"}
    assert alex.client.post(f"{ONE}/1/save", data=body, headers=FETCH).status_code == 204
    assert alex.get(f"{ONE}/1").status_code == 303 and kept() == {"word": "the last wor"}


def test_places_that_are_not_hers_or_not_there_are_no_page(practice, alex):
    maya = practice.sign_in(MAYA)
    for browser, ends in (
        (maya, ("", "/1", "/1/open", "/end", "/1/earlier")),
        (alex, ("/0", "/12", "/99999999999999999999", "/x")),
    ):
        for end in ends:
            assert browser.get(ONE + end).status_code == 404
    maya.get("/me/worksheets")
    assert save_one(maya, 1, {"f-word": "hers"}, 0).status_code == 404
