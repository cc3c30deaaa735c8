"""What makes an appointment stand or fall: confirmed by money or for nothing, cancelled, given back."""

from datetime import datetime
from functools import partial
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp.accounts.operations import make_join_token
from coachapp.audit.operations import record
from coachapp.booking import prices, queries, reduced, waiting
from coachapp.booking.blocking import addresses_of, is_blocked
from coachapp.booking.group_queries import dates_with
from coachapp.booking.inviting import use
from coachapp.booking.models import Appointment, Place
from coachapp.booking.room import new_room_key
from coachapp.booking.rules import (
    AppointmentState,
    HoldEnded,
    NotNow,
    Outcome,
    Paid,
    PlaceRow,
    Span,
    TooLate,
    gives_back_all,
    keeps_distance,
    may_cancel,
    on_paid,
)
from coachapp.booking.seats import take_seat_again
from coachapp.booking.telling import tell_both, tell_client, tell_coach
from coachapp.clients import operations as clients
from coachapp.clients.rules import State
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.payments import credits, parts
from coachapp.payments.credit_queries import spent_on
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import OnPaid, Payable
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact.operations import renew

_SITS = (AppointmentState.CONFIRMED,)


def payable(base_url: str) -> Payable:
    """What payments needs to know of an appointment; links in mails begin with `base_url`."""
    return Payable(
        on_paid=partial(_money_came, base_url),
        on_expired=link_ended,
        on_refunded=_money_went_back,
        on_disputed=partial(_disputed, base_url),
        on_dispute_over=_dispute_over,
        may_be_paid=_may_be_paid,
    )


def confirm_free(place: PlaceRow, base_url: str, *, now: datetime) -> None:
    """Confirm a held place that costs nothing, by a code or as it is. HoldEnded when the time is gone; twice is once.

    CodeGone when the code does not hold any more, NotNow when it costs something by now.
    """
    with transaction() as db:
        lock_coach(place.coach_id)
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        if appointment.state == AppointmentState.CONFIRMED:
            return
        over = appointment.state != AppointmentState.HELD or appointment.ends_at <= now
        place = queries.place(place.id)  # what it costs may have changed in another window
        if over or place.client_id is None:
            raise HoldEnded
        if not place.is_free:
            raise NotNow
        if not use(place, now=now):
            raise HoldEnded
        prices.use_at_once(place, now=now)
        confirm(appointment, place, base_url, now)


def confirm(
    appointment: Appointment, place: PlaceRow, base_url: str, now: datetime, *, actor: UUID | None = None
) -> None:
    """Make it stand, and write every message that announces it, in one transaction. `actor` is the coach's account
    where she books for a client."""
    stand(appointment, place, now, actor=actor)
    announce(place, base_url, now)


def stand(appointment: Appointment, place: PlaceRow, now: datetime, *, actor: UUID | None = None) -> None:
    """Make it stand without a word to anyone."""
    assert place.client_id is not None, "a place is confirmed for someone"
    appointment.state, appointment.hold_until, appointment.changed_at = AppointmentState.CONFIRMED, None, now
    appointment.room_key = appointment.room_key or new_room_key()
    clients.set_state(place.client_id, State.ACTIVE)
    waiting.no_longer(place.client_id, place.offering_id)
    if not place.is_by_link:  # nobody has shown that it was she
        renew(place.client_id, now=now)
    make_join_token(place.client_id, now=now)
    record("book", now=now, role=place.booked_by, actor=actor, subject=place.client_id)


def announce(place: PlaceRow, base_url: str, now: datetime) -> None:
    """Tell the client (through the gate) and the coach that a time stands."""
    who = coach(place.coach_id)
    text = texts.coach_booked(place.starts_at, place.ends_at, who.zone, place.title, f"{base_url}/desk/")
    tell_both(place, "booked", texts.booked, text, base_url, now)


