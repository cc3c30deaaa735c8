"""A client's packages at the desk: what is left, giving one by hand, pausing, telling, taking back."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking.crediting import is_payable, use_for_booked, uses
from coachapp.booking.queries import places_of
from coachapp.booking.rules import NotNow
from coachapp.clients.rules import ClientRow
from coachapp.desk.forms import GiveForm, TakeBackForm
from coachapp.desk.views.room import account, bp, host, own_client
from coachapp.money import Money
from coachapp.payments import credit_queries, credits, packages
from coachapp.payments.coupon_queries import used_for
from coachapp.payments.credit_rules import BadAmount, NoCredit, PackageRow, refund_by_rule
from coachapp.payments.operations import finish
from coachapp.payments.part_queries import unpaid, wholes_of
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import offerings
from coachapp.practice.rules import OfferingRow
from coachapp.web.errors import page
from coachapp.web.guards import staff


@bp.get("/clients/<ref>/packages")
@staff
def packages_of_client(ref: str) -> ResponseReturnValue:
    person = own_client(ref)
    return _page(person, GiveForm(formdata=None, singles=_singles()))


@bp.post("/clients/<ref>/packages")
@staff
def give_package(ref: str) -> ResponseReturnValue:
    """Give sessions by hand; nothing is paid and nothing is sent."""
    person, form = own_client(ref), GiveForm(singles=_singles())
    if not form.validate():
        return _page(person, form), 422
    single = next(each for each in _singles() if str(each.id) == form.what.data)
    packages.give(
        person.id,
        single,
        form.sessions.data,
        form.months.data,
        form.word.data or "",
        by=account(),
        now=clock.now(),
    )
    flash(_("Given. It can be used at once."))
    return _back(ref)


@bp.post("/clients/<ref>/packages/use/<uuid:place_id>")
@staff
def use_session(ref: str, place_id: UUID) -> ResponseReturnValue:
    """Let a session pay for a time that is booked already, alone or in a series."""
    person = own_client(ref)
    place = next((each for each in places_of(person.id) if each.id == place_id), None)
    if place is None:
        abort(404)
    try:
        use_for_booked(place, by=account(), now=clock.now())
    except (NotNow, NoCredit):
        return page(
            409, _("That cannot be done here now"), _("It was paid or cancelled meanwhile, or none is left.")
        )
    flash(_("A session is used for it."))
    return _back(ref)


@bp.post("/clients/<ref>/packages/<uuid:package_id>/pause")
@staff
def pause_package(ref: str, package_id: UUID) -> ResponseReturnValue:
    if packages.pause(_own(ref, package_id).id, by=account(), now=clock.now()):
        flash(_("Paused. Nothing ends meanwhile."))
    return _back(ref)


@bp.post("/clients/<ref>/packages/<uuid:package_id>/go-on")
@staff
def resume_package(ref: str, package_id: UUID) -> ResponseReturnValue:
    if packages.resume(_own(ref, package_id).id, by=account(), now=clock.now()):
        flash(_("The pause is over. The end has moved by as many days."))
    return _back(ref)


@bp.post("/clients/<ref>/packages/<uuid:package_id>/told")
@staff
def told_package(ref: str, package_id: UUID) -> ResponseReturnValue:
    """The coach has told her when it ends."""
    if packages.note_told_by_coach(_own(ref, package_id).id, by=account(), now=clock.now()):
        flash(_("Noted."))
    return _back(ref)


@bp.get("/clients/<ref>/packages/<uuid:package_id>/take-back")
@staff
def ask_take_back(ref: str, package_id: UUID) -> ResponseReturnValue:
    """Say what is taken back and what is paid back, before the button."""
    mine = _own(ref, package_id)
    typed = {"amount": _by_rule(mine).plain()}
    return _take_back_page(ref, mine, TakeBackForm(_still_paid(mine), formdata=None, data=typed))


@bp.post("/clients/<ref>/packages/<uuid:package_id>/take-back")
@staff
def take_back_package(ref: str, package_id: UUID) -> ResponseReturnValue:
    mine, now = _own(ref, package_id), clock.now()
    form = TakeBackForm(_still_paid(mine))
    if not form.validate():
        return _take_back_page(ref, mine, form), 422
    try:
        refunds = packages.take_back(mine.id, form.amount.money, by=account(), now=now)
    except BadAmount:  # something else went back in this moment
        form.amount.errors = [_("Less than that is still paid. Look at it once more.")]
        return _take_back_page(ref, mine, form), 422
    finish(refunds, gateway(), payables(), now=now)
    flash(_("Taken back."))
    return _back(ref)


def _page(person: ClientRow, form: GiveForm) -> str:
    found = credit_queries.packages_of(person.id)
    return render_template(
        "desk/packages.html",
        client=person,
        host=host(),
        form=form,
        packages=[(each, uses(each), credit_queries.word_of(each.id)) for each in found],
        orders=wholes_of([each.id for each in found]),
        codes=used_for(each for mine in found for each in (mine.id, mine.place_id) if each),
        was_told=credits.was_told,
        payable=[
            each
            for each in places_of(person.id)
            if credit_queries.usable(person.id, each.offering_id) and is_payable(each)
        ]
        if any(each.is_usable for each in found)
        else [],
    )


def _take_back_page(ref: str, mine: PackageRow, form: TakeBackForm) -> str:
    whole = wholes_of([mine.id]).get(mine.id)
    return render_template(
        "desk/package_back.html",
        client=own_client(ref),
        host=host(),
        mine=mine,
        form=form,
        by_rule=_by_rule(mine),
        paid=_still_paid(mine),
        order=whole,
        by_hand=whole is not None and whole.by_hand,
        by_voucher=whole is not None and whole.by_voucher,
    )


def _own(ref: str, package_id: UUID) -> PackageRow:
    person = own_client(ref)
    for each in credit_queries.packages_of(person.id):
        if each.id == package_id:
            return each
    abort(404)


def _by_rule(mine: PackageRow) -> Money:
    order = wholes_of([mine.id]).get(mine.id)
    return refund_by_rule(mine, order.gone if order else Money(0, mine.price.currency), unpaid(mine.id))


def _still_paid(mine: PackageRow) -> Money:
    order = wholes_of([mine.id]).get(mine.id)
    return order.left if order else Money(0, mine.price.currency)


def _singles() -> list[OfferingRow]:
    """What sessions can be given of: everything of hers that is booked one at a time and has a price."""
    mine = (each for each in offerings(with_inactive=True) if each.coach_id == host().id)
    return [each for each in mine if each.is_bookable and not each.is_free]


def _back(ref: str) -> ResponseReturnValue:
    return redirect(url_for("desk.packages_of_client", ref=ref), 303)
