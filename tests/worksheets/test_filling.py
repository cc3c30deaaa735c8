"""The client fills a sheet: saved as she writes, never lost, never anybody else's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from coachapp.db import session
from coachapp.worksheets.answers import MAX_LONG_TEXT
from tests.cast import ALEX, MAYA, NORA
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import FETCH, save

CANARY = "marmalade-lighthouse-4711"
HOSTILE = "</textarea><script>alert('x')</script>\"' {{ 7*7 }} \u202e ‮ \x00\x1b 😀 ا\r\nzwei"


@pytest.fixture
def alex(practice):
    practice.give(practice.alex)
    practice.give(practice.alex, "every-type")
    browser = practice.sign_in(ALEX)
    browser.get("/me/worksheets/1")
    return browser


def test_the_list_shows_what_was_given_and_nothing_asks_for_it(alex):
    alex.get("/me/worksheets")
    assert "A message came" in alex.text and "Private to you" in alex.text
    assert "Begin : A message came" in alex.text.replace("Begin:", "Begin :")


def test_autosave_answers_204_with_the_next_revision(alex):
    answer = save(alex, 1, {"f-facts": "They ask for Saturday.", "f-pressures": ["guilt", "hope"]}, 0)
    assert (answer.status_code, answer.headers["X-Revision"], answer.data) == (204, "1", b"")
    page = alex.get("/me/worksheets/1").get_data(as_text=True)
    assert "They ask for Saturday." in page and 'value="guilt" checked' in page and "Saved at" in page
    assert '<input type="hidden" name="revision" value="1">' in page


@pytest.mark.parametrize("number", [0, 3, 2**31, 2**63, 10**30])
def test_a_number_that_no_sheet_has_is_no_page(alex, number):
    for end in ("", "/print", "/blank.pdf"):
        assert alex.get(f"/me/worksheets/{number}{end}").status_code == 404


def test_a_zero_byte_is_no_letter_of_any_address(practice, alex):
    """PostgreSQL takes none in a text."""
    nora = practice.sign_in(NORA)
    assert nora.get("/desk/clients/%00/worksheets").status_code == 404
    assert nora.get("/desk/worksheets/%00").status_code == 404
    assert alex.post("/me/worksheets/take/%00").status_code == 404


def test_saving_the_same_again_changes_nothing_whatever_the_revision(alex):
    for revision in (0, 0, 7):
        alex.get("/me/worksheets/1")
        assert save(alex, 1, {"f-facts": "Once."}, revision).headers["X-Revision"] == "1"


def test_two_devices_get_both_versions_and_lose_neither(practice, alex):
    other = practice.sign_in(ALEX)
    other.get("/me/worksheets/1")
    assert (
        save(other, 1, {"f-facts": "From the phone", "f-pressures": ["guilt"], "f-fear": "4"}, 0).status_code
        == 204
    )
    answer = save(alex, 1, {"f-facts": "From the laptop"}, 0)
    assert (answer.status_code, answer.headers["X-Revision"]) == (409, "1")
    theirs = answer.get_json()["theirs"]
    assert theirs["f-facts"] == ["From the phone"] and theirs["f-pressures"] == ["guilt"]
    assert theirs["f-my_person"] == [] and answer.get_json()["message"]
    assert "From the phone" in alex.get("/me/worksheets/1").get_data(as_text=True)
    assert save(alex, 1, {"f-facts": "From the laptop", "f-fear": "4"}, 1).status_code == 204


def test_without_script_both_versions_stand_on_the_page_and_the_choice_is_kept(practice, alex):
    other = practice.sign_in(ALEX)
    other.get("/me/worksheets/1")
    save(other, 1, {"f-facts": "From the phone", "f-came_how": "A call"}, 0)
    mine = {"revision": "0", "f-facts": "From the laptop", "f-came_how": "A card", "go": "save"}
    answer = alex.post("/me/worksheets/1", mine)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert all(words in page for words in ("From the phone", "From the laptop", "A call", "A card"))
    assert "data-autosave" not in page and 'name="revision" value="1"' in page
    chosen = {**mine, "revision": "1", "take-facts": "theirs", "take-came_how": "mine"}
    assert alex.post("/me/worksheets/1", chosen).status_code == 303
    page = alex.get("/me/worksheets/1").get_data(as_text=True)
    assert "From the phone" in page and "A card" in page and "From the laptop" not in page


def test_rows_that_another_device_added_stay(practice, alex):
    """This page has 3 rows; meanwhile 4 were saved elsewhere. Saving this page takes none of them away."""
    rows = {f"f-log-{n}-what": f"row {n}" for n in (1, 2, 3, 4)}
    other = practice.sign_in(ALEX)
    other.get("/me/worksheets/2")
    save(other, 2, {**rows, "n-log": "4"}, 0)
    mine = {"f-log-1-what": "changed", "f-log-2-what": "row 2", "f-log-3-what": "row 3", "n-log": "3"}
    assert save(alex, 2, mine, 1).status_code == 204
    page = alex.get("/me/worksheets/2").get_data(as_text=True)
    assert "changed" in page and "row 4" in page and 'name="n-log" value="5"' in page


def test_an_answer_that_cannot_be_kept_is_named_and_the_rest_is_saved(alex):
    too_long = "x" * (MAX_LONG_TEXT + 1)
    answer = save(alex, 1, {"f-facts": too_long, "f-came_how": "A call"}, 0)
    assert (answer.status_code, answer.headers["X-Revision"]) == (422, "1")
    assert "room for 20000 characters" in answer.get_json()["message"]
    assert "A call" in alex.get("/me/worksheets/1").get_data(as_text=True)


def test_without_script_a_bad_answer_comes_back_as_typed(alex):
    alex.get("/me/worksheets/2")
    answer = alex.post(
        "/me/worksheets/2", {"revision": "0", "f-day": "someday", "f-story": "kept", "go": "done"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "<title>Error: Notes" in page
    assert 'value="someday"' in page and "kept" in page and 'href="#f-day"' in page
    assert 'name="revision" value="1"' in page


def test_hostile_text_is_only_text(alex):
    answers = {"f-story": HOSTILE, "f-word": HOSTILE, "f-log-1-what": HOSTILE, "f-own": HOSTILE}
    assert save(alex, 2, answers, 0).status_code == 204
    page = alex.get("/me/worksheets/2").get_data(as_text=True)
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "{{ 7*7 }}" in page and "😀" in page
    home = alex.get("/me/").get_data(as_text=True)
    assert "<script>alert" not in home and "zwei" in home


@pytest.mark.parametrize(
    "body",
    [
        {"f-fear": "11"},
        {"f-decision": "everything"},
        {"f-pressures": ["guilt", "no such thing"]},
    ],
)
def test_made_up_choices_are_refused(alex, body):
    assert save(alex, 1, body, 0).status_code == 422


@pytest.mark.parametrize("revision", ["", "-5", "NaN", "9" * 40, "1; drop"])
def test_a_made_up_revision_is_a_conflict_never_an_error(alex, revision):
    save(alex, 1, {"f-facts": "first"}, 0)
    alex.get("/me/worksheets/1")
    answer = alex.post("/me/worksheets/1/save", {"revision": revision, "f-facts": "second"}, headers=FETCH)
    assert answer.status_code == 409


def test_far_too_much_at_once_is_413(alex):
    assert save(alex, 1, {"f-facts": "x" * 2_000_000}, 0).status_code == 413


def test_writing_without_script_then_done(alex):
    answer = alex.post("/me/worksheets/1", {"revision": "0", "f-facts": "Only facts.", "go": "done"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/worksheets")
    alex.follow()
    assert "It will be here when you want it." in alex.text and "Put aside on" in alex.text
    alex.get("/me/worksheets/1")
    assert save(alex, 1, {"f-facts": "Something more."}, 1).status_code == 204
    alex.get("/me/worksheets")
    assert "Carry on" in alex.text


def test_one_more_row_by_a_button(alex):
    alex.get("/me/worksheets/2")
    full = {f"f-log-{n}-what": f"row {n}" for n in (1, 2, 3)}
    answer = alex.post("/me/worksheets/2", {"revision": "0", **full, "more": "log"})
    assert answer.headers["Location"] == "/me/worksheets/2#q-log"
    assert 'name="f-log-4-what"' in alex.follow().get_data(as_text=True)


def test_a_heavy_question_is_announced_with_a_way_past_it(alex):
    page = alex.get("/me/worksheets/1").get_data(as_text=True)
    assert 'href="#q-pressures"' in page and 'id="q-pressures"' in page


def test_the_answers_are_nowhere_in_the_database(app, alex, settings):
    save(alex, 1, {"f-facts": CANARY, "f-my_person": CANARY}, 0)
    alex.get("/me/worksheets/1")
    assert alex.page and CANARY in alex.page.get_data(as_text=True)
    if settings.database_url.startswith("sqlite"):
        database = Path(settings.database_url.removeprefix("sqlite:///"))
        files = [path.read_bytes() for path in database.parent.glob(f"{database.name}*")]
        assert files and not any(CANARY.encode() in data for data in files)
    with app.app_context():
        rows = session().execute(sa.text("SELECT value_sealed FROM sheet_answer")).scalars().all()
        assert len(rows) == 2 and not any(CANARY.encode() in bytes(row) for row in rows)


@both_databases
def test_two_tabs_at_once_one_saves_and_one_is_asked(practice, alex):
    """Both stand on the same revision and are sent in the same moment: exactly one wins, the other is told."""
    tabs = [practice.sign_in(ALEX) for _each in range(4)]
    for tab in tabs:
        tab.get("/me/worksheets/1")
    with ThreadPoolExecutor(len(tabs)) as pool:
        answers = list(pool.map(lambda n: save(tabs[n], 1, {"f-facts": f"tab {n}"}, 0), range(len(tabs))))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
    assert {answer.headers["X-Revision"] for answer in answers} == {"1"}


# ---- who may ----


def test_a_strangers_sheet_is_not_there(practice, alex):
    maya = practice.sign_in(MAYA)
    maya.get("/me/worksheets")
    assert "Private to you" not in maya.text
    for path in ("", "/print", "/blank.pdf", "/completed.pdf"):
        assert maya.get(f"/me/worksheets/1{path}").status_code == 404
    maya.get("/me/worksheets")
    assert save(maya, 1, {"f-facts": "hers now"}, 0).status_code == 404
    assert maya.get("/me/worksheets/1").status_code == 404


def test_signed_out_the_script_hears_401_and_never_a_redirect(practice, alex):
    token = alex.token
    stranger = practice.app.test_client()
    answer = stranger.post("/me/worksheets/1/save", data={"f-facts": "x"}, headers=FETCH)
    assert answer.status_code in (400, 401) and "Location" not in answer.headers
    alex.client.delete_cookie("s")
    answer = alex.client.post(
        "/me/worksheets/1/save", data={"csrf_token": token, "f-facts": "x"}, headers=FETCH
    )
    assert answer.status_code == 401


def test_what_was_on_its_way_when_she_left_is_saved(alex):
    """Quick exit: the save may arrive after the sign-in has ended."""
    token = alex.token
    cookie = alex.client.get_cookie("s").value
    alex.client.post("/leave", data={"csrf_token": token})
    alex.client.set_cookie("s", cookie)
    body = {"csrf_token": token, "revision": "0", "f-facts": "the last words"}
    assert alex.client.post("/me/worksheets/1/save", data=body, headers=FETCH).status_code == 204
    assert alex.get("/me/worksheets/1").status_code == 303


def test_the_coach_cannot_write_in_a_sheet(practice, alex):
    nora = practice.sign_in(NORA)
    nora.get("/desk/worksheets")
    assert save(nora, 1, {"f-facts": "x"}, 0).status_code == 404