def cancel(
    place: PlaceRow, base_url: str, *, by: str, now: datetime, actor: UUID | None = None
) -> list[UUID]:
    """Cancel a confirmed appointment; returns the refunds to send after the commit. TooLate if it cannot be any more.

    `by` is client, staff or unsafe (the client, because it is not safe for her to come). Everything paid goes back
    in time (the offering's cut-off), by the coach (`actor` is her account), and whenever it was not safe.
    """
    with transaction():
        refunds = fall(place, by=by, now=now, actor=actor)
        _announce_cancelled(queries.place(place.id), base_url, now)
        return refunds


def fall(place: PlaceRow, *, by: str, now: datetime, actor: UUID | None = None) -> list[UUID]:
    """The same without a word to anyone."""
    with transaction() as db:
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        place = queries.place(place.id)  # as it stands under the lock: it may have moved meanwhile
        if not may_cancel(place.state, place.starts_at, place.ends_at, by, now):
            raise TooLate
        appointment.state, appointment.changed_at = AppointmentState.CANCELLED, now
        appointment.sequence += 1
        if by == "unsafe":
            row = db.get_one(Place, place.id)
            row.outcome, row.outcome_at = Outcome.UNSAFE, now
        what = "unsafe" if by == "unsafe" else "cancel"
        record(what, now=now, role=_role(by, place), actor=actor, subject=place.client_id)
        if by == "client" and not gives_back_all(place.starts_at, place.cutoff_min, now):
            credits.keep(place.id, "late", now=now)  # until the coach decides otherwise
            return []
        credits.give_back(place.id, by, now=now)
        reduced.give_back(place.id)
        return parts.give_back(place.id, "cancelled", now=now)


def _role(by: str, place: PlaceRow) -> str:
    """For the audit log: who merely holds a link made for a client is not she."""
    if by == "staff":
        return "staff"
    return "link" if place.is_by_link else "client"


def _money_came(base_url: str, place_id: UUID, now: datetime) -> OnPaid:
    with transaction() as db:
        place, appointment, means = money_for(db, place_id, now)
        if means is Paid.KEEP:
            order = orders_of([place.id])[place.id]
            paid_twice = order.paid.minor > order.amount.minor or place.id in spent_on([place.id])
            if paid_twice and place.pays_by:
                _tell_twice(place, base_url, now)
            return OnPaid.REFUND_AND_APOLOGISE if paid_twice else OnPaid.CONFIRM
        if means is Paid.REFUND:
            _apologise(place, base_url, now)
            return OnPaid.REFUND_AND_APOLOGISE
        use(place, now=now)
        confirm(appointment, place, base_url, now)
        return OnPaid.CONFIRM


def _may_be_paid(place_id: UUID, now: datetime) -> bool:
    """Whether somebody else may still pay for a time: it is kept for that, or stands."""
    place = queries.place(place_id)
    kept = place.state is AppointmentState.HELD and place.hold_until is not None and place.hold_until > now
    return kept or place.state is AppointmentState.CONFIRMED


def money_for(db: Session, place_id: UUID, now: datetime) -> tuple[PlaceRow, Appointment, Paid]:
    """A place whose money has come, held until the transaction ends, and what that means for it."""
    lock_coach(queries.place(place_id).coach_id)
    place = queries.place(place_id)
    appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
    means = on_paid(AppointmentState(appointment.state))
    if place.client_id is None:
        means = Paid.REFUND  # she has taken her words along to another time
    if means is not Paid.KEEP and is_blocked(place.coach_id, *addresses_of(place)):
        means = Paid.REFUND  # put on the list while the payment page was open
    if means is not Paid.KEEP and appointment.ends_at <= now:
        means = Paid.REFUND  # it came when there is nothing left to come to
    if means is not Paid.KEEP and appointment.seat_of in dates_with(place.client_id, _SITS):
        means = Paid.REFUND  # she has sat down in this group date with another place meanwhile
    if means is Paid.TAKE_AGAIN:
        means = Paid.CONFIRM if _take_again(db, appointment) else Paid.REFUND
    return place, appointment, means


