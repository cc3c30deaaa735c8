"""Reads of what decides free times, in two SELECTs whatever the window and the number of coaches: hours, and what is
taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    String,
    bindparam,
    case,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from coachapp.booking.group_queries import open_days
from coachapp.booking.limits import WEEK, Counts, Limit
from coachapp.booking.models import Appointment, Away, DayHours, OpeningHours, OutsideBusy
from coachapp.booking.own_hours import AwayBy, OpenStretch, StayRow
from coachapp.booking.rules import OCCUPYING, AppointmentState
from coachapp.booking.slots import (
    Busy,
    DayException,
    LocalDay,
    Opening,
    Rules,
    Stay,
    by_local_day,
    free_times,
    instant,
    open_between,
)
from coachapp.db import read, session
from coachapp.db.minutes import minute_down, minute_up
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow, OfferingRow
from coachapp.zones import zone

# The days of a week that may be full, and one for zones and buffers.
_AROUND = timedelta(days=8)


def _number(value: int) -> ColumnElement[int]:
    """A number of ours as part of the statement's text: a parameter would be prepared anew for every page."""
    return literal_column(str(int(value)), Integer)


def _word(value: str) -> ColumnElement[str]:
    return literal_column(f"'{value}'", String)


_WEEK, _DAY, _STAY = range(3)
_week, _day, _away = OpeningHours.__table__.c, DayHours.__table__.c, Away.__table__.c
_no_date, _no_number, _no_zone = cast(null(), Date), cast(null(), Integer), cast(null(), String)
_taken, _outside = Appointment.__table__.c, OutsideBusy.__table__.c
_counts = case(
    (_taken.state == _word(AppointmentState.BLOCKED), _number(Counts.BLOCKED)),
    (_taken.offering_id == bindparam("offering"), _number(Counts.SAME_OFFERING)),
    else_=_number(Counts.BOOKED),
)
_nothing = _number(0)
_NONE = UUID(int=0)


def _hers(coach: ColumnElement[int], several: bool) -> tuple[ColumnElement[bool], list[ColumnElement[int]]]:
    """That a row is the coach's; or one of several coaches', and then whose it is, last in the row."""
    if several:
        return coach.in_(bindparam("coaches", expanding=True)), [coach]
    return coach == bindparam("coach"), []


def _hours_of(*, several: bool) -> CompoundSelect[*tuple[Any, ...]]:
    (of_week, week), (of_day, day), (of_stay, stay) = (
        _hers(columns.coach_id, several) for columns in (_week, _day, _away)
    )
    return union_all(
        select(
            _number(_WEEK),
            _no_date,
            _no_date,
            _week.weekday,
            _week.start_min,
            _week.end_min,
            _no_zone,
            *week,
        ).where(of_week),
        select(
            _number(_DAY), _day.on_date, _no_date, _no_number, _day.start_min, _day.end_min, _no_zone, *day
        )
        .where(of_day)
        .where(_day.on_date.between(bindparam("first"), bindparam("last"))),
        select(
            _number(_STAY),
            _away.first_day,
            _away.last_day,
            _no_number,
            _no_number,
            _no_number,
            _away.zone,
            *stay,
        )
        .where(of_stay, _away.by == AwayBy.LOCAL)
        .where(_away.first_day <= bindparam("last"), _away.last_day >= bindparam("first")),
    )


def _busy_of(*, several: bool) -> CompoundSelect[*tuple[Any, ...]]:
    (of_own, own), (of_outside, outside) = (
        _hers(columns.coach_id, several) for columns in (_taken, _outside)
    )
    return union_all(
        select(
            minute_down(_taken.starts_at),
            minute_up(_taken.ends_at),
            _taken.before_min,
            _taken.after_min,
            _counts,
            *own,
        )
        .where(of_own, _taken.state.in_(list(map(_word, OCCUPYING))))
        # A group date keeps its time once; the seats in it neither keep it again nor count.
        .where(_taken.id != bindparam("leaving_out"), _taken.seat_of.is_(None))
        .where(_taken.starts_at < bindparam("end"), _taken.ends_at > bindparam("start")),
        select(
            minute_down(_outside.starts_at),
            minute_up(_outside.ends_at),
            _nothing,
            _nothing,
            _nothing,
            *outside,
        )
        .where(of_outside)
        .where(_outside.starts_at < bindparam("end"), _outside.ends_at > bindparam("start")),
    )


# For one coach a statement of its own: a list of one would be written out anew for every page.
_HOURS, _HOURS_OF_SEVERAL = _hours_of(several=False), _hours_of(several=True)
_BUSY, _BUSY_OF_SEVERAL = _busy_of(several=False), _busy_of(several=True)


@dataclass(frozen=True)
class Timetable:
    """What decides a coach's free times in a window: hours, exceptions, stays elsewhere, and what is taken."""

    openings: list[Opening]
    exceptions: list[DayException]
    stays: list[Stay]
    taken: list[Busy]

    @property
    def busy(self) -> list[tuple[datetime, datetime, int, int]]:
        """The appointments in it, with their buffers in minutes; outside calendars take nothing back from anyone."""
        return [
            (instant(each.starts), instant(each.ends), each.before, each.after)
            for each in map(Busy._make, self.taken)
            if each.counts != Counts.OUTSIDE
        ]


def rules_of(offering: OfferingRow, host: CoachRow) -> Rules:
    """An offering's rules for its times, with the limits of the coach who gives it."""
    limits = (
        (host.most_per_day, 1, Counts.BOOKED),
        (host.most_per_week, WEEK, Counts.BOOKED),
        (offering.most_per_day, 1, Counts.SAME_OFFERING),
        (offering.most_per_week, WEEK, Counts.SAME_OFFERING),
    )
    return Rules(
        length=offering.length_min,
        interval=offering.interval_min,
        before=offering.before_min,
        after=offering.after_min,
        notice=offering.notice_min,
        horizon_days=offering.horizon_days,
        limits=tuple(Limit(most, days, counted) for most, days, counted in limits if most is not None),
    )


