"""Free times found slowly and obviously, by walking through the window minute by minute, and cases to find them in."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from random import Random
from zoneinfo import ZoneInfo, available_timezones

from coachapp.booking.limits import Counts, Limit
from coachapp.booking.slots import Busy, DayException, Opening, Rules, Stay
from coachapp.zones import UnknownZone, zone

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Clock:
    """A zone's wall clock over some days, as a person would write it down minute by minute.

    What the clock shows is a number too: minutes since its own calendar showed midnight of 1 January 1970.
    """

    def __init__(self, where, first, last):
        self.first_reading, self.last_reading, self.gaps = {}, {}, []
        previous = None
        for minute in range(first, last + 1):
            wall = minute + datetime.fromtimestamp(minute * 60, where).utcoffset() // MINUTE
            self.first_reading.setdefault(wall, minute)
            self.last_reading[wall] = minute
            if previous and wall - previous > 1:
                self.gaps.append((previous + 1, wall))
            previous = wall

    def moved_on(self, wall):
        for missing_from, missing_to in self.gaps:
            if missing_from <= wall < missing_to:
                return wall + (missing_to - missing_from)
        return wall

    def opens(self, wall):
        return self.first_reading[self.moved_on(wall)]

    def closes(self, wall):
        return self.last_reading[self.moved_on(wall)]


clock_of = lru_cache(maxsize=8)(Clock)


def reference(openings, exceptions, busy, rules, where, window_from, window_to, now, stays=()):
    """What `free_times` promises, in epoch minutes; asks everything of every minute."""
    first, stop = minute_up(window_from), minute_up(window_to)
    ranges = open_ranges(openings, exceptions, where, stays, first, stop)
    last_date = now.astimezone(where).date() + rules.horizon_days * DAY
    full = full_units(busy, rules.limits, where)
    free = []
    for start in range(first, stop):
        end = start + rules.length
        inside = any(
            opens <= start and end <= closes and (start - opens) % rules.interval == 0
            for opens, closes in ranges
        )
        if not inside:
            continue
        local = local_date(start, where)
        if (
            start * 60 >= now.timestamp() + rules.notice * 60
            and local <= last_date
            and all(apart(start, end, rules, other) for other in busy)
            and not any(unit(local, limit) in full[limit] for limit in rules.limits)
        ):
            free.append(start)
    return free


def open_ranges(openings, exceptions, where, stays, first, stop):
    """Every range near the window, each date read by the clock that holds for it."""
    special = {exception.date: exception.openings for exception in exceptions}
    ranges = []
    for there in {where, *(stay.zone for stay in stays)}:
        clock = clock_of(there, first - 3 * 1440 - 120, stop + 3 * 1440 + 120)
        day = local_date(first, there) - 2 * DAY
        while day <= local_date(stop, there):
            if there == next((stay.zone for stay in stays if stay.first <= day <= stay.last), where):
                week = [(o.start_min, o.end_min) for o in openings if o.weekday == day.weekday()]
                midnight = (day - date(1970, 1, 1)).days * 1440
                for start_min, end_min in special.get(day, week):
                    opens = clock.opens(midnight + start_min)
                    ranges.append((opens, clock.closes(midnight + end_min)))
            day += DAY
    return ranges


def apart(start, end, rules, other):
    if end <= other.starts:
        return other.starts - end >= max(rules.after, other.before)
    if other.ends <= start:
        return start - other.ends >= max(other.after, rules.before)
    return False


def full_units(busy, limits, where):
    """For each limit the days or weeks at home that hold as many appointments as it allows."""
    full = {}
    for limit in limits:
        kinds = (
            [Counts.SAME_OFFERING]
            if limit.counted == Counts.SAME_OFFERING
            else [Counts.BOOKED, Counts.SAME_OFFERING]
        )
        held = Counter(unit(local_date(one.starts, where), limit) for one in busy if one.counts in kinds)
        full[limit] = {each for each, many in held.items() if many >= limit.most}
    return full


def unit(day, limit):
    return day if limit.days == 1 else day.isocalendar()[:2]


def local_date(minute, where):
    return datetime.fromtimestamp(minute * 60, where).date()


def minute_up(at):
    return int(-(-at.timestamp() // 60))


# ---- zones and when their clocks change ----


@cache
def every_zone():
    """Every name of the tz database that the app accepts."""
    return [name for name in sorted(available_timezones()) if is_known(name)]


def is_known(name):
    try:
        return bool(zone(name))
    except UnknownZone:
        return False


@cache
def changes(name, first=1995, last=2037):
    """The moments at which the zone's offset changes, in these years: since 1995 none has gone back by many hours."""
    where, found = ZoneInfo(name), []
    at, end = datetime(first, 1, 2, tzinfo=UTC), datetime(last, 12, 25, tzinfo=UTC)
    before = at.astimezone(where).utcoffset()
    while at < end:
        later = at + 10 * DAY
        after = later.astimezone(where).utcoffset()
        if after != before:
            moment = at
            for step in (DAY, HOUR, MINUTE):
                while (moment + step).astimezone(where).utcoffset() == before:
                    moment += step
            found.append(moment + MINUTE)
        at, before = later, after
    return found


