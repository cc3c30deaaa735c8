"""The coach's side: reading, answering once with the mail's words shown before, letting go; and what is forgotten."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from coachapp import vault
from coachapp.audit.models import AuditEntry
from coachapp.clients.models import Client
from coachapp.clients.operations import set_state
from coachapp.clients.rules import State
from coachapp.db import transaction
from coachapp.messages.models import ShortMessage
from coachapp.notifications.models import OutboxMessage
from coachapp.practice.operations import add_coach
from coachapp.safe_contact.models import SafeContact
from coachapp.safe_contact.operations import things_changed
from tests.accounts.people import join
from tests.cast import ALEX, NORA
from tests.messages.conftest import CODE, WORDS
from tests.plain_browser import Browser

ANSWER = "It takes twenty minutes. You may keep your camera off."
MONTH = timedelta(days=30, hours=1)


@pytest.fixture
def path(house, writer):
    """The coach's page of a message whose writer may be told in an inbox of her own."""
    writer.code = writer.write(name="Alex Grey", email=ALEX.email, inbox="only_me")
    return newest(house)


def newest(house):
    rows = sorted(house.rows(ShortMessage.written_at, ShortMessage.id))
    return f"/desk/messages/{rows[-1][1]}"


def answer(nora, path, words=ANSWER):
    """Write it, look at it, and press the button; the page in between is returned."""
    nora.fill(path, {"answer": words})
    nora.follow()
    checked = nora.text
    nora.post(f"{path}/send", {"seen": nora.hidden("seen")})
    return checked


def test_what_waits_is_told_once_on_today_and_listed_by_age(house, writer, nora):
    for name in ("First", "", "Third"):
        writer.write(f"from {name}", name=name)
    nora.get("/desk/")
    assert "3 short messages" in nora.text
    nora.get("/desk/messages")
    assert re.search(r"First .* Someone .* Third", nora.text) and "from First" not in nora.text
    answer(nora, newest(house))
    nora.get("/desk/messages")
    assert re.search(r"First .*Someone .*Answered .*Third", nora.text)
    assert "2 short messages" in (nora.get("/desk/") and nora.text)


def test_the_answer_is_mailed_in_full_into_an_inbox_that_is_hers(house, writer, nora, path):
    assert WORDS in (nora.get(path) and nora.text) and "From Alex G." in nora.text
    checked = answer(nora, path)
    assert "This mail leaves Into an inbox nobody else sees" in checked and ANSWER in checked
    [mail] = house.mails_to(ALEX.email)
    assert (mail.subject, mail.text.strip()) == ("Your update", ANSWER)
    assert mail.header("Reply-To") == NORA.email
    assert WORDS not in mail.text and writer.code not in mail.text and "http" not in mail.text
    assert writer.look(writer.code) == 200 and ANSWER in writer.text and "Nora has answered" in writer.text


@pytest.mark.safety("D2")
@pytest.mark.parametrize("inbox", ["shared", "unsure"])
def test_an_inbox_someone_may_see_hears_only_that_there_is_one(house, writer, nora, inbox):
    writer.write(name="Alex", email=ALEX.email, inbox=inbox)
    checked = answer(nora, newest(house))
    assert (
        "Into an inbox someone else may see, so it says only this: Your update An answer is ready." in checked
    )
    [mail] = house.mails_to(ALEX.email)
    assert (mail.subject, mail.text.strip()) == ("Your update", "An answer is ready.")


@pytest.mark.safety("D2")
@pytest.mark.parametrize("typed", [{}, {"email": ALEX.email, "inbox": "none"}])
def test_nothing_leaves_where_no_mail_was_allowed(house, writer, nora, typed):
    code = writer.write(**typed)
    assert "No mail leaves. The answer waits under the four words." in answer(nora, newest(house))
    assert house.mails_to(ALEX.email) == [] and house.mail.mails() == []
    assert writer.look(code) == 200 and ANSWER in writer.text


