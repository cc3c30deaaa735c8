"""Filling in together: only with her yes, only until one of them ends it, and every word of both is kept."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from secrets import token_hex
from threading import Event

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.accounts.models import Account, SignIn
from coachapp.audit.models import AuditEntry
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.rules import AppointmentState
from coachapp.clients.models import Client
from coachapp.config import PROJECT
from coachapp.db import Base, session, transaction
from coachapp.practice.operations import add_coach, save_offering
from coachapp.practice.queries import offering
from coachapp.worksheets.beside_models import FillingTogether
from coachapp.worksheets.queries import sheet
from coachapp.worksheets.together_rules import LOOK_MS, POLL_MS
from tests.cast import ALEX, MAYA, NORA
from tests.plain_browser import Browser
from tests.road import OFFERINGS, both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import FETCH, Practice, save

CANARY = "the words about Saturday"


class Two:
    """Alex and Nora, each in a browser, and the sheet between them."""

    def __init__(self, practice: Practice, key: str = "a-message-came") -> None:
        self.practice = practice
        self.sheet_id = practice.give(practice.alex, key)
        self.alex, self.nora = practice.sign_in(ALEX), practice.sign_in(NORA)
        self.list = f"/desk/clients/{practice.alex_ref}/worksheets"
        self.desk = f"{self.list}/{self.sheet_id}/together"
        self.hers = "/me/worksheets/1/together"

    def ask(self) -> None:
        self.nora.get(self.list)
        assert self.nora.post(self.desk).status_code == 303

    def says(self, what: str, browser: Browser | None = None) -> None:
        browser = browser or self.alex
        browser.get("/me/worksheets/1")
        assert browser.post(self.hers, {"say": what}).status_code == 303

    def agreed(self) -> "Two":
        self.ask()
        self.says("yes")
        return self

    def tab(self) -> Browser:
        """One more tab of Nora's."""
        found = Browser(self.practice.app)
        found.client.set_cookie("s", self.nora.client.get_cookie("s").value)
        found.get(self.list)
        return found

    def writes(self, words: str, revision: int = 0, **more: str):
        """Nora's script saves."""
        self.nora.get("/desk/worksheets")
        body = {"revision": str(revision), "f-facts": words, **more}
        return self.nora.post(f"{self.desk}/save", body, headers=FETCH)

    def statuses(self) -> set[int]:
        """What Nora gets at everything that would tell or change something."""
        here = self.desk
        found = {self.writes(CANARY, 99).status_code}
        for path in ("/0", "/999", "/a4/read/completed.pdf", "/letter/keep/large.pdf"):
            found.add(self.nora.get(here + path).status_code)
        return found


@pytest.fixture
def two(practice):
    return Two(practice)


def test_from_the_question_to_the_end(two):
    """The whole of it, once."""
    alex, nora = two.alex, two.nora
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-facts": CANARY}, 0)
    two.ask()
    page = nora.get(two.desk).get_data(as_text=True)
    assert CANARY not in page and "Take the question back" in page
    for path in ("/me/worksheets/1", "/me/worksheets", "/me/"):
        alex.get(path)
        assert "Nora would like to fill" in alex.text, path
    two.says("yes")
    page = nora.get(two.desk).get_data(as_text=True)
    assert CANARY in page and 'data-state="together"' in page
    answer = two.writes(f"{CANARY}, and more", 1)
    assert (answer.status_code, answer.headers["X-Revision"]) == (204, "2")
    told = alex.get(f"{two.hers}/1").get_json()
    assert told["state"] == "together" and told["revision"] == 2
    assert told["values"]["f-facts"] == [f"{CANARY}, and more"]
    two.says("no")
    assert two.statuses() == {404}
    alex.get("/me/worksheets/1")
    assert f"{CANARY}, and more" in alex.text and "fill this in with you" not in alex.text


def turn(two: Two, **values) -> None:
    """Change what is open by hand."""
    with two.practice.app.app_context(), transaction() as db:
        db.execute(sa.update(FillingTogether).values(**values))


def rows(two: Two) -> list[FillingTogether]:
    with two.practice.app.app_context():
        return list(session().scalars(sa.select(FillingTogether)))


# ---- before her yes, and after the end ----


