"""When the sheets of a path come: single cases in words, then random histories against a slow count of days."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from coachapp.worksheets.path_rules import (
    MOST_STEPS,
    BadStart,
    Outlook,
    Path,
    Rule,
    Session,
    Stand,
    Step,
    check_start,
    day_after,
    due,
    for_coach,
    outlook,
    rested,
)
from coachapp.worksheets.ready_paths import ready_paths
from coachapp.worksheets.shelf import library

DAY = timedelta(days=1)
LISBON = ZoneInfo("Europe/Lisbon")
# Clocks that change, also at midnight and by half an hour; a date line that was crossed; far east and far west.
ZONES = (
    "Europe/Lisbon", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Honolulu",
)  # fmt: skip


def at(day: int, hour: int = 12) -> datetime:
    """That day of November 2026, in UTC, which is Lisbon's time then."""
    return datetime(2026, 11, 1, hour, tzinfo=UTC) + DAY * (day - 1)


def path(*steps: Step, start: int = 10, **more) -> Path:
    return Path(date(2026, 11, start), steps, **more)


def test_days_after_the_start_turn_with_her_calendar():
    mine = path(Step(Rule.START, 0), Step(Rule.START, 3))
    assert due(mine, at(9, 23), LISBON) == ()
    assert due(mine, at(10, 0), LISBON) == (0,)
    assert due(mine, at(9, 23), ZoneInfo("Europe/Madrid")) == (0,)
    assert due(mine, at(13, 0), LISBON) == (0, 1)
    assert outlook(mine, at(12), LISBON)[1] == Outlook(Stand.COMES, date(2026, 11, 13))


def test_the_next_comes_when_the_one_before_is_put_aside():
    given = Step(Rule.START, 0, given=True)
    for days, come in ((0, at(11)), (2, at(13, 0))):
        mine = path(given, Step(Rule.DONE, days))
        assert outlook(mine, at(30), LISBON)[1].stand is Stand.OPEN
        aside = replace(mine, steps=(replace(given, done_at=at(11)), mine.steps[1]))
        assert due(aside, come, LISBON) == (1,)
        assert due(aside, come - timedelta(hours=12), LISBON) == ((1,) if days == 0 else ())


def test_what_was_taken_back_holds_up_nothing():
    first, second = Step(Rule.START, 0, given=True, done_at=at(12)), Step(Rule.START, 1, given=True)
    mine = path(first, replace(second, taken_back=True), Step(Rule.DONE, 1))
    assert outlook(mine, at(12), LISBON)[2] == Outlook(Stand.COMES, date(2026, 11, 13))
    assert due(path(Step(Rule.DONE, 1)), at(11), LISBON) == (0,)  # nothing before it: from the start


def test_a_session_takes_its_sheets_along():
    session = Session(at(20, 17), at(20, 18))
    steps = (Step(Rule.BEFORE, 2, session), Step(Rule.SINCE, 0, session), Step(Rule.SINCE, 3, session))
    mine = path(*steps)
    assert [each.on for each in outlook(mine, at(15), LISBON)] == [
        date(2026, 11, 18), date(2026, 11, 20), date(2026, 11, 23),
    ]  # fmt: skip
    assert due(mine, at(20, 16), LISBON) == (0,)
    assert due(replace(mine, steps=(replace(steps[0], given=True), *steps[1:])), at(20, 18), LISBON) == (1,)
    moved = replace(session, starts_at=at(16, 9), ends_at=at(16, 10))
    assert due(path(Step(Rule.BEFORE, 2, moved)), at(14, 0), LISBON) == (0,)
    for lost in (replace(session, stands=False), None):
        assert outlook(path(Step(Rule.BEFORE, 2, lost)), at(30), LISBON) == (Outlook(Stand.LOST),)
    assert outlook(mine, at(20, 17), LISBON)[0] == Outlook(Stand.OVER)
    assert due(path(*steps, start=28), at(24), LISBON) == ()  # nothing before the start


