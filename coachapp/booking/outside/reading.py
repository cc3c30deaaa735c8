"""From a calendar file to the stretches of time it takes (pure). Knows nothing of what the events say.

Only the lines that tell *when* are handed to the calendar library at all. An event that cannot be read is left out
and said (`partly`); a file that is no calendar, or was cut short, is refused whole, so that the last good copy stays.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, cast

import recurring_ical_events
from icalendar import Calendar, Event
from icalendar.timezone import tzp

from coachapp.booking.outside.rules import MOST_STRETCHES, Copy, OutsideError, Trouble
from coachapp.zones import UnknownZone, zone

_SLACK = timedelta(days=2)
_LONGEST_DURATION = timedelta(days=366)
"""How long an event may last that names a length in place of an end."""
_WHEN = frozenset(
    [
        "UID",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "EXRULE",
        "RECURRENCE-ID",
        "TRANSP",
        "STATUS",
        "SEQUENCE",
    ]
)
_REPEATS = frozenset(("RRULE", "RDATE", "RECURRENCE-ID"))
_ZONE = frozenset(["BEGIN", "END", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "DTSTART", "RRULE", "RDATE"])
_KEPT = {"VEVENT": _WHEN, "VTIMEZONE": _ZONE}
_BLOCKS = ("VEVENT", "VTIMEZONE")
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[:;])")
_DAY = re.compile(r":(\d{4}(?:0[1-9]|1[0-2])[0-3]\d)(?!\d)")
_NO_RULE = ("SECONDLY", "MINUTELY", "")

Stretch = tuple[int, int]


class NotReadable(OutsideError):
    """Nothing of this file counts; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass
class _Sifted:
    """The lines that tell when, by event and by zone; the calendar's own zone; how much was broken."""

    events: list[list[str]] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)
    own_zone: str = ""
    broken: int = 0


def read(data: bytes, where: tzinfo, start: datetime, end: datetime) -> Copy:
    """The time taken within [start, end), joined where it touches. `where` is the coach's zone. NotReadable."""
    tzp.use_default()  # what one file calls its zones means nothing in the next
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sifted = _sift(data, start, end)
        taken = _joined(_clipped(_stretches(sifted, where, start, end), start, end))
    if len(taken) > MOST_STRETCHES:
        raise NotReadable(Trouble.TOO_MUCH)
    return Copy(tuple(taken), sifted.broken > 0)


def _sift(data: bytes, start: datetime, end: datetime) -> _Sifted:
    edges = (start - _SLACK - _LONGEST_DURATION, start - _SLACK, end + _SLACK)
    days = tuple(f"{at:%Y%m%d}" for at in edges)
    sifted = _Sifted()
    block: list[str] = []
    inside = nested = ""
    for line in _lines(data):
        name, value = _name(line), line.partition(":")[2].strip()
        edge = value.upper() if name in ("BEGIN", "END") else ""
        if nested and edge not in _BLOCKS:
            nested = "" if (name, edge) == ("END", nested) else nested
            continue
        sifted.broken += bool(nested)  # what stood inside was never closed
        nested = ""
        if edge in _BLOCKS and name == "BEGIN":
            sifted.broken += bool(inside)
            inside, block = edge, []
        elif edge and edge == inside:
            _keep(sifted, inside, block, days)
            inside = ""
        elif inside == "VEVENT" and name == "BEGIN":
            nested = edge
        elif name in _KEPT.get(inside, ()):
            block.append(line)
        elif not inside and name == "X-WR-TIMEZONE":
            sifted.own_zone = value
    sifted.broken += bool(inside)
    return sifted


def _lines(data: bytes) -> list[str]:
    """Unfolded lines of a whole calendar file. NotReadable when it is none, or breaks off."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = [line for line in re.sub(r"\n[ \t]", "", text).split("\n") if line.strip()]
    edges = [line.strip().upper() for line in (*lines[:1], *lines[-1:])]
    if edges != ["BEGIN:VCALENDAR", "END:VCALENDAR"]:
        raise NotReadable(Trouble.NOT_A_CALENDAR)
    return lines


def _keep(sifted: _Sifted, kind: str, block: list[str], days: tuple[str, ...]) -> None:
    if kind == "VTIMEZONE":
        sifted.zones.append(block)
    elif _may_matter(block, *days):
        sifted.events.append(block)


def _may_matter(block: list[str], long_ago: str, first: str, last: str) -> bool:
    """Whether an event can touch the window, by its dates' digits alone: years of old events cost next to nothing."""
    names = {_name(line): line for line in block}
    begins = _DAY.search(names.get("DTSTART", ""))
    if not begins or _REPEATS & names.keys():
        return True
    if "DTEND" in names:
        ends = _DAY.search(names["DTEND"])
        return begins[1] <= last and (not ends or ends[1] >= first)
    return (long_ago if "DURATION" in names else first) <= begins[1] <= last


def _name(line: str) -> str:
    found = _NAME.match(line)
    return found[0].upper() if found else ""


