"""The numbers of a course as a person reads them, on screen and on paper."""

from dataclasses import dataclass

from flask_babel import gettext as _

from coachapp.documents import PlainDocument, Sheet, add_chart
from coachapp.web.words import day
from coachapp.worksheets.over_time import Course, Number

NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Spoken:
    """A course with what stands beside its chart: the chart in one sentence, and each number, latest first."""

    course: Course
    chart: str
    lines: list[str]

    @property
    def charted(self) -> list[str]:
        """The numbers the chart shows, in its order."""
        return list(reversed(self.lines[: len(self.course.shown)]))


def spoken(course: Course, *, year: bool = False) -> Spoken:
    """`year`: for what is kept, where a day alone is soon not enough."""
    with_year = year or course.spans_years
    return Spoken(
        course,
        _(
            "Chart of %(count)s numbers from 0 to 10: %(label)s. First %(first)s, last %(last)s.",
            count=len(course.shown),
            label=course.label,
            first=_number(course, course.shown[0], with_year),
            last=_number(course, course.last, with_year),
        ),
        [_number(course, each, with_year) for each in course.latest_first],
    )


def add_course(document: Sheet | PlainDocument, found: Spoken, title: str = "") -> None:
    """Put a course on paper, below its own words or `title`: the chart, and the numbers it shows in words."""
    course = found.course
    values = [number.value for number in course.shown]
    title = title or _("%(label)s, over time", label=course.label)
    # The dot stays with what it ends, so that no line begins with one.
    words = f"{NO_BREAK}· ".join(line.replace(" ", NO_BREAK) for line in found.charted)
    if len(values) < len(course.numbers):
        words = _("First %(first)s. Last: %(words)s", first=found.lines[-1], words=words)
    add_chart(document, title, values, found.chart, words)


def _number(course: Course, number: Number, with_year: bool) -> str:
    words = day(number.written_at, weekday=False, year=with_year)
    if course.needs_time(number):
        clock = number.written_at.strftime("%H:%M")
        return _("%(day)s, %(time)s: %(n)s of 10", day=words, time=clock, n=number.value)
    return _("%(day)s: %(n)s of 10", day=words, n=number.value)
