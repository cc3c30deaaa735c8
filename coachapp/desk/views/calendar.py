"""The week on a grid."""

from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.desk.views.room import bp, host
from coachapp.desk.views.today import read_day
from coachapp.desk.week import week
from coachapp.web.guards import staff
from coachapp.zones import zone


@bp.get("/calendar")
@staff
def calendar() -> ResponseReturnValue:
    return _week_page(clock.now().astimezone(zone(host().zone)).date())


@bp.get("/calendar/<day>")
@staff
def calendar_week(day: str) -> ResponseReturnValue:
    return _week_page(read_day(day))


def _week_page(shown: date) -> ResponseReturnValue:
    me = host()
    where = zone(me.zone)
    found = week(me.id, shown, where)
    first = found.days[0].date
    return render_template(
        "desk/calendar.html",
        host=me,
        week=found,
        first=first,
        last=found.days[-1].date,
        today=clock.now().astimezone(where).date(),
        earlier=first - timedelta(days=7),
        later=first + timedelta(days=7),
    )
