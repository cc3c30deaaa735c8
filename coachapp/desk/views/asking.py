"""The coach asks for money: any amount, as a link and four words for whoever pays,
with or without a time kept for it."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import awaiting
from coachapp.booking.pay_rules import NotAllowed
from coachapp.booking.rules import TimeTaken
from coachapp.booking.wall import instant_of
from coachapp.clients.queries import client, client_by_ref, clients, clients_by_id
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.config import settings
from coachapp.desk.payment_forms import AskForm
from coachapp.desk.views.room import account, bp, host
from coachapp.payments import ask_queries, asking, operations
from coachapp.payments.ask_queries import AskedRow
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import Asking, GatewayAway, GatewayRefused, NoSuchRequest
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import given_by, practice
from coachapp.practice.rules import OfferingRow
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.zones import zone

_LATELY = timedelta(days=90)
_ENDS_AT = time(20)
_LONGEST = timedelta(days=180)


@bp.get("/payments/ask")
@staff
def choose_ask() -> ResponseReturnValue:
    return _ask_page(AskForm(practice().currency, formdata=None))


@bp.post("/payments/ask")
@staff
def ask() -> ResponseReturnValue:
    """Nothing is sent: the next page shows the link and the words to give on."""
    form = AskForm(practice().currency)
    request_id = _made(form) if form.validate() else None
    if request_id is None:
        return _ask_page(form), 422
    return redirect(url_for("desk.asked", request_id=request_id), 303)


@bp.get("/payments/asked/<uuid:request_id>")
@staff
def asked(request_id: UUID) -> ResponseReturnValue:
    """The link and the words, and how it stands."""
    found = _own(request_id)
    return render_template(
        "desk/asked.html",
        host=host(),
        asked=found,
        client=client(found.client_id),
        state=found.state(clock.now(), payables()),
        secret=ask_queries.secret(found, f"{settings().base_url}/pay/"),
    )


@bp.post("/payments/asked/<uuid:request_id>/take-back")
@staff
def take_back_asked(request_id: UUID) -> ResponseReturnValue:
    """Ask for it no more: an open link to pay ends first; what was paid by it meanwhile counts."""
    found = _own(request_id)
    try:
        if attempt := unfinished_attempt(found.payable_id):
            operations.end_link(attempt, gateway(), payables(), now=clock.now())
    except (GatewayAway, GatewayRefused):
        return page(
            503,
            _("Not taken back yet"),
            _("A payment page is open for it, and Stripe cannot be asked just now."),
        )
    if _own(request_id).state(clock.now(), payables()) is not Asking.PAID:
        asking.take_back(request_id, by=account(), now=clock.now())
        flash(_("Taken back."))
    return redirect(url_for("desk.asked", request_id=request_id), 303)


def asked_of_late(coach_id: int, now: datetime) -> list[tuple[AskedRow, ClientRow, Asking]]:
    """What this coach, or a client of hers for somebody else, asked for of late, and how it stands."""
    found = ask_queries.asked_by(coach_id, now - _LATELY)
    people = clients_by_id(each.client_id for each in found)
    return [
        (each, people[each.client_id], each.state(now, payables()))
        for each in found
        if each.client_id in people
    ]


def _made(form: AskForm) -> UUID | None:
    """The request that the form asks for; None, and a message at the field, where it cannot be."""
    now, where = clock.now(), zone(host().zone)
    try:
        person = client_by_ref(form.who.data, coach_id=host().id)
    except NoSuchClient:
        form.who.errors = [_("Choose a client")]
        return None
    until = instant_of(form.due.data, _ENDS_AT, where).at
    if not now < until <= now + _LONGEST:
        form.due.errors = [_("Enter a day that is still to come, within half a year")]
        return None
    if not form.what.data:
        return asking.ask_any(
            person.id, host().id, form.money, until, in_space=bool(form.in_space.data), by=account(), now=now
        )
    return _held(form, client(person.id), until, now)


def _held(form: AskForm, person: ClientRow, until: datetime, now: datetime) -> UUID | None:
    offering = next((each for each in _bookable() if each.slug == form.what.data), None)
    if offering is None:
        form.what.errors = [_("Choose what it is")]
        return None
    if not isinstance(form.day.data, date) or not isinstance(form.at.data, time):
        form.day.errors = [_("Enter the day and the time that is kept")]
        return None
    starts_at = instant_of(form.day.data, form.at.data, zone(host().zone)).at
    try:
        return awaiting.hold_and_ask(
            offering,
            person,
            starts_at,
            min(until, starts_at),
            form.money,
            in_space=bool(form.in_space.data),
            by=account(),
            now=now,
        )
    except TimeTaken:
        form.at.errors = [_("There is a session, or blocked time, at this hour. Choose another.")]
    except NotAllowed:
        form.due.errors = [_("A time is kept for a week at most, and not past its beginning")]
    return None


def _bookable() -> list[OfferingRow]:
    hers = given_by(host().id, with_inactive=True)
    return [each for each in hers if each.is_bookable and not each.is_group]


def _own(request_id: UUID) -> AskedRow:
    try:
        found = ask_queries.by_id(request_id)
    except NoSuchRequest:
        abort(404)
    return found if found.coach_id == host().id else abort(404)


def _ask_page(form: AskForm) -> str:
    return render_template(
        "desk/ask.html", host=host(), form=form, clients=clients(host().id), offerings=_bookable()
    )
