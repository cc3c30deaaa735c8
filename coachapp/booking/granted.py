"""A package whose money was awaited in another way is hers now: said by mail where a link may go, and nowhere else.

Who pays by card is led to the page that says so; who has waited for days would have to look again and again.
"""

from datetime import datetime
from uuid import UUID

from coachapp.booking.models import Purchase
from coachapp.clients.queries import client
from coachapp.db import session
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue
from coachapp.payments.credit_rules import PackageRow
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact.queries import gate


def may_be_told(client_id: UUID, now: datetime) -> bool:
    """Whether a mail may lead her to it: only in an inbox that is hers alone."""
    verdict = gate(client_id, booked=True, now=now)
    return verdict.address is not None and verdict.with_link


def will_tell(package_id: UUID, now: datetime) -> bool:
    """Whether a mail leaves once this package is paid: its money is awaited in another way, and she may be told."""
    row = session().get(Purchase, package_id)
    return row is not None and bool(row.pays_by) and may_be_told(row.client_id, now)


def tell_if_awaited(mine: PackageRow, base_url: str, now: datetime) -> None:
    """Tell her that she can choose a time, once; in her private space, or with the four words she was shown."""
    row = session().get(Purchase, mine.id)
    if row is None or not will_tell(mine.id, now):
        return
    subject, link = practice().mail_subject, f"{base_url}/{'b' if row.code_hash else 'me/'}"
    enqueue(
        mine.client_id,
        "granted",
        lambda _with_link: texts.granted(subject, link),
        key=f"granted:{mine.id}",
        now=now,
        reply_to=coach(client(mine.client_id).coach_id).email,
    )
