"""What the coach does with a client's time says in the log whose hand it was."""

from datetime import timedelta

from sqlalchemy import select

from coachapp.audit.models import AuditEntry
from coachapp.booking import queries
from coachapp.booking.rules import AppointmentState
from coachapp.db import session
from tests.desk.people import HOUR, MADRID, in_days
from tests.groups import add_dates, add_group, evening


def at(moment):
    local = moment.astimezone(MADRID)
    return {"day": str(local.date()), "at": f"{local:%H:%M}"}


def standing(app, client_id):
    with app.app_context():
        rows = queries.places_of(client_id)
    return [row for row in rows if row.state is AppointmentState.CONFIRMED]


def test_every_act_on_a_clients_time_names_who_did_it(app, desk, nora):
    add_group(app)
    dates = add_dates(app, evening(5), evening(6), evening(7))
    base = f"/desk/clients/{desk.maya_ref}/sessions"
    once = {"who": desk.maya_ref, "what": HOUR, **at(in_days(3))}
    nora.fill("/desk/book", once)
    assert nora.post("/desk/book/go", once).status_code == 303
    (alone,) = standing(app, desk.maya)
    nora.get(f"{base}/{alone.id}/move")
    nora.post(f"{base}/{alone.id}/move/go", at(in_days(4)))
    nora.get(f"{base}/{alone.id}/cancel")
    assert nora.post(f"{base}/{alone.id}/cancel").status_code == 303
    often = {**once, **at(in_days(8)), "every": "1", "times": "2"}
    nora.fill("/desk/book", often)
    days = [str((in_days(8) + timedelta(weeks=n)).astimezone(MADRID).date()) for n in range(2)]
    assert nora.post("/desk/book/go", {**often, "on": days}).status_code == 303
    first, _second = standing(app, desk.maya)
    nora.get(f"{base}/{first.id}/cancel-rest")
    assert nora.post(f"{base}/{first.id}/cancel-rest").status_code == 303
    nora.get(f"/desk/groups/{dates[0]}")
    assert nora.post(f"/desk/groups/{dates[0]}/add/go", {"who": desk.maya_ref}).status_code == 303
    (seat,) = standing(app, desk.maya)
    nora.get(f"/desk/groups/{dates[0]}/places/{seat.id}/move")
    nora.post(f"/desk/groups/{dates[0]}/places/{seat.id}/move", {"date": str(dates[1])})
    nora.get(f"/desk/groups/{dates[1]}/move")
    assert nora.post(f"/desk/groups/{dates[1]}/move/go", at(evening(9))).status_code == 303
    nora.get(f"/desk/groups/{dates[1]}/cancel")
    assert nora.post(f"/desk/groups/{dates[1]}/cancel").status_code == 303
    with app.app_context():
        acts = select(AuditEntry.action, AuditEntry.actor, AuditEntry.role)
        found = session().execute(acts.where(AuditEntry.subject == desk.maya)).all()
    acts = [row for row in found if row.action in ("book", "move", "cancel")]
    assert sorted(row.action for row in acts) == ["book"] * 4 + ["cancel"] * 4 + ["move"] * 3
    assert {(row.actor, row.role) for row in acts} == {(desk.made.coach_account, "staff")}