def test_nothing_is_seen_or_changed_before_her_yes(two):
    two.alex.get("/me/worksheets/1")
    save(two.alex, 1, {"f-facts": CANARY}, 0)
    assert two.statuses() == {404}
    assert two.nora.get(two.desk).status_code == 303
    two.ask()
    assert two.writes("before her yes", 1).status_code == 404
    assert two.nora.get(f"{two.desk}/0").get_json() == {"state": "asked"}
    assert two.nora.get(f"{two.desk}/a4/read/completed.pdf").status_code == 404
    assert CANARY not in two.nora.get(two.desk).get_data(as_text=True)
    two.says("no")
    assert two.statuses() == {404} and two.nora.get(two.desk).status_code == 303
    assert two.alex.get(f"{two.hers}/0").get_json() == {"state": ""}


def end_by_nora(two: Two) -> None:
    two.nora.get(two.desk)
    assert two.nora.post(f"{two.desk}/end").status_code == 303


def end_by_sign_out(two: Two) -> None:
    two.alex.get("/me/")
    two.alex.post("/sign-out")


def end_by_leaving(two: Two) -> None:
    """Quick exit, on another device of hers than the one she writes on."""
    phone = two.practice.sign_in(ALEX)
    phone.get("/me/")
    assert phone.post("/leave").status_code == 204


def end_by_putting_it_aside(two: Two) -> None:
    two.alex.get("/me/worksheets/1")
    kept = f"{CANARY}, {ENDS.index(end_by_putting_it_aside)}"
    assert two.alex.post("/me/worksheets/1", {"f-facts": kept, "go": "done"}).status_code == 303


def end_by_the_clock(two: Two) -> None:
    turn(two, ends_at=clock.now() - timedelta(seconds=1))


def end_by_another_coach(two: Two) -> None:
    """Her record goes to a colleague; the question was not asked by her."""
    ines = two.practice.another_coach()
    with two.practice.app.app_context(), transaction() as db:
        db.execute(sa.update(Client).where(Client.id == two.practice.alex).values(coach_id=ines))


def end_by_closing_it_again(two: Two) -> None:
    """Shared besides, and then private again: that means the coach who is beside it too."""
    two.alex.get("/me/worksheets/1")
    words = f"{CANARY}, {ENDS.index(end_by_closing_it_again)}"
    assert two.alex.post("/me/worksheets/1", {"f-facts": words, "share": "y"}).status_code == 303
    two.alex.get("/me/worksheets/1")
    assert two.alex.post("/me/worksheets/1/unshare").status_code == 303


ENDS = (
    end_by_nora,
    end_by_closing_it_again,
    end_by_sign_out,
    end_by_leaving,
    end_by_putting_it_aside,
    end_by_the_clock,
    lambda two: two.says("no"),
    end_by_another_coach,
)


def test_when_it_has_ended_nothing_is_left_for_the_coach(two):
    for revision, end in enumerate(ENDS):
        two.agreed()
        words = f"{CANARY}, {revision}"
        assert two.writes(words, revision).status_code == 204
        assert two.nora.get(f"{two.desk}/0").get_json()["values"]["f-facts"] == [words]
        end(two)
        assert two.statuses() == {404}, end
        assert CANARY not in two.nora.get(two.desk).get_data(as_text=True)
        two.alex = two.practice.sign_in(ALEX)
        page = two.alex.get("/me/worksheets/1").get_data(as_text=True)
        assert words in page and "fill this in with you" not in two.alex.text
        assert "filling this in with" not in two.alex.text


def test_a_sheet_she_took_herself_and_hides_again_is_nobodys_but_hers(practice):
    """Showing how far it is once more later does not let the coach in again without a new yes."""
    two = Two(practice)
    two.alex.get("/me/worksheets")
    assert two.alex.post("/me/worksheets/take/peace").status_code == 303
    with practice.app.app_context():
        two.sheet_id = sheet(practice.alex, 2).id
    two.desk, two.hers = f"{two.list}/{two.sheet_id}/together", "/me/worksheets/2/together"

    def shows(**more: str) -> None:
        two.alex.get("/me/worksheets/2")
        assert two.alex.post("/me/worksheets/2", {"revision": "0", **more}).status_code == 303

    shows(progress="y")
    two.agreed()
    assert two.nora.get(f"{two.desk}/0").get_json()["state"] == "together"
    shows()
    assert two.alex.get(f"{two.hers}/0").get_json() == {"state": ""}
    shows(progress="y")
    assert two.nora.get(f"{two.desk}/0").status_code == 404


