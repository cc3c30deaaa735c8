"""Writing it: long, in any letters, from two devices, twice, until it is opened."""

import pytest

from coachapp.questions import asking
from coachapp.questions.models import Question
from coachapp.questions.rules import Standing
from tests.booking.sold import signed_in
from tests.questions.asked import ANSWER, WORDS, at_desk, here, one, open_and_answer, paid, send


@pytest.fixture
def hers(world, walker):
    return paid(world)


def revision(browser):
    return browser.hidden("revision")


@pytest.mark.parametrize("letter", ["a", "щ", "好", "👍🏽", "👩\u200d👩\u200d👧\u200d👦"])
def test_as_long_as_was_promised_in_any_letters(world, hers, letter):
    answer = send(hers, letter * 201)
    assert answer.status_code == 422 and "Shorten it by 1, to 200 letters at most" in hers.text
    assert letter * 201 in answer.get_data(as_text=True)
    assert one(world).standing is Standing.TO_WRITE
    hers.get(here(world))
    assert letter * 201 in hers.page.get_data(as_text=True), "what was too long is kept all the same"
    assert send(hers, letter * 200).status_code == 303
    assert one(world).standing is Standing.WAITING


@pytest.mark.parametrize("words", ["", "   ", "\n\n", "\u200b"])
def test_nothing_is_not_sent(world, hers, words):
    assert send(hers, words).status_code == 422
    assert "Write a few words first" in hers.text and one(world).sent_at is None


@pytest.mark.parametrize("words", ["\0", "<script>alert(1)</script>", "a" * 90_000, "\x1b[31m", "‮evil"])
def test_hostile_words_are_words(world, hers, words):
    hers.get(here(world))
    hers.post(here(world), {"words": words, "revision": revision(hers), "go": "keep"})
    assert hers.page.status_code == 303
    page = hers.get(here(world))
    assert page.status_code == 200 and "<script>alert" not in page.get_data(as_text=True)


def test_a_line_end_is_one_letter(world, hers):
    assert send(hers, "a\r\n" * 100).status_code == 303


def test_it_can_be_kept_for_another_day(world, hers):
    hers.get(here(world))
    hers.post(here(world), {"words": "half a", "revision": revision(hers), "go": "keep"})
    hers.follow()
    assert "half a" in hers.text and "6 of 200 letters" in hers.text
    assert one(world).standing is Standing.TO_WRITE


def autosave(browser, world, words, at):
    return browser.post(f"{here(world)}/save", {"words": words, "revision": at})


def test_it_saves_itself(world, hers):
    hers.get(here(world))
    at = revision(hers)
    hers_page = hers.page
    assert autosave(hers, world, "half", at).status_code == 204
    at_next = hers.page.headers["X-Revision"]
    hers.page = hers_page
    too_long = autosave(hers, world, "b" * 250, at_next)
    assert too_long.status_code == 422 and "250 of 200 letters" in too_long.get_json()["message"]
    assert "b" * 250 in hers.get(here(world)).text


def test_two_devices_lose_nothing(world, hers):
    other = signed_in(world)
    hers.get(here(world)), other.get(here(world))
    mine, theirs = revision(hers), revision(other)
    hers.post(here(world), {"words": "from the phone", "revision": mine, "go": "keep"})
    other.get("/me/")
    answer = autosave(other, world, "from the kitchen", theirs)
    assert answer.status_code == 409 and answer.get_json()["theirs"] == {"words": "from the phone"}
    other.get("/me/")
    page = other.post(here(world), {"words": "from the kitchen", "revision": theirs, "go": "send"})
    assert page.status_code == 409
    assert "from the phone" in other.text and "from the kitchen" in page.get_data(as_text=True)
    assert one(world).sent_at is None
    other.post(here(world), {"words": "from both", "revision": revision(other), "go": "send"})
    assert other.page.status_code == 303 and one(world).standing is Standing.WAITING


def test_sent_twice_is_sent_once(world, hers):
    hers.get(here(world))
    data = {"words": WORDS, "revision": revision(hers), "go": "send"}
    page = hers.page
    hers.post(here(world), data)
    first = one(world)
    hers.page = page
    hers.post(here(world), {**data, "words": "something else"})
    assert hers.page.status_code == 303
    assert one(world) == first
    assert WORDS in hers.get(here(world)).text
    world.send_mail()
    assert len(world.mail.mails()) == 1


def test_it_can_be_changed_until_it_is_opened(world, hers, nora):
    send(hers)
    hers.get(here(world))
    hers.post(f"{here(world)}/change")
    assert one(world).standing is Standing.TO_WRITE
    assert nora.get(at_desk(world)).status_code == 200 and WORDS not in nora.text
    hers.follow()
    assert WORDS in hers.text
    assert send(hers, "Something better").status_code == 303
    nora.get(at_desk(world))
    nora.post(f"{at_desk(world)}/open")
    hers.get(here(world))
    assert "has opened it" in hers.text and "Change it" not in hers.text
    hers.post(f"{here(world)}/change")
    assert hers.page.status_code == 409
    nora.get(at_desk(world))
    assert "Something better" in nora.text


def test_looking_at_the_desk_opens_nothing(world, hers, nora):
    send(hers)
    before = world.everything("audit_entry", "rate_count")
    for path in ("/desk/questions", at_desk(world), f"{at_desk(world)}/check", f"{at_desk(world)}/decline"):
        nora.get(path)
    assert world.everything("audit_entry", "rate_count") == before
    assert one(world).opened_at is None


def test_what_is_answered_stays(world, hers, nora):
    send(hers)
    open_and_answer(nora, world)
    hers.get("/me/")
    for path, data in (
        (here(world), {"words": "more", "go": "send", "revision": "1"}),
        (f"{here(world)}/change", {}),
        (f"{here(world)}/session", {}),
        (f"{here(world)}/save", {"words": "more", "revision": "1"}),
    ):
        hers.get("/me/")
        assert hers.post(path, data).status_code == (422 if path.endswith("save") else 409)
    assert ANSWER in hers.get(here(world)).text


def test_a_promise_is_said_in_her_own_days(world, hers):
    send(hers)
    row = one(world)
    page = hers.get(here(world)).text
    assert f"Nora answers by {row.promised_at:%A}"[:15] in page
    assert row.promised_at > row.sent_at


def test_erased_meanwhile_is_not_found_for_the_coach(world, hers, nora):
    send(hers)
    path = at_desk(world)
    with world.app.app_context():
        asking.forget(one(world).client_id)
    assert nora.get(path).status_code == 404 and world.rows(Question.id) == []
