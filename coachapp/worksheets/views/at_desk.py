"""What every page of sheets at the desk asks first: who is signed in, and whose record it is."""

from uuid import UUID

from flask import abort
from flask_login import current_user

from coachapp.clients.queries import client_by_ref
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow


def account() -> UUID:
    """The account of whoever is signed in."""
    account_id: UUID = current_user.account_id
    return account_id


def host() -> CoachRow:
    """The coach who is signed in."""
    return coach(current_user.coach_id)


def record_of(ref: str) -> ClientRow:
    """The record with this reference, of one of her clients; 404 for any other."""
    try:
        return client_by_ref(ref, coach_id=current_user.coach_id)
    except NoSuchClient:
        abort(404)