def test_every_page_with_the_sheet_says_who_sees_it(two):
    two.ask()
    addresses = [f"/me/worksheets/1/one/{place}" for place in (1, "4/open", "end")]
    for answer, says, never in (
        ("", "Nora would like to fill this in", "Together with Nora"),
        ("yes", "You are filling this in with Nora", "Private to you"),
        ("no", "Private to you", "Together with Nora"),
    ):
        if answer:
            two.says(answer)
        for address in addresses:
            two.alex.get(address)
            assert says in two.alex.text and never not in two.alex.text, address
        for address in ("/me/worksheets", "/me/"):
            two.alex.get(address)
            assert ("Together with Nora" in two.alex.text) is (answer == "yes"), address
            assert ("Private to you" in two.alex.text) is (answer != "yes"), address


def test_after_it_ended_the_coach_reads_what_she_shared_and_no_more(two):
    two.agreed()
    two.writes(CANARY)
    two.alex.get("/me/worksheets/1")
    two.alex.post("/me/worksheets/1", {"revision": "1", "f-facts": CANARY, "share": "y", "go": "save"})
    two.says("no")
    assert two.statuses() == {404}
    two.nora.get(f"{two.list}/1")
    assert CANARY in two.nora.text


def test_her_last_words_are_saved_when_she_leaves_and_the_coach_sees_none_of_them(two):
    two.agreed()
    two.alex.get("/me/worksheets/1")
    token, cookie = two.alex.token, two.alex.client.get_cookie("s").value
    two.alex.client.post("/leave", data={"csrf_token": token})
    two.alex.client.set_cookie("s", cookie)
    body = {"csrf_token": token, "revision": "0", "f-facts": CANARY}
    assert two.alex.client.post("/me/worksheets/1/save", data=body, headers=FETCH).status_code == 204
    assert two.statuses() == {404}


# ---- asking, and when it ends by itself ----


def test_asking_or_saying_yes_twice_is_once_and_asking_anew_begins_anew(two):
    two.agreed()
    two.ask()
    two.says("yes")
    [one] = rows(two)
    assert one.agreed_at is not None and one.ended_at is None
    assert one.ends_at - one.agreed_at == timedelta(hours=2)
    two.says("no")
    two.says("no")
    two.says("yes")
    assert len(rows(two)) == 1 and rows(two)[0].ended_at is not None
    two.ask()
    assert two.nora.get(f"{two.desk}/0").get_json() == {"state": "asked"}
    assert two.writes(CANARY).status_code == 404
    assert sorted(row.agreed_at is None for row in rows(two)) == [False, True]


def test_during_a_session_it_lasts_a_quarter_of_an_hour_longer_than_that(two):
    begins = clock.now() - timedelta(minutes=10)
    with two.practice.app.app_context(), transaction() as db:
        save_offering(
            None, coach_id=two.practice.coach_id, kind="session", text="", points=[], **OFFERINGS[1]
        )
        hour = offering("power-hour")
        session_now = new_appointment(hour, begins, AppointmentState.CONFIRMED, begins)
        place = new_place(session_now.id, hour, ALEX.zone, "coach", begins)
        give_token(place, two.practice.alex)
        db.add_all([session_now, place])
    page = two.alex.get("/me/worksheets/1").get_data(as_text=True)
    assert f'data-every="{LOOK_MS}"' in page
    two.ask()
    two.says("yes")
    [one] = rows(two)
    assert one.ends_at == begins + timedelta(minutes=75)


def test_a_sheet_that_was_put_aside_is_taken_up_again_by_her_yes(two):
    """The coach may not learn whether it was put aside, so it can be asked for like any other."""
    two.alex.get("/me/worksheets/1")
    two.alex.post("/me/worksheets/1", {"revision": "0", "f-facts": CANARY, "go": "done"})
    two.agreed()
    assert CANARY in two.nora.get(two.desk).get_data(as_text=True)
    two.alex.get("/me/worksheets")
    assert "Carry on" in two.alex.text


def test_a_sheet_taken_back_is_not_there(two):
    two.ask()
    two.nora.get(two.list)
    assert two.nora.post(f"{two.list}/{two.sheet_id}/withdraw").status_code == 303
    assert two.statuses() == {404}
    two.nora.get(two.list)
    assert two.nora.post(two.desk).status_code == 404
    assert two.alex.get(f"{two.hers}/0").status_code == 404


# ---- who may ----


