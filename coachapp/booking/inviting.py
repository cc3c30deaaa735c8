"""Links to choose a time: made at the desk, good once, revocable, mailed only into an inbox that is hers alone."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, update

from coachapp import vault
from coachapp.audit.operations import record
from coachapp.booking import link_queries
from coachapp.booking.admission import InvitationRow, NoSuchInvitation, NotHersAlone
from coachapp.booking.holding import release_link
from coachapp.booking.models import Invitation
from coachapp.booking.rules import PlaceRow
from coachapp.clients.queries import client
from coachapp.clients.rules import NoSuchClient, State
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact.queries import gate


def invite(
    coach_id: int,
    client_id: UUID | None,
    offering_id: UUID | None,
    ends_at: datetime,
    *,
    by: UUID,
    now: datetime,
) -> UUID:
    """Make a link: for one client, or whoever holds it (None); for one offering, or any (None).

    NoSuchClient for someone who is not a client of this coach's.
    """
    if client_id is not None and client(client_id, coach_id=coach_id).state is State.ASKED:
        raise NoSuchClient(str(client_id))
    token, invitation_id = vault.new_token(), uuid4()
    with transaction() as db:
        db.add(
            Invitation(
                id=invitation_id,
                coach_id=coach_id,
                offering_id=offering_id,
                client_id=client_id,
                token_hash=vault.keyed_hash("invitation", token),
                token_sealed=vault.seal(vault.PRACTICE, "invitation.token", invitation_id, token),
                made_at=now,
                ends_at=ends_at,
            )
        )
        record("invite", now=now, role="staff", actor=by, subject=client_id)
    return invitation_id


def revoke(row: InvitationRow, *, by: UUID, now: datetime) -> None:
    """End a link at once: its address is unknown from now on, and what is held with it is free again."""
    with transaction() as db:
        lock_coach(row.coach_id)
        gone = delete(Invitation).where(Invitation.id == row.id, Invitation.used_at.is_(None))
        if db.scalar(gone.returning(Invitation.id)) is None:
            raise NoSuchInvitation
        release_link(row.id, now=now)
        record("end_invite", now=now, role="staff", actor=by, subject=row.client_id)


def mail(row: InvitationRow, base_url: str, *, by: UUID, now: datetime) -> None:
    """Send a client her link, once. NotHersAlone unless the gate lets a link into this inbox."""
    with transaction():
        if row.client_id is None or not row.is_open(now):
            raise NoSuchInvitation
        verdict = gate(row.client_id, booked=False, now=now)
        if verdict.address is None or not verdict.with_link:
            raise NotHersAlone
        text = texts.invited(practice().mail_subject, f"{base_url}/i/{link_queries.token_of(row.id)}")
        enqueue(
            row.client_id,
            "link",
            lambda with_link: text,
            key=f"link:{row.id}",
            now=now,
            booked=False,
            reply_to=coach(row.coach_id).email,
        )
        record("mail_invite", now=now, role="staff", actor=by, subject=row.client_id)


def use(place: PlaceRow, *, now: datetime) -> bool:
    """Use up the link a place was chosen with, in the transaction that books or asks for it.

    False if it was used for another time, or revoked. A request has used its own already.
    """
    if place.invitation_id is None or place.answer is not None:
        return True
    used = (
        update(Invitation)
        .where(Invitation.id == place.invitation_id, Invitation.used_at.is_(None))
        .values(used_at=now)
        .returning(Invitation.id)
    )
    with transaction() as db:
        return db.scalar(used) is not None
