"""One client's record: history, notes, sessions and payments, details; the safe-contact words stand on each page."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.accounts.queries import join_path
from coachapp.booking.early import unasked
from coachapp.booking.queries import places_of
from coachapp.clients.forms import AgreedForm
from coachapp.clients.queries import notes, wishes
from coachapp.clients.rules import ClientRow
from coachapp.config import settings
from coachapp.desk import history, operations, queries
from coachapp.desk.forms import ContactForm, EarlyForm, NoteForm, PersonForm
from coachapp.desk.views.room import account, bp, host, own_client
from coachapp.intake.queries import agreed_at
from coachapp.intake.rules import EARLY
from coachapp.papers.queries import papers
from coachapp.payments.coupon_queries import used_for
from coachapp.payments.credit_queries import spent_on
from coachapp.payments.paper_queries import sold_to
from coachapp.practice.queries import coaches
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox
from coachapp.web.guards import staff
from coachapp.zones import WELL_KNOWN, zone_choices


@bp.get("/clients/<ref>")
@staff
def record(ref: str) -> ResponseReturnValue:
    return _timeline_page(own_client(ref), NoteForm(formdata=None))


@bp.post("/clients/<ref>")
@staff
def write_note(ref: str) -> ResponseReturnValue:
    person, form = own_client(ref), NoteForm()
    if not form.validate():
        return _timeline_page(person, form), 422
    operations.write_note(person.id, form.note.data, by=account(), now=clock.now())
    flash(_("Your note is saved."))
    return redirect(url_for("desk.record", ref=ref), 303)


@bp.get("/clients/<ref>/notes")
@staff
def private_notes(ref: str) -> ResponseReturnValue:
    person = own_client(ref)
    return render_template(
        "desk/notes.html", client=person, host=host(), notes=notes(person.id), form=NoteForm(formdata=None)
    )


@bp.get("/clients/<ref>/sessions")
@staff
def sessions(ref: str) -> ResponseReturnValue:
    person = own_client(ref)
    places = list(reversed(places_of(person.id)))
    return render_template(
        "desk/sessions.html",
        client=person,
        host=host(),
        places=places,
        names={each.id: each.first_name for each in coaches()},
        orders=queries.orders_by_place(places),
        by_session=spent_on([place.id for place in places]),
        codes=used_for([place.id for place in places]),
        unasked=unasked(places, clock.now()),
        early=agreed_at([place.id for place in places], EARLY),
        papers=papers(each.id for each in sold_to(person.id)),
        pay_of=queries.pay_of,
    )


@bp.get("/clients/<ref>/details")
@staff
def details(ref: str) -> ResponseReturnValue:
    return _details_page(own_client(ref))


@bp.post("/clients/<ref>/details")
@staff
def change_person(ref: str) -> ResponseReturnValue:
    person, form = own_client(ref), PersonForm()
    if not form.validate():
        return _details_page(person, form=form), 422
    operations.change_person(person.id, form.name.data, form.zone.data, by=account(), now=clock.now())
    flash(_("Saved."))
    return redirect(url_for("desk.details", ref=ref), 303)


@bp.post("/clients/<ref>/details/writing")
@staff
def change_contact(ref: str) -> ResponseReturnValue:
    person, form = own_client(ref), ContactForm(prefix="c")
    if not form.validate():
        return _details_page(person, contact_form=form), 422
    operations.set_contact(
        person.id, Inbox(form.inbox.data), form.email.data or "", by=account(), now=clock.now()
    )
    flash(_("Saved. This holds for 60 days, and each booking renews it."))
    return redirect(url_for("desk.details", ref=ref), 303)


@bp.post("/clients/<ref>/details/words")
@staff
def agree_words(ref: str) -> ResponseReturnValue:
    """The words that mean "change the subject"."""
    person, form = own_client(ref), AgreedForm(prefix="a")
    if not form.validate():
        return _details_page(person, agreed_form=form), 422
    operations.agree_words(person.id, form.agreed.data or "", by=account(), now=clock.now())
    flash(_("Saved."))
    return redirect(url_for("desk.details", ref=ref), 303)


@bp.post("/clients/<ref>/details/early")
@staff
def give_early_times(ref: str) -> ResponseReturnValue:
    """Times at short notice, for the first weeks."""
    person, form = own_client(ref), EarlyForm(prefix="e")
    if not form.validate():
        return _details_page(person, early_form=form), 422
    operations.give_early_times(person.id, form.until.data, by=account(), now=clock.now())
    flash(_("Saved."))
    return redirect(url_for("desk.details", ref=ref), 303)


@bp.post("/clients/<ref>/details/stop")
@staff
def stop_contact(ref: str) -> ResponseReturnValue:
    operations.stop_contact(own_client(ref).id, by=account(), now=clock.now())
    flash(_("Stopped. Nothing is sent from now on."))
    return redirect(url_for("desk.details", ref=ref), 303)


@bp.post("/clients/<ref>/details/link")
@staff
def make_link(ref: str) -> ResponseReturnValue:
    operations.make_join_link(own_client(ref).id, by=account(), now=clock.now())
    return redirect(url_for("desk.details", ref=ref), 303)


def _timeline_page(person: ClientRow, form: NoteForm) -> str:
    entries = history.of_client(person)
    return render_template("desk/timeline.html", client=person, host=host(), entries=entries, form=form)


def _details_page(
    person: ClientRow,
    *,
    form: PersonForm | None = None,
    contact_form: ContactForm | None = None,
    agreed_form: AgreedForm | None = None,
    early_form: EarlyForm | None = None,
) -> str:
    known, now = contact(person.id), clock.now()
    typed = {"inbox": known.inbox, "email": known.address} if known else {}
    return render_template(
        "desk/details.html",
        client=person,
        host=host(),
        form=form or PersonForm(formdata=None, data={"name": person.name, "zone": person.zone}),
        contact_form=contact_form or ContactForm(prefix="c", formdata=None, data=typed),
        agreed_form=agreed_form
        or AgreedForm(prefix="a", formdata=None, data={"agreed": wishes(person.id).agreed}),
        early_form=early_form or EarlyForm(prefix="e", formdata=None, data={"until": person.early_until}),
        zones=zone_choices(WELL_KNOWN, now, person.zone),
        join=join_path(person.id, now),
        base_url=settings().base_url,
    )
