"""What a client was asked to pay in her own space."""

from datetime import datetime
from uuid import UUID

from coachapp.payments.ask_queries import AskedRow, asked_in_space, token_of
from coachapp.payments.rules import Asking
from coachapp.payments.runtime import payables


def asked_of_her(client_id: UUID, now: datetime) -> list[tuple[AskedRow, Asking, str]]:
    """What she may pay, and what is paid, latest first, with the address of its page."""
    found = [(each, each.state(now, payables())) for each in asked_in_space(client_id)]
    return [
        (each, state, f"/pay/{token_of(each.id)}")
        for each, state in found
        if state in (Asking.OPEN, Asking.PAID)
    ]
