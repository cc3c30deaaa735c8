"""Upkeep of packages, for tick: say in time that sessions end, end them, and see that the sums agree."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from coachapp import vault
from coachapp.clients.queries import client
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue
from coachapp.payments import credit_queries
from coachapp.payments import credits as ledger
from coachapp.payments.credit_rules import NEARS, PackageRow, Told
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact.queries import gate
from coachapp.web import logs


def tell_and_end(base_url: str, *, now: datetime) -> None:
    """Tell of every end that nears, where a mail with a link may go; and end what was told and is over.

    Who may not be written to is told in her own space, or by the coach; nothing ends before that was thirty days ago.
    """
    for each in credit_queries.packages_near(now + NEARS):
        try:
            if each.nears_its_end(now):
                _tell(each, base_url, now)
            ledger.expire(each.id, now=now)
        except (IntegrityError, vault.KeyGone):
            continue  # another tick was quicker; or she is being erased


def disagreeing() -> int:
    """How many packages have sessions that are nowhere, twice somewhere, or came there out of turn."""
    return sum(not each.agrees for each in credit_queries.every_package())


def say_if_disagreeing() -> None:
    """A line in the log, and no more: only a person can put this right."""
    if count := disagreeing():
        logs.logger().error("packages disagree", count=count)


def _tell(mine: PackageRow, base_url: str, now: datetime) -> None:
    verdict = gate(mine.client_id, booked=False, now=now)
    if verdict.address is None or not verdict.with_link:
        return
    with transaction():
        until = ledger.note_told(mine.id, Told.MAIL, now=now)
        if until is None:
            return
        told, person = credit_queries.package(mine.id).tellings[-1], client(mine.client_id)
        subject, link = practice().mail_subject, f"{base_url}/me/"
        enqueue(
            mine.client_id,
            "package ends",
            lambda with_link: texts.good_until(subject, until, person.zone, link if with_link else None),
            key=ledger.ends_key(mine.id, told.turn),
            now=now,
            booked=False,
            reply_to=coach(person.coach_id).email,
        )
