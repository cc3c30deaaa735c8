"""Killed between any two steps of buying a package: its sessions are there if and only if it was paid."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from coachapp.payments.credit_queries import every_package
from coachapp.payments.queries import orders_of
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from tests.apps import open_app
from tests.cast import ALEX
from tests.databases import Databases
from tests.journeys.test_killed import Scene, scene
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

pytestmark = pytest.mark.long

SLUG, SINGLE = "steady-ground", "power-hour"


def sell(found: Scene) -> None:
    with open_app(found.settings) as app, app.app_context():
        save_offering(offering(SLUG).id, slug=SLUG, pays_for_id=offering(SINGLE).id)


def buy(found: Scene) -> None:
    """On foot, with a first time; a connection that breaks ends it, as a person would give up."""
    base, person = found.settings.base_url, requests.Session()

    def send(path: str, **typed: str) -> requests.Response:
        token = re.search(r'name="csrf_token" value="([^"]+)"', person.get(base + path, timeout=20).text)
        typed["csrf_token"] = token[1] if token else ""
        return person.post(base + path, data=typed, allow_redirects=False, timeout=20)

    # Not the first time on offer: that may fall behind the notice between two requests.
    times = person.get(f"{base}/book/{SLUG}/first", timeout=20).text
    send(f"/book/{SLUG}/first", slot=re.findall(r'name="slot" value="(\d+)"', times)[-1], tz=ALEX.zone)
    send("/book/details", name=ALEX.name, email=ALEX.email, inbox="only_me", agree="y")
    session_id = send("/book/code").headers.get("Location", "").rpartition("/")[2]
    if session_id.startswith("cs_"):
        back = found.stripe.pay(session_id)
        found.stripe.wait_idle()
        person.get(back, timeout=20)


def check(found: Scene, killed_at: str) -> bool:
    """Assert the two endings there may be; returns whether it was paid."""
    paid = any(session["payment_status"] == "paid" for session in found.stripe.sessions.values())
    appointments, payments, refunds = found.outcome()
    with open_app(found.settings) as app, app.app_context():
        granted = [each for each in every_package() if each.is_granted]
        counts = [(each.left, each.used) for each in granted]
        assert all(each.agrees and orders_of([each.id])[each.id].paid.minor for each in granted), killed_at
    if paid:
        assert (appointments, payments, refunds) == (["confirmed"], [420_00], []), killed_at
        assert counts == [(5, 1)], killed_at
    else:
        assert set(appointments) <= {"released"} and not payments and not counts, killed_at
    return paid


@pytest.mark.timeout(900)
def test_granted_if_and_only_if_it_was_paid(databases: Databases, tmp_path: Path, proof):  # noqa: F811
    every, endings = proof(9, 1), set()
    for step in range(1, 200, every):
        folder = tmp_path / str(step)
        folder.mkdir()
        with scene(databases, folder) as found:
            sell(found)
            with found.serving(step), suppress(requests.ConnectionError):
                buy(found)
            reached = found.steps()
            found.start_again()
            endings.add(check(found, f"killed at step {step}"))
        if reached < step:
            assert endings == {True, False}
            return
    raise AssertionError("the road has no end")