def timetable(
    coach_id: int,
    start: datetime,
    end: datetime,
    offering_id: UUID | None = None,
    *,
    leaving_out: UUID | None = None,
) -> Timetable:
    """Hours and busy times around [start, end); appointments for `offering_id` are marked as such.

    `leaving_out` is an appointment that is about to move: its present time is neither in its own way nor counted.
    """
    since, until = start - _AROUND, end + _AROUND
    openings, exceptions, stays = _hours(coach_id, since.date(), until.date())
    asked = {
        "coach": coach_id,
        "offering": offering_id,
        "start": since,
        "end": until,
        "leaving_out": leaving_out or _NONE,
    }
    with read(_BUSY, asked) as result:
        # The driver's own rows, of the same fields in the same order as `Busy`: wrapped ones take a fifth longer.
        taken: Any = result.cursor.fetchall()
    return Timetable(openings, exceptions, stays, taken)


def timetables(
    coach_ids: Sequence[int],
    start: datetime,
    end: datetime,
    offering_id: UUID | None = None,
    *,
    leaving_out: UUID | None = None,
) -> dict[int, Timetable]:
    """The same for several coaches at once: two SELECTs whatever their number."""
    since, until = start - _AROUND, end + _AROUND
    hours: dict[int, list[Any]] = {each: [] for each in coach_ids}
    busy: dict[int, list[Any]] = {each: [] for each in coach_ids}
    asked = {"coaches": list(coach_ids), "first": since.date(), "last": until.date()}
    for *row, whose in read(_HOURS_OF_SEVERAL, asked):
        hours[whose].append(row)
    taken = {"offering": offering_id, "start": since, "end": until, "leaving_out": leaving_out or _NONE}
    with read(_BUSY_OF_SEVERAL, {"coaches": list(coach_ids), **taken}) as result:
        for *row, whose in result.cursor.fetchall():
            busy[whose].append(row)
    return {each: Timetable(*_sorted_hours(hours[each]), busy[each]) for each in coach_ids}


def free_days(
    offering: OfferingRow | Sequence[OfferingRow],
    start: datetime,
    end: datetime,
    client_zone: tzinfo,
    *,
    now: datetime,
    leaving_out: UUID | None = None,
) -> list[LocalDay]:
    """An offering's free times in [start, end), grouped by the client's local date; `leaving_out` as in `timetable`.

    Where several coaches give it, a sequence of it as each of them does (`given_by`), not empty: the times at which
    one of them is free, each once. Those of a group are its dates that have room.
    """
    ways = (offering,) if isinstance(offering, OfferingRow) else offering
    if ways[0].is_group:
        return open_days(ways[0], start, end, client_zone, now)
    if len(ways) == 1:
        (one,) = ways
        table = timetable(one.coach_id, start, end, one.id, leaving_out=leaving_out)
        return by_local_day(free_starts(one, table, start, end, now), client_zone)
    ids = [way.coach_id for way in ways]
    tables = timetables(ids, start, end, ways[0].id, leaving_out=leaving_out)
    found = (free_starts(way, tables[way.coach_id], start, end, now) for way in ways)
    return by_local_day(sorted(set().union(*found)), client_zone)


def free_starts(
    offering: OfferingRow, table: Timetable, start: datetime, end: datetime, now: datetime
) -> list[int]:
    """The starts (epoch minutes) in [start, end) at which the coach who gives it is free by her timetable."""
    host = coach(offering.coach_id)
    return free_times(
        table.openings,
        table.exceptions,
        table.taken,
        rules_of(offering, host),
        zone(host.zone),
        start,
        end,
        now,
        table.stays,
    )


def open_stretches(coach_id: int, start: datetime, end: datetime) -> list[OpenStretch]:
    """When the coach is open around [start, end), wherever she is then; earliest first."""
    openings, exceptions, stays = _hours(coach_id, (start - _AROUND).date(), (end + _AROUND).date())
    host_zone = zone(coach(coach_id).zone)
    return [OpenStretch(*each) for each in open_between(openings, exceptions, stays, host_zone, start, end)]


def stays_from(coach_id: int, day: date) -> list[StayRow]:
    """The coach's stays in other zones that last until that day or longer, earliest first."""
    rows = session().scalars(
        select(Away).where(Away.coach_id == coach_id, Away.last_day >= day).order_by(Away.first_day)
    )
    return [StayRow(row.id, row.first_day, row.last_day, row.zone, AwayBy(row.by)) for row in rows]


def _hours(coach_id: int, first: date, last: date) -> tuple[list[Opening], list[DayException], list[Stay]]:
    return _sorted_hours(read(_HOURS, {"coach": coach_id, "first": first, "last": last}))


def _sorted_hours(rows: Iterable[Any]) -> tuple[list[Opening], list[DayException], list[Stay]]:
    """One coach's hours, exceptions and stays out of rows of all three kinds."""
    openings: list[Opening] = []
    days: dict[date, list[tuple[int, int]]] = {}
    stays: list[Stay] = []
    for kind, from_day, to_day, weekday, low, high, where in rows:
        if kind == _WEEK:
            openings.append(Opening(weekday, low, high))
        elif kind == _STAY:
            stays.append(Stay(from_day, to_day, zone(where)))
        else:
            days.setdefault(from_day, []).extend([(low, high)] if low is not None else [])
    return openings, [DayException(day, tuple(ranges)) for day, ranges in days.items()], stays
