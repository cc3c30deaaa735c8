"""The client's road on from a held time: tell how to be reached, get a return code, go to pay."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.booking import introductory, prices, queries
from coachapp.booking.holding import WORDS_MOVE_ON, is_known, still_held
from coachapp.booking.making import give_token
from coachapp.booking.models import Appointment, Place
from coachapp.booking.parting import first_of
from coachapp.booking.rules import (
    HOLD_OUTLASTS_LINK,
    HoldEnded,
    NotNow,
    PlaceRow,
)
from coachapp.clients import operations as clients
from coachapp.db import session, transaction
from coachapp.intake import operations as intake
from coachapp.intake.rules import EARLY, HOPE, TERMS
from coachapp.payments import operations as payments
from coachapp.payments import packages, parts
from coachapp.payments.coupon_rules import Lowered
from coachapp.payments.credit_queries import package
from coachapp.payments.part_rules import OtherWay, Split
from coachapp.payments.rules import AttemptRow
from coachapp.practice.queries import offering_by_id
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.rules import Inbox

DRAFTED = ("name", "email", "inbox", HOPE)


@dataclass(frozen=True)
class Details:
    """What a person tells at booking. `address` and `hope` may be empty; `begin_early` where she was asked for it."""

    name: str
    inbox: Inbox
    address: str
    hope: str
    begin_early: bool = False


def save_draft(place: PlaceRow, typed: dict[str, str], *, now: datetime) -> None:
    """Keep what is typed so far (keys of `DRAFTED`), sealed, as it stands.

    HoldEnded when the time is gone; the words are kept even then, to come along to another time.
    """
    if place.state in WORDS_MOVE_ON:
        client_id = _client_of(place, now)
        with transaction() as db:
            _lock_place(db, place)
            # How a client we know is reached stands on her record; nothing typed here speaks for her.
            for question in (HOPE,) if is_known(place) else DRAFTED:
                intake.save_answer(client_id, place.id, question, typed.get(question, ""), now=now)
    if not still_held(place, now):
        raise HoldEnded


def save_details(place: PlaceRow, details: Details, *, now: datetime) -> None:
    """Keep the details and the agreement, and make the return code. HoldEnded when the time is gone."""
    if not still_held(place, now):
        raise HoldEnded
    client_id = _client_of(place, now)
    with transaction() as db:
        _lock_place(db, place)
        clients.rename(client_id, details.name)
        clients.set_zone(client_id, place.zone)
        safe_contact.set_contact(client_id, details.inbox, details.address or None, now=now)
        typed = {"name": details.name, "email": details.address, "inbox": details.inbox, HOPE: details.hope}
        save_draft(place, typed, now=now)
        _agree(client_id, place.id, details.begin_early, now)
        _make_return_code(place.id, client_id)


def save_known(place: PlaceRow, hope: str, *, begin_early: bool = False, now: datetime) -> None:
    """The same for a client we know: her answer and the agreement; how she is reached stays as it is."""
    client_id = place.client_id
    if client_id is None or not still_held(place, now):
        raise HoldEnded
    with transaction() as db:
        _lock_place(db, place)
        intake.save_answer(client_id, place.id, HOPE, hope, now=now)
        _agree(client_id, place.id, begin_early, now)
        _make_return_code(place.id, client_id)


def go_to_pay(place: PlaceRow, return_base: str, *, now: datetime, split: Split | None = None) -> AttemptRow:
    """Commit an attempt to pay for a held place, or the first part of its price (or find the open one), and let the
    hold outlast its link.

    HoldEnded when the time is gone, CodeGone when the code is, IntroHad where she has had the introductory price,
    NotNow where nothing is to be paid any more, or in another way. The network comes after, with
    `payments.operations.open_checkout`.
    """
    with transaction() as db:
        was_intro = introductory.mark_place(place, now=now)
        appointment = _still_held(db, place, now)
        place = queries.place(place.id)  # what it costs may have changed in another window
        if place.is_free or place.is_intro is not was_intro or (split and place.pays_by):
            raise NotNow
        order_id = order_for(place, now, split)
        used = prices.lowered(place.coupon_id, place.regular, place.price)
        attempt = begin_paying(order_id, split, return_base, now=now, lowered=used)
        kept = attempt.expires_at + HOLD_OUTLASTS_LINK
        # What the coach keeps for someone who asked, or who meant to transfer it, may be kept for longer than one link lives.
        longer = appointment.hold_until if place.answer or place.pays_by else None
        appointment.hold_until = max(kept, longer or kept)
        return attempt


def order_for(place: PlaceRow, now: datetime, split: Split | None = None) -> UUID:
    """The order of what is paid for: this time, or the package it is a first time of. HoldEnded if it is nobody's."""
    client_id = place.client_id
    if client_id is None:
        raise HoldEnded
    if place.buys is None or place.offering_id is None:
        first = first_of(split, place.price)
        return payments.open_order(client_id, "appointment", place.id, first, now=now)
    single = offering_by_id(place.offering_id)
    as_shown = replace(place.buys, price=place.price)  # whatever it costs by now
    package_id = packages.begin(client_id, as_shown, single, place.id, now=now)
    first = first_of(split, package(package_id).price)
    return payments.open_order(client_id, packages.KIND, package_id, first, now=now)


def begin_paying(
    order_id: UUID, split: Split | None, return_base: str, *, now: datetime, lowered: Lowered | None
) -> AttemptRow:
    """As `parts.begin`; NotNow where another window has gone on to pay in another way."""
    try:
        return parts.begin(order_id, split, return_base, now=now, lowered=lowered)
    except OtherWay as error:
        raise NotNow from error


def place_for_code(typed: str) -> PlaceRow:
    """The place that four words open, however they were typed; NoSuchPlace."""
    return queries.place_by_code(normal_code(typed))


def new_road(place_id: UUID) -> str:
    """A new cookie for a place whose return code was given; an earlier one no longer counts."""
    road = vault.new_token()
    with transaction() as db:
        db.get_one(Place, place_id).road_hash = vault.keyed_hash("road", road)
    return road


def _agree(client_id: UUID, place_id: UUID, begin_early: bool, now: datetime) -> None:
    for text_key in (TERMS, EARLY) if begin_early else (TERMS,):
        intake.agree(client_id, place_id, text_key, now=now)


def _lock_place(db: Session, place: PlaceRow) -> None:
    """One writer at a time per place: an autosave may still be under way when the form is sent."""
    db.execute(select(Place.id).where(Place.id == place.id).with_for_update())


def _client_of(place: PlaceRow, now: datetime) -> UUID:
    """The client record of this road, made at the first word typed. Always a new one, whoever it may be."""
    known = session().get_one(Place, place.id).client_id
    if known is not None:
        return known
    client_id = clients.new_client(place.coach_id, place.zone, now=now)
    with transaction() as db:
        row = db.get_one(Place, place.id, with_for_update=True)
        if row.client_id is None:
            give_token(row, client_id)
        return row.client_id or client_id


def _make_return_code(place_id: UUID, client_id: UUID) -> None:
    with transaction() as db:
        row = db.get_one(Place, place_id)
        if row.code_hash is None:
            words = four_words()
            row.code_hash = vault.keyed_hash("return code", normal_code(words))
            row.code_sealed = vault.seal(client_id, "place.code", place_id, words)


def _still_held(db: Session, place: PlaceRow, now: datetime) -> Appointment:
    appointment = db.get_one(Appointment, place.appointment_id, with_for_update=True)
    if not still_held(queries.place(place.id), now):
        raise HoldEnded
    return appointment
