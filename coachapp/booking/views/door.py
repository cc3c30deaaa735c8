"""Who is at the door: a client signed in, someone with a link, or anyone; and whether times are shown to her."""

from dataclasses import replace
from uuid import UUID

from flask import session
from flask_login import current_user

from coachapp import clock
from coachapp.booking import link_queries, parting, prices, reduced
from coachapp.booking.admission import (
    STRANGER,
    Guest,
    InvitationRow,
    NoSuchInvitation,
    asks_first,
    may_book_early,
    notice,
)
from coachapp.clients.queries import client
from coachapp.clients.rules import NoSuchClient, State
from coachapp.payments.credit_queries import usable
from coachapp.payments.part_rules import Outline
from coachapp.practice.queries import coach, givers, practice
from coachapp.practice.rules import OfferingRow, WhoBooks
from coachapp.zones import zone

_LINK = "i"


def remember(row: InvitationRow) -> None:
    """Let this browser choose with a link from now on."""
    session[_LINK] = row.id.hex


def forget() -> None:
    """Whoever leaves the site, or books, leaves the link behind."""
    session.pop(_LINK, None)


def guest_for(chosen: OfferingRow) -> Guest:
    """For whom a time of this offering would be held."""
    own, link = _signed_in(), _present_link(chosen)
    if link is None:
        return Guest(client_id=own)
    if own is not None:
        # Signed in she books for herself; a link made for her is used up by it, anybody else's is left alone.
        return Guest(own, link.id, only_with=link.coach_id) if link.client_id == own else Guest(own)
    if link.client_id is not None:
        return Guest(link.client_id, link.id, "link", link.coach_id)
    return Guest(None, link.id, only_with=link.coach_id)


def ways(chosen: OfferingRow, guest: Guest) -> list[OfferingRow]:
    """The offering as each coach gives it with whom this guest may choose a time; never empty."""
    with_whom = [each for each in givers(chosen) if guest.only_with in (None, each.id)]
    return [as_offered(chosen.given_by(each.id), guest) for each in with_whom]


def as_offered(chosen: OfferingRow, guest: Guest) -> OfferingRow:
    """The offering as this guest may choose it: signed in, a client in her first weeks has times at shorter notice.

    Her own coach has given her that, for times of her own.
    """
    if guest.client_id is None or guest.booked_by == "link":
        return chosen
    host, known = coach(chosen.coach_id), client(guest.client_id)
    today = clock.now().astimezone(zone(host.zone)).date()
    early = known.coach_id == host.id and may_book_early(known.early_until, today)
    return replace(chosen, notice_min=notice(chosen.notice_min, host.early_notice_min, early=early))


def at_her_price(chosen: OfferingRow) -> OfferingRow:
    """At its price of today. Who is signed in and has had the introductory one is shown the regular one; a link made
    for a client tells nothing of her, so with it that price is shown to whoever holds it."""
    return prices.at_her_price(chosen, _signed_in(), clock.now()) if chosen.intro else chosen


def as_priced(chosen: OfferingRow, guest: Guest) -> OfferingRow:
    """The offering at the price this guest pays for a time of it.
    A first time of a package is paid with the package."""
    as_it_is = is_first(chosen) or guest.booked_by == "link"
    return chosen if as_it_is else reduced.as_priced(chosen, guest.client_id)


def parts_of(chosen: OfferingRow, guest: Guest) -> Outline | None:
    """How its price can be paid in parts, as its page says. Of a first time the page of its package says it; whoever
    holds a link made for a client does not promise for her."""
    is_hers_to_say = not is_first(chosen) and guest.booked_by != "link"
    return parting.outline_of(chosen, clock.now()) if is_hers_to_say else None


def is_first(chosen: OfferingRow) -> bool:
    """Whether this is the first time of a package, which is paid with the package."""
    return chosen.slug.endswith("/first")


def has_session_left(chosen: OfferingRow, guest: Guest) -> bool:
    """Whether a client who is signed in has a session of a package that this could be."""
    if guest.client_id is None or guest.booked_by == "link" or chosen.is_free:
        return False
    return usable(guest.client_id, chosen.id) is not None


def may_choose(guest: Guest) -> bool:
    """Whether times are shown: by invitation only to a client signed in, or with a link."""
    return practice().who_books is not WhoBooks.INVITED or guest != STRANGER


def will_ask(guest: Guest) -> bool:
    """Whether what this guest chooses waits for the coach's yes."""
    return asks_first(
        practice().who_books,
        known=guest.client_id is not None,
        invited=guest.invitation_id is not None,
        answered=False,
    )


def _present_link(chosen: OfferingRow) -> InvitationRow | None:
    try:
        row = link_queries.open_by_id(UUID(hex=session[_LINK]), clock.now())
    except (KeyError, ValueError, NoSuchInvitation):
        return None
    return row if any(row.leads_to(each.id, chosen.id) for each in givers(chosen)) else None


def _signed_in() -> UUID | None:
    """The client who is signed in, whosever she is, if her work goes on."""
    if not current_user.is_active or current_user.client_id is None:
        return None
    try:
        row = client(current_user.client_id)
    except NoSuchClient:
        return None
    return row.id if row.state is State.ACTIVE else None
