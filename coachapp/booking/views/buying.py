"""Buying a package: with a first time, chosen as any time is, or without one."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.accounts.queries import join_path
from coachapp.booking import awaiting_packages, blocking, buying, by_voucher, parting, prices, purchases
from coachapp.booking.admission import STRANGER, Guest
from coachapp.booking.forms import DetailsForm, KnownForm, PriceCodeForm, VoucherForm
from coachapp.booking.granted import may_be_told
from coachapp.booking.operations import Details
from coachapp.booking.pay_rules import PaysBy
from coachapp.booking.rules import HoldEnded, NotNow
from coachapp.booking.views import door, picking, public, road
from coachapp.booking.views.at_price import AtPrice
from coachapp.clients.queries import client
from coachapp.config import settings
from coachapp.payments import ask_queries
from coachapp.payments.coupon_queries import coupon
from coachapp.payments.credit_queries import package
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.part_queries import rest_of
from coachapp.payments.queries import orders_of
from coachapp.payments.views import to_checkout_in
from coachapp.practice.paying import ways
from coachapp.practice.queries import coach, practice
from coachapp.practice.rules import NoSuchOffering, OfferingRow
from coachapp.safe_contact.forms import UNSURE
from coachapp.safe_contact.queries import contact
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public as open_to_all
from coachapp.web.headers import leads_to_payment
from coachapp.zones import all_zones, zone_choices

bp = Blueprint("buying", __name__, url_prefix="/book")

PURCHASES = "60 per hour"


@bp.errorhandler(HoldEnded)
def nothing_begun(error: HoldEnded) -> ResponseReturnValue:
    """This browser buys nothing (any more); four words lead back."""
    if road.is_covered():
        return redirect("/unlock", 303)
    return redirect(url_for("place.enter"), 303)


@bp.get("/<slug>/first")
@open_to_all
def pick(slug: str) -> ResponseReturnValue:
    """The times of a first session."""
    sold, single, _guest = _asked_for(slug)
    return public.pick_page(picking.as_first(sold, single))


@bp.post("/<slug>/first")
@open_to_all
def hold(slug: str) -> ResponseReturnValue:
    """Keep the chosen time; the package is paid on the way."""
    sold, single, guest = _asked_for(slug)
    return public.keep(picking.as_first(sold, single), guest, buys=sold.id)


@bp.post("/<slug>/first/zone")
@open_to_all
def choose_zone(slug: str) -> ResponseReturnValue:
    """Remember the zone times are shown in."""
    _sold, single, _guest = _asked_for(slug)
    picking.present_zone(request.form.get("tz"), coach(single.coach_id).zone)
    return redirect(url_for("buying.pick", slug=slug), 303)


@bp.get("/<slug>/first/zones")
@open_to_all
def zones(slug: str) -> ResponseReturnValue:
    sold, single, _guest = _asked_for(slug)
    return render_template(
        "booking/zones.html",
        offering=picking.as_first(sold, single),
        zones=zone_choices(all_zones(), clock.now()),
        tz=picking.present_zone(None, coach(single.coach_id).zone),
    )


@bp.get("/<slug>/buy")
@open_to_all
def details(slug: str) -> ResponseReturnValue:
    """What is asked of someone who buys without a time."""
    sold, single, guest = _without_time(slug)
    return _details_page(sold, single, KnownForm() if _is_hers(guest) else DetailsForm())


@bp.post("/<slug>/buy")
@open_to_all
def save_details(slug: str) -> ResponseReturnValue:
    sold, single, guest = _without_time(slug)
    limits.count(PURCHASES, "buy", limits.network())
    form = KnownForm() if _is_hers(guest) else DetailsForm()
    if not form.validate():
        return _details_page(sold, single, form), 422
    if blocking.tried(sold.coach_id, *_addresses(form, guest), now=clock.now()):
        return not_now()
    response = make_response(redirect(url_for("buying.words"), 303))
    road.remember(response, _begin(sold, single, guest, form))
    return response


@bp.get("/words")
@open_to_all
def words() -> ResponseReturnValue:
    """The four words, and once more what is bought, for how much, and what an unused session gives back."""
    purchase = road.present_purchase()
    if package(purchase.package_id).is_granted:
        return redirect(url_for("buying.bought"), 303)
    return _awaited_page(purchase) if purchase.is_awaited(clock.now()) else words_page(purchase)


@bp.post("/words/leave")
@open_to_all
def leave() -> ResponseReturnValue:
    """Not in that way after all: choose again how to pay."""
    awaiting_packages.leave(road.present_purchase(), now=clock.now())
    return redirect(url_for("buying.words"), 303)


def _awaited_page(purchase: purchases.PurchaseRow) -> str:
    """What is to be transferred or brought along, or given on for someone else to pay, and until when."""
    order = orders_of([purchase.package_id])[purchase.package_id]
    by_someone = purchase.pays_by == PaysBy.SOMEONE
    her = client(purchase.client_id)
    return render_template(
        "booking/awaited_package.html",
        purchase=purchase,
        mine=package(purchase.package_id),
        order=order,
        words=purchase.words,
        zone=her.zone,
        host=coach(her.coach_id),
        ways=ways(),
        told=may_be_told(her.id, clock.now()),
        asked=ask_queries.secret_of(order.id, f"{settings().base_url}/pay/") if by_someone else None,
    )


def words_page(
    purchase: purchases.PurchaseRow,
    form: PriceCodeForm | None = None,
    *,
    voucher: VoucherForm | None = None,
    had_intro: bool = False,
) -> str:
    """The last page before paying, with what was wrong with a code, or with a voucher, that was typed there."""
    leads_to_payment()
    return render_template(
        "booking/words.html",
        words=purchase.words,
        mine=package(purchase.package_id),
        purchase=purchase,
        voucher=(voucher or VoucherForm(formdata=None)) if by_voucher.pays_package(purchase) else None,
        form=form or PriceCodeForm(formdata=None),
        code=coupon(purchase.coupon_id).code if purchase.coupon_id else "",
        had_intro=had_intro,
        others=awaiting_packages.on_offer(purchase),
        ways=ways(),
        split=buying.split_of(purchase, clock.now()),
    )


@bp.post("/words")
@open_to_all
def go_on() -> ResponseReturnValue:
    """Off to the payment page; what costs nothing by a code is granted at once."""
    purchase = road.present_purchase()
    mine = package(purchase.package_id)
    if mine.is_granted:
        return redirect(url_for("buying.bought"), 303)
    try:
        return at_price(purchase).go(lambda: _take_or_pay(purchase, mine))
    except NotNow:  # it costs something else by now
        return redirect(url_for("buying.words"), 303)


def at_price(purchase: purchases.PurchaseRow) -> AtPrice:
    """A package without a time, and the page before paying it, with the price as it is when that is shown."""
    package_id, now = purchase.package_id, clock.now()
    return AtPrice(
        package_id,
        lambda *said, **more: words_page(road.present_purchase(), *said, **more),
        "buying.words",
        lambda typed: prices.use_code_for_package(package_id, typed, now=now),
        lambda: prices.leave_code_for_package(package_id),
        lambda: prices.leave_intro_for_package(package_id),
    )


def _take_or_pay(purchase: purchases.PurchaseRow, mine: PackageRow) -> ResponseReturnValue:
    if mine.price.is_zero:
        buying.take_for_nothing(purchase, settings().base_url, now=clock.now())
        return redirect(url_for("buying.bought"), 303)
    wanted = parting.chosen(request.form.get("parts", ""), buying.split_of(purchase, clock.now()))
    back = f"{settings().base_url}/paid/"
    return to_checkout_in(
        wanted, mine.id, lambda: buying.go_to_pay(purchase, back, now=clock.now(), split=wanted)
    )


@bp.get("/sessions")
@open_to_all
def bought() -> ResponseReturnValue:
    """What was bought, and the way into a space of one's own, where times are booked with it."""
    purchase = road.present_purchase()
    mine = package(purchase.package_id)
    if not mine.is_granted:
        return redirect(url_for("buying.words"), 303)
    return bought_page(mine, purchase.words)


