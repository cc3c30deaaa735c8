"""The client's home, and her sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking.around_queries import Beside, beside
from coachapp.booking.awaiting import order_of
from coachapp.booking.awaiting_packages import awaited_of
from coachapp.booking.early import unasked
from coachapp.booking.queries import next_and_last, place_token, places_kept, places_of
from coachapp.booking.rules import AppointmentState, NoSuchPlace, PlaceRow
from coachapp.booking.wait_queries import kept_for, waits_of
from coachapp.booking.wait_rules import WaitRow
from coachapp.clients.queries import wishes
from coachapp.payments.part_queries import open_parts, wholes_of
from coachapp.payments.rules import Asking
from coachapp.portal.views.asked import asked_of_her
from coachapp.portal.views.packages import note_shown, packages_on_show
from coachapp.portal.views.room import bp, own_record
from coachapp.practice.paying import ways
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow
from coachapp.questions import queries as questions
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.queries import contact
from coachapp.web.guards import client_only
from coachapp.worksheets.margin_queries import written_lately
from coachapp.worksheets.own_words_queries import on_home
from coachapp.worksheets.queries import sheets_of

_ON_HOME = 4
_RENEW_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Session:
    """One of her appointments as her pages show it, with the coach who gives it; `token` leads to its own page, None
    for one without."""

    place: PlaceRow
    token: str | None
    is_paid: bool
    beside: Beside | None
    host: CoachRow
    asks_early: bool

    @property
    def is_cancelled(self) -> bool:
        return self.place.state is AppointmentState.CANCELLED


@bp.get("/")
@client_only
def home() -> ResponseReturnValue:
    """What comes next, what she is writing, her own words."""
    me, now = own_record(), clock.now()
    _renew(me.id, now)
    note_shown(me.id, now)
    coming, _last = next_and_last(me.id, now=now)
    sheets = sheets_of(me.id)
    return render_template(
        "portal/home.html",
        client=me,
        zone=me.zone,
        now=now,
        hour=now.astimezone(ZoneInfo(me.zone)).hour,
        session=_sessions([coming])[0] if coming else None,
        coach=coach(me.coach_id),
        sheets=sorted(sheets, key=lambda sheet: sheet.is_done)[:_ON_HOME],
        own=on_home(me.id),
        words_beside=written_lately(me.id, now),
        asked=[
            (place, token)
            for place in _coming(me.id, now)
            if place.asked_zone and (token := _token(place)) is not None
        ],
        lines=_lines(me.id, now),
        questions=questions.on_show(me.id, now),
        has_questions=bool(questions.questions_of(me.id)),
        kept_times=[(each, _token(each), order_of(each)) for each in places_kept(me.id)],
        awaited=awaited_of(me.id, now=now),
        ways=ways(),
        to_pay=[each for each in asked_of_her(me.id, now) if each[1] is Asking.OPEN],
        parts=open_parts(me.id),
        wishes=wishes(me.id),
        contact=contact(me.id),
        packages=packages_on_show(me.id, now),
    )


@bp.get("/sessions")
@client_only
def sessions() -> ResponseReturnValue:
    """Every session, coming and past."""
    me, now = own_record(), clock.now()
    found = _sessions(places_of(me.id))
    return render_template(
        "portal/sessions.html",
        zone=me.zone,
        now=now,
        coach=coach(me.coach_id),
        coming=[each for each in found if not each.is_cancelled and each.place.ends_at > now],
        past=[each for each in reversed(found) if each.is_cancelled or each.place.ends_at <= now],
    )


def _lines(client_id: UUID, now: datetime) -> list[tuple[WaitRow, PlaceRow | None, str | None]]:
    """What she waits for, with the time that is kept for her and its address, if there is one."""
    found = [(line, kept_for(line.id)) for line in waits_of(client_id) if line.ends_at > now]
    return [(line, kept, _token(kept) if kept else None) for line, kept in found]


def _coming(client_id: UUID, now: datetime) -> list[PlaceRow]:
    """Her appointments that stand and are not over."""
    confirmed = AppointmentState.CONFIRMED
    return [each for each in places_of(client_id) if each.state is confirmed and each.ends_at > now]


def _sessions(places: list[PlaceRow]) -> list[Session]:
    orders = wholes_of([place.id for place in places])
    now = clock.now()
    to_ask = unasked(places, now)
    return [
        Session(
            place,
            _token(place),
            bool(order and order.left.minor),
            _beside(place, now),
            coach(place.coach_id),
            place.id in to_ask,
        )
        for place in places
        for order in [orders.get(place.id)]
    ]


def _beside(place: PlaceRow, now: datetime) -> Beside | None:
    """What stands around a session that is not over yet."""
    is_coming = place.state is AppointmentState.CONFIRMED and place.ends_at > now
    return beside(place, now) if is_coming else None


def _token(place: PlaceRow) -> str | None:
    try:
        return place_token(place.id)
    except NoSuchPlace:
        return None


def _renew(client_id: UUID, now: datetime) -> None:
    """A visit renews the permission to write; once a day is enough."""
    known = contact(client_id)
    if known is not None and known.stopped_at is None and now - known.renewed_at > _RENEW_AFTER:
        safe_contact.renew(client_id, now=now)
