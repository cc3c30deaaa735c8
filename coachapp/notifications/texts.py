"""The words of every message that leaves. To a client: a time and its zone; a link only into her own inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from coachapp.web import words

Times = Sequence[tuple[datetime, datetime]]
"""Beginnings and ends, earliest first."""


@dataclass(frozen=True)
class Text:
    """Subject and plain-text body; to the coach perhaps an invitation for her calendar, never to a client."""

    subject: str
    body: str
    calendar: str = ""


def booked(subject: str, start: datetime, end: datetime, zone: str, link: str | None) -> Text:
    """A time that is booked: `Wednesday 18 November, 14:30 to 15:30, Lisbon time`, and perhaps one link."""
    return Text(subject, _with_link(words.when(start, end, zone), link))


def moved(subject: str, start: datetime, end: datetime, zone: str, link: str | None) -> Text:
    """A time that stands in place of an earlier one."""
    return Text(subject, _with_link(_("Moved to: %(when)s", when=words.when(start, end, zone)), link))


def cancelled(subject: str, start: datetime, end: datetime, zone: str, link: str | None) -> Text:
    """A time that no longer stands."""
    return Text(subject, _with_link(_("Cancelled: %(when)s", when=words.when(start, end, zone)), link))


def booked_often(subject: str, times: Times, zone: str, link: str | None) -> Text:
    """Several times that are booked together, one a line, and perhaps one link."""
    return Text(subject, _with_link(_list_of(times, zone), link))


def cancelled_often(subject: str, times: Times, zone: str, link: str | None) -> Text:
    """Several times that no longer stand."""
    return Text(subject, _with_link(f"{_('Cancelled:')}\n{_list_of(times, zone)}", link))


def time_alone(subject: str, start: datetime, end: datetime, zone: str, link: str | None) -> Text:
    """A time and nothing more: a reminder, or the neutral mail she asked for if she does not come."""
    return Text(subject, _with_link(words.when(start, end, zone), link))


def money_returned(subject: str, link: str | None) -> Text:
    """A payment that could not be used and goes back in full."""
    body = _("A time could not be kept. What was paid goes back in full, within 5 to 10 days.")
    return Text(subject, _with_link(body, link))


def money_given_back(subject: str, link: str | None) -> Text:
    """Money that came by hand for a time that was gone."""
    body = _("A time could not be kept. What was paid is given back in full.")
    return Text(subject, _with_link(body, link))


def answered(subject: str, words: str | None) -> Text:
    """The answer to a short message: its own words into her own inbox, else only that there is one. Never a link."""
    return Text(subject, f"{words}\n" if words else _("An answer is ready.") + "\n")


def ready(subject: str, link: str | None) -> Text:
    """Something is there to be read in her private space; never a word of it."""
    return Text(subject, _with_link(_("An answer is ready."), link))


def kept(subject: str, start: datetime, end: datetime, until: datetime, zone: str, link: str | None) -> Text:
    """A time that is kept until a stated moment, and is not booked yet."""
    moment = f"{words.day(until, zone)}, {words.time(until, zone)}"
    body = _("Kept until %(moment)s: %(when)s", moment=moment, when=words.when(start, end, zone))
    return Text(subject, _with_link(body, link))


def not_possible(subject: str, start: datetime, end: datetime, zone: str, link: str | None) -> Text:
    """A time that was asked for and cannot be given."""
    return Text(subject, _with_link(_("Not possible: %(when)s", when=words.when(start, end, zone)), link))


def invited(subject: str, link: str) -> Text:
    """A link to choose a time; only ever written to an inbox that is hers alone."""
    return Text(subject, _with_link(_("Here you can choose a time."), link))


def granted(subject: str, link: str) -> Text:
    """What she awaited is hers; only ever written to an inbox that is hers alone."""
    return Text(subject, _with_link(_("What was paid has come. Here you can choose a time."), link))


def good_until(subject: str, until: datetime, zone: str, link: str | None) -> Text:
    """When something of hers ends; only ever written to an inbox that is hers alone."""
    last = words.day(words.minutes_before(until, 1), zone, year=True)
    body = _("Good until the end of %(day)s, %(zone)s.", day=last, zone=words.zone_name(zone))
    return Text(subject, _with_link(body, link))


def coach_bought(title: str, link: str) -> Text:
    """To the coach: a package was bought."""
    return Text(_("A package was bought"), f"{title}\n\n{link}\n")


def coach_question(link: str) -> Text:
    """To the coach: a question was sent; never a word of it."""
    return Text(_("A question was sent"), f"{link}\n")


def coach_paid(link: str) -> Text:
    """To the coach: what she asked for was paid."""
    return Text(_("A payment came"), f"{_('What you asked for was paid.')}\n\n{link}\n")


def coach_asked(start: datetime, end: datetime, zone: str, title: str, link: str) -> Text:
    """To the coach: someone asks for a time, and it waits for her answer."""
    return Text(
        _(
            "Someone asks for a time: %(when)s",
            when=f"{words.short_day(start, zone)}, {words.time(start, zone)}",
        ),
        f"{title}\n{words.when(start, end, zone)}\n\n{link}\n",
    )


def coach_booked(start: datetime, end: datetime, zone: str, title: str, link: str) -> Text:
    """To the coach: someone booked."""
    return Text(
        _("A time was booked: %(when)s", when=f"{words.short_day(start, zone)}, {words.time(start, zone)}"),
        f"{title}\n{words.when(start, end, zone)}\n\n{link}\n",
    )


def coach_awaits(start: datetime, end: datetime, until: datetime, zone: str, link: str) -> Text:
    """To the coach: a time is kept until its money has come."""
    return Text(
        _(
            "A time is kept for its payment: %(when)s",
            when=f"{words.short_day(start, zone)}, {words.time(start, zone)}",
        ),
        f"{words.when(start, end, zone)}\n{_until(until, zone)}\n\n{link}\n",
    )


def coach_awaits_package(title: str, until: datetime, zone: str, link: str) -> Text:
    """To the coach: the money of a package without a time is awaited."""
    until_words = _("Until %(moment)s.", moment=f"{words.day(until, zone)}, {words.time(until, zone)}")
    return Text(_("Money is awaited"), f"{title}\n{until_words}\n\n{link}\n")


def coach_still_awaits(start: datetime, end: datetime, until: datetime, zone: str, link: str) -> Text:
    """To the coach: its money has not come, and the time will be free again."""
    said = _("Nobody has marked it as paid. If that stays so, the time is free again then.")
    return Text(
        _(
            "Free again soon: %(when)s",
            when=f"{words.short_day(start, zone)}, {words.time(start, zone)}",
        ),
        f"{words.when(start, end, zone)}\n{_until(until, zone)}\n{said}\n\n{link}\n",
    )


def coach_cancelled(start: datetime, end: datetime, zone: str, link: str) -> Text:
    """To the coach: a time was given back."""
    return Text(
        _(
            "A time was cancelled: %(when)s",
            when=f"{words.short_day(start, zone)}, {words.time(start, zone)}",
        ),
        f"{words.when(start, end, zone)}\n\n{link}\n",
    )


def coach_moved(was: datetime, start: datetime, end: datetime, zone: str, link: str) -> Text:
    """To the coach: a time was moved."""
    return Text(
        _("A time was moved: %(when)s", when=f"{words.short_day(start, zone)}, {words.time(start, zone)}"),
        _(
            "It was %(was)s.\nIt is %(when)s.",
            was=f"{words.day(was, zone)}, {words.time(was, zone)}",
            when=words.when(start, end, zone),
        )
        + f"\n\n{link}\n",
    )


def coach_booked_often(times: Times, zone: str, title: str, link: str) -> Text:
    """To the coach: several times were booked together."""
    subject = ngettext("%(num)s time was booked", "%(num)s times were booked", len(times))
    return Text(subject, f"{title}\n{_list_of(times, zone)}\n\n{link}\n")


def coach_cancelled_often(times: Times, zone: str, link: str) -> Text:
    """To the coach: several times were given back together."""
    subject = ngettext("%(num)s time was cancelled", "%(num)s times were cancelled", len(times))
    return Text(subject, f"{_list_of(times, zone)}\n\n{link}\n")


def coach_late(start: datetime, end: datetime, zone: str, minutes: int, link: str) -> Text:
    """To the coach: someone comes a few minutes later."""
    said = _("%(n)s minutes late, for this time:", n=minutes)
    return Text(
        _("A few minutes late: %(when)s", when=f"{words.short_day(start, zone)}, {words.time(start, zone)}"),
        f"{said}\n{words.when(start, end, zone)}\n\n{link}\n",
    )


def coach_reminder(start: datetime, end: datetime, zone: str, title: str, link: str) -> Text:
    """To the coach: a session is near."""
    return Text(
        _("Coming up: %(when)s", when=f"{words.short_day(start, zone)}, {words.time(start, zone)}"),
        f"{title}\n{words.when(start, end, zone)}\n\n{link}\n",
    )


def coach_next_day(sessions: list[tuple[datetime, datetime, str]], zone: str, link: str) -> Text:
    """To the coach: all sessions of the next day, as (start, end, title)."""
    day = sessions[0][0]
    lines = "\n".join(f"{words.time_range(start, end, zone)}  {title}" for start, end, title in sessions)
    return Text(
        _("Tomorrow, %(day)s", day=words.day(day, zone)),
        f"{words.day(day, zone)}, {words.zone_name(zone)}\n\n{lines}\n\n{link}\n",
    )


def coach_trouble(what: str, link: str) -> Text:
    """To the coach: something needs her eyes."""
    return Text(_("Something needs your eyes"), f"{what}\n\n{link}\n")


def coach_disputed(link: str) -> Text:
    """To the coach: a payer's bank has asked about a payment."""
    what = _(
        "A payment is disputed by the payer’s bank. Stripe says until when it can be answered; "
        "never send notes or reasons there."
    )
    return coach_trouble(what, link)


def _until(until: datetime, zone: str) -> str:
    return _("Kept until %(moment)s.", moment=f"{words.day(until, zone)}, {words.time(until, zone)}")


def _list_of(times: Times, zone: str) -> str:
    """One time a line; with the year once they reach into another one."""
    years = {words.year_of(start, zone) for start, _end in times}
    return "\n".join(words.when(start, end, zone, year=len(years) > 1) for start, end in times)


def _with_link(body: str, link: str | None) -> str:
    return f"{body}\n\n{link}\n" if link else f"{body}\n"