def test_a_pause_pushes_the_rest_on_and_nothing_comes_meanwhile():
    mine = path(Step(Rule.START, 5), paused_at=at(12))
    assert due(mine, at(28), LISBON) == ()
    went_on = replace(mine, paused_at=None, rests=rested((), at(12), at(19), LISBON))
    assert outlook(went_on, at(19), LISBON) == (Outlook(Stand.COMES, date(2026, 11, 22)),)
    assert rested((), at(12, 1), at(12, 23), LISBON) == ()
    late = replace(mine, paused_at=None, rests=rested((), at(16), at(19), LISBON))
    assert due(late, at(19), LISBON) == (0,)  # it had come before the pause
    moved = replace(went_on, starts_on=date(2026, 11, 20))
    assert outlook(moved, at(19), LISBON)[0].on == date(2026, 11, 25)
    assert due(replace(mine, paused_at=None, ended=True), at(30), LISBON) == ()


def test_a_start_lies_between_today_and_a_year_on():
    today = date(2026, 11, 10)
    for days in (0, 366):
        check_start(today + DAY * days, at(10), LISBON)
    for day in (today - DAY, today + DAY * 367, date.max, date.min):
        with pytest.raises(BadStart):
            check_start(day, at(10), LISBON)


def test_a_coach_sees_the_same_whether_she_put_it_aside_or_not():
    given = Step(Rule.START, 0, given=True, listed=True)
    aside = replace(given, done_at=at(11))
    come = Step(Rule.DONE, 2, given=True)
    histories = [
        path(given, Step(Rule.DONE, 2)),
        path(aside, Step(Rule.DONE, 2)),
        path(aside, come),
        path(replace(given, taken_back=True), Step(Rule.DONE, 2)),
        path(aside, replace(come, done_at=at(20))),
        path(aside, replace(come, taken_back=True)),
    ]
    assert len({for_coach(each, at(25), LISBON) for each in histories}) == 1
    shown = path(replace(aside, shown=True), Step(Rule.DONE, 2))
    assert for_coach(shown, at(12), LISBON)[1] == Outlook(Stand.COMES, date(2026, 11, 13))
    assert for_coach(path(aside, replace(come, listed=True)), at(25), LISBON)[1].stand is Stand.GIVEN


def test_the_ready_made_path_is_of_library_sheets_and_thins_out():
    minutes = {template.key: template.minutes for template in library()}
    for ready in ready_paths():
        days = [step.day for step in ready.steps]
        small = [step.day for step in ready.steps if minutes[step.sheet] <= 2]
        gaps = [later - earlier for earlier, later in pairwise(small)]
        assert {step.sheet for step in ready.steps} <= minutes.keys()
        assert max(minutes[step.sheet] for step in ready.steps if step.day < 7) <= 15
        assert days[0] == 0 and days[-1] == 30 and days == sorted(days)
        assert small[:7] == [1, 2, 3, 4, 5, 6, 7] and gaps == sorted(gaps) and gaps[-1] == 7
        assert max(Counter(days).values()) <= 2 and len(days) <= MOST_STEPS


# ---- random histories against a slow, obvious reference ----


