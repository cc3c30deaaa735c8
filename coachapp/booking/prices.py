"""What lowers the price of a time, or of a package, on its way to being paid: a code, or the introductory price.

Never both: the better one counts, and a code that is not better is not used. What is shown before the button is the
price that stands in the row; a code is used when somebody goes on to pay with it.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from coachapp.booking import queries
from coachapp.booking.holding import still_held
from coachapp.booking.introductory import had_intro
from coachapp.booking.models import Appointment, Place, Purchase, Reduced
from coachapp.booking.rules import HoldEnded, NoSuchPlace, NotNow, PlaceRow
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.payments import coupons, packages
from coachapp.payments.coupon_queries import coupon, good_coupon
from coachapp.payments.coupon_rules import Lowered, NoSuchCode
from coachapp.payments.credit_queries import package, sold_as
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.queries import unfinished_attempt
from coachapp.practice.queries import offering_by_id, today_of
from coachapp.practice.rules import OfferingRow


def at_her_price(chosen: OfferingRow, client_id: UUID | None, now: datetime) -> OfferingRow:
    """An offering at its price of today: the introductory one while it runs, unless this client has had it."""
    sold = chosen.on(today_of(chosen.coach_id, now))
    if sold.regular and client_id and had_intro(client_id, chosen.id, now=now):
        return chosen
    return sold


def note_price(row: Reduced, sold: OfferingRow) -> None:
    """Write down that something was begun at the introductory price, and what it costs otherwise."""
    if sold.regular is not None:
        row.regular_minor, row.intro_minor = sold.regular.minor, sold.price.minor


def use_code(place: PlaceRow, typed: str, *, now: datetime) -> bool:
    """Lower the price of a held time; False where the introductory price is the better one, and the code stays unused.

    NoSuchCode; HoldEnded when the time is gone; NotNow while it is being paid, or kept for money on its way.
    """
    with transaction() as db:
        place = _on_hold(place, now)
        row = db.get_one(Place, place.id, with_for_update=True)
        # A link made for a client tells nothing of her, so not how often her record has used a code either.
        whose = None if place.is_by_link else place.client_id
        left = _with_code(row, place.price, queries.sold_id(place), whose, typed, now)
        _not_while_paid(place.id)
        row.price_minor = (left or place.price).minor
        return left is not None


def leave_code(place: PlaceRow, *, now: datetime) -> None:
    """Go on without the code: the price is what it was before. HoldEnded; NotNow while it is being paid."""
    with transaction() as db:
        place = _on_hold(place, now)
        row = db.get_one(Place, place.id, with_for_update=True)
        _not_while_paid(place.id)
        row.price_minor = _without_code(row, place.price.minor)


def leave_intro(place: PlaceRow, *, now: datetime) -> None:
    """She has had the introductory price: this time costs what it costs otherwise. As `leave_code`."""
    with transaction() as db:
        place = _on_hold(place, now)
        row = db.get_one(Place, place.id, with_for_update=True)
        _not_while_paid(place.id)
        row.price_minor = _without_intro(row, place.price.minor)


def code_on(old_road: str | None) -> str | None:
    """The code that the time held on this road so far is lowered by."""
    try:
        chosen = queries.place_by_road(old_road or "").coupon_id
    except NoSuchPlace:
        return None
    return coupon(chosen).code if chosen else None


def bring_code(new_road: str, code: str | None, *, now: datetime) -> None:
    """She has chosen another time: her code comes along, if it is good for that too."""
    if code is not None:
        with suppress(NoSuchCode, HoldEnded, NotNow):
            use_code(queries.place_by_road(new_road), code, now=now)


def use_code_for_package(package_id: UUID, typed: str, *, now: datetime) -> bool:
    """As `use_code`, for a package that is bought without a time."""
    with transaction():
        row, mine = _purchase(package_id)
        sold = sold_as(package_id)
        if sold is None:
            raise NoSuchCode
        left = _with_code(row, mine.price, sold, row.client_id, typed, now)
        _not_while_paid(package_id)
        packages.set_price(package_id, left or mine.price)
        return left is not None


def leave_code_for_package(package_id: UUID) -> None:
    """As `leave_code`, for a package that is bought without a time."""
    with transaction():
        row, mine = _purchase(package_id)
        _not_while_paid(package_id)
        packages.set_price(package_id, Money(_without_code(row, mine.price.minor), mine.price.currency))


def leave_intro_for_package(package_id: UUID) -> None:
    """As `leave_intro`, for a package that is bought without a time."""
    with transaction():
        row, mine = _purchase(package_id)
        _not_while_paid(package_id)
        packages.set_price(package_id, Money(_without_intro(row, mine.price.minor), mine.price.currency))


def lowered(coupon_id: UUID | None, regular: Money | None, price: Money) -> Lowered | None:
    """The code something is paid with, for `begin_attempt`; None without one."""
    return Lowered(coupon_id, regular, price) if coupon_id and regular else None


def use_at_once(place: PlaceRow, *, now: datetime) -> None:
    """Use the code that has lowered a price, in the transaction that confirms without a card; CodeGone."""
    used = lowered(place.coupon_id, place.regular, place.price)
    if used is not None and place.client_id is not None:
        coupons.take(used, place.client_id, place.id, None, now=now)


def _on_hold(place: PlaceRow, now: datetime) -> PlaceRow:
    """The place as it stands, its time locked."""
    with transaction() as db:
        db.get_one(Appointment, place.appointment_id, with_for_update=True)
        place = queries.place(place.id)
        if not still_held(place, now):
            raise HoldEnded
        if place.pays_by:
            raise NotNow  # it is kept for this very amount, which somebody may be about to send
        return place


def _not_while_paid(payable_id: UUID) -> None:
    if unfinished_attempt(payable_id):
        raise NotNow


def _purchase(package_id: UUID) -> tuple[Purchase, PackageRow]:
    """A package on its way to being bought, locked; NotNow while money of another way than the card is awaited."""
    with transaction() as db:
        row = db.get_one(Purchase, package_id, with_for_update=True)
        if row.pays_by:
            raise NotNow  # its money may be on its way, and is this very amount
        return row, package(package_id)


def _with_code(
    row: Reduced, price: Money, offering_id: UUID, client_id: UUID | None, typed: str, now: datetime
) -> Money | None:
    """What is left with this code; None where the introductory price is no more than that. NoSuchCode."""
    owner = offering_by_id(offering_id).coach_id
    code = good_coupon(owner, typed, offering_id, client_id, today_of(owner, now))
    regular = price if row.regular_minor is None else Money(row.regular_minor, price.currency)
    left = code.leaves(regular)
    if left.minor >= regular.minor:
        raise NoSuchCode  # it takes nothing off
    if client_id is None and code.most_each is not None:
        raise NoSuchCode
    if row.intro_minor is not None and row.intro_minor <= left.minor:
        return None
    row.regular_minor, row.coupon_id = regular.minor, code.id
    return left


def _without_code(row: Reduced, price: int) -> int:
    if row.coupon_id is None:
        return price
    row.coupon_id = None
    return _otherwise(row, price)


def _without_intro(row: Reduced, price: int) -> int:
    row.intro_minor = row.intro_mark = None
    return price if row.coupon_id else _otherwise(row, price)


def _otherwise(row: Reduced, price: int) -> int:
    """The price without a code: the introductory one if there is one, else the regular one, and nothing to remember."""
    if row.intro_minor is not None:
        return row.intro_minor
    regular, row.regular_minor = row.regular_minor, None
    return price if regular is None else regular