def _take_again(db: Session, appointment: Appointment) -> bool:
    """Take back a time that was released, if nobody has taken it or stands too close."""
    if appointment.seat_of is not None:
        return take_seat_again(db, appointment)
    lock_coach(appointment.coach_id)
    near = queries.timetable(appointment.coach_id, appointment.starts_at, appointment.ends_at).busy
    mine = Span(appointment.starts_at, appointment.ends_at, appointment.before_min, appointment.after_min)
    if not keeps_distance(mine, (Span(*other) for other in near)):
        return False
    try:
        with db.begin_nested():
            appointment.state = AppointmentState.HELD
    except IntegrityError:
        return False
    return True


def link_ended(place_id: UUID, now: datetime, let_go: bool) -> None:
    """The payment link ended: a person who lets go frees the time at once, else the hold runs its five minutes.

    What is kept for money of another way ends by its own upkeep, and not without a warning (`awaiting`).
    """
    place = queries.place(place_id)
    with transaction() as db:
        appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        is_late = appointment.hold_until is None or appointment.hold_until <= now
        over = let_go or (is_late and not place.pays_by)
        if appointment.state == AppointmentState.HELD and over:
            appointment.state, appointment.hold_until = AppointmentState.RELEASED, None
            appointment.changed_at = now


def _money_went_back(place_id: UUID, now: datetime) -> None:
    record("refund", now=now, role="system", subject=queries.place(place_id).client_id)


def _disputed(base_url: str, place_id: UUID, now: datetime) -> None:
    place = queries.place(place_id)
    record("dispute", now=now, role="system", subject=place.client_id)
    text = texts.coach_disputed(f"{base_url}/desk/payments/disputed")
    enqueue_for_coach(coach(place.coach_id).email, "trouble", text, key=f"coach dispute:{place_id}", now=now)


def _dispute_over(place_id: UUID, now: datetime, won: bool) -> None:
    """The time stands as it stood: whether a session is held is the coach's to say."""
    what = "dispute_won" if won else "dispute_lost"
    record(what, now=now, role="system", subject=queries.place(place_id).client_id)


def _announce_cancelled(place: PlaceRow, base_url: str, now: datetime) -> None:
    """Of a time that is over only the coach is told: nobody waits for it any more."""
    who = coach(place.coach_id)
    text = texts.coach_cancelled(place.starts_at, place.ends_at, who.zone, f"{base_url}/desk/")
    if place.ends_at > now:
        tell_client(place, "cancelled", texts.cancelled, base_url, now)
    tell_coach(place, "cancelled", text, now)


def _tell_twice(place: PlaceRow, base_url: str, now: datetime) -> None:
    what = _("A card payment came for a time that was paid before. It is sent back in full by itself.")
    text = texts.coach_trouble(what, f"{base_url}/desk/payments")
    enqueue_for_coach(
        coach(place.coach_id).email, "trouble", text, key=f"coach paid twice:{place.id}", now=now
    )


def _apologise(place: PlaceRow, base_url: str, now: datetime) -> None:
    subject, who = practice().mail_subject, coach(place.coach_id)
    order = orders_of([place.id]).get(place.id)
    by_hand = order is not None and order.by_hand
    returned = texts.money_given_back if by_hand else texts.money_returned
    if place.client_id is not None:
        enqueue(
            place.client_id,
            "money back",
            lambda with_link: returned(subject, f"{base_url}/book" if with_link else None),
            key=f"money back:{place.id}",
            now=now,
            reply_to=who.email,
        )
    what = (
        _("Money came for a time that was gone. It is written down for you to give back.")
        if by_hand
        else _("A payment came for a time that was gone. It is sent back in full by itself.")
    )
    enqueue_for_coach(
        who.email,
        "trouble",
        texts.coach_trouble(what, f"{base_url}/desk/"),
        key=f"coach money back:{place.id}",
        now=now,
    )
