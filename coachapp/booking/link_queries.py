"""Reads of invitations: the links with which someone may choose a time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.booking.admission import InvitationRow, NoSuchInvitation
from coachapp.booking.models import Invitation
from coachapp.db import session


def invitation(invitation_id: UUID, *, coach_id: int) -> InvitationRow:
    """One link of this coach's, open or over; NoSuchInvitation."""
    return _own(session().get(Invitation, invitation_id), coach_id)


def open_by_token(token: str, now: datetime) -> InvitationRow:
    """The link behind `/i/<token>`; NoSuchInvitation for one that is unknown, used or over."""
    found = select(Invitation).where(Invitation.token_hash == vault.keyed_hash("invitation", token))
    return _open(session().scalar(found), now)


def open_by_id(invitation_id: UUID, now: datetime) -> InvitationRow:
    """The link a browser has opened before; NoSuchInvitation likewise."""
    return _open(session().get(Invitation, invitation_id), now)


def invitations(coach_id: int) -> list[InvitationRow]:
    """The coach's links, newest first."""
    found = select(Invitation).where(Invitation.coach_id == coach_id)
    rows = session().scalars(found.order_by(Invitation.made_at.desc(), Invitation.id).limit(200))
    return [_row(row) for row in rows]


def token_of(invitation_id: UUID) -> str:
    """The secret of a link, to be shown or mailed once more."""
    row = session().get_one(Invitation, invitation_id)
    return vault.open_(vault.PRACTICE, "invitation.token", row.id, row.token_sealed)


def _open(row: Invitation | None, now: datetime) -> InvitationRow:
    if row is None or not _row(row).is_open(now):
        raise NoSuchInvitation
    return _row(row)


def _own(row: Invitation | None, coach_id: int) -> InvitationRow:
    if row is None or row.coach_id != coach_id:
        raise NoSuchInvitation
    return _row(row)


def _row(row: Invitation) -> InvitationRow:
    return InvitationRow(
        row.id, row.coach_id, row.offering_id, row.client_id, row.made_at, row.ends_at, row.used_at
    )
