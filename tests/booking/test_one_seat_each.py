"""One client, one place in a group date: refused kindly with the way to the one she has, also where money comes late."""

import sqlalchemy as sa

from coachapp import db
from coachapp.booking.models import Appointment
from tests.booking.sold import a_client, signed_in
from tests.cast import MAYA
from tests.groups import CIRCLE, add_dates, add_group, evening, minutes
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture


def to_pay(walker, start):
    walker.hold(minutes(start), CIRCLE)
    walker.fill("/book/details", {"agree": "y"})
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]


def seats(world):
    rows = world.rows(Appointment.state, Appointment.seat_of)
    return sorted(state for state, date in rows if date is not None)


def test_who_has_a_place_is_led_to_it_and_no_second_one_is_kept(world):
    add_group(world.app)
    add_dates(world.app, evening(5), evening(6))
    a_client(world)
    walker = signed_in(world)
    walker.get(f"/book/{CIRCLE}")
    assert "You have a place" not in walker.text
    to_pay(walker, evening(5))
    walker.pay()
    path = walker.place_path
    page = walker.get(f"/book/{CIRCLE}").get_data(as_text=True)
    assert "You have a place: " in walker.text and f'href="{path}"' in page
    walker.post(f"/book/{CIRCLE}", {"slot": str(minutes(evening(5))), "tz": walker.person.zone})
    assert walker.page.status_code == 409 and "You have a place in this date" in walker.text
    assert "Nothing was charged." in walker.text and f'href="{path}"' in walker.page.get_data(as_text=True)
    assert seats(world) == ["confirmed"]
    walker.post(f"/book/{CIRCLE}", {"slot": str(minutes(evening(6))), "tz": walker.person.zone})
    assert walker.page.status_code == 303, "another date is as open as ever"
    a_client(world, MAYA)
    maya = signed_in(world, MAYA)
    assert "You have a place" not in (maya.get(f"/book/{CIRCLE}"), maya.text)[1]
    stranger = world.walker()
    assert "You have a place" not in (stranger.get(f"/book/{CIRCLE}"), stranger.text)[1]


def test_two_payments_for_one_date_are_one_place_and_the_other_goes_back(world):
    add_group(world.app)
    add_dates(world.app, evening(5))
    a_client(world)
    first, second = signed_in(world), signed_in(world)
    to_pay(first, evening(5))
    with world.app.app_context(), db.transaction() as session:
        session.execute(sa.update(Appointment).where(Appointment.state == "held").values(state="released"))
    to_pay(second, evening(5))
    first.pay()
    second.pay()
    assert seats(world).count("confirmed") == 1
    assert world.ledger()[2:] == ([20_00, 20_00], ["succeeded"])
