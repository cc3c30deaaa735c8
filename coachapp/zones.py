"""Time zones: which names we accept, cities to choose from, and a zone's offsets over a window as plain integers."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

# The pinned tz database, not the machine's own: the same zones everywhere.
reset_tzpath(to=())

DAY = 1440
"""Minutes in a day of a calendar without clock changes."""

_KEPT = 64 * DAY
_EVER_BEFORE, _EVER_AFTER = -(1 << 60), 1 << 60

# Names that differ from machine to machine or stand for "not set".
_NOT_A_PLACE = frozenset({"localtime", "posixrules", "Factory"})
_AREAS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)
_SPELLED = {"America/Bogota": "Bogotá", "America/Sao_Paulo": "São Paulo", "America/St_Johns": "St John’s"}

_CITIES = {
    "Africa": "Accra Algiers Cairo Casablanca Johannesburg Lagos Nairobi",
    "America": "Anchorage Argentina/Buenos_Aires Bogota Chicago Denver Edmonton Halifax Lima Los_Angeles Mexico_City "
    "New_York Phoenix Santiago Sao_Paulo St_Johns Toronto Vancouver",
    "Asia": "Bangkok Beirut Dhaka Dubai Hong_Kong Jakarta Jerusalem Karachi Kolkata Manila Riyadh Seoul Shanghai "
    "Singapore Tokyo",
    "Atlantic": "Azores Canary Reykjavik",
    "Australia": "Adelaide Brisbane Perth Sydney",
    "Europe": "Amsterdam Athens Berlin Brussels Bucharest Copenhagen Dublin Helsinki Istanbul Kyiv Lisbon London "
    "Madrid Moscow Oslo Paris Prague Rome Stockholm Vienna Warsaw Zurich",
    "Pacific": "Auckland Honolulu",
}
WELL_KNOWN = tuple(f"{area}/{name}" for area, names in _CITIES.items() for name in names.split())
"""Zones offered in the first list; the "all zones" page has the rest."""


class UnknownZone(ValueError):
    """The name is not a time zone we know. Carries no name: it came from outside and may be anything."""


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """One line of the zone list: the name to send, the city to show, the time there as HH:MM."""

    key: str
    city: str
    clock: str


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NOT_A_PLACE


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that tz database name, such as `Europe/Madrid` or `UTC`; anything else raises UnknownZone.

    Names are looked up in a list, so nothing typed by a person ever becomes a file path.
    """
    if name not in _names():
        raise UnknownZone("not a time zone")
    return ZoneInfo(name)


def city(key: str) -> str:
    """The city in a zone name, in English: `America/New_York` is New York."""
    return _SPELLED.get(key) or key.rsplit("/", 1)[-1].replace("_", " ")


@cache
def all_zones() -> tuple[str, ...]:
    """Every Area/City name of the tz database, sorted; left out are country aliases, `Etc/…` and bare names."""
    return tuple(sorted(name for name in _names() if name.partition("/")[0] in _AREAS))


def zone_choices(keys: Sequence[str], now: datetime, *always: str) -> tuple[ZoneChoice, ...]:
    """The given zones and those in `always` once each, by city, with the time there at `now`."""
    return _choices_at(frozenset((*keys, *always)), now.replace(second=0, microsecond=0))


@lru_cache(maxsize=100)
def _choices_at(keys: frozenset[str], minute: datetime) -> tuple[ZoneChoice, ...]:
    chosen = sorted((city(key), key) for key in keys)
    return tuple(ZoneChoice(key, name, f"{minute.astimezone(zone(key)):%H:%M}") for name, key in chosen)


def offset_at(where: tzinfo, minute: int) -> int:
    """Minutes to add to UTC to read the clock of that zone; `minute` in epoch minutes."""
    shift = datetime.fromtimestamp(minute * 60, where).utcoffset()
    assert shift is not None, "an aware time always has an offset"
    return shift // timedelta(minutes=1)


def local_days(first: date, last: date, where: tzinfo) -> tuple[datetime, datetime]:
    """From the start of `first` to the end of `last` (included) in that zone, as two aware times."""
    # Dates typed into an address may lie at the end of the calendar, where the day after does not exist.
    first, last = (min(max(day, date(1973, 1, 1)), date(9000, 1, 1)) for day in (first, last))
    return datetime.combine(first, time(), where), datetime.combine(last + timedelta(days=1), time(), where)


class Offsets:
    """A zone's offsets between two instants, looked up once and then read by bisection.

    All numbers are minutes: instants since the epoch in UTC, walls since the epoch as the zone's own clock and
    calendar show them. Holds for years from 1973, when the last offset with odd seconds ended, and for zones that
    do not change twice within a day.
    """

    def __init__(self, where: tzinfo, first: int, last: int) -> None:
        self._values = [offset_at(where, first - 2 * DAY)]
        self._changes: list[int] = []
        for minute in range(first - DAY, last + 3 * DAY, DAY):
            offset = offset_at(where, minute)
            if offset != self._values[-1]:
                self._changes.append(self._change_within(where, minute - DAY, minute))
                self._values.append(offset)
        steps = list(zip(self._changes, self._values, self._values[1:], strict=False))
        self._opening_walls = [at + max(before, after) for at, before, after in steps]
        self._closing_walls = [at + after for at, _, after in steps]

    @staticmethod
    def _change_within(where: tzinfo, low: int, high: int) -> int:
        """The first minute of the new offset, which is known to lie in (low, high]."""
        old = offset_at(where, low)
        return low + 1 + bisect_left(range(low + 1, high), True, key=lambda m: offset_at(where, m) != old)

    def opens(self, wall: int) -> int:
        """The instant a range opens: a missing wall time moves on by the gap, a repeated one is its first reading."""
        return wall - self._values[bisect_right(self._opening_walls, wall)]

    def closes(self, wall: int) -> int:
        """The instant a range closes: a missing wall time moves on by the gap, a repeated one is its second reading."""
        return wall - self._values[bisect_right(self._closing_walls, wall)]

    def walls(self, instants: Sequence[int]) -> list[int]:
        """What the zone's clock and calendar show at each of these sorted instants."""
        found: list[int] = []
        for begin, end, offset in self.runs(instants):
            found += [minute + offset for minute in instants[begin:end]]
        return found

    def runs(self, instants: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Sorted instants in runs of one offset each: (from index, to index, offset)."""
        ends = [bisect_left(instants, change) for change in self._changes]
        return zip([0, *ends], [*ends, len(instants)], self._values, strict=True)

    def spans(self, low: int, high: int) -> list[tuple[int, int]]:
        """The instants at which the clock shows a wall time in [low, high): stretches [from, to), earliest first."""
        edges = zip([_EVER_BEFORE, *self._changes], [*self._changes, _EVER_AFTER], self._values, strict=True)
        found = ((max(begin, low - offset), min(end, high - offset)) for begin, end, offset in edges)
        return [(begin, end) for begin, end in found if begin < end]


def offsets(where: tzinfo, first: int, last: int) -> Offsets:
    """The zone's offsets from `first` to `last` at least, kept for the next page that asks: clocks rarely change."""
    return _kept_offsets(where, first // _KEPT * _KEPT, -(-last // _KEPT) * _KEPT)


@lru_cache(maxsize=2000)
def _kept_offsets(where: tzinfo, first: int, last: int) -> Offsets:
    return Offsets(where, first, last)