@pytest.mark.safety("D2")
def test_a_mail_that_waits_stays_once_she_says_that_things_changed(house, nora, path):
    answer(nora, path)
    [(client_id,)] = house.rows(ShortMessage.client_id)
    with house.app.app_context():
        things_changed(client_id, now=house.rows(ShortMessage.written_at)[0][0])
    assert house.mails_to(ALEX.email) == []


def test_a_client_is_answered_as_she_may_be_reached(house, nora):
    alex = Browser(house.app)
    join(alex, house.desk.made)
    alex.get("/write")
    alex.post("/write", {"once": alex.hidden("once"), "words": WORDS})
    nora.get(newest(house))
    assert "/desk/clients/C-" in nora.page.get_data(as_text=True)
    assert "No mail leaves" in answer(nora, newest(house))


def test_until_it_is_sent_it_can_be_changed(nora, writer, path):
    nora.fill(path, {"answer": "First words."})
    assert nora.page.headers["Location"] == f"{path}/check"
    assert "No answer yet" in (writer.look(writer.code) and writer.text) and "First words." not in writer.text
    assert "Answer begun" in (nora.get("/desk/messages") and nora.text)
    assert "First words." in nora.get(path).get_data(as_text=True)
    answer(nora, path)
    assert ANSWER in (writer.look(writer.code) and writer.text) and "First words." not in writer.text


def test_what_was_changed_in_another_tab_is_shown_again_before_it_leaves(nora, path, writer):
    nora.fill(path, {"answer": "Old words."})
    nora.follow()
    seen = nora.hidden("seen")
    nora.fill(path, {"answer": "New words."})
    for stale in (seen, ""):
        nora.get(f"{path}/check")
        nora.post(f"{path}/send", {"seen": stale})
        assert nora.page.headers["Location"] == f"{path}/check"
        nora.follow()
        assert "The answer was changed meanwhile" in nora.text and "New words." in nora.text
    assert "No answer yet" in (writer.look(writer.code) and writer.text)


def test_a_second_answer_is_refused_kindly(house, nora, path):
    answer(nora, path)
    for step in (path, f"{path}/send"):
        nora.get("/desk/messages/" + path.rpartition("/")[2])
        token = nora.get("/desk/settings") and nora.token
        nora.client.post(step, data={"csrf_token": token, "answer": "Another.", "seen": "x"})
        assert nora.client.post(step, data={"csrf_token": token, "answer": "Another."}).status_code == 409
    assert "It stays as it is." in (nora.get(path) and nora.text) and "Another." not in nora.text
    assert nora.get(f"{path}/check").headers["Location"] == path
    assert len(house.rows(OutboxMessage.id)) == 1


@pytest.mark.parametrize(
    ("words", "said"), [("  \n", "Write a few words first"), ("x" * 5001, "Please keep an answer to 5,000")]
)
def test_an_answer_that_cannot_be_is_told_and_kept(nora, path, words, said):
    assert nora.fill(path, {"answer": words}).status_code == 422
    assert said in nora.text and words.strip() in nora.page.get_data(as_text=True)


@pytest.mark.parametrize(
    "words",
    [
        "Ja 🌱👩‍👧 ¿qué?",
        "שלום \u202e abc",
        "x" * 5000,
        ".\n.\n..\nFrom: nobody\n\nSubject: no",
        "nul \0 and \x1b[31m, <b>bold</b> & {{ 7 * 7 }} %(name)s %s",
    ],
)
def test_any_words_at_all_reach_her_as_they_were_typed(house, writer, nora, path, words):
    answer(nora, path, words)
    [mail] = house.mails_to(ALEX.email)
    assert mail.subject == "Your update"
    assert mail.text.replace("\r\n", "\n").strip() == words
    assert writer.look(writer.code) == 200 and "<b>bold" not in writer.page.get_data(as_text=True)
    assert " ".join(words.split()) in writer.text


def test_a_name_is_shown_as_it_was_typed(house, writer, nora):
    writer.write(name="<i>Zoë & Co</i> Ω")
    for page in ("/desk/messages", newest(house), f"{newest(house)}/delete"):
        html = nora.get(page).get_data(as_text=True)
        assert "&lt;i&gt;Zoë &amp;." in html
        assert "&amp;lt;" not in html and "<i>Zoë" not in html


