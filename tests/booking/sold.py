"""A package that is sold: steady ground, six power hours, in the small practice of the booking road."""

import sqlalchemy as sa

from coachapp import clock, db
from coachapp.accounts.hashing import hasher
from coachapp.accounts.operations import add_ready_coach, join, make_join_token
from coachapp.clients.models import Client
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.payments import packages
from coachapp.payments.credit_models import Package
from coachapp.payments.credit_queries import packages_of
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.accounts.people import SECRET, sign_coach_in
from tests.cast import ALEX, NORA
from tests.plain_browser import Browser

SLUG, SINGLE = "steady-ground", "power-hour"
PRICE, ONE = 420_00, 95_00


def sell(world, **more):
    """Let the package be bought: its sessions are power hours."""
    with world.app.app_context():
        facts = {"pays_for_id": offering(SINGLE).id, **more}
        save_offering(offering(SLUG).id, slug=SLUG, **facts)


def sums(world):
    """(left, used, ended, taken back) of each granted package, in the order they were made; each adds up."""
    with world.app.app_context():
        ids = db.session().scalars(sa.select(Package.client_id).order_by(Package.made_at)).all()
        found = [each for client_id in dict.fromkeys(ids) for each in reversed(packages_of(client_id))]
        assert all(each.agrees for each in found)
        return [(each.left, each.used, each.expired, each.taken) for each in found]


def one_package(world):
    with world.app.app_context():
        (client_id,) = {row for (row,) in world.rows(Package.client_id)}
        return packages_of(client_id)[0]


def a_client(world, person=ALEX, inbox=Inbox.ONLY_ME):
    """A client of Nora's with a private space; her id."""
    with world.app.app_context():
        now = clock.now()
        client_id = new_client(1, person.zone, now=now, name=person.name, state=State.ACTIVE)
        set_contact(client_id, inbox, person.email, now=now)
        token = make_join_token(client_id, now)
        join(token, person.login, person.passphrase, None, now=now, hasher=hasher())
        return client_id


def given(world, client_id, sessions=4, months=12):
    """So many power hours, by Nora's hand; the package's id."""
    with world.app.app_context():
        now = clock.now()
        return packages.give(client_id, offering(SINGLE), sessions, months, "", by=client_id, now=now)


def signed_in(world, person=ALEX):
    """Her browser."""
    walker = world.walker(person)
    walker.fill("/sign-in", {"name": person.login, "passphrase": person.passphrase})
    assert walker.page.status_code == 303, walker.text
    return walker


def ref_of(world, client_id):
    with world.app.app_context():
        return db.session().get_one(Client, client_id).ref


def coach_at_desk(world):
    """Nora's browser, signed in at her desk."""
    browser = Browser(world.app)
    with world.app.app_context():
        now = clock.now()
        add_ready_coach(1, NORA.login, NORA.passphrase, SECRET, now=now, hasher=hasher())
    assert sign_coach_in(browser) == 303, browser.text
    return browser
