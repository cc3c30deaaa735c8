"""Prints a page of looking back: her own words, her numbers, the sums; under a title that says nothing."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from coachapp.documents import Paper, PlainDocument, Words
from coachapp.web.words import day, locale
from coachapp.worksheets.course_words import add_course, spoken
from coachapp.worksheets.looking_back import Contents, KeptWords, Sums


def looking_back_pdf(contents: Contents, made_at: datetime, zone: str, paper: Paper = Paper.A4) -> bytes:
    """The page as a PDF. Sheets are named as on paper, by their neutral titles."""
    title = _("Notes")
    document = PlainDocument(
        title,
        neutral_title=title,
        purpose=_("Made on %(day)s.", day=day(made_at, zone, weekday=False, year=True)),
        paper=paper,
        lang=locale().replace("_", "-"),
        words=Words(page=_("Page {page} of {pages}")),
    )
    if contents.words:
        document.heading(_("In my own words"))
        for words in contents.words:
            document.own_words(words.text, _from(words))
    if contents.courses:
        document.heading(_("Numbers over time"))
        for course in contents.courses:
            add_course(document, spoken(course, year=True), f"{course.label} · {course.neutral_title}")
    if contents.sums:
        document.heading(_("Counted"))
        document.points(counted(contents))
    return document.build()


def counted(contents: Contents) -> list[str]:
    """The sums of a page, one line each; none where she left them out."""
    return _sums_words(contents.sums) if contents.sums else []


def _sums_words(sums: Sums) -> list[str]:
    return [
        ngettext("%(num)s sheet with words on it", "%(num)s sheets with words on them", sums.sheets),
        ngettext("%(num)s answer", "%(num)s answers", sums.answers),
        ngettext("%(num)s session", "%(num)s sessions", sums.sessions),
        _(
            "%(days)s from %(first)s to %(last)s",
            days=ngettext("%(num)s day", "%(num)s days", sums.days),
            first=day(sums.first_day, weekday=False, year=True),
            last=day(sums.last_day, weekday=False, year=True),
        ),
    ]


def _from(words: KeptWords) -> str:
    written = day(words.written_at, weekday=False, year=True)
    return f"{words.label} · {written} · {words.neutral_title}"