class History:
    """A path in random hands. Beside the state the rules are given, it keeps a plain diary, from which the reference
    counts one day after the other."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.where = dice, ZoneInfo(dice.choice(ZONES))
        first = dice.choice(
            (
                datetime(2026, 3, 20, tzinfo=UTC),
                datetime(2026, 10, 10, tzinfo=UTC),
                datetime(2011, 12, 20, tzinfo=UTC),
            )
        )
        self.now = first + timedelta(minutes=dice.randrange(14 * 1440))
        self.sessions = [self._session() for _each in range(2)]
        self.uses = [dice.randrange(2) for _each in range(6)]
        steps = tuple(self._step(index) for index in range(dice.randrange(1, 7)))
        self.path = Path(self.today() + DAY * dice.randrange(4), steps)
        self.diary: list[tuple[str, date]] = []

    def today(self) -> date:
        return self.now.astimezone(self.where).date()

    def go(self) -> None:
        """Time passes, and somebody does something."""
        self.now += timedelta(minutes=self.dice.choice((1, 300, 1440, 1440, 3000, 9000)))
        act = self.dice.choice((self._pause, self._pause, self._done, self._done, self._reopen, self._move, self._cancel, self._restart, self._take_back, self._tick, self._tick))  # fmt: skip
        act()

    def _session(self) -> Session:
        starts_at = self.now + timedelta(minutes=self.dice.randrange(40 * 1440))
        return Session(starts_at, starts_at + timedelta(hours=1))

    def _step(self, index: int) -> Step:
        rule = self.dice.choice(list(Rule))
        session = self.sessions[self.uses[index]] if rule in (Rule.BEFORE, Rule.SINCE) else None
        return Step(rule, self.dice.randrange(9), session)

    def _change(self, index: int, **facts: object) -> None:
        steps = list(self.path.steps)
        steps[index] = replace(steps[index], **facts)
        self.path = replace(self.path, steps=tuple(steps))

    def _pause(self) -> None:
        paused_at = self.path.paused_at
        self.diary.append(("on" if paused_at else "pause", self.today()))
        rests = rested(self.path.rests, paused_at, self.now, self.where) if paused_at else self.path.rests
        self.path = replace(self.path, rests=rests, paused_at=None if paused_at else self.now)

    def _any_given(self) -> list[int]:
        return [n for n, step in enumerate(self.path.steps) if step.given and not step.taken_back]

    def _done(self) -> None:
        for index in self._any_given()[-2:]:
            if self.path.steps[index].done_at is None:
                self._change(index, done_at=self.now)

    def _reopen(self) -> None:
        if given := self._any_given():
            self._change(self.dice.choice(given), done_at=None)

    def _take_back(self) -> None:
        given = self._any_given()
        if given and self.path.steps[given[0]].done_at is None:
            self._change(given[0], taken_back=True)

    def _move(self) -> None:
        self._put(self._session())

    def _cancel(self) -> None:
        self._put(replace(self.sessions[0], stands=False))

    def _put(self, session: Session) -> None:
        self.sessions[0] = session
        for index, step in enumerate(self.path.steps):
            if step.session is not None and self.uses[index] == 0:
                self._change(index, session=session)

    def _restart(self) -> None:
        if not self.dice.randrange(4):
            self.path = replace(self.path, starts_on=self.today() + DAY * self.dice.randrange(9))

    def _tick(self) -> None:
        for index in due(self.path, self.now, self.where):
            self._change(index, given=True)

    # -- the reference: one day after the other, from the diary --

    def rests(self, day: date) -> bool:
        """Whether that day was one of a pause; the day it goes on is none."""
        since: date | None = None
        for what, on in self.diary:
            if what == "pause":
                since = on
            elif since is not None:
                if since <= day < on:
                    return True
                since = None
        return since is not None and since <= day < self.today()

    def comes(self, index: int) -> date | None:
        """The day a step comes by counting; None while that is not known."""
        step = self.path.steps[index]
        if step.rule is Rule.BEFORE or step.rule is Rule.SINCE:
            edge = step.session.starts_at if step.rule is Rule.BEFORE else step.session.ends_at
            sign = -1 if step.rule is Rule.BEFORE else 1
            return max(edge.astimezone(self.where).date() + sign * DAY * step.days, self.path.starts_on)
        day = self.path.starts_on
        if step.rule is Rule.DONE:
            earlier = [each for each in self.path.steps[:index] if not each.taken_back]
            if earlier:
                if earlier[-1].done_at is None:
                    return None
                day = earlier[-1].done_at.astimezone(self.where).date()
        passed = 0
        while passed < step.days:
            passed += not self.rests(day)
            day += DAY
        return max(day, self.path.starts_on)

    def is_due(self, index: int) -> bool:
        step, day = self.path.steps[index], self.comes(index)
        if step.given or self.path.paused_at is not None or day is None or day > self.today():
            return False
        if step.session is None:
            return True
        if not step.session.stands:
            return False
        return (
            self.now < step.session.starts_at
            if step.rule is Rule.BEFORE
            else self.now >= step.session.ends_at
        )


def test_random_histories_agree_with_counting_day_by_day(proof):
    seen = dict.fromkeys(Stand, 0)
    for seed in range(proof(150, 20_000)):
        history = History(random.Random(seed))
        for _each in range(25):
            history.go()
            steps = range(len(history.path.steps))
            found = outlook(history.path, history.now, history.where)
            assert due(history.path, history.now, history.where) == tuple(
                n for n in steps if history.is_due(n)
            ), seed
            for index, each in enumerate(found):
                seen[each.stand] += 1
                if each.on is not None:
                    assert each.on == history.comes(index), seed
    assert min(seen.values()) > 20, seen


def test_overlapping_rests_are_counted_once():
    """After a journey west her calendar may be a day behind the last pause."""
    rests = [(date(2026, 11, 12), date(2026, 11, 15)), (date(2026, 11, 14), date(2026, 11, 16))]
    assert day_after(date(2026, 11, 10), 5, rests) == date(2026, 11, 19)
