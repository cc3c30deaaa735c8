"""A household seat shows one plan and nothing else, until its day or the client ends it; reading is noted by a press."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.db import session
from coachapp.worksheets import seats
from coachapp.worksheets.household_models import HouseholdSeat
from coachapp.worksheets.household_rules import MOST_SEATS, NoSuchSeat, NotAPlan, SeatsFull
from coachapp.worksheets.queries import sheet
from coachapp.worksheets.seat_queries import seat_and_plan, seats_in
from tests.cast import ALEX, MAYA, NORA
from tests.documents.pdf_checks import assert_good_pdf
from tests.plain_browser import Browser
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save
from tests.worksheets.test_fridge import text_of

CANARY = "Zefirelda"
HERE = "/me/worksheets/1/household"
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} \u202e Ελένη 😀"


@pytest.fixture
def alex(practice):
    """Alex has a plan with something in it, another sheet, and words of her coach's."""
    practice.give(practice.alex, "our-door", note="Words of the coach")
    practice.give(practice.alex, "a-message-came")
    browser = practice.sign_in(ALEX)
    browser.get("/me/worksheets/1")
    save(browser, 1, {"f-sentence": "Not today.", "f-household-1-name": CANARY, "f-before": "ask"}, 0)
    return browser


def invite(alex, name="Marek"):
    """Make a link; returns its path."""
    assert alex.fill(HERE, {"name": name}).status_code == 303
    page = alex.get(HERE).get_data(as_text=True)
    return re.findall(r'value="http[^"]*(/plan/[\w-]+)"', page)[-1]


def seat_of(practice, path):
    with practice.app.app_context():
        return seat_and_plan(path.rpartition("/")[2], clock.now())[0]


def test_a_seat_shows_the_plan_as_it_is_now_and_nothing_else(practice, alex):
    path = invite(alex)
    guest = Browser(practice.app)
    page = guest.get(path)
    assert page.status_code == 200
    assert "Not today." in guest.text and CANARY in guest.text and "A way to talk about it" in guest.text
    for never in (
        "Alex",
        "Nora",
        "Quiet Harbour",
        "Words of the coach",
        "A message came",
        "/me/",
        "/book",
        "Marek",
    ):
        assert never not in page.get_data(as_text=True), never
    assert re.findall(r"<title>(.*?)</title>", page.text) == ["Notes"]
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert f'action="{path}/read"' in page.text and f'href="{path}/a4/fridge.pdf"' in page.text
    assert 'class="exit"' in page.get_data(as_text=True)
    save(alex, 1, {"f-sentence": "Perhaps another day."}, 1)
    guest.get(path)
    assert "Perhaps another day." in guest.text and "Not today." not in guest.text


def test_a_plan_of_every_kind_of_field_can_be_read(practice, alex):
    practice.give(practice.alex, "every-type")
    typed = {
        "word": HOSTILE,
        "story": "a\nb",
        "own": "Mine",
        "day": "2031-03-12",
        "hour": "14:30",
        "one": "yes",
    }
    rows = {"log-1-what": "x" * 500, "log-1-seen": "on", "ways-2-who": "W", "helpers-1-name": "H" * 200}
    sent = {f"f-{key}": value for key, value in {**typed, **rows, "some": ["a", "c"], "pull": "7"}.items()}
    alex.get("/me/worksheets/3")
    assert save(alex, 3, sent, 0).status_code == 204
    alex.fill("/me/worksheets/3/household", {"name": "M"})
    page = alex.get("/me/worksheets/3/household").get_data(as_text=True)
    path, guest = re.search(r'value="http[^"]*(/plan/[\w-]+)"', page)[1], Browser(practice.app)
    page = guest.get(path).get_data(as_text=True)
    assert "<script>alert" not in page and "{{ 7*7 }}" in guest.text
    for said in (
        "Wednesday 12 March 2031",
        "14:30",
        "First",
        "Third",
        "7 of 10",
        "Gate",
        "Yes",
        "Good to know",
    ):
        assert said in guest.text
    assert "Second" not in guest.text
    for kind in ("completed", "fridge", "card"):
        assert_good_pdf(guest.get(f"{path}/letter/{kind}.pdf").data)