def _stretches(sifted: _Sifted, where: tzinfo, start: datetime, end: datetime) -> Iterator[Stretch]:
    _learn_zones(sifted)
    floating = _known_zone(sifted.own_zone) or where
    for series in _series(sifted):
        try:
            occurrences = _occurrences(series, start - _SLACK, end + _SLACK)
            yield from [taken for event in occurrences for taken in _taken(event, where, floating)]
        except Exception:  # whatever a stranger's event makes the library stumble over
            sifted.broken += 1
            yield from _as_they_stand(series, where, floating)


def _as_they_stand(series: list[Event], where: tzinfo, floating: tzinfo) -> Iterator[Stretch]:
    """Events whose rule cannot be followed still take the one time they name, where that can be read."""
    for event in series:
        with suppress(Exception):
            yield from _taken(event, where, floating)


def _learn_zones(sifted: _Sifted) -> None:
    """The file's own zones, one by one: the library remembers each by its name."""
    for block in sifted.zones:
        try:
            Calendar.from_ical(_whole("VCALENDAR", _whole("VTIMEZONE", *block)))
        except Exception:
            sifted.broken += 1


def _known_zone(name: str) -> tzinfo | None:
    try:
        return zone(name)
    except UnknownZone:
        return None


def _series(sifted: _Sifted) -> Iterator[list[Event]]:
    """Events that belong together by their UID, where one of them repeats; any other event stands alone."""
    events = [event for block in sifted.events for event in _event(sifted, block)]
    repeated = {str(event["UID"]) for event in events if _REPEATS & set(event) and "UID" in event}
    together: dict[str, list[Event]] = {}
    for event in events:
        uid = str(event.get("UID", ""))
        if uid in repeated:
            together.setdefault(uid, []).append(event)
        else:
            yield [event]
    yield from together.values()


def _event(sifted: _Sifted, block: list[str]) -> list[Event]:
    try:
        event = cast(Event, Event.from_ical(_whole("VEVENT", *block)))
        sifted.broken += _has_unknown_zone(event)
    except Exception:
        sifted.broken += 1
        return []
    return [event]


def _occurrences(series: list[Event], start: datetime, end: datetime) -> Iterable[Event]:
    if len(series) == 1 and not _REPEATS & set(series[0]):
        return series
    if any(str(often).upper() in _NO_RULE for event in series for often in _frequencies(event)):
        raise NotReadable(Trouble.TOO_MUCH)
    together = Calendar()
    for event in series:
        together.add_component(event)
    return recurring_ical_events.of(together).between(start, end)


def _frequencies(event: Event) -> list[object]:
    """How often each rule of an event repeats it; an empty word for a rule that does not say."""
    rules = event.get("RRULE", [])
    return [(rule.get("FREQ") or [""])[0] for rule in (rules if isinstance(rules, list) else [rules])]


def _takes_time(event: Event) -> bool:
    """Not what is marked free, and not what was cancelled."""
    return _word(event, "TRANSP") != "TRANSPARENT" and _word(event, "STATUS") != "CANCELLED"


def _word(event: Event, name: str) -> str:
    found = event.get(name, "")
    return str(found[-1] if isinstance(found, list) else found).strip().upper()


def _has_unknown_zone(event: Event) -> bool:
    """Whether it names a zone nobody knows; its times are then read on the coach's clock, and that is said."""
    begins: Any = event["DTSTART"]
    return "TZID" in begins.params and isinstance(begins.dt, datetime) and begins.dt.tzinfo is None


def _taken(event: Event, where: tzinfo, floating: tzinfo) -> list[Stretch]:
    """The minutes an event touches. An all-day event takes the coach's day; one without length takes nothing."""
    if not _takes_time(event):
        return []
    begins, ends = event.start, event.end
    zone_of = floating if isinstance(begins, datetime) else where
    opens, closes = _instant(begins, zone_of), _instant(ends, zone_of, closing=True)
    if closes < opens:
        raise ValueError("ends before it begins")
    return [(opens // 60, -(-closes // 60))] if closes > opens else []


def _instant(value: date, where: tzinfo, *, closing: bool = False) -> int:
    """Epoch seconds. A wall time that comes twice is its first reading where a stretch begins,
    its second where it ends."""
    at = value if isinstance(value, datetime) else datetime.combine(value, time())
    if at.tzinfo is not None:
        return int(at.timestamp())
    readings = [at.replace(tzinfo=where, fold=fold).timestamp() for fold in (0, 1)]
    return int(max(readings) if closing else readings[0])


def _clipped(stretches: Iterable[Stretch], start: datetime, end: datetime) -> Iterator[Stretch]:
    first, last = int(start.timestamp()) // 60, int(end.timestamp()) // 60
    for opens, closes in stretches:
        if opens < last and closes > first:
            yield max(opens, first), min(closes, last)


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sorted, with what overlaps or touches made one."""
    joined: list[Stretch] = []
    for opens, closes in sorted(set(stretches)):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def _whole(kind: str, *lines: str) -> str:
    return "\r\n".join((f"BEGIN:{kind}", *lines, f"END:{kind}", ""))


def utc(minute: int) -> datetime:
    """An edge of a stretch as a time."""
    return datetime.fromtimestamp(minute * 60, UTC)