# ---- cases ----


def made_up(chance: Random, name: str, near: datetime):
    """Arguments of `free_times`: hours of any shape in that zone, over a window around `near`."""
    window_from = near + chance.randint(-1440, 300) * MINUTE
    window_to = window_from + chance.randint(1, 1500) * MINUTE
    edge = edge_of(near, ZoneInfo(name))
    openings = [Opening(chance.randint(0, 6), *a_range(chance, edge)) for _ in range(chance.randint(6, 10))]
    dates = chance.sample(range(-2, 3), chance.randint(0, 2))
    exceptions = [
        DayException(
            near.date() + number * DAY, tuple(a_range(chance, edge) for _ in range(chance.randint(0, 3)))
        )
        for number in dates
    ]
    rules = Rules(
        length=chance.choice([15, 20, 50, 60, 90]),
        interval=chance.choice([1, 5, 5, 15, 30]),
        before=a_buffer(chance),
        after=a_buffer(chance),
        notice=chance.choice([0, 0, 0, 90, 1440]),
        horizon_days=chance.choice([0, 1, 2, 60, 60, 60]),
        limits=tuple(some_limits(chance)),
    )
    now = window_from - chance.randint(-600, 3000) * MINUTE - chance.choice([0, 0, 17]) * timedelta(seconds=1)
    busy, stays = some_busy(chance, minute_up(window_from)), some_stays(chance, near.date())
    return openings, exceptions, busy, rules, ZoneInfo(name), window_from, window_to, now, stays


def edge_of(near, where):
    """The minute of the day that the clock would show at `near` if it did not change just then."""
    before = (near - MINUTE).astimezone(where)
    return before.hour * 60 + before.minute + 1


def a_range(chance, edge):
    """Any range of a day; every other time one that opens or closes about the time at which the clock changes."""
    about = (edge + chance.choice([chance.randint(-6, 6) * 15, chance.randint(-90, 90)])) % 1440
    lasts = chance.choice([chance.randint(3, 100) * 15, chance.randint(1, 1440)])
    shape = chance.randint(0, 3)
    if shape == 0 and about:
        return max(0, about - lasts), about
    opens = about if shape == 1 else chance.randint(0, 100) * 15
    return opens, min(opens + lasts, 2880)


def a_buffer(chance):
    return chance.choice([0, 5, 10, 30])


def some_busy(chance, first):
    """Appointments in the window, and others in the days around it that may fill its days and weeks."""
    starts = [first + chance.randint(-30, 400) * 5 for _ in range(chance.randint(0, 8))]
    starts += [first + chance.randint(-12, 12) * 720 for _ in range(chance.randint(0, 4))]
    return [
        Busy(
            start,
            start + chance.randint(1, 24) * 5,
            a_buffer(chance),
            a_buffer(chance),
            chance.choice(list(Counts)),
        )
        for start in starts
    ]


def some_limits(chance):
    if chance.random() < 0.5:
        for days in (1, 7):
            for counted in (Counts.BOOKED, Counts.SAME_OFFERING):
                if chance.random() < 0.5:
                    yield Limit(chance.randint(1, 4), days, counted)


def some_stays(chance, near: date):
    stays, first = [], near + chance.randint(-3, 0) * DAY
    for _ in range(chance.choice([0, 0, 1, 2])):
        last = first + chance.randint(0, 2) * DAY
        stays.append(Stay(first, last, ZoneInfo(chance.choice(every_zone()))))
        first = last + chance.randint(1, 2) * DAY
    return stays
