"""A case to measure free times with: read from a file, made up, and loaded into the app's own tables."""

import json
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import insert

from coachapp import vault
from coachapp.app import create_app
from coachapp.booking.desk_operations import set_week
from coachapp.booking.models import Appointment
from coachapp.booking.rules import AppointmentState
from coachapp.booking.slots import Opening
from coachapp.config import Config
from coachapp.db import Base, engine, transaction
from coachapp.migrations import run as migrations
from coachapp.practice.operations import add_coach, save_offering, save_practice
from coachapp.zones import local_days, zone

SLUG = "measured"
HOUR = 60


@dataclass(frozen=True)
class Case:
    """Days in the coach's zone, her hours and bookings; lengths in minutes, bookings in UTC epoch minutes."""

    start: date
    days: int
    host_tz: str
    client_tz: str
    hours: tuple[tuple[int, int, int], ...]
    length: int
    step: int
    buffer: int
    bookings: tuple[tuple[int, int], ...]

    @property
    def window(self) -> tuple[datetime, datetime]:
        """From the first day's start to the last one's end, in the coach's zone."""
        return local_days(self.start, self.start + timedelta(days=self.days - 1), zone(self.host_tz))


def read_case(path: Path) -> Case:
    """The case of a JSON file; `case_of` says what it holds."""
    return case_of(json.loads(path.read_text(encoding="utf-8")))


def case_of(data: dict[str, Any]) -> Case:
    """The case as JSON describes it.

    `start` (date in the coach's zone), `days`, `host_tz`, `client_tz`, `hours` {"0".."6" (Monday 0): [[from, to]
    minutes of the day]}, `length`, `step`, `buffer` (minutes), `bookings` [[start, end] UTC epoch minutes].
    """
    return Case(
        start=date.fromisoformat(data["start"]),
        days=data["days"],
        host_tz=data["host_tz"],
        client_tz=data["client_tz"],
        hours=tuple((int(day), *pair) for day, pairs in sorted(data["hours"].items()) for pair in pairs),
        length=data["length"],
        step=data["step"],
        buffer=data["buffer"],
        bookings=tuple((start, end) for start, end in data["bookings"]),
    )


def sample(bookings: int, *, days: int = 60, step: int = 15, length: int = 60, buffer: int = 15) -> Case:
    """A coach in Madrid with a full week, a client in New York, and that many appointments of 15 to 60 minutes."""
    hours = tuple(
        (day, *pair) for day in range(7) for pair in ((8 * HOUR, 13 * HOUR), (14 * HOUR, 20 * HOUR))
    )
    case = Case(date(2026, 10, 5), days, "Europe/Madrid", "America/New_York", hours, length, step, buffer, ())
    first = int(case.window[0].timestamp()) // 60
    chance = random.Random(bookings)  # noqa: S311  # a case for a benchmark
    slots = sorted(chance.sample(range(days * 24), bookings))
    return replace(
        case,
        bookings=tuple(
            (first + hour * HOUR, first + hour * HOUR + chance.choice((15, 30, 45, 60))) for hour in slots
        ),
    )


@contextmanager
def loaded(case: Case) -> Iterator[Flask]:
    """The app over a migrated SQLite database of its own that holds this case."""
    with TemporaryDirectory(prefix="coachapp-bench-") as name:
        app = create_app(_settings(Path(name)))
        with app.app_context():
            migrations.upgrade(engine(), Base.metadata)
            vault.present().prepare()
            _load(case)
        yield app
        app.extensions["engine"].dispose()


def _settings(folder: Path) -> Config:
    return Config(
        instance=folder,
        database_url=f"sqlite:///{folder / 'data.sqlite3'}",
        keys_database_url=f"sqlite:///{folder / 'keys.sqlite3'}",
        secret_key="a key for measuring and nothing else",
        vault_keys=(("k1", bytes(32)),),
    )


def _load(case: Case) -> None:
    with transaction():
        save_practice(
            name="Measured",
            neutral_name="Measured",
            mail_subject="Your update",
            statement_text="SERVICES",
            currency="EUR",
            exit_to="https://www.example.org/",
        )
        coach_id = add_coach(first_name="Nora", full_name="Nora Ellis", zone=case.host_tz)
        set_week(coach_id, [Opening(*hours) for hours in case.hours])
        _add_offering(case, coach_id)
        _add_bookings(case, coach_id)


def _add_offering(case: Case, coach_id: int) -> None:
    save_offering(
        None,
        coach_id=coach_id,
        slug=SLUG,
        kind="session",
        title="Measured",
        text="",
        length_min=case.length,
        price_minor=80_00,
        before_min=case.buffer,
        after_min=case.buffer,
        notice_min=0,
        horizon_days=case.days,
        interval_min=case.step,
    )


def _add_bookings(case: Case, coach_id: int) -> None:
    now = case.window[0]
    rows = [
        {
            "id": uuid4(),
            "coach_id": coach_id,
            "state": AppointmentState.CONFIRMED,
            "starts_at": datetime.fromtimestamp(start * 60, UTC),
            "ends_at": datetime.fromtimestamp(end * 60, UTC),
            "before_min": case.buffer,
            "after_min": case.buffer,
            "way": "video",
            "sequence": 0,
            "changed_at": now,
            "created_at": now,
        }
        for start, end in _apart(case.bookings)
    ]
    with transaction() as db:
        if rows:
            db.execute(insert(Appointment), rows)


def _apart(bookings: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same busy time without overlaps, because the database refuses those."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(bookings):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined
