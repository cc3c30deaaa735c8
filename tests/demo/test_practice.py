"""The demo practice fills an empty database once, and only inside the demo."""

import dataclasses
from datetime import UTC, datetime

import pyotp
import pytest

from coachapp.demo import practice
from coachapp.practice.operations import save_practice
from coachapp.practice.queries import face, offerings
from tests.apps import open_app

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_fills_an_empty_database_once(app):
    with app.app_context():
        assert practice.load(NOW) is True
        assert (face().name, face().coach_name, face().coach_zone) == (
            "Quiet Harbour",
            "Nora Ellis",
            "Europe/Madrid",
        )
        known = [(each.slug, each.length_min, each.price.minor, each.sessions) for each in offerings()]
        assert known == [
            ("first-conversation", 20, 0, 1),
            ("single-session", 60, 8000, 1),
            ("power-hour", 60, 9500, 1),
            ("steady-ground", 60, 42000, 6),
            ("one-question", 60, 2500, 1),
        ]
        assert practice.load(NOW) is False
        assert len(offerings()) == 5


def test_leaves_a_real_practice_alone(app):
    with app.app_context():
        words = {
            "neutral_name": "Times",
            "mail_subject": "Update",
            "statement_text": "SERVICES",
            "currency": "EUR",
        }
        save_practice(name="Somebody's own", exit_to="https://example.com/", **words)
        assert practice.load(NOW) is False
        assert (face().name, offerings()) == ("Somebody's own", [])


def test_the_commands(settings):
    with open_app(dataclasses.replace(settings, demo=True)) as app:
        run = app.test_cli_runner().invoke
        assert "is filled" in run(args=["demo", "load"]).output
        assert "nothing was changed" in run(args=["demo", "load"]).output
        said = run(args=["demo", "code"]).output.strip()
        totp = pyotp.TOTP(practice.COACH_TOTP_SECRET)
        assert totp.verify(said, valid_window=1) and len(said) == 6


def test_outside_the_demo_it_is_refused(app):
    answer = app.test_cli_runner().invoke(args=["demo", "load"])
    assert answer.exit_code == 1 and "make run" in answer.output
    with app.app_context():
        assert offerings() == []


@pytest.mark.parametrize("demo", [True, False])
def test_the_mail_page_is_there_only_in_the_demo(settings, demo):
    with open_app(dataclasses.replace(settings, demo=demo)) as app:
        answer = app.test_client().get("/demo/mail")
        assert answer.status_code == (200 if demo else 404)
        assert ("Nothing leaves this machine" in answer.get_data(as_text=True)) is demo