def test_it_is_there_for_her_own_coach_and_herself_alone(two):
    practice = two.practice
    two.agreed()
    maya = practice.sign_in(MAYA)
    maya.get("/me/")
    assert maya.get(f"{two.hers}/0").status_code == 404
    assert maya.get(two.desk).status_code == 404
    maya.get("/me/")
    assert maya.post(two.hers, {"say": "no"}).status_code == 404
    maya.get("/me/")
    assert maya.post(f"{two.desk}/save", {"revision": "0"}, headers=FETCH).status_code == 404
    stranger = Browser(practice.app)
    for path in (two.desk, f"{two.desk}/0", f"{two.hers}/0", "/me/worksheets/together"):
        assert stranger.get(path).status_code == 303
        assert stranger.get(path, headers=FETCH).status_code == 401
    others = f"/desk/clients/{practice.maya_ref}/worksheets/{two.sheet_id}/together"
    assert two.nora.get(others).status_code == 404
    with practice.app.app_context(), transaction() as db:
        ines = add_coach(first_name="Ines", full_name="Ines Prado", zone="Europe/Madrid")
        db.execute(sa.update(Account).where(Account.coach_id == practice.coach_id).values(coach_id=ines))
    for path in ("", "/0", "/a4/read/completed.pdf"):
        assert two.nora.get(two.desk + path).status_code == 404


def test_reading_is_noted_and_so_is_every_step(two):
    two.agreed()
    for _again in range(3):
        two.nora.get(f"{two.desk}/99")
    end_by_nora(two)
    with two.practice.app.app_context():
        acts = session().execute(
            sa.select(AuditEntry.action, AuditEntry.role).where(AuditEntry.subject == two.practice.alex)
        )
        found = [tuple(each) for each in acts]
    for act in (("together_asked", "staff"), ("together_agreed", "client"), ("together_ended", "staff")):
        assert found.count(act) == 1
    assert found.count(("view", "staff")) == 1


# ---- asking again and again ----


def test_asking_what_is_new_writes_nothing_logs_nothing_and_is_no_activity(two, capfd):
    two.agreed()
    two.nora.get(f"{two.desk}/99")
    two.nora.get(f"{two.desk}/0")
    with two.practice.app.app_context(), transaction() as db:
        db.execute(sa.update(SignIn).values(seen_at=clock.now() - timedelta(minutes=10)))
    before = everything(two)
    capfd.readouterr()
    for path in (f"{two.desk}/99", f"{two.desk}/0"):
        assert two.nora.get(path, headers=FETCH).status_code == 200
    for path in (f"{two.hers}/99", f"{two.hers}/0", "/me/worksheets/together"):
        assert two.alex.get(path, headers=FETCH).status_code == 200
    assert everything(two) == before
    assert capfd.readouterr().err == ""
    two.alex.get("/me/worksheets/1")
    assert everything(two) != before


def everything(two: Two) -> dict[str, list[str]]:
    with two.practice.app.app_context():
        there = sa.inspect(two.practice.app.extensions["engine"]).get_table_names()
        return {
            name: sorted(map(repr, session().execute(sa.select(table)).all()))
            for name, table in Base.metadata.tables.items()
            if name in there
        }


# ---- a page outlives a sign-in ----


def test_a_page_saves_for_whom_it_was_opened_and_for_nobody_who_signs_in_after_her(two):
    """Both have a first sheet, at the same revision."""
    two.practice.give(two.practice.maya)
    hers = two.alex.get("/me/worksheets/1").get_data(as_text=True)
    sheet_id = two.alex.hidden("sheet")
    assert sheet_id and hers.count(sheet_id) == 1
    maya = two.practice.sign_in(MAYA)
    for answers in ({"sheet": sheet_id, "f-facts": CANARY}, {"sheet": "", "f-facts": CANARY}):
        maya.get("/me/worksheets/1")
        assert save(maya, 1, answers, 0).status_code == 404
    assert CANARY not in maya.get("/me/worksheets/1").get_data(as_text=True)
    two.alex.get("/me/worksheets/1")
    assert save(two.alex, 1, {"sheet": sheet_id, "f-facts": CANARY}, 0).status_code == 204


# ---- words ----


HOSTILE = "</textarea><script>alert('x')</script>\"' {{ 7*7 }} \u202e \x00\x1b 😀 ا\r\nzwei"


def test_the_other_side_sees_it_within_five_seconds():
    """The longest an autosave waits while somebody types on, and the longest until the other page asks."""
    [longest] = re.findall(r"since \+ (\d+) - Date\.now", (PROJECT / "static" / "writing.js").read_text())
    assert int(longest) + POLL_MS < 5_000 and int(longest) < 3_000


