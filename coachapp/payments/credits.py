"""The sessions of a package: granted once, used once each, given back, taken back, paused, frozen, ended.

Every change is an entry of the ledger, written in the transaction of what causes it, while the package's own row is
held: a second one who wants the same session waits, looks again, and is told that there is none. The database refuses
whatever would come about in another way.
"""

from datetime import datetime, tzinfo
from uuid import UUID

from sqlalchemy import select

from coachapp.clients.queries import client
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.notifications.queries import state_of
from coachapp.notifications.rules import State
from coachapp.payments import credit_queries, parts
from coachapp.payments.credit_models import CreditEntry, Package
from coachapp.payments.credit_rules import (
    LEFT,
    NOTICE,
    WHOLE,
    BadAmount,
    Kind,
    NoCredit,
    PackageRow,
    Told,
    after_pause,
    end_of_day,
    first_end,
    no_longer_paid,
    refund_by_rule,
    told_end,
    which,
)
from coachapp.payments.part_queries import unpaid, wholes_of
from coachapp.payments.refunds import from_dashboard
from coachapp.zones import zone


def grant(package_id: UUID, *, now: datetime) -> bool:
    """Grant all sessions of a package at once; False if that was done before."""
    with transaction():
        mine = _held(package_id)
        if mine.is_granted:
            return False
        _add(mine, WHOLE, Kind.GRANTED, now, until=first_end(now, mine.months, _clock_of(mine)))
        mine = credit_queries.package(package_id)
        for number in range(1, mine.sessions + 1):
            _add(mine, number, Kind.GRANTED, now)
        return True


def use(client_id: UUID, pays_for_id: UUID | None, place_id: UUID, *, now: datetime) -> None:
    """Use one session of this kind for a place, of the package that ends first; NoCredit when none is left."""
    with transaction() as db:
        hers = select(Package.id).where(Package.client_id == client_id).order_by(Package.id).with_for_update()
        db.scalars(hers).all()  # two of her devices at once: the second waits here
        found = which(credit_queries.packages_of(client_id), pays_for_id) if pays_for_id else None
        if found is None:
            raise NoCredit
        _use(found, place_id, now)


def use_of(package_id: UUID, place_id: UUID, *, now: datetime) -> None:
    """Use one session of this very package; NoCredit when none is left."""
    with transaction():
        _use(_held(package_id), place_id, now)


def give_back(place_id: UUID, way: str, *, now: datetime) -> bool:
    """Give back the session that a place has used; False if it has used none, or it was given back before.

    One that comes back close to the end, or after it, is good for thirty days more.
    """
    with transaction():
        found = credit_queries.uses_of([place_id]).get(place_id)
        if found is None:
            return False
        mine = _held(found[0])
        last = mine.last[found[1].number]
        if last.place_id != place_id or last.kind not in (Kind.USED, Kind.KEPT):
            return False
        _add(mine, last.number, Kind.BACK, now, place_id=place_id, way=way)
        _leave_time(mine, now)
        return True


def keep(place_id: UUID, way: str, *, now: datetime) -> bool:
    """Decide that a used session stays used, though nobody came or it was cancelled late."""
    with transaction():
        found = credit_queries.uses_of([place_id]).get(place_id)
        if found is None:
            return False
        mine = _held(found[0])
        last = mine.last[found[1].number]
        if last.place_id != place_id or last.kind is not Kind.USED:
            return False
        _add(mine, last.number, Kind.KEPT, now, place_id=place_id, way=way)
        return True


def pause(package_id: UUID, by: str, *, now: datetime) -> bool:
    """Let a package rest: its sessions are not used and do not end meanwhile. Twice is once."""
    with transaction():
        mine = _held(package_id)
        if mine.paused_at is not None or not mine.left:
            return False
        _add(mine, WHOLE, Kind.PAUSED, now, way=by)
        return True


def resume(package_id: UUID, by: str, *, now: datetime) -> bool:
    """End the pause; the end has moved by as many days as it lasted."""
    with transaction():
        mine = _held(package_id)
        if mine.paused_at is None or mine.until is None:
            return False
        until = after_pause(mine.until, mine.paused_at, now, _clock_of(mine))
        _add(mine, WHOLE, Kind.RESUMED, now, until=until, way=by)
        return True


def freeze(package_id: UUID, *, now: datetime) -> bool:
    """While a payment is disputed nothing of what it bought is used; False if it is so already."""
    with transaction():
        mine = _held(package_id)
        if mine.is_frozen or not mine.is_granted:
            return False
        _add(mine, WHOLE, Kind.FROZEN, now)
        return True


def end_dispute(package_id: UUID, *, won: bool, now: datetime) -> None:
    """The bank has decided. Lost: what is left is taken back. Won: it is hers again, for thirty days at least."""
    with transaction():
        mine = _held(package_id)
        if not won:
            _take(mine, mine.left, "dispute", now)
        if mine.is_frozen:
            _add(mine, WHOLE, Kind.UNFROZEN, now)
            _leave_time(mine, now)