def bought_page(mine: PackageRow, words: str | None, *, time_gone: bool = False) -> str:
    """What is said of a package once it is paid; `time_gone` where its first time was not to be had any more."""
    return render_template(
        "booking/bought.html",
        mine=mine,
        words=words,
        join=join_path(mine.client_id, clock.now()),
        time_gone=time_gone,
        rest=rest_of(mine.id),
    )


def _asked_for(slug: str) -> tuple[OfferingRow, OfferingRow, Guest]:
    """The package, what its sessions are, and who asks; 404 where it is not sold to her."""
    try:
        sold = public.known(slug)
    except NoSuchOffering:
        abort(404)
    single = picking.single_of(sold)
    if single is None:
        abort(404)
    guest = door.guest_for(single)
    if not door.may_choose(guest):
        abort(404)
    return sold, single, guest


def _without_time(slug: str) -> tuple[OfferingRow, OfferingRow, Guest]:
    """The same for buying without a time: not where a first booking waits for the coach's yes."""
    sold, single, guest = _asked_for(slug)
    if door.will_ask(guest):
        abort(404)
    # A link leads to a time; without one it stays good, and opens nobody's record.
    return sold, single, guest if _is_hers(guest) else STRANGER


def _is_hers(guest: Guest) -> bool:
    return guest.client_id is not None and guest.booked_by != "link"


def _begin(sold: OfferingRow, single: OfferingRow, guest: Guest, form: DetailsForm | KnownForm) -> str:
    now = clock.now()
    if guest.client_id is not None or not isinstance(form, DetailsForm):
        assert guest.client_id is not None, "the short form is a client's"
        return buying.begin_known(guest.client_id, sold, single, road.cookie(), now=now)
    wanted = Details(form.name.data, form.chosen_inbox, form.email.data, "")
    where = picking.present_zone(None, coach(sold.coach_id).zone)
    return buying.begin(sold, single, where, wanted, road.cookie(), now=now)


def _addresses(form: DetailsForm | KnownForm, guest: Guest) -> tuple[str, str]:
    known = contact(guest.client_id) if guest.client_id else None
    typed = form.email.data or "" if isinstance(form, DetailsForm) else ""
    return typed, (known and known.address) or ""


def not_now() -> ResponseReturnValue:
    """What somebody blocked hears: no reason, and that nothing was charged."""
    return page(
        409,
        _("This is not to be had at the moment"),
        _("Nothing was charged. You can write a short message instead."),
    )


def _details_page(sold: OfferingRow, single: OfferingRow, form: DetailsForm | KnownForm) -> str:
    return render_template(
        "booking/buy.html",
        offering=sold,
        single=single,
        form=form,
        unsure=UNSURE,
        subject=practice().mail_subject,
        known=current_user.is_active and isinstance(form, KnownForm),
    )
