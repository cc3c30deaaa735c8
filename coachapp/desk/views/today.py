"""Today, and any other day: the day rail, the week above it, and what waits."""

from datetime import date, datetime, time, tzinfo

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking.wait_queries import count_waits
from coachapp.desk import day_queries, words
from coachapp.desk.rules import day_rail, week_of
from coachapp.desk.views.room import bp, cover, host
from coachapp.desk.waiting_queries import Matter, waiting
from coachapp.payments.queries import received_between
from coachapp.practice.queries import coaches, practice
from coachapp.web.guards import staff
from coachapp.zones import local_days, zone


@bp.get("/")
@staff
def today() -> ResponseReturnValue:
    now = clock.now()
    return _day_page(now.astimezone(zone(host().zone)).date(), now)


@bp.get("/day/<day>")
@staff
def day(day: str) -> ResponseReturnValue:
    return _day_page(read_day(day), clock.now())


@bp.post("/cover")
@staff
def cover_names() -> ResponseReturnValue:
    """Cover names, or show them again, and stay where she is in the desk."""
    cover(request.form.get("cover") == "yes")
    back = request.form.get("back", "")
    return redirect(back if _is_desk_path(back) else url_for("desk.today"), 303)


def read_day(text: str) -> date:
    """A date as it stands in an address; 404 for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if not 2000 <= found.year <= 2200:
        abort(404)
    return found


def _day_page(shown: date, now: datetime) -> ResponseReturnValue:
    me = host()
    where = zone(me.zone)
    start, end = local_days(shown, shown, where)
    cards = day_queries.day_cards(me.id, shown, where, now=now)
    to_do = waiting(me.id, now=now)
    sessions = [
        card.starts_at for card in cards if card.kind in ("session", "group") and card.starts_at >= start
    ]
    to_read = sum(1 for each in to_do if each.matter in (Matter.INTAKE, Matter.SHEET))
    is_today, month = start <= now < end, _month_start(now, where)
    return render_template(
        "desk/today.html",
        host=me,
        day=shown,
        is_today=is_today,
        summary=words.day_words(sessions, to_read if is_today else 0, me.zone, now),
        week=day_queries.counts_by_day(me.id, week_of(shown), where),
        rail=day_rail(cards, now, start, end),
        names={each.id: each.first_name for each in coaches()},
        waiting=to_do,
        somebody_waits=count_waits(me.id, now=now) > 0,
        month=month.date(),
        received=received_between(month, now, practice().currency),
    )


def _month_start(now: datetime, where: tzinfo) -> datetime:
    return datetime.combine(now.astimezone(where).date().replace(day=1), time(), where)


def _is_desk_path(path: str) -> bool:
    return path.startswith("/desk/") and not path.startswith("//") and "\\" not in path and path.isprintable()