def test_hostile_words_are_only_words_on_both_sides(practice):
    two = Two(practice, "every-type").agreed()
    body = {"f-story": HOSTILE, "f-log-1-what": HOSTILE, "f-pull": "3", "f-some": ["a", "c"]}
    two.nora.get(two.desk)
    assert two.nora.post(f"{two.desk}/save", {"revision": "0", **body}, headers=FETCH).status_code == 204
    for browser, path in ((two.alex, "/me/worksheets/1"), (two.nora, two.desk)):
        page = browser.get(path).get_data(as_text=True)
        assert "<script>alert" not in page and "&lt;script&gt;" in page and "{{ 7*7 }}" in page
    told = two.alex.get(f"{two.hers}/0")
    assert told.content_type == "application/json" and told.get_json()["values"]["f-some"] == ["a", "c"]
    two.nora.get(two.desk)
    refused = two.nora.post(f"{two.desk}/save", {"revision": "1", "f-pull": "99"}, headers=FETCH)
    assert refused.status_code == 422 and "0 to 10" in refused.get_json()["message"]


def test_without_script_the_coach_writes_and_chooses_too(two):
    two.agreed()
    two.nora.get(two.desk)
    sent = two.nora.post(f"{two.desk}/save", {"revision": "0", "f-facts": "From the desk"})
    assert (sent.status_code, sent.headers["Location"]) == (303, two.desk)
    two.alex.get("/me/worksheets/1")
    assert save(two.alex, 1, {"f-facts": "From Alex", "f-came_how": "A call"}, 1).status_code == 204
    two.nora.get(two.desk)
    mine = {"revision": "1", "f-facts": "From the desk, later", "f-came_how": ""}
    answer = two.nora.post(f"{two.desk}/save", mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "From Alex" in page and "From the desk, later" in page
    chosen = {**mine, "revision": "2", "take-facts": "mine", "take-came_how": "theirs"}
    chosen["chosen"] = two.nora.hidden("chosen")
    assert two.nora.post(f"{two.desk}/save", chosen).status_code == 303
    page = two.alex.get("/me/worksheets/1").get_data(as_text=True)
    assert "From the desk, later" in page and "A call" in page
    two.alex.get("/me/worksheets/1/one/4/earlier")
    assert "From Alex" in two.alex.text, "what the coach chose to replace is hers to put back"
    two.nora.get(two.desk)
    bad = two.nora.post(f"{two.desk}/save", {"revision": "3", "f-facts": "kept", "f-fear": "99"})
    assert bad.status_code == 422 and "Error: " in bad.get_data(as_text=True)


def test_the_sheet_prints_before_the_call_ends(practice):
    two = Two(practice, "our-door").agreed()
    two.nora.get(two.desk)
    for kind in ("completed", "large"):
        answer = two.nora.get(f"{two.desk}/a4/keep/{kind}.pdf")
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
        assert practice.alex_ref in answer.headers["Content-Disposition"]
    for path in ("a4/read/blank.pdf", "a4/read/no-such.pdf", "a5/read/completed.pdf"):
        assert two.nora.get(f"{two.desk}/{path}").status_code == 404


# ---- in the same moment ----


@both_databases
def test_what_is_saved_while_it_ends_came_before_the_end_or_is_refused(practice, proof):
    """Nora saves in three tabs as fast as she can; from the moment Alex's end is answered, nothing more arrives."""
    two = Two(practice)
    tabs = [two.tab() for _each in range(3)]
    for _again in range(proof(2, 40)):
        two.agreed()
        began = Event()

        def writes(tab: Browser, began=began) -> int:
            token, revision, saved = tab.token, "0", 0
            while True:
                body = {"csrf_token": token, "revision": revision, "f-facts": token_hex(4)}
                answer = tab.client.post(f"{two.desk}/save", data=body, headers=FETCH)
                if answer.status_code == 404:
                    return saved
                revision = answer.headers["X-Revision"]
                if answer.status_code == 204:
                    saved += 1
                    began.set()

        two.alex.get("/me/worksheets/1")
        with ThreadPoolExecutor(len(tabs)) as pool:
            written = [pool.submit(writes, tab) for tab in tabs]
            began.wait()
            two.alex.post(two.hers, {"say": "no"})
            at_the_end = revision_of(two)
            assert sum(each.result() for each in written) > 0
        assert revision_of(two) == at_the_end


def revision_of(two: Two) -> int:
    with two.practice.app.app_context():
        return sheet(two.practice.alex, 1).revision


@both_databases
def test_asked_and_agreed_to_in_the_same_moment_is_once(practice):
    two = Two(practice)
    tabs = [two.tab() for _each in range(4)]
    with ThreadPoolExecutor(len(tabs)) as pool:
        assert set(pool.map(lambda tab: tab.post(two.desk).status_code, tabs)) == {303}
    assert len(rows(two)) == 1
