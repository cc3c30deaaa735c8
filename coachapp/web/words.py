"""Dates, times, zones and money as people read them, for templates and mails."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from babel.numbers import get_currency_symbol
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from coachapp.money import Money
from coachapp.zones import ZoneChoice, city


def locale() -> str:
    """The present locale as babel writes it; British English unless a translation is chosen."""
    found = get_locale()
    return "en_GB" if found is None or str(found) == "en" else str(found)


def day(value: date | datetime, zone: str | None = None, *, weekday: bool = True, year: bool = False) -> str:
    """`Wednesday 18 November`; a datetime is first taken to `zone`."""
    local = value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) and zone else value
    return _date(local, f"{'EEEE ' if weekday else ''}d MMMM{' y' if year else ''}")


def _date(value: date, pattern: str) -> str:
    on = value.date() if isinstance(value, datetime) else value
    return _formatted(on, pattern, locale())


@lru_cache(maxsize=4000)
def _formatted(value: date, pattern: str, language: str) -> str:
    """A date in words; a page of a month needs the same thirty again and again."""
    return format_date(value, pattern, locale=language)


def short_day(value: date | datetime, zone: str | None = None) -> str:
    """`Wed 18 Nov`."""
    local = value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) and zone else value
    return _date(local, "EEE d MMM")


def month_year(value: date) -> str:
    """`November 2026`."""
    return _date(value, "LLLL y")


def weekday_of(value: datetime, zone: str) -> str:
    """`Wednesday`, as seen in `zone`."""
    return _date(value.astimezone(ZoneInfo(zone)), "EEEE")


def year_of(value: datetime, zone: str) -> int:
    """The year, as seen in `zone`."""
    return value.astimezone(ZoneInfo(zone)).year


def minutes_before(value: datetime, number: int) -> datetime:
    """That many minutes earlier."""
    return value - timedelta(minutes=number)


def weekdays() -> list[tuple[str, str]]:
    """(short, full) names of the days, Monday first."""
    names = get_day_names("wide", locale=locale())
    return [(names[day][:2], names[day]) for day in range(7)]


def on_weekdays(weekday: int) -> str:
    """`Thursdays`; Monday is 0."""
    return (
        _("Mondays"),
        _("Tuesdays"),
        _("Wednesdays"),
        _("Thursdays"),
        _("Fridays"),
        _("Saturdays"),
        _("Sundays"),
    )[weekday]


def ahead_words(who: str, zone: str, minutes_ahead: int) -> str:
    """`Nora is in Madrid, one hour ahead.`"""
    place = city(zone)
    if not minutes_ahead:
        return _("%(who)s is in %(city)s, at the same time.", who=who, city=place)
    hours, rest = divmod(abs(minutes_ahead), 60)
    names = {
        1: _("one hour"),
        2: _("two hours"),
        3: _("three hours"),
        4: _("four hours"),
        5: _("five hours"),
        6: _("six hours"),
    }
    length = names.get(hours) or _("%(n)s hours", n=hours)
    if rest:
        length = (
            _("%(n)s minutes", n=rest)
            if not hours
            else _("%(hours)s and %(n)s minutes", hours=length, n=rest)
        )
    if minutes_ahead > 0:
        return _("%(who)s is in %(city)s, %(length)s ahead.", who=who, city=place, length=length)
    return _("%(who)s is in %(city)s, %(length)s behind.", who=who, city=place, length=length)


def any_of(names: Sequence[str]) -> str:
    """`Nora`, `Nora or Ada`, `Nora, Ada or Iris`."""
    *others, last = names or ("",)
    return _("%(names)s or %(last)s", names=", ".join(others), last=last) if others else last


def agree_words() -> Markup:
    """The sentence beside the one box that is ticked before booking."""
    terms = Markup('<a href="/terms" target="_blank" rel="noopener">{}</a>').format(
        _("terms and refund promise")
    )
    sentence = _("I have read the {terms} and understand that coaching is not therapy or emergency care.")
    return escape(sentence).format(terms=terms)


def zone_options(zones: tuple[ZoneChoice, ...], chosen: str) -> Markup:
    """The options of a list of zones, `Lisbon (11:42 now)`: sixty of them, the same for everyone for a minute."""
    return _options(zones, chosen, _("%(city)s (%(clock)s now)", city="{city}", clock="{clock}"))


@lru_cache(maxsize=200)
def _options(zones: tuple[ZoneChoice, ...], chosen: str, words: str) -> Markup:
    option, mark = Markup('<option value="{}"{}>{}</option>'), Markup(" selected")
    return Markup("").join(
        option.format(
            each.key,
            mark if each.key == chosen else "",
            words.format(city=each.city, clock=each.clock),
        )
        for each in zones
    )


def time(value: datetime, zone: str) -> str:
    """`14:30`, in `zone`."""
    return value.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def time_range(start: datetime, end: datetime, zone: str) -> str:
    """`14:30 to 15:30`, in `zone`."""
    return _("%(start)s to %(end)s", start=time(start, zone), end=time(end, zone))


def zone_name(zone: str) -> str:
    """`Lisbon time`."""
    return _("%(city)s time", city=city(zone))


def when(start: datetime, end: datetime, zone: str, *, year: bool = False) -> str:
    """`Wednesday 18 November, 14:30 to 15:30, Lisbon time`."""
    return f"{day(start, zone, year=year)}, {time_range(start, end, zone)}, {zone_name(zone)}"


def money(value: Money) -> str:
    """`€80`, `€80.50`; the word for nothing is `Free`."""
    if value.is_zero:
        return _("Free")
    return amount(value)


def amount(value: Money) -> str:
    """`€80`, `€0`: always a figure."""
    symbol = get_currency_symbol(value.currency, locale=locale())
    whole, _dot, rest = value.plain().partition(".")
    grouped = f"{int(whole):,}" + (f".{rest}" if rest else "")
    return f"{symbol}{grouped}" if len(symbol) <= 3 and not symbol.isalpha() else f"{symbol} {grouped}"


def exact_amount(value: Money) -> str:
    """`€80.00`, `−€80.00`, `¥8,000`, `KWD 8.000`: with every digit, as papers have it."""
    sign = "\u2212" if value.minor < 0 else ""
    whole, rest = divmod(abs(value.minor), 10**value.digits)
    shown = amount(Money(whole * 10**value.digits, value.currency))
    return f"{sign}{shown}" + (f".{rest:0{value.digits}d}" if value.digits else "")


def minutes(value: int) -> str:
    """`24 hours`, `90 minutes`, `2 days`: a length of time in the largest whole unit people use."""
    if value and value % 1440 == 0 and value > 1440:
        return _("%(n)s days", n=value // 1440)
    if value and value % 60 == 0 and value >= 120:
        return _("%(n)s hours", n=value // 60)
    return _("%(n)s minutes", n=value)


def relative_day(value: datetime, now: datetime, zone: str, *, within: bool = False) -> str:
    """`Today`, `Tomorrow`, `Yesterday`, or the short day, as seen in `zone`; `today` and so on `within` a sentence."""
    there, today = value.astimezone(ZoneInfo(zone)).date(), now.astimezone(ZoneInfo(zone)).date()
    near = {
        today: _("today") if within else _("Today"),
        today + timedelta(days=1): _("tomorrow") if within else _("Tomorrow"),
        today - timedelta(days=1): _("yesterday") if within else _("Yesterday"),
    }
    return near.get(there) or short_day(value, zone)


_FILTERS = (
    day,
    short_day,
    month_year,
    weekday_of,
    year_of,
    minutes_before,
    time,
    time_range,
    zone_name,
    city,
    when,
    money,
    amount,
    exact_amount,
    minutes,
    relative_day,
    on_weekdays,
    any_of,
)


def install(app: Flask) -> None:
    """Make these words filters of the templates."""
    for word in _FILTERS:
        app.add_template_filter(word)
    for helper in (weekdays, ahead_words, agree_words, zone_options):
        app.add_template_global(helper)