def note_told(package_id: UUID, way: Told, *, now: datetime) -> datetime | None:
    """Note that she is told when her sessions end, and let that be their end: late news moves it.

    None where there is nothing to tell, or she was told so before.
    """
    with transaction():
        mine = _held(package_id)
        again = was_told(mine) or any(entry.way == way for entry in mine.tellings)
        if again or mine.until is None or not mine.nears_its_end(now):
            return None
        until = told_end(mine.until, now, _clock_of(mine), way)
        _add(mine, WHOLE, Kind.TOLD, now, until=until, way=way)
        return until


def was_told(mine: PackageRow) -> bool:
    """Whether the present end was told: by a mail only if that has left."""
    return any(
        entry.way != Told.MAIL or state_of(ends_key(mine.id, entry.turn)) is State.SENT
        for entry in mine.tellings
    )


def ends_key(package_id: UUID, turn: int) -> str:
    """What makes the mail about the end of a package one mail."""
    return f"package ends:{package_id}:{turn}"


def expire(package_id: UUID, *, now: datetime) -> int:
    """End what is left of a package, when its day is over and it was told; how many sessions ended."""
    with transaction():
        mine = _held(package_id)
        over = mine.until is not None and now >= mine.until and was_told(mine)
        if not over or mine.paused_at is not None or mine.is_frozen:
            return 0
        ending = _numbers_left(mine)
        for number in ending:
            _add(mine, number, Kind.EXPIRED, now)
        return len(ending)


def take_back(package_id: UUID, amount: Money | None, *, now: datetime) -> list[UUID]:
    """Take back what is left of a package and pay back so much of it, or by rule (None); the refunds to send.

    Parts of its price that are not paid yet are let go. BadAmount for more than is still paid.
    """
    with transaction():
        mine = _held(package_id)
        parts.let_rest_go(package_id, now=now)
        order = wholes_of([package_id]).get(package_id)
        left, gone = (order.left, order.gone) if order else (Money(0, mine.price.currency),) * 2
        wanted = amount if amount is not None else refund_by_rule(mine, gone, unpaid(package_id))
        if not 0 <= wanted.minor <= left.minor:
            raise BadAmount
        _take(mine, mine.left, "refund" if wanted.minor else "by hand", now)
        return parts.give_back_some(package_id, wanted, "package", now=now)


def take_over_refund(package_id: UUID, *, now: datetime) -> tuple[Money, int] | None:
    """Money went back from Stripe's dashboard: take back what it no longer pays for.

    Returns how much went back so, and how many sessions were taken; None for a refund of our own.
    """
    with transaction():
        mine = _held(package_id)
        back = from_dashboard(package_id, mine.price.currency)
        if back.is_zero:
            return None
        count = no_longer_paid(mine, back)
        _take(mine, count, "dashboard", now)
        return back, count


def _use(mine: PackageRow, place_id: UUID, now: datetime) -> None:
    number = mine.next_number
    if number is None or not mine.is_usable:
        raise NoCredit
    _add(mine, number, Kind.USED, now, place_id=place_id)


def _take(mine: PackageRow, count: int, way: str, now: datetime) -> None:
    for number in _numbers_left(mine)[::-1][:count]:
        _add(mine, number, Kind.TAKEN, now, way=way)


def _numbers_left(mine: PackageRow) -> list[int]:
    return sorted(number for number, entry in mine.last.items() if number and entry.kind in LEFT)


def _leave_time(mine: PackageRow, now: datetime) -> None:
    """What comes back is never lost the next day."""
    where = _clock_of(mine)
    least = end_of_day((now + NOTICE).astimezone(where).date(), where)
    mine = credit_queries.package(mine.id)
    if mine.until is not None and mine.until < least:
        _add(mine, WHOLE, Kind.EXTENDED, now, until=least)


def _held(package_id: UUID) -> PackageRow:
    """A package as it stands now; nobody else changes it until the transaction ends."""
    with transaction() as db:
        db.execute(select(Package.id).where(Package.id == package_id).with_for_update())
        return credit_queries.package(package_id)


def _add(
    mine: PackageRow,
    number: int,
    kind: Kind,
    now: datetime,
    *,
    place_id: UUID | None = None,
    until: datetime | None = None,
    way: str | None = None,
) -> None:
    before = mine.last.get(number)
    with transaction() as db:
        db.add(
            CreditEntry(
                package_id=mine.id,
                number=number,
                turn=before.turn + 1 if before else 1,
                kind=kind,
                at=now,
                place_id=place_id,
                until=until,
                way=way,
            )
        )
        db.flush()


def _clock_of(mine: PackageRow) -> tzinfo:
    return zone(client(mine.client_id).zone)