def test_whoever_the_seat_is_named_after_finds_a_page_of_their_own(practice, alex):
    rows = {"f-household-1-name": CANARY, "f-household-2-name": "Marek Novak", "f-jobs-1-who": CANARY}
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-sentence": "Not today.", **rows}, 1)
    path, guest = invite(alex), Browser(practice.app)
    assert f'href="{path}/a4/person.pdf"' in guest.get(path).get_data(as_text=True)
    answer = guest.get(f"{path}/letter/person.pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="sheet.pdf"'
    assert_good_pdf(answer.data)
    said = text_of(answer.data)
    assert "Marek Novak" in said and "Not today." in said and CANARY not in said
    for other in (invite(alex, "Kim"), invite(alex, "Novak Kim")):
        assert "person.pdf" not in guest.get(other).get_data(as_text=True)
        assert guest.get(f"{other}/a4/person.pdf").status_code == 404


def test_its_prints(practice, alex):
    path, guest = invite(alex), Browser(practice.app)
    for kind in ("completed", "fridge", "card"):
        answer = guest.get(f"{path}/a4/{kind}.pdf")
        assert answer.headers["Content-Disposition"] == 'inline; filename="sheet.pdf"'
        assert_good_pdf(answer.data)
    for never in ("a4/blank.pdf", "a4/large.pdf", "a5/card.pdf", "keep", "edit"):
        assert guest.get(f"{path}/{never}").status_code == 404


def test_reading_is_noted_by_a_press_and_she_sees_which_state(practice, alex):
    path, guest = invite(alex), Browser(practice.app)
    for _scanner in range(3):
        guest.get(path)
    alex.get(HERE)
    assert "Not read yet" in alex.text
    assert guest.get(f"{path}/read").status_code == 405
    guest.get(path)
    sent = guest.hidden("revision")
    assert guest.post(f"{path}/read", {"revision": sent}).status_code == 303
    guest.follow()
    assert "nothing has changed since" in guest.text
    assert "Read on" in alex.get(HERE).text and "changed since" not in alex.text
    save(alex, 1, {"f-sentence": "Another."}, 1)
    assert "changed since" in alex.get(HERE).text
    guest.get(path)
    assert "It has changed since." in guest.text
    guest.post(f"{path}/read", {"revision": "2"})
    for old in ("1", "-5", "x", "", str(10**30)):
        guest.get("/write")
        assert guest.post(f"{path}/read", {"revision": old}).status_code == 303
    assert seat_of(practice, path).read_revision == 2


def test_over_ended_and_unknown_are_the_same_page(practice, alex):
    path, ended = invite(alex), invite(alex, "Second")
    page = alex.get(HERE).get_data(as_text=True)
    action = re.findall(rf"({HERE}/[0-9a-f-]+)/end", page)[-1]
    assert alex.post(f"{action}/end").status_code == 303
    with practice.app.app_context():
        session().execute(sa.update(HouseholdSeat).values(ends_at=clock.now()))
        session().commit()
    guest = Browser(practice.app)
    bodies = {
        guest.get(each).get_data(as_text=True) for each in (path, ended, "/plan/" + "a" * 24, "/plan/%00")
    }
    assert len(bodies) == 1 and guest.page.status_code == 404
    for each in (path, ended, "/plan/unknown"):
        guest.get("/write")
        assert guest.post(f"{each}/read", {"revision": "1"}).status_code == 404
        assert guest.get(f"{each}/a4/fridge.pdf").status_code == 404
    alex.get(HERE)
    assert "Over since" in alex.text and "Second" not in alex.text
    renew = re.findall(rf"({HERE}/[0-9a-f-]+)/renew", alex.page.get_data(as_text=True))[0]
    assert alex.post(f"{renew}/renew").status_code == 303
    assert guest.get(path).status_code == 200


def test_it_lasts_thirty_days_by_the_clock_given(practice, alex):
    with practice.app.app_context():
        plan, now = sheet(practice.alex, 1), clock.now()
        token = seats.give_seat(plan, "M", now=now)
        almost = now + timedelta(days=30) - timedelta(seconds=1)
        seat = seat_and_plan(token, almost)[0]
        with pytest.raises(NoSuchSeat):
            seat_and_plan(token, now + timedelta(days=30))
        seats.renew_seat(plan, seat.id, now=now + timedelta(days=40))
        seat_and_plan(token, now + timedelta(days=70) - timedelta(seconds=1))
        with pytest.raises(NoSuchSeat):
            seats.mark_read(token, 1, now=now + timedelta(days=70))


def test_only_her_own_plans_have_seats(practice, alex):
    invite(alex)
    page = alex.page.get_data(as_text=True)
    action = re.findall(rf"{HERE}/([0-9a-f-]+)/end", page)[0]
    assert alex.get("/me/worksheets/2/household").status_code == 404
    practice.give(practice.maya, "our-door")
    maya = practice.sign_in(MAYA)
    maya.get(HERE)
    assert "Marek" not in maya.text
    for verb in ("end", "renew"):
        assert maya.post(f"{HERE}/{action}/{verb}").status_code == 404
        maya.get(HERE)
    nora = practice.sign_in(NORA)
    assert nora.get(HERE).status_code == 404
    nora.get(f"/desk/clients/{practice.alex_ref}/worksheets")
    assert "Marek" not in nora.text
    with practice.app.app_context(), pytest.raises(NotAPlan):
        seats.give_seat(sheet(practice.alex, 2), "x", now=clock.now())


def test_names_are_hers_to_choose(alex):
    assert alex.fill(HERE, {"name": "  "}).status_code == 422
    assert alex.fill(HERE, {"name": "x" * 81}).status_code == 422 and "x" * 81 in alex.page.get_data(
        as_text=True
    )
    invite(alex, HOSTILE)
    page = alex.page.get_data(as_text=True)
    assert "&lt;script&gt;" in page and "<script>alert" not in page and "{{ 7*7 }}" in alex.text


def test_name_and_token_are_sealed(practice, alex):
    path = invite(alex, CANARY)
    with practice.app.app_context():
        row = session().scalars(sa.select(HouseholdSeat)).one()
        kept = b"".join([row.token_hash, row.token_sealed, row.name_sealed])
        assert CANARY.encode() not in kept and path.rpartition("/")[2].encode() not in kept


def test_a_sheet_taken_back_takes_its_seats_along(practice):
    plan = practice.give(practice.alex, "our-door")
    alex, nora = practice.sign_in(ALEX), practice.sign_in(NORA)
    path, guest = invite(alex), Browser(practice.app)
    assert guest.get(path).status_code == 200 and "Nothing is written yet." in guest.text
    base = f"/desk/clients/{practice.alex_ref}/worksheets"
    nora.get(base)
    assert nora.post(f"{base}/{plan}/withdraw").status_code == 303
    assert guest.get(path).status_code == 404


@both_databases
def test_two_at_once_are_never_one_too_many(practice, alex):
    with practice.app.app_context():
        plan = sheet(practice.alex, 1)
        for n in range(MOST_SEATS - 1):
            seats.give_seat(plan, f"{n}", now=clock.now())

    at_once = Barrier(4)

    def give(name):
        with practice.app.app_context():
            at_once.wait(10)
            try:
                return bool(seats.give_seat(plan, name, now=clock.now()))
            except SeatsFull:
                return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(give, "abcd")) == [False, False, False, True]
    with practice.app.app_context():
        assert len(seats_in(plan)) == MOST_SEATS
    assert alex.fill(HERE, {"name": "One more"}).status_code == 422
    assert "There are 12 people here already" in alex.text
