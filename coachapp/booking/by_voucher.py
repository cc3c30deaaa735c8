"""A time or a package paid with a voucher: booked or granted at once, and no card is needed."""

from datetime import datetime

from coachapp.booking import introductory, prices, queries
from coachapp.booking.holding import still_held
from coachapp.booking.models import Appointment
from coachapp.booking.operations import order_for
from coachapp.booking.purchases import PurchaseRow, to_be_paid
from coachapp.booking.rules import HoldEnded, NotNow, PlaceRow
from coachapp.db import transaction
from coachapp.money import Money
from coachapp.payments import coupons, packages, vouchers
from coachapp.payments import operations as payments
from coachapp.payments.credit_queries import sold_as
from coachapp.payments.queries import payables_in_flight
from coachapp.payments.rules import AlreadyPaid, Payables
from coachapp.payments.voucher_queries import has_any
from coachapp.payments.voucher_rules import GoneMeanwhile
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import offering_by_id


def is_on_offer(place: PlaceRow) -> bool:
    """Whether a voucher could pay for this time: it costs something, and its coach has made one."""
    return not place.is_free and has_any(place.coach_id)


def pays_package(row: PurchaseRow) -> bool:
    """The same for a package that is bought without a time."""
    return has_any(_seller(row))


def pay(place: PlaceRow, typed: str, payables: Payables, *, now: datetime) -> Money:
    """Pay all that is due with the voucher that was typed, and let it stand; what is left on the voucher.

    NoSuchVoucher, TooLittle; HoldEnded when the time is gone or paid, CodeGone when the code that lowers its price is,
    IntroHad where she has had the introductory price, NotNow while a link to pay by card is open or it costs something
    else by now. Of all of these nothing is written down.
    """
    try:
        with transaction() as db:
            was_intro = introductory.mark_place(place, now=now)
            lock_coach(place.coach_id)
            db.get_one(Appointment, place.appointment_id, with_for_update=True)
            place = queries.place(place.id)  # what it costs may have changed in another window
            if not still_held(place, now) or place.client_id is None:
                raise HoldEnded
            if place.is_free or place.is_intro is not was_intro:
                raise NotNow
            mine = vouchers.take_up(place.coach_id, typed, place.price, now=now)
            if payables_in_flight([place.id]):
                raise NotNow
            order_id = order_for(place, now)
            prices.use_at_once(place, now=now)
            return vouchers.pay(order_id, mine, payables, now=now)
    except (AlreadyPaid, GoneMeanwhile) as error:
        raise HoldEnded from error


def pay_for_package(row: PurchaseRow, typed: str, payables: Payables, *, now: datetime) -> Money:
    """The same for a package that is bought without a time: it is granted at once.

    Errors as in `pay`; GoneMeanwhile where it is not sold to whoever buys it.
    """
    with transaction():
        introductory.mark_purchase(row.package_id, known=row.words is None, now=now)
        row, mine = to_be_paid(row)
        if mine.price.is_zero:
            raise NotNow
        voucher = vouchers.take_up(_seller(row), typed, mine.price, now=now)
        if payables_in_flight([mine.id]):
            raise NotNow
        order_id = payments.open_order(row.client_id, packages.KIND, mine.id, mine.price, now=now)
        used = prices.lowered(row.coupon_id, row.regular, mine.price)
        if used is not None:
            coupons.take(used, row.client_id, mine.id, None, now=now)
        try:
            return vouchers.pay(order_id, voucher, payables, now=now)
        except AlreadyPaid as error:
            raise HoldEnded from error


def _seller(row: PurchaseRow) -> int:
    """The coach whose package it is."""
    sold = sold_as(row.package_id)
    assert sold is not None, "what is bought is sold as something"
    return offering_by_id(sold).coach_id
