"""In which parts a price on its way to being paid may be paid: the coach's terms, her calendar, the price of now."""

from datetime import datetime
from uuid import UUID

from coachapp.booking import queries
from coachapp.booking.rules import NoSuchPlace, NotNow, PlaceRow
from coachapp.money import Money
from coachapp.payments import packages
from coachapp.payments.credit_queries import package, sold_as
from coachapp.payments.credit_rules import NoSuchPackage
from coachapp.payments.part_rules import Outline, Split, outline, split
from coachapp.practice.parting import part_terms
from coachapp.practice.queries import coach, offering_by_id, today_of
from coachapp.practice.rules import OfferingRow
from coachapp.zones import zone


def split_for(place: PlaceRow, now: datetime) -> Split | None:
    """The parts of a held time, or of the package it is a first time of; None where it is paid at once.

    Whoever holds a link made for a client does not promise for her, and money that is awaited comes as a whole.
    """
    if place.is_free or place.is_by_link or place.pays_by:
        return None
    on = None if place.buys else place.starts_at.astimezone(zone(coach(place.coach_id).zone)).date()
    terms = part_terms(queries.sold_id(place))
    return split(place.price, terms, today_of(place.coach_id, now), on)


def split_for_package(package_id: UUID, now: datetime) -> Split | None:
    """The same for a package that is bought without a time."""
    sold = sold_as(package_id)
    if sold is None:
        return None
    today = today_of(offering_by_id(sold).coach_id, now)
    return split(package(package_id).price, part_terms(sold), today, None)


def outline_of(sold: OfferingRow, now: datetime) -> Outline | None:
    """What its page says of parts before anything is chosen; None where it is paid at once."""
    if sold.is_free:
        return None
    today = today_of(sold.coach_id, now)
    return outline(sold.price, part_terms(sold.id), today, with_time=sold.is_bookable)


def chosen(shown: str, offered: Split | None) -> Split | None:
    """The parts somebody has chosen, by their key; empty for all at once. NotNow where they are others by now."""
    if not shown:
        return None
    if offered is None or offered.key != shown:
        raise NotNow
    return offered


def first_of(wanted: Split | None, price: Money) -> Money:
    """What is paid now of a price. NotNow where it is another price by now."""
    if wanted is None:
        return price
    if wanted.first + wanted.rest != price:
        raise NotNow
    return wanted.first


def title_of(whole_kind: str, whole_id: UUID) -> str:
    """What was bought in parts is called; empty where nobody knows it any more."""
    try:
        return package(whole_id).title if whole_kind == packages.KIND else queries.place(whole_id).title
    except (NoSuchPackage, NoSuchPlace):
        return ""


def coach_of(whole_kind: str, whole_id: UUID) -> int | None:
    """Whose time it is; None for what is no time, which is her own coach's."""
    try:
        return None if whole_kind == packages.KIND else queries.place(whole_id).coach_id
    except NoSuchPlace:
        return None
