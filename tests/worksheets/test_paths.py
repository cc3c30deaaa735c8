"""A path from the coach's press to the sheet in the private space: given once, by whichever tick, and hers to steer."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from coachapp import clock, db, vault
from coachapp.booking.confirming import cancel
from coachapp.booking.desk_operations import book_for_client
from coachapp.booking.moving import move_by_coach
from coachapp.booking.queries import place
from coachapp.clients.operations import set_state
from coachapp.clients.rules import State
from coachapp.practice.operations import save_offering, save_practice
from coachapp.practice.queries import offering
from coachapp.worksheets import operations as sheets
from coachapp.worksheets import path_operations as paths
from coachapp.worksheets.models import Assignment, SheetTemplate
from coachapp.worksheets.over_time_queries import courses_of
from coachapp.worksheets.path_models import PathStep, SheetPath
from coachapp.worksheets.path_operations import By, Wanted, give_what_has_come
from coachapp.worksheets.path_queries import path_of
from coachapp.worksheets.path_rules import (
    BadStart,
    HerPause,
    NoSuchPath,
    NoSuchSession,
    NoSuchStep,
    PathFull,
    PathRuns,
    Rule,
    Stand,
    for_coach,
)
from coachapp.worksheets.path_rules import outlook as looked
from coachapp.worksheets.queries import sheets_of, template
from coachapp.worksheets.ready_paths import ready_paths
from coachapp.worksheets.rules import NoSuchTemplate
from coachapp.zones import zone
from tests.cast import ALEX, NORA
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

BY = By("staff")
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
TODAY = date(2026, 11, 10)


@pytest.fixture
def inside(practice):
    """In the app, as its operations are called."""
    with practice.app.app_context():
        yield practice


def step(key: str = "peace", rule: Rule = Rule.START, days: int = 0, note: str = "", place_id=None) -> Wanted:
    return Wanted(template(key).id, rule, days, note, place_id)


def begin(client_id, *steps: Wanted, start: date = TODAY) -> None:
    paths.begin(client_id, start, steps, by=BY, now=NOON)


def tick(days: float = 0) -> int:
    return give_what_has_come(now=NOON + DAY * days)


def keys(client_id) -> list[str]:
    return [sheet.template.key for sheet in reversed(sheets_of(client_id))]


def stands(client_id, days: float = 0) -> list[Stand]:
    mine = path_of(client_id)
    return [each.stand for each in looked(mine.path, NOON + DAY * days, zone(ALEX.zone))]


# ---- what tick gives ----


def test_each_sheet_comes_once_on_its_day_with_its_words(inside):
    begin(inside.alex, step("peace", note="For today."), step("call-sheet", days=2), step("peace", days=2))
    assert [tick(days) for days in (-1, 0, 0, 1, 2, 2, 30)] == [0, 1, 0, 0, 2, 0, 0]
    assert keys(inside.alex) == ["peace", "call-sheet", "peace"]
    first = sheets_of(inside.alex)[-1]
    assert first.note == "For today." and first.standing.listed and first.wanted_on is None


def test_the_small_days_are_a_fresh_sheet_each_and_their_numbers_a_course(inside):
    (ready,) = ready_paths()
    paths.begin_ready(inside.alex, ready, TODAY, by=BY, now=NOON)
    assert tick(9) == sum(each.day <= 9 for each in ready.steps)
    small = [sheet for sheet in sheets_of(inside.alex) if sheet.template.key == "a-small-day"]
    assert len({sheet.number for sheet in small}) == 8 and not any(sheet.answered for sheet in small)
    for n, sheet in enumerate(small[:3]):
        sheets.save_answers(sheet.id, inside.alex, {"loud": n}, 0, now=NOON + (9 + n) * DAY)
    (course,) = courses_of(inside.alex, ALEX.zone)
    assert [number.value for number in course.numbers] == [0, 1, 2]


def test_all_forty_come_at_once_where_they_are_due_and_no_more_fit(inside):
    begin(inside.alex, *[step("peace", days=n % 3) for n in range(39)])
    paths.add_step(inside.alex, step(), by=BY, now=NOON)
    with pytest.raises(PathFull):
        paths.add_step(inside.alex, step(), by=BY, now=NOON)
    with pytest.raises(PathFull):
        paths.begin(inside.maya, TODAY, [step()] * 41, by=BY, now=NOON)
    assert tick(2) == 40 and [sheet.number for sheet in sheets_of(inside.alex)] == list(range(40, 0, -1))


def test_a_pause_holds_everything_and_the_end_stops_what_waits(inside):
    begin(inside.alex, step(days=0), step(days=2), step(days=4))
    tick(0)
    paths.pause(inside.alex, by=BY, now=NOON + DAY)
    paths.pause(inside.alex, by=BY, now=NOON + 2 * DAY)  # twice is once
    assert tick(9) == 0
    paths.go_on(inside.alex, by=BY, now=NOON + 11 * DAY)
    paths.go_on(inside.alex, by=BY, now=NOON + 15 * DAY)
    assert [tick(11), tick(12), tick(13), tick(14)] == [0, 1, 0, 1]
    paths.add_step(inside.alex, step(days=9), by=BY, now=NOON)
    paths.end(inside.alex, by=BY, now=NOON)
    assert tick(90) == 0 and len(keys(inside.alex)) == 3
    for act in (paths.pause, paths.go_on, paths.end):
        with pytest.raises(NoSuchPath):
            act(inside.alex, by=BY, now=NOON)
    begin(inside.alex, step())  # and another one is welcome
    assert tick(0) == 1


def test_what_she_paused_only_she_lets_go_on(inside):
    begin(inside.alex, step())
    paths.pause(inside.alex, by=BY, now=NOON)
    paths.pause(inside.alex, by=paths.HERSELF, now=NOON + DAY)  # hers from now on, resting since the first
    paths.pause(inside.alex, by=BY, now=NOON + 2 * DAY)
    with pytest.raises(HerPause):
        paths.go_on(inside.alex, by=BY, now=NOON + 3 * DAY)
    assert tick(3) == 0 and path_of(inside.alex).paused_at == NOON
    paths.go_on(inside.alex, by=paths.HERSELF, now=NOON + 3 * DAY)
    paths.pause(inside.alex, by=BY, now=NOON + 3 * DAY)
    paths.go_on(inside.alex, by=paths.HERSELF, now=NOON + 3 * DAY)
    assert tick(3) == 1


def test_another_start_moves_what_is_to_come(inside):
    begin(inside.alex, step(days=0), step(days=2))
    tick(0)
    paths.start_on(inside.alex, TODAY + 10 * DAY, by=BY, now=NOON)
    assert [tick(2), tick(11), tick(12)] == [0, 0, 1]
    for day in (TODAY - DAY, TODAY + 367 * DAY):
        with pytest.raises(BadStart):
            paths.start_on(inside.alex, day, by=BY, now=NOON)
        with pytest.raises(BadStart):
            begin(inside.maya, start=day)
    with pytest.raises(PathRuns):
        begin(inside.alex)


def test_what_follows_waits_until_the_one_before_is_put_aside(inside):
    begin(inside.alex, step("peace"), step("call-sheet", Rule.DONE, 0), step("peace", Rule.DONE, 1))
    tick(0)
    first = sheets_of(inside.alex)[0]
    sheets.done(first.id, inside.alex, now=NOON)
    sheets.reopen(first.id, inside.alex, now=NOON)
    assert tick(5) == 0
    sheets.done(first.id, inside.alex, now=NOON + DAY)
    assert tick(1) == 1
    sheets.reopen(first.id, inside.alex, now=NOON + DAY)
    assert keys(inside.alex) == ["peace", "call-sheet"]  # what has come stays
    sheets.done(sheets_of(inside.alex)[0].id, inside.alex, now=NOON + 2 * DAY)
    assert [tick(2), tick(3)] == [0, 1]


def test_a_session_takes_its_sheet_along_and_a_cancelled_one_keeps_it_waiting(inside):
    save_practice(name="Quiet Harbour", neutral_name="QH", mail_subject="Your update", statement_text="NE", currency="EUR", exit_to="https://www.example.org/")  # fmt: skip
    save_offering(None, coach_id=inside.coach_id, kind="session", text="", points=[], slug="hour", title="Hour", length_min=60, price_minor=0)  # fmt: skip
    sells = offering("hour")
    booked = [
        book_for_client(sells, who, ALEX.zone, NOON + 5 * DAY + more, "http://x", now=NOON)
        for who, more in ((inside.alex, timedelta()), (inside.alex, DAY), (inside.maya, 2 * DAY))
    ]
    begin(
        inside.alex,
        step("peace", Rule.BEFORE, 2, place_id=booked[0]),
        step("call-sheet", Rule.SINCE, 0, place_id=booked[0]),
        step("peace", Rule.SINCE, 1, place_id=booked[1]),
    )
    for wrong in (booked[2], None):
        with pytest.raises(NoSuchSession):
            paths.add_step(inside.alex, step(rule=Rule.SINCE, place_id=wrong), by=BY, now=NOON)
    move_by_coach(place(booked[0]), NOON + 20 * DAY, "http://x", now=NOON)
    assert tick(3) == 0
    cancel(place(booked[1]), "http://x", by="staff", now=NOON)
    assert stands(inside.alex, 17) == [Stand.COMES, Stand.COMES, Stand.LOST]
    assert [tick(17), tick(18), tick(19), tick(20), tick(21)] == [0, 1, 0, 0, 1]
    paths.change_step(inside.alex, 3, step("peace", Rule.START, 1), by=BY, now=NOON)
    assert tick(21) == 1


def test_a_step_keeps_its_version_and_a_retired_sheet_still_comes(inside):
    begin(inside.alex, step("peace", days=1))
    kept = template("peace")
    with db.transaction() as session:
        row = session.get_one(SheetTemplate, kept.id)
        row.retired_at = NOON
        session.add(SheetTemplate(key="peace", version=kept.template.version + 1, kind=row.kind, title=row.title, body={**row.body, "version": kept.template.version + 1}, published_at=NOON))  # fmt: skip
    assert tick(1) == 1 and sheets_of(inside.alex)[0].template.version == kept.template.version


def test_what_the_coach_changes_and_takes_out(inside):
    begin(inside.alex, step("peace"), step("peace", days=3), step("peace", days=5))
    tick(0)
    for act in (lambda: paths.remove_step(inside.alex, 1, by=BY, now=NOON), lambda: paths.change_step(inside.alex, 1, step(), by=BY, now=NOON), lambda: paths.remove_step(inside.alex, 9, by=BY, now=NOON)):  # fmt: skip
        with pytest.raises(NoSuchStep):
            act()
    with pytest.raises(NoSuchTemplate):
        paths.add_step(inside.alex, Wanted(inside.alex, Rule.START, 0), by=BY, now=NOON)
    paths.change_step(inside.alex, 2, step("call-sheet", days=1, note="New."), by=BY, now=NOON)
    paths.remove_step(inside.alex, 3, by=BY, now=NOON)
    paths.add_step(inside.alex, step("when-i-doubt", days=2), by=BY, now=NOON)
    assert tick(9) == 2 and keys(inside.alex) == ["peace", "call-sheet", "when-i-doubt"]
    assert sheets_of(inside.alex)[1].note == "New."


def test_a_step_that_came_unseen_comes_anew_where_the_coach_makes_another_of_it(inside):
    """She need not know that it came; the client loses nothing she began."""
    for begins in (True, False):
        begin(inside.alex, step("peace"), step("call-sheet", Rule.DONE, 0))
        tick(0)
        sheets.done(sheets_of(inside.alex)[0].id, inside.alex, now=NOON)
        tick(0)
        unseen = sheets_of(inside.alex)[0]
        assert unseen.template.key == "call-sheet" and not unseen.standing.listed
        if begins:
            sheets.done(unseen.id, inside.alex, now=NOON)
        paths.change_step(inside.alex, 2, step("call-sheet", Rule.START, 1), by=BY, now=NOON)
        assert (unseen.number in [sheet.number for sheet in sheets_of(inside.alex)]) is begins
        assert tick(1) == 1 and sheets_of(inside.alex)[0].standing.listed
        paths.end(inside.alex, by=BY, now=NOON)


def test_one_client_that_fails_stops_no_other(inside, capfd):
    for who in (inside.alex, inside.maya):
        begin(who, step(note="Sealed."))
    vault.destroy_key(inside.alex)
    assert tick(0) == 1
    with db.transaction() as session:
        session.execute(sa.delete(PathStep))
        session.execute(sa.delete(SheetPath))
    begin(inside.alex, step(), step())
    begin(inside.maya, step())
    with db.transaction() as session:
        broken = sa.select(PathStep.id).where(PathStep.position == 2)
        session.execute(sa.update(PathStep).where(PathStep.id.in_(broken)).values(rule="never"))
    with pytest.raises(ValueError):
        tick(0)
    given = session.execute(sa.select(Assignment.client_id)).scalars().all()
    assert given.count(inside.maya) == 2 and given.count(inside.alex) == 0


def test_nothing_comes_once_the_work_has_ended(inside):
    begin(inside.alex, step())
    set_state(inside.alex, State.ENDED)
    assert tick(3) == 0
    set_state(inside.alex, State.RESTING)
    assert tick(3) == 1


def test_cut_off_before_the_commit_nothing_was_given_and_then_once(inside):
    begin(inside.alex, step(), step("call-sheet"))
    cuts = []

    def cut(connection):
        cuts.append(connection)
        raise OSError("the machine went away")

    event.listen(db.engine(), "commit", cut)
    with pytest.raises(OSError):
        tick(0)
    event.remove(db.engine(), "commit", cut)
    assert cuts and keys(inside.alex) == []
    assert tick(0) == 2 and tick(0) == 0


@both_databases
def test_ticks_on_several_machines_give_each_sheet_once(practice, proof):
    """Four at once, again and again, while one more changes the path."""
    rounds = proof(3, 40)
    with practice.app.app_context():
        begin(practice.alex, *[step("peace", days=n) for n in range(rounds)])

    def work(number: int) -> int:
        with practice.app.app_context():
            if number % 5 == 4:
                paths.pause(practice.alex, by=BY, now=NOON)
                paths.go_on(practice.alex, by=BY, now=NOON)
                return 0
            return tick(number // 5)

    with ThreadPoolExecutor(5) as pool:
        given = list(pool.map(work, range(5 * rounds)))
    with practice.app.app_context():
        tick(rounds)
        assert len(keys(practice.alex)) == rounds and sum(given) <= rounds
        assert [sheet.number for sheet in sheets_of(practice.alex)] == list(range(rounds, 0, -1))


@both_databases
def test_two_presses_at_once_make_one_path(practice):
    def press(_number: int) -> bool:
        with practice.app.app_context():
            try:
                begin(practice.alex, step())
            except PathRuns:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == [False, False, False, True]
    with practice.app.app_context():
        assert tick(0) == 1


# ---- pages ----


@pytest.fixture
def nora(practice):
    return practice.sign_in(NORA)


@pytest.fixture
def alex(practice):
    return practice.sign_in(ALEX)


@pytest.fixture
def desk(practice):
    return f"/desk/clients/{practice.alex_ref}/worksheets/path"


def give_now(practice) -> int:
    with practice.app.app_context():
        return give_what_has_come(now=clock.now())


def test_one_press_gives_the_first_thirty_days_and_both_steer_it(practice, nora, alex, desk):
    assert alex.get("/me/worksheets/path").status_code == 404
    page = nora.get(desk).get_data(as_text=True)
    fields = dict(re.findall(r'name="(which)" value="([^"]+)" checked|', page)) | {}
    assert fields["which"] == ready_paths()[0].key
    today = clock.now().astimezone(zone(ALEX.zone)).date()
    for day in ("", "someday", str(today - 2 * DAY), "9999-12-31"):
        nora.get(desk)
        assert nora.post(desk, {"which": fields["which"], "starts_on": day}).status_code == 422
    assert nora.post(desk, {"which": fields["which"], "starts_on": str(today)}).status_code == 303
    nora.get(desk)
    assert nora.post(desk, {"which": "empty", "starts_on": str(today)}).status_code == 303  # one at a time
    page = nora.follow().get_data(as_text=True)
    assert "There is a path already" in page and page.count('<li id="step-') == len(ready_paths()[0].steps)
    assert give_now(practice) == 1
    alex.get("/me/worksheets")
    assert "What comes by and by" in alex.text and "The first 30 days" in alex.text
    alex.get("/me/worksheets/path")
    assert alex.post("/me/worksheets/path/pause").status_code == 303
    alex.follow()
    assert "Paused since" in alex.text and "Waits while the path is paused" in alex.text
    nora.get(desk)
    assert "Paused since" in nora.text and "chooses when it goes on" in nora.text
    assert f"{desk}/on" not in nora.page.get_data(as_text=True)
    assert (
        nora.post(f"{desk}/on").status_code == 303
    )  # from a page that stood open: what she paused stays paused
    assert "Your client has paused it" in nora.follow().get_data(as_text=True)
    assert alex.post("/me/worksheets/path/on").status_code == 303
    later = today + 9 * DAY
    alex.get("/me/worksheets/path")
    assert alex.post("/me/worksheets/path/start", {"starts_on": str(today - DAY)}).status_code == 422
    assert alex.post("/me/worksheets/path/start", {"starts_on": str(later)}).status_code == 303
    nora.get(desk)
    assert f"From {later:%A} {later.day} {later:%B} on" in nora.text
    for path in ("/me/worksheets/path/end", "/me/worksheets/path/end"):
        alex.get("/me/worksheets")
        assert alex.post(path).status_code == 303
    assert alex.get("/me/worksheets/path").status_code == 404
    assert "The first 30 days" in alex.get("/me/worksheets").get_data(as_text=True)
    assert "Make the path" in nora.get(desk).get_data(as_text=True)


def move(client_id, index: int, *, up: bool) -> None:
    paths.move_step(client_id, path_of(client_id).rows[index].id, up=up, by=BY, now=NOON)


def days_of(client_id) -> list[int]:
    return [row.days for row in path_of(client_id).rows]


def test_steps_change_places_and_what_has_come_stays_where_it_is(inside):
    begin(inside.alex, step(days=1), step(days=0), step(days=2), step(days=3))
    assert tick(0) == 1
    move(inside.alex, 3, up=True)
    assert days_of(inside.alex) == [1, 0, 3, 2]
    move(inside.alex, 2, up=True)  # past the one that has come
    assert days_of(inside.alex) == [3, 0, 1, 2]
    for index, up in ((0, True), (3, False)):
        move(inside.alex, index, up=up)
    assert days_of(inside.alex) == [3, 0, 1, 2]
    for up in (True, False):
        with pytest.raises(NoSuchStep):
            move(inside.alex, 1, up=up)
    paths.remove_step(inside.alex, path_of(inside.alex).rows[2].position, by=BY, now=NOON)
    move(inside.alex, 3 - 1, up=True)
    assert days_of(inside.alex) == [2, 0, 3] and [tick(days) for days in (1, 2, 3, 4)] == [0, 1, 1, 0]
    with pytest.raises(NoSuchPath):
        paths.move_step(inside.maya, path_of(inside.alex).id, up=True, by=BY, now=NOON)


@pytest.mark.parametrize("is_put_aside", [False, True])
def test_moving_tells_nothing_of_what_was_put_aside(inside, is_put_aside):
    """The second came unknown to her coach because the first was put aside: moved, it waits and comes anew."""
    begin(inside.alex, step("peace"), step("call-sheet", Rule.DONE), step("hard-dates", days=9), step(days=9))
    tick(0)
    (first,) = sheets_of(inside.alex)
    if is_put_aside:
        sheets.done(first.id, inside.alex, now=NOON)
        assert tick(0) == 1
    move(inside.alex, 1, up=False)
    mine = path_of(inside.alex)
    assert [row.title for row in mine.rows][1:3] == ["Hard dates", "When the phone rings"]
    assert {row.given_at for row in mine.rows[1:]} == {None} and tick(1) == 0
    looks = for_coach(mine.path, NOON, zone(ALEX.zone))
    assert [each.stand for each in looks] == [Stand.GIVEN, Stand.COMES, Stand.OPEN, Stand.COMES]


@both_databases
def test_two_presses_at_once_each_move_a_step(inside):
    begin(inside.alex, *[step(days=n + 1) for n in range(4)])
    last = path_of(inside.alex).rows[3].id

    def press(_n: int) -> None:
        with inside.app.app_context():
            paths.move_step(inside.alex, last, up=True, by=BY, now=NOON)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, range(2)))
    db.session().rollback()
    assert days_of(inside.alex) == [1, 4, 2, 3]


def test_a_step_is_moved_by_buttons_without_script(practice, nora, desk):
    with practice.app.app_context():
        today = clock.now().astimezone(zone(ALEX.zone)).date()
        paths.begin(practice.alex, today, [step(days=n) for n in (0, 4, 5)], by=BY, now=clock.now())
    give_now(practice)

    def buttons() -> list[tuple[str, bool]]:
        page = nora.get(desk).get_data(as_text=True)
        found = re.findall(r'action="([^"]+/(?:up|down))".*?<button[^>]*?( disabled)?></button>', page)
        return [(path, bool(disabled)) for path, disabled in found]

    assert [disabled for _path, disabled in buttons()] == [True, False, False, True]
    answer = nora.post(buttons()[1][0])
    assert (answer.status_code, answer.location.partition("#")[0]) == (303, desk)
    page = nora.get(desk).get_data(as_text=True)
    assert page.index("5 days after the start") < page.index("4 days after the start")
    given = re.findall(r'id="step-([0-9a-f-]+)"', page)[0]
    for nothing in (given, practice.alex):
        nora.get(desk)
        assert nora.post(f"{desk}/step/{nothing}/up").status_code == 404
    hers = desk.replace(practice.alex_ref, practice.maya_ref)
    assert nora.post(buttons()[1][0].replace(desk, hers)).status_code == 404  # she is on no path


def test_a_step_is_added_changed_and_taken_out_by_its_pages(practice, nora, desk):
    assert nora.get(f"{desk}/step").status_code == nora.get(f"{desk}/end").status_code == 404
    nora.get(desk)
    nora.post(desk, {"which": "empty", "starts_on": str(clock.now().date() + 3 * DAY)})
    page = nora.get(f"{desk}/step").get_data(as_text=True)
    chosen = re.findall(r'<option value="([^"]+)"[^>]*>What has grown quieter', page)[0]
    for wrong in ({"days": "-1"}, {"days": "400"}, {"rule": "never"}, {"rule": "before"}, {"template": "x"}, {"place": str(practice.alex)}):  # fmt: skip
        nora.get(f"{desk}/step")
        typed = {
            "template": chosen,
            "days": "2",
            "rule": "start",
            "place": "",
            "note": "<b>kept</b>",
            **wrong,
        }
        assert nora.post(f"{desk}/step", typed).status_code == 422, wrong
        assert "&lt;b&gt;kept" in nora.page.get_data(as_text=True)
    nora.get(f"{desk}/step")
    typed = {"template": chosen, "days": "2", "rule": "start", "place": "", "note": "Hello."}
    assert nora.post(f"{desk}/step", typed).status_code == 303
    nora.follow()
    assert "2 days after the start" in nora.text and "Hello." in nora.text
    page = nora.get(f"{desk}/step/1").get_data(as_text=True)
    assert f'<option selected value="{chosen}">' in page and "Hello." in page
    assert nora.post(f"{desk}/step/1", {**typed, "days": "1", "rule": "done"}).status_code == 303
    assert "1 day after the start" in nora.follow().get_data(as_text=True)
    for nothing in (f"{desk}/step/2", f"{desk}/step/{10**30}", desk.replace(practice.alex_ref, practice.maya_ref) + "/step/1"):  # fmt: skip
        assert nora.get(nothing).status_code == 404
    nora.get(f"{desk}/step/1")
    assert nora.post(f"{desk}/step/1/remove").status_code == 303
    assert "Nothing stands on it yet" in nora.follow().get_data(as_text=True)
    nora.get(f"{desk}/end")
    assert nora.post(f"{desk}/end").status_code == 303
    nora.get(desk)
    assert nora.post(f"{desk}/pause").status_code == 303  # from a page that stood open
    nora.get(desk)
    assert nora.post(f"{desk}/step/1/remove").status_code == 404


def test_the_desk_never_learns_from_a_path_what_was_put_aside(practice, nora, alex, desk):
    """The second comes because the first was put aside: neither its coming nor its taking out may tell."""
    with practice.app.app_context():
        today = clock.now().astimezone(zone(ALEX.zone)).date()
        steps = [step("peace"), step("call-sheet", Rule.DONE, 0), step("peace", Rule.DONE, 2)]
        paths.begin(practice.alex, today, steps, by=BY, now=clock.now())
    give_now(practice)

    def look() -> list[bytes]:
        pages = (
            desk,
            desk.removesuffix("/path"),
            f"{desk}/step/2",
            f"/desk/clients/{practice.alex_ref}",
            "/desk/",
        )
        answers = [nora.get(page) for page in pages]
        assert {answer.status_code for answer in answers} == {200}
        found = [
            re.sub(rb'(name="csrf_token" value|data-csrf)="[^"]+"', b"", answer.data) for answer in answers
        ]
        return [re.sub(rb"\b\d\d:\d\d\b", b"", page) for page in found]

    before = look()
    alex.get("/me/worksheets/1")
    alex.post("/me/worksheets/1", {"revision": "0", "go": "done"})
    assert look() == before
    assert give_now(practice) == 1
    alex.get("/me/worksheets")
    assert "When the phone rings" in alex.text
    assert look() == before
    with practice.app.app_context():
        mine = sheets_of(practice.alex)[0]
        sheets.save_answers(mine.id, practice.alex, {"who": "x"}, 0, now=clock.now())
    page = nora.get(f"{desk}/step/2").get_data(as_text=True)
    chosen = re.findall(r'<option selected value="([^"]+)"', page)[0]
    assert nora.post(f"{desk}/step/2", {"template": chosen, "days": "0", "rule": "done", "place": "", "note": ""}).status_code == 303  # fmt: skip
    nora.follow()
    assert look() == before and give_now(practice) == 0
    nora.get(f"{desk}/step/2")
    assert nora.post(f"{desk}/step/2/remove").status_code == 303
    assert "What somebody wrote on it stays theirs" in nora.follow().get_data(as_text=True)
    assert alex.get("/me/worksheets/2").status_code == 200  # begun, so hers
    shown = alex.get("/me/worksheets/1") and alex.post(
        "/me/worksheets/1", {"revision": "0", "go": "done", "progress": "y"}
    )
    assert shown.status_code == 303
    nora.get(desk)
    assert "Comes on" in nora.text  # the third now follows the first, and she lets that be seen
