"""Who may book, as tests set it: the practice's choice, Nora at her desk, and Maya, who is a client already."""

import re
from datetime import timedelta
from uuid import UUID

from coachapp import clock
from coachapp.accounts.hashing import hasher
from coachapp.accounts.operations import add_ready_coach, make_join_token
from coachapp.booking.inviting import invite
from coachapp.booking.link_queries import token_of
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.practice.operations import save_practice
from coachapp.practice.queries import first_coach, offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.accounts.people import COACH_PASSPHRASE, SECRET, sign_coach_in
from tests.cast import MAYA, NORA
from tests.plain_browser import Browser
from tests.road import Walker, World

SOMEBODY = UUID(int=7)


def who_books(world: World, who: str) -> None:
    """Set the practice's choice: open, approved or invited."""
    with world.app.app_context():
        save_practice(who_books=who)


def coach_id(world: World) -> int:
    with world.app.app_context():
        found = first_coach()
        assert found
        return found.id


def nora_at_desk(world: World) -> Browser:
    """Nora's browser, signed in."""
    with world.app.app_context():
        add_ready_coach(
            coach_id(world), NORA.login, COACH_PASSPHRASE, SECRET, now=clock.now(), hasher=hasher()
        )
    browser = Browser(world.app)
    assert sign_coach_in(browser) == 303, browser.text
    return browser


def add_maya(world: World, inbox: Inbox = Inbox.ONLY_ME, state: State = State.ACTIVE) -> UUID:
    """Maya, a client of Nora's."""
    with world.app.app_context():
        now = clock.now()
        maya = new_client(coach_id(world), MAYA.zone, now=now, name="Maya Rios", state=state)
        set_contact(maya, inbox, MAYA.email, now=now)
        return maya


def sign_in_as(world: World, client_id: UUID) -> Walker:
    """A client's own browser, signed in to her private space."""
    with world.app.app_context():
        token = make_join_token(client_id, now=clock.now())
    walker = world.walker(MAYA)
    typed = {"name": MAYA.login, "passphrase": MAYA.passphrase, "pin": ""}
    assert walker.fill(f"/join/{token}", typed).status_code == 303, walker.text
    return walker


def link_for(world: World, client_id: UUID | None = None, slug: str | None = None, days: int = 14) -> str:
    """The path of a new link."""
    with world.app.app_context():
        now = clock.now()
        what = offering(slug).id if slug else None
        made = invite(coach_id(world), client_id, what, now + timedelta(days=days), by=SOMEBODY, now=now)
        return f"/i/{token_of(made)}"


def open_link(walker: Walker, path: str) -> None:
    """Press the link's button."""
    walker.fill(path, {})
    assert walker.page is not None and walker.page.status_code == 303, walker.text


def asked(walker: Walker, slug: str = "power-hour", start: int | None = None, **typed: object) -> str:
    """Ask for a time; the address of the place."""
    walker.go_to_code(start, slug, **typed)
    walker.press_pay()
    return walker.place_path


def neutral(body: str) -> str:
    """A page without what differs from browser to browser."""
    body = re.sub(r'(name="csrf_token"[^>]*value=|data-csrf=)"[^"]+"', r"\1", body)
    return re.sub(r'translate="no">[^<]+<', 'translate="no"><', body)
