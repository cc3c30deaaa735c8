"""What waits for the coach: things to read, mails that did not leave, money that needs her eyes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.booking.awaiting import awaited
from coachapp.booking.awaiting_packages import awaited as awaited_packages
from coachapp.booking.blocking import blocked_people
from coachapp.booking.queries import places_asked
from coachapp.booking.rules import Standing
from coachapp.booking.wait_queries import openings
from coachapp.clients.models import Client
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.db import session
from coachapp.desk import money_queries, unread_queries
from coachapp.desk.package_queries import undecided, untold
from coachapp.desk.part_queries import parts_awaited
from coachapp.desk.payment_queries import to_give_back
from coachapp.messages.queries import waiting as waiting_messages
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.rules import State
from coachapp.payments.models import Attempt, Order
from coachapp.payments.rules import AttemptState
from coachapp.practice.queries import coach, coaches, first_coach
from coachapp.questions.queries import waiting as waiting_questions

SHOWN_FOR = timedelta(days=7)


class Matter(StrEnum):
    """What kind of thing waits."""

    REQUEST = "request"
    FREED = "freed"
    BLOCKED = "blocked"
    INTAKE = "intake"
    SHEET = "sheet"
    PAGE = "page"
    MESSAGE = "message"
    QUESTION = "question"
    MAIL = "mail"
    AWAITED = "awaited"
    PARTS = "parts"
    TO_GIVE = "to give"
    ENDING = "ending"
    ABSENCE = "absence"
    REFUND = "refund"
    DISPUTE = "dispute"
    ALARM = "alarm"


@dataclass(frozen=True)
class Waiting:
    """One thing that waits; `about` is a title or kind, `client` None when it concerns nobody we may name."""

    matter: Matter
    at: datetime
    client: ClientRow | None
    about: str = ""
    number: int | None = None
    certain: bool = True


@dataclass(frozen=True)
class _Found:
    matter: Matter
    at: datetime
    client_id: UUID | None
    about: str = ""
    number: int | None = None
    certain: bool = True


def waiting(coach_id: int, *, now: datetime) -> list[Waiting]:
    """Everything that waits for this coach: money first, then requests, mails, and what is to be read."""
    found = [
        *_money(coach_id),
        *_disputes(coach_id, now),
        *_colleagues_money(coach_id, now),
        *_by_hand(coach_id, now),
        *_parts(coach_id, now),
        *_requests(coach_id, now),
        *_packages(coach_id, now),
        *_came_free(coach_id, now),
        *_mails(coach_id, now),
        *_to_read(coach_id, now),
        *_tries(coach_id, now),
    ]
    known = clients_by_id(each.client_id for each in found if each.client_id)
    return [
        Waiting(
            each.matter,
            each.at,
            known.get(each.client_id) if each.client_id else None,
            each.about,
            each.number,
            each.certain,
        )
        for each in found
    ]


def _requests(coach_id: int, now: datetime) -> list[_Found]:
    """`about` is the id of the place in its address."""
    places = places_asked(coach_id, now=now)
    return [
        _Found(Matter.REQUEST, place.starts_at, place.client_id, str(place.id))
        for place in places
        if place.standing is Standing.ASKED
    ]


def _packages(coach_id: int, now: datetime) -> list[_Found]:
    """Ends that were not told, and sessions of times nobody came to; `about` is the package's title."""
    return [
        *(
            _Found(Matter.ENDING, mine.until, mine.client_id, mine.title)
            for mine in untold(coach_id, now=now)
            if mine.until
        ),
        *(_Found(Matter.ABSENCE, each.starts_at, each.client_id) for each in undecided(coach_id)),
    ]


def _came_free(coach_id: int, now: datetime) -> list[_Found]:
    """One line for all times that came free and suit someone on the waiting list; when the first of them begins."""
    found = openings(coach_id, now=now)
    return [_Found(Matter.FREED, found[0].starts_at, None, number=len(found))] if found else []


def _tries(coach_id: int, now: datetime) -> list[_Found]:
    """Blocked people who tried to book in the last week; `about` is the coach's own word."""
    return [
        _Found(Matter.BLOCKED, row.tried_at, None, row.word)
        for row in blocked_people(coach_id)
        if row.tried_at and row.tried_at > now - SHOWN_FOR
    ]


def _to_read(coach_id: int, now: datetime) -> list[_Found]:
    intakes = unread_queries.unread_intakes(coach_id, now=now)
    sheets = unread_queries.unread_sheets(coach_id)
    return [
        *(_Found(Matter.INTAKE, place.starts_at, place.client_id) for place in intakes),
        *(_Found(Matter.SHEET, each.shared_at, each.client_id, each.title, each.number) for each in sheets),
        *(
            _Found(Matter.PAGE, each.shared_at, each.client_id, number=each.number)
            for each in unread_queries.unread_pages(coach_id)
        ),
        *_messages(coach_id),
        *_questions(coach_id),
    ]


