"""A held time, or the package it is a first time of, paid with a voucher: booked at once, and no card is needed."""

from datetime import datetime

from coachapp.booking import introductory, prices, queries
from coachapp.booking.holding import still_held
from coachapp.booking.models import Appointment
from coachapp.booking.operations import order_for
from coachapp.booking.rules import HoldEnded, NotNow, PlaceRow
from coachapp.db import transaction
from coachapp.payments import vouchers
from coachapp.payments.queries import payables_in_flight
from coachapp.payments.rules import AlreadyPaid, Payables
from coachapp.payments.voucher_queries import has_any
from coachapp.payments.voucher_rules import GoneMeanwhile
from coachapp.practice.operations import lock_coach


def is_on_offer(place: PlaceRow) -> bool:
    """Whether a voucher could pay for this time: it costs something, and its coach has made one."""
    return not place.is_free and has_any(place.coach_id)


def pay(place: PlaceRow, typed: str, payables: Payables, *, now: datetime) -> None:
    """Pay all that is due with the voucher that was typed, and let it stand.

    NoSuchVoucher, TooLittle; HoldEnded when the time is gone or paid, CodeGone when the code that lowers its price is,
    IntroHad where she has had the introductory price, NotNow while a link to pay by card is open or it costs something
    else by now. Of all of these nothing is written down.
    """
    try:
        with transaction() as db:
            was_intro = introductory.mark_place(place)
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
            vouchers.pay(order_id, mine, payables, now=now)
    except (AlreadyPaid, GoneMeanwhile) as error:
        raise HoldEnded from error
