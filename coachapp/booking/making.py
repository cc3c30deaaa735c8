"""How rows of an appointment and of a place in it are built, whoever books."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from coachapp import vault
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import AppointmentState
from coachapp.practice.rules import OfferingRow


def new_appointment(
    offering: OfferingRow,
    starts_at: datetime,
    state: AppointmentState,
    now: datetime,
    *,
    hold_until: datetime | None = None,
    series_id: UUID | None = None,
) -> Appointment:
    """A time of the offering's length, with its quiet minutes."""
    return Appointment(
        id=uuid4(),
        coach_id=offering.coach_id,
        offering_id=offering.id,
        state=state,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=offering.length_min),
        before_min=offering.before_min,
        after_min=offering.after_min,
        hold_until=hold_until,
        way=offering.way,
        series_id=series_id,
        created_at=now,
        changed_at=now,
    )


def new_place(
    appointment_id: UUID, offering: OfferingRow, client_zone: str, booked_by: str, now: datetime
) -> Place:
    """A place at the offering's price, for nobody yet: `give_token` puts someone in."""
    return Place(
        id=uuid4(),
        appointment_id=appointment_id,
        booked_by=booked_by,
        zone=client_zone,
        price_minor=offering.price.minor,
        currency=offering.price.currency,
        regular_minor=offering.regular.minor if offering.regular else None,
        intro_minor=offering.price.minor if offering.regular else None,
        # Nobody knows this token: the real one is made together with the client's key.
        token_hash=vault.keyed_hash("place", vault.new_token()),
        created_at=now,
    )


def give_token(row: Place, client_id: UUID) -> None:
    """Put a client into a place and give the place its secret address."""
    token = vault.new_token()
    row.client_id = client_id
    row.token_hash = vault.keyed_hash("place", token)
    row.token_sealed = vault.seal(client_id, "place.token", row.id, token)
