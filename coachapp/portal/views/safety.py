"""Her safety settings: how she is reached, the PIN, idle time, sign-ins;
what others could misuse asks the passphrase."""

from datetime import timedelta
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.accounts import operations as accounts
from coachapp.accounts.forms import PinForm
from coachapp.accounts.hashing import hasher
from coachapp.accounts.presence import without_sign_in
from coachapp.accounts.queries import account, sign_ins
from coachapp.accounts.rules import NoMatch
from coachapp.audit.operations import record
from coachapp.notifications import texts
from coachapp.portal.forms import ContactForm, IdleForm
from coachapp.portal.views.room import bp, own_record
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact import operations as safe_contact
from coachapp.safe_contact.forms import UNSURE
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Contact, Inbox
from coachapp.web import limits
from coachapp.web.forms import BaseForm
from coachapp.web.guards import client_only

_EXAMPLE = timedelta(hours=1)
TRIES = "10 per 15 minutes"


@bp.get("/safety")
@client_only
def safety() -> ResponseReturnValue:
    """Everything she can set, as it stands."""
    return _page()


@bp.post("/safety/contact")
@client_only
def set_contact() -> ResponseReturnValue:
    """Change who can see her inbox, or its address."""
    form, me = ContactForm(prefix="contact"), own_record()
    if not form.validate() or not _proven(form):
        return _page(contact_form=form), 422
    inbox, address = form.chosen
    now = clock.now()
    safe_contact.set_contact(me.id, inbox, address, now=now)
    record("contact_changed", now=now, role="client", actor=_account(), subject=me.id)
    flash(_("Saved. It holds from now on."))
    return _back()


@bp.post("/safety/stop")
@client_only
def stop_mail() -> ResponseReturnValue:
    """Things have changed: nothing is sent from this moment on."""
    me, now = own_record(), clock.now()
    safe_contact.things_changed(me.id, now=now)
    record("contact_stopped", now=now, role="client", actor=_account(), subject=me.id)
    flash(_("Stopped. Nothing is sent to you from now on."))
    return _back()


@bp.post("/safety/idle")
@client_only
def set_idle() -> ResponseReturnValue:
    """After how long without activity a page is covered."""
    form = IdleForm(prefix="idle")
    if not form.validate():
        return _page(idle_form=form), 422
    accounts.set_idle_minutes(_account(), form.minutes.data)
    flash(_("Saved. It holds from now on."))
    return _back()


@bp.post("/safety/pin")
@client_only
def set_pin() -> ResponseReturnValue:
    """Set or end the PIN that opens a covered page."""
    form = PinForm(prefix="pin")
    if not form.validate() or not _proven(form):
        return _page(pin_form=form), 422
    accounts.set_pin(
        _account(), form.pin.data or None, form.passphrase.data, now=clock.now(), hasher=hasher()
    )
    flash(_("Your PIN is set.") if form.pin.data else _("You have no PIN now."))
    return _back()


@bp.post("/safety/everywhere")
@client_only
def sign_out_everywhere() -> ResponseReturnValue:
    """End every sign-in, this one too."""
    accounts.sign_out_everywhere(_account(), clock.now())
    return without_sign_in(make_response(redirect(url_for("accounts.sign_in"), 303)))


def _proven(form: ContactForm | PinForm) -> bool:
    """Whether the passphrase is right; if not, the form says so. TooMany after ten tries."""
    limits.count(TRIES, "client_proof", str(_account()))
    try:
        accounts.prove(_account(), form.passphrase.data, hasher())
    except NoMatch:
        form.passphrase.errors = [_("That passphrase does not match.")]
        return False
    return True


def _account() -> UUID:
    account_id: UUID = current_user.account_id
    return account_id


def _back() -> ResponseReturnValue:
    return redirect(url_for("portal.safety"), 303)


def _page(
    contact_form: ContactForm | None = None,
    idle_form: IdleForm | None = None,
    pin_form: PinForm | None = None,
) -> str:
    me, now = own_record(), clock.now()
    mine, known = account(_account()), contact(me.id)
    forms: dict[str, BaseForm] = {
        "contact_form": contact_form or ContactForm(prefix="contact", formdata=None, data=_said(known)),
        "idle_form": idle_form or IdleForm(prefix="idle", formdata=None, data={"minutes": mine.idle_minutes}),
        "pin_form": pin_form or PinForm(prefix="pin", formdata=None),
    }
    return render_template(
        "portal/safety.html",
        errors=[each for form in forms.values() for each in form.summary()],
        account=mine,
        contact=known,
        coach=coach(me.coach_id),
        example=texts.booked(practice().mail_subject, now, now + _EXAMPLE, me.zone, None),
        sign_ins=sign_ins(mine.id, now),
        unsure=UNSURE,
        **forms,
    )


def _said(known: Contact | None) -> dict[str, str | None]:
    """Her present answer; nothing is ticked when she was never asked."""
    if known is None:
        return {}
    return {"inbox": known.inbox.value, "email": known.address if known.inbox is not Inbox.NONE else None}
