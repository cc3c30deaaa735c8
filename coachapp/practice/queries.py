"""Reads of the practice's own facts, as frozen rows."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from coachapp.db import read, session
from coachapp.money import Money
from coachapp.practice.models import Coach, Offering, OfferingCoach, Practice
from coachapp.practice.rules import CoachRow, Face, Intro, NoSuchOffering, OfferingRow, PracticeRow, WhoBooks
from coachapp.zones import zone

T = TypeVar("T")
_KEPT = "practice facts"
_UNNAMED = PracticeRow(
    name="Your practice",
    neutral_name="Appointments",
    mail_subject="Your update",
    statement_text="SERVICES",
    currency="EUR",
    exit_to="https://www.wikipedia.org/",
)


def practice() -> PracticeRow:
    """The practice; before it is set up, a nameless one with neutral words. Read once per request."""
    return _kept("practice", _read_practice)


# Columns and no objects: every page asks for these, and it takes a third of the time.
_PRACTICE = select(Practice.__table__).where(Practice.__table__.c.id == 1)
_COACHES = select(*(Coach.__table__.c[each.name] for each in fields(CoachRow))).order_by(Coach.__table__.c.id)
_OFFERING = select(Offering.__table__).where(Offering.__table__.c.slug == bindparam("slug"))
_FURTHER = select(OfferingCoach.__table__.c.coach_id).where(
    OfferingCoach.__table__.c.offering_id == bindparam("offering")
)


def _read_practice() -> PracticeRow:
    row = read(_PRACTICE).first()
    if row is None:
        return _UNNAMED
    return PracticeRow(
        name=row.name,
        neutral_name=row.neutral_name,
        mail_subject=row.mail_subject,
        statement_text=row.statement_text,
        currency=row.currency,
        exit_to=row.exit_to,
        page=row.page or {},
        who_books=WhoBooks(row.who_books),
        reading_weekday=row.reading_weekday,
        turn_hours=row.turn_hours,
    )


def face() -> Face:
    """The practice with its coach, for the frame of every page."""
    known = first_coach()
    if known is None:
        return Face(**vars(practice()))
    return Face(
        **vars(practice()),
        coach_first_name=known.first_name,
        coach_name=known.full_name,
        coach_zone=known.zone,
        first_names=tuple(each.first_name for each in _coaches()),
    )


def face_or_unnamed() -> Face:
    """The same, but a nameless practice while the database cannot be read: the error page needs a frame too."""
    try:
        return face()
    except SQLAlchemyError:
        session().rollback()
        return Face(**vars(_UNNAMED))


def coach(coach_id: int) -> CoachRow:
    """One coach; LookupError if there is none with this number."""
    for row in _coaches():
        if row.id == coach_id:
            return row
    raise LookupError(coach_id)


def coaches() -> tuple[CoachRow, ...]:
    """Every coach of the practice."""
    return _coaches()


def first_coach() -> CoachRow | None:
    """The coach of a one-coach practice, or None before anyone was added."""
    return next(iter(_coaches()), None)


def givers(row: OfferingRow) -> tuple[CoachRow, ...]:
    """Who gives it: the coach whose it is and those she has ticked, the one who came first first.

    In a practice of one coach nothing is read for it. The dates of a group are hers who set them, and nobody else's.
    """
    if len(_coaches()) == 1:
        return _coaches()
    own = row.coach_id
    if row.is_group:
        return tuple(each for each in _coaches() if each.id == own)
    further = {coach_id for (coach_id,) in read(_FURTHER, {"offering": row.id})}
    return tuple(each for each in _coaches() if each.id == own or each.id in further)


def forget_kept() -> None:
    """Read the practice and its coaches anew: something about them has changed."""
    session().info.pop(_KEPT, None)


def _coaches() -> tuple[CoachRow, ...]:
    return _kept("coaches", _read_coaches)


def _read_coaches() -> tuple[CoachRow, ...]:
    return tuple(CoachRow(*row) for row in read(_COACHES))


def _kept(name: str, read: Callable[[], T]) -> T:
    """What `read` gives, kept for the length of this request: every page asks for it several times."""
    kept: dict[str, Any] = session().info.setdefault(_KEPT, {})
    if name not in kept:
        kept[name] = read()
    found: T = kept[name]
    return found


def offerings(*, with_unlisted: bool = False, with_inactive: bool = False) -> list[OfferingRow]:
    """What is on show, in the coach's order; `with_unlisted` also what only its address leads to, `with_inactive`
    all there is."""
    wanted = select(Offering).order_by(Offering.position, Offering.title)
    if not with_inactive:
        wanted = wanted.where(Offering.active)
        wanted = wanted if with_unlisted else wanted.where(Offering.listed)
    return [offering_row(row) for row in session().scalars(wanted).all()]


def on_sale(now: datetime) -> list[OfferingRow]:
    """What is on show, each at the price of this day."""
    return [row.on(today_of(row.coach_id, now)) for row in offerings()]


def today_of(coach_id: int, now: datetime) -> date:
    """The day it is where this coach is."""
    return now.astimezone(zone(coach(coach_id).zone)).date()


def given_by(coach_id: int, *, with_unlisted: bool = False, with_inactive: bool = False) -> list[OfferingRow]:
    """What a coach gives, her own and what others have ticked her for, each as she gives it: its `coach_id` is hers."""
    ticked = select(OfferingCoach.offering_id).where(OfferingCoach.coach_id == coach_id)
    further = set(session().scalars(ticked))
    found = offerings(with_unlisted=with_unlisted, with_inactive=with_inactive)
    return [row.given_by(coach_id) for row in found if row.coach_id == coach_id or row.id in further]


def offering(slug: str, *, with_inactive: bool = False) -> OfferingRow:
    """One offering by its address; NoSuchOffering if it is unknown or put away."""
    row = read(_OFFERING, {"slug": slug}).first()
    if row is None or not (row.active or with_inactive):
        raise NoSuchOffering(slug)
    return offering_row(row)


def offering_by_id(offering_id: UUID) -> OfferingRow:
    """One offering, also one that is put away; NoSuchOffering."""
    row = session().get(Offering, offering_id)
    if row is None:
        raise NoSuchOffering(str(offering_id))
    return offering_row(row)


def offering_row(row: Offering | Row[*tuple[Any, ...]]) -> OfferingRow:
    """The frozen form of an offering."""
    currency = practice().currency
    return OfferingRow(
        id=row.id,
        coach_id=row.coach_id,
        slug=row.slug,
        kind=row.kind,
        title=row.title,
        text=row.text,
        points=tuple(row.points),
        length_min=row.length_min,
        sessions=row.sessions,
        price=Money(row.price_minor, currency),
        before_min=row.before_min,
        after_min=row.after_min,
        notice_min=row.notice_min,
        horizon_days=row.horizon_days,
        interval_min=row.interval_min,
        cutoff_min=row.cutoff_min,
        active=row.active,
        lifted=row.lifted,
        position=row.position,
        most_per_day=row.most_per_day,
        most_per_week=row.most_per_week,
        way=row.way,
        listed=row.listed,
        seats=row.seats,
        pays_for_id=row.pays_for_id,
        valid_months=row.valid_months,
        intro=_intro(row, currency),
        most_letters=row.most_letters,
        answer_days=row.answer_days,
    )


def _intro(row: Offering | Row[*tuple[Any, ...]], currency: str) -> Intro | None:
    if row.intro_minor is None or row.intro_from is None or row.intro_until is None:
        return None
    return Intro(Money(row.intro_minor, currency), row.intro_from, row.intro_until)