def test_nothing_to_send_yet(nora, path):
    assert nora.get(f"{path}/check").headers["Location"] == path
    nora.get(path)
    assert nora.post(f"{path}/send", {"seen": ""}).status_code == 404


def test_other_coaches_messages_are_not_there(house, nora, path, writer):
    with house.app.app_context(), transaction() as db:
        other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
        db.execute(sa.update(ShortMessage).values(coach_id=other))
    for step in (path, f"{path}/check", f"{path}/delete", f"/desk/messages/{uuid4()}"):
        assert nora.get(step).status_code == 404
    for step in (path, f"{path}/send", f"{path}/delete"):
        nora.get("/desk/settings")
        assert nora.post(step, {"answer": ANSWER, "seen": "x"}).status_code == 404
    assert "No message waits" in (nora.get("/desk/messages") and nora.text)
    stranger = Browser(house.app)
    assert stranger.get(path).status_code == 303 and stranger.get("/desk/messages").status_code == 303


def test_covered_names_are_covered_here_too(nora, path):
    nora.get("/desk/messages")
    nora.post("/desk/cover", {"cover": "yes", "back": "/desk/messages"})
    for page in ("/desk/messages", path, f"{path}/delete"):
        assert "Alex" not in (nora.get(page) and nora.text)


def test_deleted_by_the_coach_it_opens_nothing_and_its_writer_is_forgotten(house, nora, writer, path):
    assert "The four words open nothing from then on" in (nora.get(f"{path}/delete") and nora.text)
    nora.post(f"{path}/delete")
    assert "The message is gone." in (nora.follow() and nora.text)
    assert writer.look(writer.code) == 422
    assert nora.get(path).status_code == 404
    before = len(house.rows(Client.id))
    house.tick(timedelta(hours=25))
    assert len(house.rows(Client.id)) == before - 1


def test_after_thirty_days_all_of_it_is_gone_with_its_key(house, nora, writer, path):
    answer(nora, path)
    [(client_id,)] = house.rows(ShortMessage.client_id)
    house.tick(timedelta(days=29, hours=23))
    assert writer.look(writer.code) == 200, "not a day before"
    assert (client_id,) in house.rows(Client.id)
    house.tick(MONTH)
    assert writer.look(writer.code) == 422
    assert house.rows(ShortMessage.id) == house.rows(OutboxMessage.id) == []
    assert (client_id,) not in house.rows(Client.id) + house.rows(SafeContact.client_id)
    with house.app.app_context(), pytest.raises(vault.KeyGone):
        vault.seal(client_id, "client.name", client_id, "Alex")


def test_who_has_booked_meanwhile_keeps_her_record(house, path):
    [(client_id,)] = house.rows(ShortMessage.client_id)
    with house.app.app_context():
        set_state(client_id, State.ACTIVE)
    house.tick(MONTH)
    assert house.rows(ShortMessage.id) == [] and (client_id,) in house.rows(Client.id)


def test_forgetting_that_was_interrupted_is_finished_and_shows_nothing_meanwhile(house, nora, writer, path):
    [(client_id,)] = house.rows(ShortMessage.client_id)
    with house.app.app_context():
        vault.destroy_key(client_id)
    assert nora.get("/desk/messages").status_code == 200 and "Someone" in nora.text
    assert nora.get(path).status_code == 404
    assert writer.look(writer.code) == 422
    house.tick(MONTH)
    assert house.rows(ShortMessage.id) == []


def test_reading_it_is_noted_once_a_day_under_the_person(house, nora, path):
    for _n in range(2):
        nora.get(path)
    [(writer,)] = house.rows(ShortMessage.client_id)
    views = [row for row in house.rows(AuditEntry.subject, AuditEntry.action) if row[1] == "view"]
    assert [subject for subject, _action in views] == [writer]


def test_the_four_words_of_a_message_and_of_a_time_are_not_each_others(writer, path):
    writer.fill("/b", {"code": writer.code})
    assert writer.page.status_code == 422
    assert not CODE.search(writer.page.get_data(as_text=True))
