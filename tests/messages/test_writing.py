"""A few words first: what is kept, what everyone is answered, and what the four words open."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from coachapp import clock
from coachapp.booking.blocking import block
from coachapp.clients.models import Client
from coachapp.clients.rules import State
from coachapp.messages import queries
from coachapp.messages.models import ShortMessage
from coachapp.messages.rules import MOST_WORDS
from coachapp.practice.operations import save_practice
from coachapp.safe_contact.models import SafeContact
from tests.accounts.people import Statements, join
from tests.cast import ALEX, MAYA
from tests.messages.conftest import CODE, WORDS
from tests.plain_browser import Browser
from tests.road import both_databases

BLOCKED = "someone.blocked@example.org"
CANARY = "marmalade lighthouse 4711"
HIDDEN = re.compile(r'name="(csrf_token|once)"[^>]*value="[^"]*"|data-csrf="[^"]*"')


def bodies(house):
    """The words of every message there is, as the coach would read them."""
    ids = [message_id for (message_id,) in house.rows(ShortMessage.id)]
    with house.app.app_context():
        return sorted(queries.message(each).body for each in ids)


def test_four_words_open_it_again_however_they_are_typed(house, writer):
    code = writer.write()
    assert re.fullmatch(r"[a-z]+(-[a-z]+){3}", code)
    assert "reads it by" in writer.text and "Thursdays" in writer.text
    stranger = house.writer()
    assert stranger.look("  " + code.upper().replace("-", ", ") + " ") == 200
    assert "No answer yet" in stranger.text and WORDS in stranger.text
    assert code not in stranger.page.get_data(as_text=True)


def test_the_page_names_the_reading_day_and_where_help_is(house, writer):
    with house.app.app_context():
        save_practice(reading_weekday=6)
    writer.get("/write")
    assert "This is not an emergency or crisis service. Messages are read on Sundays." in writer.text
    assert 'href="/help"' in writer.page.get_data(as_text=True)
    assert "Thirty days after you wrote it, it is gone" in writer.text


def test_nothing_is_ticked_beforehand_and_nothing_but_the_words_is_needed(house, writer):
    page = writer.get("/write").get_data(as_text=True)
    assert " checked" not in page
    writer.press()
    [(state, zone)] = [row for row in house.rows(Client.state, Client.zone) if row[0] == State.ASKED][-1:]
    assert (state, zone) == (State.ASKED, "Europe/Madrid")
    assert ("none",) in house.rows(SafeContact.inbox)


def test_what_she_may_be_told_by_mail_is_kept_sealed(house, writer):
    writer.write(name="Alex", email=ALEX.email, inbox="unsure")
    [(client_id,)] = house.rows(ShortMessage.client_id)
    found = house.rows(SafeContact.inbox, SafeContact.address_sealed, SafeContact.client_id)
    [(inbox, sealed)] = [row[:2] for row in found if row[2] == client_id]
    assert inbox == "shared" and ALEX.email.encode() not in sealed


def test_she_is_in_no_list_of_clients(house, writer, nora):
    writer.write(name="Quincy")
    assert "Quincy" not in (nora.get("/desk/clients") and nora.text)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"words": ""}, "Write a few words first"),
        ({"words": " \n\t　\u200b\u2060 "}, "Write a few words first"),
        ({"words": "x" * (MOST_WORDS + 1)}, "Please keep this to 2,000 letters"),
        ({"name": "N" * 81}, "Use a shorter name"),
        ({"email": "nobody", "inbox": "only_me"}, "Enter an email address with an @"),
        ({"email": ALEX.email}, "Choose who can see this inbox"),
        ({"inbox": "shared"}, "Add an email address above, or choose no mail at all"),
    ],
)
def test_what_cannot_be_is_told_and_everything_typed_is_kept(house, writer, typed, words):
    before = len(house.rows(Client.id))
    writer.get("/write")
    kept = {"words": "Kept words.", "name": "Kept Name"} | typed
    once = writer.hidden("once")
    assert writer.press(**kept) == "" and writer.page.status_code == 422
    assert words in writer.text
    page = writer.page.get_data(as_text=True)
    assert "Error: " in page and (kept["words"].strip() or "Kept Name") in page
    assert writer.hidden("once") == once
    assert house.rows(ShortMessage.id) == [] and len(house.rows(Client.id)) == before


@pytest.mark.parametrize(
    "words",
    [
        "Ja\nnein ¿qué? \U0001f331\U0001f469‍\U0001f467",
        "\U0001f331",
        "שלום, אפשר לשאול משהו? \u202e evil",
        "<script>alert(1)</script> {{ 7 * 7 }} ' OR 1=1 --",
        "ü" * MOST_WORDS,
        "\U0001f331" * MOST_WORDS,
        "a line\n" * 285 + "12345",
        "nul \0 and \x1b[31m",
    ],
)
def test_any_words_at_all_come_back_as_they_were_typed(house, writer, words):
    code = writer.write(words.replace("\n", "\r\n"))
    assert code, writer.text
    assert bodies(house) == [words]
    assert writer.look(code) == 200
    page = writer.page.get_data(as_text=True)
    assert "<script>alert" not in page and 'class="words" dir="auto"' in page


def test_the_same_form_sent_twice_is_one_message(house, writer):
    writer.get("/write")
    once = writer.hidden("once")
    first = writer.press()
    again = {"once": once, "words": WORDS}
    writer.get("/write")  # a press of the old page, its token still good
    assert CODE.search(writer.post("/write", again).get_data(as_text=True))[1] == first
    assert len(house.rows(ShortMessage.id)) == 1
    writer.get("/write")
    other = CODE.search(writer.post("/write", again | {"words": "Other words."}).get_data(as_text=True))[1]
    assert other != first and bodies(house) == [WORDS, "Other words."]


@pytest.mark.parametrize("once", ["", "x", "x" * 25, "é" * 24, "../../../../etc/passwd__"])
def test_a_mark_that_is_none_of_ours_opens_nobody_elses_message(house, once):
    first, second = house.writer(), house.writer()
    codes = []
    for each in (first, second):
        each.get("/write")
        codes.append(
            CODE.search(each.post("/write", {"once": once, "words": WORDS}).get_data(as_text=True))[1]
        )
    assert len(set(codes)) == 2


@both_databases
def test_one_press_that_arrives_many_times_at_once_is_one_message(house, writer):
    before = len(house.rows(Client.id))
    writer.get("/write")
    sent = {"csrf_token": writer.token, "once": writer.hidden("once"), "words": WORDS}
    cookie = writer.client.get_cookie("v").value

    def press(_n):
        client = house.app.test_client()
        client.set_cookie("v", cookie)
        return client.post("/write", data=sent)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    codes = {CODE.search(answer.get_data(as_text=True))[1] for answer in answers}
    assert len(codes) == 1 and bodies(house) == [WORDS]
    assert len(house.rows(Client.id)) == before + 1, "what belonged to the others is undone"


def test_two_people_at_once(house):
    people = [house.writer() for _each in range(4)]
    for each in people:
        each.get("/write")
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda n: people[n].press(f"from {n}"), range(4)))
    assert len(set(codes)) == 4 and bodies(house) == [f"from {n}" for n in range(4)]


@pytest.mark.safety("T8")
def test_everyone_gets_the_same_answer(house):
    """Known to the practice or not, the coach's own, blocked, a machine:
    one status, body, set of headers and statements."""
    answers = []
    with house.app.app_context():
        block(1, BLOCKED, "", by=uuid4(), now=clock.now())
    for typed in (
        {"email": "stranger@example.org", "inbox": "only_me"},
        {"email": MAYA.email, "inbox": "only_me"},
        {"email": "nora@quietharbour.example", "inbox": "shared"},
        {"email": BLOCKED.upper(), "inbox": "only_me"},
        {"website": "https://buy.example.org"},
        {},
    ):
        someone = house.writer()
        someone.get("/write")
        with Statements(house.app) as seen:
            code = someone.press(**typed)
        page = HIDDEN.sub("", someone.page.get_data(as_text=True)).replace(code, "")
        headers = [pair for pair in someone.page.headers if pair[0] not in ("Content-Length", "Set-Cookie")]
        cookies = [value.split("=")[0] for value in someone.page.headers.getlist("Set-Cookie")]
        answers.append((someone.page.status_code, page, sorted(headers), cookies, seen.all))
        assert someone.look(code) == 200 and "No answer yet" in someone.text
    assert [answer for answer in answers if answer != answers[0]] == []


def test_what_a_blocked_person_writes_is_set_aside(house, writer, nora):
    with house.app.app_context():
        block(1, BLOCKED, "", by=uuid4(), now=clock.now())
    writer.write(email=BLOCKED, inbox="only_me")
    nora.get("/desk/messages")
    assert "No message waits" in nora.text and "Set aside: 1" in nora.text


def test_what_a_machine_fills_in_is_set_aside(house, writer, nora):
    writer.write(website="https://buy.example.org")
    assert "short message" not in (nora.get("/desk/") and nora.text)
    nora.get("/desk/messages")
    assert "No message waits" in nora.text and "Set aside: 1" in nora.text


def test_no_word_is_on_the_disk_in_plain(house, writer, nora, settings):
    code = writer.write(f"{CANARY}.", name=CANARY, email="canary-4711@example.org", inbox="only_me")
    [(message_id,)] = house.rows(ShortMessage.id)
    path = f"/desk/messages/{message_id}"
    nora.fill(path, {"answer": f"{CANARY}, yes."})
    nora.get(f"{path}/check")
    nora.post(f"{path}/send", {"seen": nora.hidden("seen")})
    assert writer.look(code) == 200 and f"{CANARY}, yes." in writer.text
    house.tick()
    canaries = [each.encode() for each in (CANARY, "canary-4711@example.org", code)]
    if settings.database_url.startswith("sqlite"):
        folders = {Path(urlsplit(url).path[1:]).parent for url in (settings.database_url,)} | {
            settings.instance
        }
        files = [
            each.read_bytes() for folder in folders for each in Path("/", folder).rglob("*") if each.is_file()
        ]
        assert files and not [canary for canary in canaries for data in files if canary in data]
    columns = (ShortMessage.body_sealed, ShortMessage.answer_sealed, ShortMessage.code_sealed)
    assert not [cell for row in house.rows(*columns) for cell in row if any(c in cell for c in canaries)]


def test_an_offering_is_named_in_the_first_line(house, writer):
    page = writer.get("/write/about/power-hour").get_data(as_text=True)
    assert "About “Power hour”" in writer.text and 'action="/write/about/power-hour"' in page
    writer.press("How does it go?", "/write/about/power-hour")
    assert bodies(house) == ["About “Power hour”\n\nHow does it go?"]
    for unknown in ("nothing", "%00", "power-hour%2F..", "a" * 300):
        assert writer.get(f"/write/about/{unknown}").status_code == 404


def test_a_signed_in_client_is_asked_for_her_words_alone(house):
    alex = Browser(house.app)
    join(alex, house.desk.made)
    page = alex.get("/write").get_data(as_text=True)
    assert 'name="email"' not in page and "You are signed in" in alex.text
    before = len(house.rows(Client.id))
    alex.post(
        "/write", {"once": alex.hidden("once"), "words": WORDS, "email": "x@example.org", "inbox": "shared"}
    )
    assert alex.page.status_code == 200
    assert house.rows(ShortMessage.client_id) == [(house.desk.made.client_id,)]
    assert len(house.rows(Client.id)) == before
    assert house.desk.made.client_id not in [row[0] for row in house.rows(SafeContact.client_id)]


def test_the_coach_herself_sees_what_everyone_sees(nora):
    assert 'name="email"' in nora.get("/write").get_data(as_text=True)


@pytest.mark.safety("T8")
def test_wrong_words_are_refused_and_counted(house, writer):
    writer.write()
    for typed in ("", "these are not words", "\0" * 10, "x" * 10_000):
        assert writer.look(typed) == 422
    for _n in range(16):
        writer.look("these are not words")
    assert writer.look("these are not words") == 429
    assert "You can try again from" in writer.text


def test_too_many_messages_from_one_network_are_told_to_pause(house, writer):
    for n in range(30):
        assert writer.write(f"number {n}")
    assert writer.write("one more") == "" and writer.page.status_code == 429
    assert len(house.rows(ShortMessage.id)) == 30


def test_looking_changes_nothing(house, writer):
    before = len(house.rows(Client.id))
    for path in ("/write", "/write/about/power-hour", "/write/answer"):
        assert writer.get(path).status_code == 200
    assert len(house.rows(Client.id)) == before and house.rows(ShortMessage.id) == []


def test_a_form_of_another_site_is_refused(house):
    stranger = house.app.test_client()
    assert stranger.post("/write", data={"words": WORDS}).status_code == 400
    assert house.rows(ShortMessage.id) == []


def test_while_the_database_is_busy_no_word_is_lost(house, writer, settings):
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL lets the writers of different rows pass each other")
    engine = house.app.extensions["engine"]
    writer.get("/write")
    engine.dispose()
    event.listen(engine, "connect", _impatient)
    with ExitStack() as stack:  # connections to draw from: a new one would wait for the writer by itself
        for _n in range(4):
            stack.enter_context(engine.connect())
    with engine.connect().execution_options(writing=True) as other, other.begin():
        other.execute(sa.update(ShortMessage).values(state="x"))
        assert writer.press("Words that stay.", name="Robin") == ""
        assert writer.page.status_code == 503
        assert "Your words are still here" in writer.text
        page = writer.page.get_data(as_text=True)
        assert "Words that stay." in page and "Robin" in page
    assert writer.press("Words that stay.") and bodies(house) == ["Words that stay."]


def _impatient(connection, record):
    connection.execute("PRAGMA busy_timeout = 100")


def test_before_a_coach_is_there_it_is_not_open(app):
    stranger = Browser(app)
    assert stranger.get("/write").status_code == 200
    assert "This is not open yet" in stranger.text
    token = stranger.get("/write/answer") and stranger.token
    assert stranger.client.post("/write", data={"csrf_token": token, "words": "x"}).status_code == 404
