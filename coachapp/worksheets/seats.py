"""What happens to household seats: given, made longer, ended by the client; and read by whoever holds one."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, or_, select, update

from coachapp import vault
from coachapp.audit import operations as audit
from coachapp.db import transaction
from coachapp.worksheets.household_models import HouseholdSeat
from coachapp.worksheets.household_rules import MOST_SEATS, SEAT_LASTS, NoSuchSeat, NotAPlan, SeatsFull
from coachapp.worksheets.models import Assignment
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.seat_queries import NAME, TOKEN, hash_of, seat_and_plan


def give_seat(plan: SheetRow, name: str, *, now: datetime) -> str:
    """Give someone of the household a seat in her plan; returns its token. NotAPlan, SeatsFull."""
    if not plan.is_plan:
        raise NotAPlan(plan.template.key)
    token, seat_id = vault.new_token(), uuid4()
    with transaction() as db:
        db.get(Assignment, plan.id, with_for_update=True)  # one after the other, or there are too many
        mine = select(func.count()).where(HouseholdSeat.assignment_id == plan.id)
        if (db.scalar(mine) or 0) >= MOST_SEATS:
            raise SeatsFull
        db.add(
            HouseholdSeat(
                id=seat_id,
                assignment_id=plan.id,
                token_hash=hash_of(token),
                token_sealed=vault.seal(plan.client_id, TOKEN, seat_id, token),
                name_sealed=vault.seal(plan.client_id, NAME, seat_id, name),
                made_at=now,
                ends_at=now + SEAT_LASTS,
            )
        )
        audit.record("household_seat_given", now=now, role="client", subject=plan.client_id)
    return token


def renew_seat(plan: SheetRow, seat_id: UUID, *, now: datetime) -> None:
    """Let a seat last its whole time again from now on, also one that was over. NoSuchSeat."""
    longer = (
        update(HouseholdSeat)
        .where(HouseholdSeat.id == seat_id, HouseholdSeat.assignment_id == plan.id)
        .values(ends_at=now + SEAT_LASTS)
    )
    with transaction() as db:
        if db.scalar(longer.returning(HouseholdSeat.id)) is None:
            raise NoSuchSeat


def end_seat(plan: SheetRow, seat_id: UUID, *, now: datetime) -> None:
    """Take a seat back at once; nothing of it is kept. NoSuchSeat."""
    gone = delete(HouseholdSeat).where(HouseholdSeat.id == seat_id, HouseholdSeat.assignment_id == plan.id)
    with transaction() as db:
        if db.scalar(gone.returning(HouseholdSeat.id)) is None:
            raise NoSuchSeat
        audit.record("household_seat_ended", now=now, role="client", subject=plan.client_id)


def mark_read(token: str, revision: int, *, now: datetime) -> None:
    """Note that the plan was read as it was at `revision`; an older page never takes back a later yes. NoSuchSeat."""
    with transaction() as db:
        seat, plan = seat_and_plan(token, now)
        read = max(0, min(revision, plan.revision))
        later = or_(HouseholdSeat.read_revision.is_(None), HouseholdSeat.read_revision < read)
        db.execute(
            update(HouseholdSeat)
            .where(HouseholdSeat.id == seat.id, later)
            .values(read_at=now, read_revision=read)
        )