def _messages(coach_id: int) -> list[_Found]:
    """One line for all short messages that wait: how many, and since when."""
    found = waiting_messages(coach_id)
    return [_Found(Matter.MESSAGE, found[0].written_at, None, number=len(found))] if found else []


def _questions(coach_id: int) -> list[_Found]:
    """One line for all questions that wait: how many, and by when the first answer is promised."""
    found = waiting_questions(coach_id)
    if not found or found[0].promised_at is None:
        return []
    return [_Found(Matter.QUESTION, found[0].promised_at, None, number=len(found))]


def _mails(coach_id: int, now: datetime) -> list[_Found]:
    """Mails of the last week that did not leave, or may have left once."""
    rows = session().scalars(
        select(OutboxMessage)
        .outerjoin(Client, Client.id == OutboxMessage.client_id)
        .where(OutboxMessage.state.in_([State.FAILED, State.UNSURE]))
        .where(OutboxMessage.created_at > now - SHOWN_FOR)
        .where((Client.coach_id == coach_id) | OutboxMessage.client_id.is_(None))
        .order_by(OutboxMessage.created_at)
    )
    return [
        _Found(Matter.MAIL, row.created_at, row.client_id, row.kind, certain=row.state == State.FAILED)
        for row in rows
        if row.client_id is not None or _is_to(coach_id, row)
    ]


def _is_to(coach_id: int, row: OutboxMessage) -> bool:
    """Whether a mail to a coach was to this one; where its address is forgotten by now it was to the only one."""
    if row.address_sealed is None:
        return len(coaches()) == 1
    to = vault.open_(vault.PRACTICE, "outbox_message.address", row.id, row.address_sealed)
    return to == coach(coach_id).email or len(coaches()) == 1


def _by_hand(coach_id: int, now: datetime) -> list[_Found]:
    """One line for all money that is awaited (when the first of it ends), and one for all that is to be given back."""
    kept = [each.place for each in awaited(coach_id, now=now) if each.is_kept]
    bought = [each.purchase.pays_until for each in awaited_packages(coach_id, now=now)]
    ends = [place.hold_until for place in kept if place.hold_until]
    ends += [until for until in bought if until and until > now]
    backs = to_give_back(coach_id)
    found = [_Found(Matter.AWAITED, min(ends), None, number=len(ends))] if ends else []
    return found + ([_Found(Matter.TO_GIVE, backs[0].at, None, number=len(backs))] if backs else [])


def _parts(coach_id: int, now: datetime) -> list[_Found]:
    """One line for all parts of prices whose day is over."""
    late = [each for each in parts_awaited(coach_id, now=now) if each.is_late]
    return [_Found(Matter.PARTS, now, None, number=len(late))] if late else []


def _money(coach_id: int) -> list[_Found]:
    """`about` is the order whose money did not go back."""
    db = session()
    alarms = (
        select(Attempt.created_at, Order.client_id)
        .join(Order, Order.id == Attempt.order_id)
        .join(Client, Client.id == Order.client_id)
        .where(Client.coach_id == coach_id, Attempt.state == AttemptState.ALARM)
    )
    return [_Found(Matter.ALARM, at, client_id) for at, client_id in db.execute(alarms)] + [
        _Found(Matter.REFUND, at, client_id, str(order_id))
        for at, client_id, order_id in money_queries.failed_refunds(coach_id)
    ]


def _disputes(coach_id: int, now: datetime) -> list[_Found]:
    """`certain` is that the bank has decided, against the coach."""
    return [
        _Found(Matter.DISPUTE, at, client_id, certain=lost)
        for at, client_id, lost in money_queries.disputes(coach_id, now=now)
    ]


def _colleagues_money(coach_id: int, now: datetime) -> list[_Found]:
    """What the practice's first coach hears of money of colleagues' clients: it is the practice's. No client is named;
    `about` is the colleague."""
    first = first_coach()
    if first is None or first.id != coach_id:
        return []
    others = [each for each in coaches() if each.id != coach_id]
    return [
        *(
            _Found(Matter.REFUND, at, None, each.first_name)
            for each in others
            for at, _client, _order in money_queries.failed_refunds(each.id)
        ),
        *(
            _Found(Matter.DISPUTE, at, None, each.first_name, certain=lost)
            for each in others
            for at, _client, lost in money_queries.disputes(each.id, now=now)
        ),
    ]
