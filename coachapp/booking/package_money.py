"""What a package's money brings about: granted, with its first time; paid back or disputed, it ends or rests."""

from datetime import datetime
from functools import partial
from uuid import UUID

from flask_babel import gettext as _

from coachapp.accounts.operations import make_join_token
from coachapp.audit.operations import record
from coachapp.booking.blocking import is_blocked_now
from coachapp.booking.confirming import confirm, link_ended, money_for
from coachapp.booking.granted import tell_if_awaited
from coachapp.booking.models import Purchase
from coachapp.booking.pay_rules import PaysBy
from coachapp.booking.purchases import purchase_row
from coachapp.booking.rules import NoSuchPlace, Paid, PlaceRow
from coachapp.clients import operations as clients
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow, State
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.payments import credit_queries, credits
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import OnPaid, Payable
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact import operations as safe_contact


def payable(base_url: str) -> Payable:
    """What payments needs to know of a package; links in mails begin with `base_url`."""
    return Payable(
        on_paid=partial(_money_came, base_url),
        on_expired=_link_ended,
        on_refunded=partial(_money_went_back, base_url),
        on_disputed=partial(_disputed, base_url),
        on_dispute_over=_dispute_over,
        may_be_paid=_may_be_paid,
    )


def granted(mine: PackageRow, base_url: str, now: datetime) -> OnPaid:
    """Grant it, or say that this money came twice."""
    if not credits.grant(mine.id, now=now):
        order = orders_of([mine.id])[mine.id]
        if order.paid.minor <= order.amount.minor:
            return OnPaid.CONFIRM
        what = _("A card payment came for a package that was paid before. It is sent back in full by itself.")
        text = texts.coach_trouble(what, f"{base_url}/desk/payments")
        _tell_coach(client(mine.client_id), "paid twice", text, mine.id, now)
        return OnPaid.REFUND_AND_APOLOGISE
    clients.set_state(mine.client_id, State.ACTIVE)
    make_join_token(mine.client_id, now=now)
    if mine.place_id is None:
        safe_contact.renew(mine.client_id, now=now)
    record("buy", now=now, role="client", subject=mine.client_id)
    tell_if_awaited(mine, base_url, now)
    person = client(mine.client_id)
    _tell_coach(person, "bought", texts.coach_bought(mine.title, f"{base_url}/desk/"), mine.id, now)
    return OnPaid.CONFIRM


def _money_came(base_url: str, package_id: UUID, now: datetime) -> OnPaid:
    """Grant what was bought, once, and let the first time stand if one was chosen and is still to be had."""
    with transaction() as db:
        mine = credit_queries.package(package_id)
        if mine.place_id is None:
            person = client(mine.client_id)
            if not mine.is_granted and is_blocked_now(person):
                return OnPaid.REFUND_AND_APOLOGISE
            return granted(mine, base_url, now)
        try:
            place, appointment, means = money_for(db, mine.place_id, now)
        except NoSuchPlace:  # forgotten meanwhile
            return granted(mine, base_url, now)
        if place.client_id is None or is_blocked_now(client(mine.client_id)):
            return OnPaid.REFUND_AND_APOLOGISE
        given = granted(mine, base_url, now)
        if given is OnPaid.CONFIRM and means is Paid.CONFIRM:
            credits.use_of(package_id, place.id, now=now)
            confirm(appointment, place, base_url, now)
        elif given is OnPaid.CONFIRM and means is Paid.REFUND:
            _tell_time_gone(place, base_url, now)
        return given


def _link_ended(package_id: UUID, now: datetime, let_go: bool) -> None:
    place_id = credit_queries.package(package_id).place_id
    if place_id is None:
        return
    try:
        link_ended(place_id, now, let_go)
    except NoSuchPlace:
        return


def _money_went_back(base_url: str, package_id: UUID, now: datetime) -> None:
    mine = credit_queries.package(package_id)
    record("refund", now=now, role="system", subject=mine.client_id)
    taken = credits.take_over_refund(package_id, now=now)
    if taken is None:
        return
    person = client(mine.client_id)
    if taken[1]:
        what = _("A package was paid back in Stripe. Sessions taken back here: %(n)s.", n=taken[1])
    else:
        what = _("A package was paid back in Stripe, and no session of it was left to take back.")
    text = texts.coach_trouble(what, f"{base_url}/desk/")
    _tell_coach(person, f"package back {taken[0].minor}", text, package_id, now)


def _disputed(base_url: str, package_id: UUID, now: datetime) -> None:
    mine = credit_queries.package(package_id)
    credits.freeze(package_id, now=now)
    record("dispute", now=now, role="system", subject=mine.client_id)
    what = _(
        "A payment for a package is disputed by the payer’s bank. Its sessions rest until that is decided. "
        "Stripe says until when it can be answered; never send notes or reasons there."
    )
    person = client(mine.client_id)
    text = texts.coach_trouble(what, f"{base_url}/desk/payments/disputed")
    _tell_coach(person, "dispute", text, package_id, now)


def _dispute_over(package_id: UUID, now: datetime, won: bool) -> None:
    credits.end_dispute(package_id, won=won, now=now)
    whose = credit_queries.package(package_id).client_id
    record("dispute_won" if won else "dispute_lost", now=now, role="system", subject=whose)


def _may_be_paid(package_id: UUID, now: datetime) -> bool:
    """Whether somebody else may still pay for a package: it is awaited so."""
    with transaction() as db:
        row = db.get(Purchase, package_id)
        return row is None or (row.pays_by == PaysBy.SOMEONE and purchase_row(row).is_awaited(now))


def _tell_coach(person: ClientRow, kind: str, text: texts.Text, package_id: UUID, now: datetime) -> None:
    key = f"coach {kind}:{package_id}"
    enqueue_for_coach(coach(person.coach_id).email, "package", text, key=key, now=now)


def _tell_time_gone(place: PlaceRow, base_url: str, now: datetime) -> None:
    """What she bought is hers; the time she had chosen was gone when the money came."""
    assert place.client_id is not None, "somebody bought it"
    subject, host = practice().mail_subject, coach(place.coach_id)
    enqueue(
        place.client_id,
        "time gone",
        lambda with_link: texts.not_possible(
            subject, place.starts_at, place.ends_at, place.zone, f"{base_url}/me/" if with_link else None
        ),
        key=f"time gone:{place.id}",
        now=now,
        reply_to=host.email,
    )
