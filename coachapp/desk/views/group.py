"""One date of a group: who comes, how each may be reached and stands with money, and what can be done."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking.group import NoSuchDate
from coachapp.booking.group_queries import group_date
from coachapp.clients.queries import clients
from coachapp.desk import day_queries
from coachapp.desk.group_queries import on_their_way, room_of_group
from coachapp.desk.views.room import bp, host
from coachapp.web.guards import staff


@bp.get("/groups/<uuid:date_id>")
@staff
def group(date_id: UUID) -> ResponseReturnValue:
    me, now = host(), clock.now()
    try:
        date = group_date(date_id, coach_id=me.id)
    except NoSuchDate:
        abort(404)
    come = day_queries.who_come(date, now=now)
    known = {each.client.id for each in come}
    return render_template(
        "desk/group.html",
        host=me,
        date=date,
        come=come,
        waiting=on_their_way(date),
        others=[each for each in clients(me.id) if each.id not in known],
        room=room_of_group(date),
    )
