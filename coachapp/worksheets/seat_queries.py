"""Reads of household seats: hers in one plan, and the plan behind a seat's address."""

from datetime import datetime

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session
from coachapp.worksheets.household_models import HouseholdSeat
from coachapp.worksheets.household_rules import NoSuchSeat, SeatRow
from coachapp.worksheets.models import Assignment
from coachapp.worksheets.queries import SheetRow, sheet
from coachapp.worksheets.rules import NoSuchSheet

NAME = "household_seat.name"
TOKEN = "household_seat.token"


def seats_in(plan: SheetRow) -> list[SeatRow]:
    """The seats in a client's own plan, oldest first, also those that are over."""
    found = select(HouseholdSeat).where(HouseholdSeat.assignment_id == plan.id)
    rows = session().scalars(found.order_by(HouseholdSeat.made_at, HouseholdSeat.id))
    return [_row(row, plan) for row in rows]


def seat_and_plan(token: str, now: datetime) -> tuple[SeatRow, SheetRow]:
    """What is behind `/plan/<token>`; NoSuchSeat for one that is unknown, over, or in a sheet taken back."""
    found = (
        select(HouseholdSeat, Assignment.client_id, Assignment.number)
        .join(Assignment, Assignment.id == HouseholdSeat.assignment_id)
        .where(HouseholdSeat.token_hash == hash_of(token), HouseholdSeat.ends_at > now)
    )
    row = session().execute(found).first()
    if row is None:
        raise NoSuchSeat
    try:
        plan = sheet(row.client_id, row.number)
        return _row(row.HouseholdSeat, plan), plan
    except (NoSuchSheet, vault.KeyGone):  # taken back; or being erased
        raise NoSuchSeat from None


def hash_of(token: str) -> bytes:
    """What a seat is found by."""
    return vault.keyed_hash("household seat", token)


def _row(row: HouseholdSeat, plan: SheetRow) -> SeatRow:
    return SeatRow(
        row.id,
        vault.open_(plan.client_id, NAME, row.id, row.name_sealed),
        vault.open_(plan.client_id, TOKEN, row.id, row.token_sealed),
        row.ends_at,
        row.read_at,
        row.read_revision,
    )
