"""The desk's own words: how a client may be reached, how money stands, and how long is free."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from coachapp.desk.rules import Pay, Reach, lapses_soon
from coachapp.safe_contact.rules import RENEWED_FOR, Contact
from coachapp.web import words


def reach_pill(reach: Reach) -> str:
    """The few words of the pill beside an appointment."""
    return {
        Reach.NOT_ASKED: _("Not asked yet: write nothing"),
        Reach.NO_MAIL: _("No mail, ever"),
        Reach.OWN: _("Own inbox, neutral subject"),
        Reach.SHARED: _("Inbox others may see: time only"),
        Reach.STOPPED: _("Things changed: write nothing"),
        Reach.LAPSED: _("Permission has lapsed"),
    }[reach]


def reach_band(reach: Reach, contact: Contact | None, zone: str, now: datetime) -> str:
    """What may leave for this client, in full, and until when."""
    said = {
        Reach.NOT_ASKED: _("not asked yet. Nothing is sent until you have asked how to write."),
        Reach.NO_MAIL: _("no mail at all, ever. What is booked is agreed when you meet."),
        Reach.OWN: _("mail to an inbox nobody else reads. Neutral subject, the time and one link, no names."),
        Reach.SHARED: _(
            "mail to an inbox someone else may see. Neutral subject and the time only: no link, no names."
        ),
        Reach.STOPPED: _("stopped, because things changed. Nothing is sent. Ask again when you meet."),
        Reach.LAPSED: _(
            "the permission has lapsed. Only what is already booked is written about. Ask again when you meet."
        ),
    }[reach]
    return f"{said} {_until(reach, contact, zone, now)}".strip()


def _until(reach: Reach, contact: Contact | None, zone: str, now: datetime) -> str:
    if contact is None or reach not in (Reach.OWN, Reach.SHARED):
        return ""
    ends = words.day(contact.lapses_at(), zone, weekday=False)
    if lapses_soon(contact, now):
        return _("This lapses on %(day)s: ask again before then.", day=ends)
    return _("Holds until %(day)s, %(n)s days after it was last renewed.", day=ends, n=RENEWED_FOR.days)


def pay_pill(pay: Pay) -> tuple[str, str, str]:
    """Words, tone and icon of the pill about money."""
    return {
        Pay.FREE: (_("Free"), "", ""),
        Pay.PAID: (_("Paid"), "leaf", "check"),
        Pay.IN_PARTS: (_("Paid in part"), "honey", "hourglass"),
        Pay.NOT_HERE: (_("Not paid here"), "", "wallet"),
        Pay.WAITING: (_("Waiting"), "honey", "hourglass"),
        Pay.PART: (_("Partly paid back"), "", "undo-2"),
        Pay.RETURNED: (_("Paid back"), "", "undo-2"),
        Pay.LOST: (_("Taken back by a bank"), "honey", "circle-alert"),
        Pay.SESSION: (_("From a package"), "leaf", "check"),
    }[pay]


def length(minutes: int) -> str:
    """`45 min`, `1 h`, `1 h 30`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(n)s min", n=rest)
    return (
        _("%(hours)s h %(minutes)02d", hours=hours, minutes=rest) if rest else _("%(hours)s h", hours=hours)
    )


def day_words(sessions: list[datetime], to_read: int, zone: str, now: datetime) -> str:
    """`Three sessions, the next at 14:30. Two things to read first.`"""
    counted = ngettext("%(num)s session", "%(num)s sessions", len(sessions)) if sessions else _("No sessions")
    coming = min((at for at in sessions if at > now), default=None)
    first = (
        _("%(sessions)s, the next at %(time)s.", sessions=counted, time=words.time(coming, zone))
        if coming
        else f"{counted}."
    )
    if not to_read:
        return first
    return f"{first} " + ngettext("One thing to read first.", "%(num)s things to read first.", to_read)
