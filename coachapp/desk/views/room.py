"""The blueprint of the desk and what its pages share: who is asking, covered names, the rooms of the menu."""

from uuid import UUID

from flask import Blueprint, abort, request, session
from flask_login import current_user

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.clients.queries import client_by_ref
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.desk import queries, unread_queries, words
from coachapp.messages.queries import count_waiting
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow
from coachapp.questions.queries import count_waiting as count_questions

bp = Blueprint("desk", __name__, url_prefix="/desk")

ROOMS = (
    "today",
    "calendar",
    "clients",
    "worksheets",
    "messages",
    "questions",
    "offerings",
    "hours",
    "payments",
    "accounts",
    "settings",
)
_COVERED = "covered"


def host() -> CoachRow:
    """The coach at the desk."""
    return coach(current_user.coach_id)


def account() -> UUID:
    """Her account, for the audit log."""
    found: UUID = current_user.account_id
    return found


def own_client(ref: str) -> ClientRow:
    """One of her clients by reference, the view noted in the audit log; 404 for anyone else's."""
    try:
        found = client_by_ref(ref, coach_id=current_user.coach_id)
    except NoSuchClient:
        abort(404)
    if request.method == "GET":
        record_view(found.id, now=clock.now(), role="staff", actor=account())
    return found


def is_covered() -> bool:
    """Whether names are covered: only references show."""
    return bool(session.get(_COVERED))


def cover(covered: bool) -> None:
    """Cover names on this device until they are uncovered or she signs out."""
    session[_COVERED] = covered


def who(client: ClientRow | None) -> str:
    """What a client is called on the desk: first name and initial, or the reference while names are covered."""
    if client is None:
        return ""
    return client.ref if is_covered() or not client.short else client.short


def initials(client: ClientRow) -> str:
    """What stands in the round mark beside a name."""
    return client.ref[2:4] if is_covered() else client.initials


@bp.app_context_processor
def for_every_desk_page() -> dict[str, object]:
    """The menu and the words every page below /desk shares, whichever room it belongs to."""
    if not request.path.startswith("/desk") or not (current_user.is_active and current_user.kind == "staff"):
        return {}
    now = clock.now()
    unread = len(unread_queries.unread_intakes(current_user.coach_id, now=now))
    return {
        "me": host(),
        "nav_rooms": ROOMS,
        "nav_counts": {
            "clients": unread,
            "worksheets": len(unread_queries.unread_sheets(current_user.coach_id)),
            "messages": count_waiting(current_user.coach_id),
            "questions": count_questions(current_user.coach_id),
        },
        "now": now,
        "covered": is_covered(),
        "who": who,
        "initials": initials,
        "record_of": lambda client: queries.record(client, now=now),
        "reach_pill": words.reach_pill,
        "reach_band": words.reach_band,
        "pay_pill": words.pay_pill,
        "length": words.length,
    }
