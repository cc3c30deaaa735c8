"""The last words of a page that closes: saved where nothing goes by it, kept as an earlier version where something would."""

import json

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from coachapp import vault
from coachapp.db import session
from coachapp.worksheets.aside import EARLIER, last_words
from coachapp.worksheets.earlier_rules import MOST, goes_on
from coachapp.worksheets.models import EarlierAnswer
from coachapp.worksheets.queries import answers_of, sheet
from tests.cast import ALEX
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import Practice, save
from tests.worksheets.cases import every_type


@pytest.mark.parametrize(
    ("before", "value", "goes"),
    [
        ("", "new", True),
        (None, 0, True),
        ([], ["a"], True),
        ("The first", "The first and more", True),
        ("in the middle", "words in the middle of it", True),
        ("The first", "Another", False),
        ("The first", "The fir", False),
        ("The first", "", False),
        (3, 4, False),
        (["a"], ["a", "b"], False),
        ([{"what": "x"}], [{"what": "x and more"}], False),
    ],
)
def test_words_go_on_where_nothing_is_gone(before, value, goes):
    assert goes_on(before, value) is goes


def test_only_what_a_closing_page_names_counts():
    form = MultiDict(
        {"f-word": "w", "f-story": "s", "f-log-1-what": "x", "f-log-2-what": "y", "f-pull": "99"}
    )
    assert last_words(every_type(), form) == {}
    form.setlist("last", ["f-word", "f-log-2-what", "f-pull", "f-no-such", "", "f-", "f-wor"])
    assert last_words(every_type(), form) == {"word": "w", "log": [{"what": "x"}, {"what": "y"}]}


def kept(practice: Practice) -> tuple[dict[str, object], list[tuple[str, object]]]:
    """What stands on Alex's sheet, and what is kept besides."""
    with practice.app.app_context():
        rows = session().scalars(sa.select(EarlierAnswer))
        aside = [
            (row.field, json.loads(vault.open_(practice.alex, EARLIER, row.id, row.value_sealed)))
            for row in rows
        ]
        return answers_of(sheet(practice.alex, 1)), sorted(aside)


def test_a_page_that_closes_loses_nothing_and_takes_nothing_away(practice):
    practice.give(practice.alex, "every-type")
    alex = practice.sign_in(ALEX)
    alex.get("/me/worksheets/1")
    assert save(alex, 1, {"f-word": "one", "f-story": "The first", "f-pull": "3"}, 0).status_code == 204
    closing = {"f-word": "two", "f-story": "The first and more", "f-own": "mine", "f-pull": "4"}
    for _twice in range(2):
        alex.get("/me/worksheets/1")
        last = {"last": ["f-word", "f-story", "f-own", "f-pull"]}
        assert save(alex, 1, closing | last, 0).status_code == 409
    stored, aside = kept(practice)
    assert stored == {"word": "one", "story": "The first and more", "own": "mine", "pull": 3}
    assert aside == [("pull", 4), ("word", "two")]


def test_closing_pages_keep_no_more_versions_than_there_is_room_for(practice):
    practice.give(practice.alex, "every-type")
    alex = practice.sign_in(ALEX)
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-word": "stays"}, 0)
    for number in range(MOST + 3):
        alex.get("/me/worksheets")
        assert save(alex, 1, {"f-word": f"other {number}", "last": "f-word"}, 0).status_code == 409
    stored, aside = kept(practice)
    assert stored == {"word": "stays"} and len(aside) == MOST
    assert ("word", f"other {MOST + 2}") in aside and ("word", "other 0") not in aside


def test_what_was_emptied_elsewhere_does_not_come_back_with_an_old_page(practice):
    """Only answers that the closing page itself had changed are looked at; what was emptied is an earlier version."""
    practice.give(practice.alex, "every-type")
    alex = practice.sign_in(ALEX)
    for revision, words in enumerate(("for a while", "")):
        alex.get("/me/worksheets/1")
        assert save(alex, 1, {"f-word": words}, revision).status_code == 204
    alex.get("/me/worksheets/1")
    assert save(alex, 1, {"f-word": "for a while", "f-own": "new", "last": "f-own"}, 1).status_code == 409
    assert kept(practice) == ({"own": "new"}, [("word", "for a while")])
