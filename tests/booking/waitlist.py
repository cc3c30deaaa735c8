"""The waiting list as tests walk it: someone asks to wait, a time that was taken comes free, who was offered it."""

import re
from datetime import timedelta

import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import confirming, offers, queries, wait_queries
from coachapp.booking.desk_operations import book_for_client
from coachapp.booking.models import Appointment, Place, Wait
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.practice.operations import save_practice
from coachapp.practice.queries import offering
from tests.booking.whobooks import SOMEBODY, coach_id
from tests.road import at_utc

BASE = "http://127.0.0.1:8000"
HOUR = "power-hour"
DAY = timedelta(days=1)


def joins(walker, slug=HOUR, **typed):
    """Ask to be told of another time, through the form; a None leaves a field out. The page that follows."""
    page = walker.get(f"/book/{slug}/later").get_data(as_text=True)
    assert walker.page.status_code == 200, walker.text
    last = re.search(r'name="last"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="last"', page)
    usual = {"last": last[1] or last[2]}
    if 'name="email"' in page:
        usual |= {"name": walker.person.name, "email": walker.person.email, "inbox": "only_me", "agree": "y"}
        usual |= {"once": walker.hidden("once")}
    sent = {name: value for name, value in {**usual, **typed}.items() if value is not None}
    walker.post(f"/book/{slug}/later", sent)
    return walker.page


def on_list(walker, slug=HOUR, **typed):
    """The same where it goes well; the page she then sees."""
    assert joins(walker, slug, **typed).status_code == 303, walker.text
    walker.follow()
    assert "You are on the list" in walker.text, walker.text
    return walker


def words_of(walker):
    return re.search(r'translate="no">([^<]+)<', walker.page.get_data(as_text=True))[1]


def far(walker, slug=HOUR):
    """A start some days ahead, so that several people can have their turn before it is too near; free around it."""
    ahead = int((clock.now() + timedelta(days=5)).timestamp()) // 60
    free = [start for start in walker.free(slug) if start > ahead]
    return next(start for start in free if {start - 60, start - 30, start + 30, start + 60} <= {*free})


def taken(world, start, slug=HOUR):
    """Somebody's session at that time, booked at the desk; its place."""
    with world.app.app_context():
        someone = new_client(
            coach_id(world), "Europe/Paris", now=clock.now(), name="Iris", state=State.ACTIVE
        )
        return book_for_client(offering(slug), someone, "Europe/Paris", at_utc(start), BASE, now=clock.now())


def cancelled(world, place_id):
    """It comes free."""
    with world.app.app_context():
        confirming.cancel(queries.place(place_id), BASE, by="staff", now=clock.now())


def by_itself(world, hours=12):
    """The coach lets times be offered by themselves."""
    with world.app.app_context():
        save_practice(turn_hours=hours)


def lines(world):
    """The ids of the lines, the longest on the list first."""
    return [wait_id for (wait_id,) in sorted(world.rows(Wait.id), key=lambda row: _since(world, row[0]))]


def _since(world, wait_id):
    with world.app.app_context():
        return db.session().get(Wait, wait_id).since


def offer(world, wait_id, start, later=timedelta()):
    """By the coach's hand, straight from the operation."""
    with world.app.app_context():
        return offers.offer(wait_id, at_utc(start), BASE, by=SOMEBODY, now=clock.now() + later)


def openings(world):
    with world.app.app_context():
        return wait_queries.openings(coach_id(world), now=clock.now())


def turns(world):
    """(line, start in epoch minutes, state) of everything offered from the list, in the order it was."""
    found = (
        sa.select(Place.wait_id, Appointment.starts_at, Appointment.state)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.wait_id.is_not(None))
        .order_by(Place.created_at)
    )
    with world.app.app_context():
        return [
            (row.wait_id, int(row.starts_at.timestamp()) // 60, row.state)
            for row in db.session().execute(found)
        ]
