"""Buying a package: with a first time or without one, and what its money brings about."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select

from coachapp import vault
from coachapp.accounts.operations import make_join_token
from coachapp.accounts.passphrases import four_words, normal_code
from coachapp.audit.operations import record
from coachapp.booking import confirming, introductory, prices
from coachapp.booking.blocking import is_blocked
from coachapp.booking.confirming import confirm, link_ended, money_for
from coachapp.booking.granted import tell_if_awaited
from coachapp.booking.models import Purchase
from coachapp.booking.operations import Details, begin_paying
from coachapp.booking.parting import first_of, split_for_package
from coachapp.booking.pay_rules import PaysBy
from coachapp.booking.rules import HoldEnded, NoSuchPlace, NotNow, Paid, PlaceRow
from coachapp.clients import operations as clients
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow, State
from coachapp.db import session, transaction
from coachapp.intake import operations as intake
from coachapp.money import Money
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.payments import coupons, credit_queries, credits, packages
from coachapp.payments import operations as payments
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.part_rules import Split
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import AttemptRow, OnPaid, Payable
from coachapp.practice.queries import coach, offering_by_id, practice
from coachapp.practice.rules import OfferingRow
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.queries import contact


@dataclass(frozen=True)
class PurchaseRow:
    """Someone's way to a package without a time; `words` are her four words, None for a client who signs in.

    Where something has lowered its price, `regular` is what it would cost otherwise. `pays_by` is how she pays where
    that is not by card, awaited until `pays_until`.
    """

    package_id: UUID
    client_id: UUID
    words: str | None
    regular: Money | None = None
    intro: Money | None = None
    coupon_id: UUID | None = None
    pays_by: str | None = None
    pays_until: datetime | None = None

    @property
    def is_intro(self) -> bool:
        return self.intro is not None and self.coupon_id is None

    def is_awaited(self, now: datetime) -> bool:
        """Whether its money is awaited in another way than by card."""
        return self.pays_until is not None and self.pays_until > now


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


def begin(
    sold: OfferingRow,
    single: OfferingRow,
    zone: str,
    details: Details,
    old_road: str | None,
    *,
    now: datetime,
) -> str:
    """Someone new buys a package without a time: her record, her four words; returns the cookie of her road.

    The same browser that comes back to its details goes on with the record it has.
    """
    earlier = _unpaid(old_road)
    if earlier is not None and earlier.words is None:
        earlier = None  # a client's own
    client_id = earlier.client_id if earlier else clients.new_client(sold.coach_id, zone, now=now)
    words = (earlier and earlier.words) or four_words()
    with transaction():
        _give_up(earlier)
        clients.rename(client_id, details.name)
        clients.set_zone(client_id, zone)
        safe_contact.set_contact(client_id, details.inbox, details.address or None, now=now)
        intake.agree(client_id, None, "terms", now=now)
        return _start(client_id, sold, single, words, now)


def begin_known(
    client_id: UUID, sold: OfferingRow, single: OfferingRow, old_road: str | None, *, now: datetime
) -> str:
    """A client who is signed in buys one; nothing about her is asked."""
    earlier = _unpaid(old_road)
    with transaction():
        _give_up(earlier if earlier and earlier.client_id == client_id else None)
        intake.agree(client_id, None, "terms", now=now)
        return _start(client_id, sold, single, None, now)


def go_to_pay(row: PurchaseRow, return_base: str, *, now: datetime, split: Split | None = None) -> AttemptRow:
    """Commit an attempt to pay for the package, or the first part of its price, or find the open one.

    HoldEnded once it is paid, CodeGone when the code is gone, IntroHad where she has had the introductory price, NotNow
    where nothing is to be paid any more, or in another way.
    """
    with transaction():
        introductory.mark_purchase(row.package_id, known=row.words is None, now=now)
        row, mine = to_be_paid(row)
        if mine.price.is_zero or (split and row.pays_by):
            raise NotNow
        first = first_of(split, mine.price)
        order_id = payments.open_order(row.client_id, packages.KIND, mine.id, first, now=now)
        used = prices.lowered(row.coupon_id, row.regular, mine.price)
        return begin_paying(order_id, split, return_base, now=now, lowered=used)


def split_of(row: PurchaseRow, now: datetime) -> Split | None:
    """The parts it may be paid in; None where it is paid at once. Money that was awaited in another way comes as a whole."""
    return None if row.pays_by else split_for_package(row.package_id, now)


def take_for_nothing(row: PurchaseRow, base_url: str, *, now: datetime) -> None:
    """A code leaves nothing to pay: grant the package at once. Errors as in `go_to_pay`."""
    with transaction():
        row, mine = to_be_paid(row)
        used = prices.lowered(row.coupon_id, row.regular, mine.price)
        if used is None or not mine.price.is_zero:
            raise NotNow
        coupons.take(used, row.client_id, mine.id, None, now=now)
        _granted(mine, base_url, now)


def confirm_free(place: PlaceRow, base_url: str, *, now: datetime) -> None:
    """A first time and its package, where a code leaves nothing to pay. Errors as in `confirming.confirm_free`."""
    with transaction():
        confirming.confirm_free(place, base_url, now=now)
        if place.buys is None or place.offering_id is None or place.client_id is None:
            return
        single, nothing = offering_by_id(place.offering_id), replace(place.buys, price=place.price)
        mine = credit_queries.package(packages.begin(place.client_id, nothing, single, place.id, now=now))
        if not mine.is_granted:
            _granted(mine, base_url, now)
            credits.use_of(mine.id, place.id, now=now)


def to_be_paid(row: PurchaseRow) -> tuple[PurchaseRow, PackageRow]:
    """As it stands now; the button pressed twice waits for the first press. HoldEnded once it is paid."""
    with transaction():
        row = _one(Purchase.package_id == row.package_id, lock=True)
        mine = credit_queries.package(row.package_id)
        if mine.is_granted:
            raise HoldEnded
        return row, mine


def by_road(cookie: str) -> PurchaseRow:
    """The purchase this browser is about; NoSuchPlace."""
    return _one(Purchase.road_hash == vault.keyed_hash("road", cookie))


def by_code(typed: str) -> PurchaseRow:
    """The purchase that four words open; NoSuchPlace."""
    return _one(Purchase.code_hash == vault.keyed_hash("return code", normal_code(typed)))


def bought_beside(place: PlaceRow) -> PackageRow | None:
    """The package that was bought with this first time, once it is paid."""
    package_id = credit_queries.package_beside(place.id) if place.buys else None
    mine = credit_queries.package(package_id) if package_id else None
    return mine if mine and mine.is_granted else None


def new_road(row: PurchaseRow) -> str:
    """A new cookie for a purchase whose four words were given; an earlier one no longer counts."""
    road = vault.new_token()
    with transaction() as db:
        db.get_one(Purchase, row.package_id).road_hash = vault.keyed_hash("road", road)
    return road


def _one(wanted: ColumnElement[bool], *, lock: bool = False) -> PurchaseRow:
    found = select(Purchase).where(wanted).execution_options(populate_existing=True)
    row = session().scalar(found.with_for_update() if lock else found)
    if row is None:
        raise NoSuchPlace
    return purchase_row(row)


def purchase_row(row: Purchase) -> PurchaseRow:
    """The frozen form of a purchase, its words opened."""
    sealed = row.code_sealed
    words = vault.open_(row.client_id, "purchase.code", row.package_id, sealed) if sealed else None
    currency = practice().currency
    regular, intro = (
        None if minor is None else Money(minor, currency) for minor in (row.regular_minor, row.intro_minor)
    )
    return PurchaseRow(
        row.package_id, row.client_id, words, regular, intro, row.coupon_id, row.pays_by, row.pays_until
    )


def _unpaid(road: str | None) -> PurchaseRow | None:
    """What this browser was about to buy, if nobody has gone on to pay it."""
    try:
        found = by_road(road or "")
    except NoSuchPlace:
        return None
    return None if orders_of([found.package_id]) else found


def _give_up(earlier: PurchaseRow | None) -> None:
    """The earlier choice makes way for the new one, and leaves it its words."""
    if earlier is None:
        return
    with transaction() as db:
        db.execute(delete(Purchase).where(Purchase.package_id == earlier.package_id))
        packages.drop(earlier.package_id)


def _start(client_id: UUID, sold: OfferingRow, single: OfferingRow, words: str | None, now: datetime) -> str:
    road = vault.new_token()
    with transaction() as db:
        package_id = packages.begin(client_id, sold, single, None, now=now)
        row = Purchase(
            package_id=package_id,
            client_id=client_id,
            road_hash=vault.keyed_hash("road", road),
            code_hash=vault.keyed_hash("return code", normal_code(words)) if words else None,
            code_sealed=vault.seal(client_id, "purchase.code", package_id, words) if words else None,
            made_at=now,
        )
        prices.note_price(row, sold)
        db.add(row)
    return road


def _money_came(base_url: str, package_id: UUID, now: datetime) -> OnPaid:
    """Grant what was bought, once, and let the first time stand if one was chosen and is still to be had."""
    with transaction() as db:
        mine = credit_queries.package(package_id)
        if mine.place_id is None:
            person = client(mine.client_id)
            if not mine.is_granted and is_blocked_now(person):
                return OnPaid.REFUND_AND_APOLOGISE
            return _granted(mine, base_url, now)
        try:
            place, appointment, means = money_for(db, mine.place_id, now)
        except NoSuchPlace:  # forgotten meanwhile
            return _granted(mine, base_url, now)
        if place.client_id is None or is_blocked_now(client(mine.client_id)):
            return OnPaid.REFUND_AND_APOLOGISE
        given = _granted(mine, base_url, now)
        if given is OnPaid.CONFIRM and means is Paid.CONFIRM:
            credits.use_of(package_id, place.id, now=now)
            confirm(appointment, place, base_url, now)
        elif given is OnPaid.CONFIRM and means is Paid.REFUND:
            _tell_time_gone(place, base_url, now)
        return given


def _granted(mine: PackageRow, base_url: str, now: datetime) -> OnPaid:
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


def is_blocked_now(person: ClientRow) -> bool:
    """Whether this person may not book, whenever that was decided."""
    known = contact(person.id)
    return is_blocked(person.coach_id, (known and known.address) or "")


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
