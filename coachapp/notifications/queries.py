"""Reads of the outbox."""

from sqlalchemy import select

from coachapp.db import session
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.rules import State


def state_of(key: str) -> State | None:
    """How the message with this key stands; None while it was not written."""
    found = session().scalar(select(OutboxMessage.state).where(OutboxMessage.unique_key == key))
    return State(found) if found else None
