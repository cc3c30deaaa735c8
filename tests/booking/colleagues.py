"""A practice of several coaches, as tests make it: Ada in Lisbon, and more of them, who give Nora's power hour too."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from coachapp import clock
from coachapp.accounts.hashing import hasher
from coachapp.accounts.operations import add_ready_coach
from coachapp.booking.desk_operations import book_for_client, set_week
from coachapp.booking.slots import Opening
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.practice.operations import add_coach, share_offering
from coachapp.practice.queries import coach, givers, offering
from tests.accounts.people import SECRET, code_now, sign_in
from tests.booking.whobooks import coach_id
from tests.cast import NORA
from tests.plain_browser import Browser
from tests.road import Walker, World, at_utc

HOUR = "power-hour"
ADA = "ada@example.com"
ADA_PASSPHRASE = "gravel lantern meadow seven"
NINE_TO_FIVE = (9 * 60, 17 * 60)


def add_ada(
    world: World, *, zone: str = NORA.zone, hours: tuple[int, int] = NINE_TO_FIVE, name: str = "Ada"
) -> int:
    """A second coach, open every day, who gives the power hour too."""
    with world.app.app_context():
        email = f"{name.lower()}@example.com"
        ada = add_coach(first_name=name, full_name=f"{name} Lind", zone=zone, email=email)
        set_week(ada, [Opening(day, *hours) for day in range(7)])
        row = offering(HOUR)
        share_offering(row.id, [*(each.id for each in givers(row)), ada])
        return ada


def short_id(world: World, coach_number: int) -> str:
    with world.app.app_context():
        return coach(coach_number).short_id


def choose(walker: Walker, short: str, slug: str = HOUR) -> None:
    """Say with whom on the page for choosing a time."""
    walker.get(f"/book/{slug}")
    assert walker.post(f"/book/{slug}/with", {"with": short}).status_code == 303
    walker.follow()


def times_with(walker: Walker, short: str | None, slug: str = HOUR) -> list[int]:
    """Starts that times.json gives in the next week, with one coach or (None) with whoever is free."""
    today = clock.now().date()
    query = f"from={today}&to={today + timedelta(days=7)}&tz=UTC" + (f"&with={short}" if short else "")
    found = walker.client.get(f"/book/{slug}/times.json?{query}").get_json()
    starts = [time["start"] for day in found["days"] for time in day["times"]]
    return [int(datetime.fromisoformat(start).timestamp()) // 60 for start in starts]


def shown(walker: Walker) -> list[int]:
    """The starts the present page offers as choices."""
    found = re.findall(r'name="slot" value="(\d+)"', walker.page.get_data(as_text=True))
    return [int(each) for each in found]


def a_client(world: World, coach_number: int, name: str = "Robin Vale") -> UUID:
    with world.app.app_context():
        return new_client(coach_number, "Europe/Lisbon", now=clock.now(), name=name, state=State.ACTIVE)


def booked_with(world: World, coach_number: int, start: int) -> UUID:
    """A session of that coach's for a client of hers, booked by her."""
    somebody = a_client(world, coach_number)
    with world.app.app_context():
        what = offering(HOUR).given_by(coach_number)
        return book_for_client(what, somebody, "UTC", at_utc(start), world.url, now=clock.now())


def ada_at_desk(world: World, ada: int) -> Browser:
    """Ada's browser, signed in."""
    with world.app.app_context():
        add_ready_coach(ada, ADA, ADA_PASSPHRASE, SECRET, now=clock.now(), hasher=hasher())
    browser = Browser(world.app)
    assert sign_in(browser, ADA, ADA_PASSPHRASE) == 303
    assert browser.fill("/sign-in/code", {"code": code_now()}).status_code == 303, browser.text
    return browser


def nora(world: World) -> int:
    return coach_id(world)


def week_of(start: int) -> tuple[int, int]:
    return at_utc(start).astimezone(UTC).isocalendar()[:2]
