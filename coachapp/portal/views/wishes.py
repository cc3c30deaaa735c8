"""Around her sessions: what she wishes if she does not come, reminders, agreed words, and where she is."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.audit.operations import record
from coachapp.booking import around
from coachapp.booking.queries import next_and_last
from coachapp.clients import operations as clients
from coachapp.clients.forms import AgreedForm, WishesForm
from coachapp.clients.queries import wishes
from coachapp.clients.rules import ClientRow
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.portal.forms import ZoneForm
from coachapp.portal.views.room import bp, own_record
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact.queries import gate
from coachapp.web.forms import BaseForm
from coachapp.web.guards import client_only
from coachapp.zones import WELL_KNOWN, zone_choices

_EXAMPLE = timedelta(hours=1)


@bp.get("/wishes")
@client_only
def my_wishes() -> ResponseReturnValue:
    """What she wishes around her sessions, as it stands."""
    return _page(own_record())


@bp.post("/wishes")
@client_only
def save_wishes() -> ResponseReturnValue:
    """What to do if she does not come, and whether she is reminded."""
    me, now = own_record(), clock.now()
    form = WishesForm(may_mail=_may_mail(me))
    if not form.validate():
        return _page(me, form=form), 422
    clients.wish(me.id, form.wished, now=now)
    record("wishes", now=now, role="client", subject=me.id)
    return _saved()


@bp.post("/wishes/words")
@client_only
def agree_words() -> ResponseReturnValue:
    """The words that mean "change the subject"."""
    me, form = own_record(), AgreedForm(prefix="a")
    if not form.validate():
        return _page(me, agreed_form=form), 422
    clients.agree_words(me.id, form.agreed.data or "", now=clock.now())
    return _saved()


@bp.post("/wishes/zone")
@client_only
def set_zone() -> ResponseReturnValue:
    """Where she is now. What is booked keeps its moment, and she is asked whether it still suits her."""
    me, form = own_record(), ZoneForm(prefix="z")
    if not form.validate():
        return _page(me, zone_form=form), 422
    around.change_zone(me.id, form.zone.data, now=clock.now())
    return _saved()


def _saved() -> ResponseReturnValue:
    flash(_("Saved. It holds from now on."))
    return redirect(url_for("portal.home"), 303)


def _may_mail(me: ClientRow) -> bool:
    return gate(me.id, booked=True, now=clock.now()).address is not None


def _example(me: ClientRow) -> texts.Text:
    """The mail as it would leave: about her next time, or one that might be."""
    now = clock.now()
    coming, _last = next_and_last(me.id, now=now)
    link = f"{settings().base_url}/b/…" if gate(me.id, booked=True, now=now).with_link else None
    at = (coming.starts_at, coming.ends_at, coming.zone) if coming else (now, now + _EXAMPLE, me.zone)
    return texts.time_alone(practice().mail_subject, *at, link)


def _page(
    me: ClientRow,
    form: WishesForm | None = None,
    agreed_form: AgreedForm | None = None,
    zone_form: ZoneForm | None = None,
) -> str:
    known, now = wishes(me.id), clock.now()
    forms: dict[str, BaseForm] = {
        "form": form or WishesForm.of(known, may_mail=_may_mail(me)),
        "agreed_form": agreed_form or AgreedForm(prefix="a", formdata=None, data={"agreed": known.agreed}),
        "zone_form": zone_form or ZoneForm(prefix="z", formdata=None, data={"zone": me.zone}),
    }
    return render_template(
        "portal/wishes.html",
        errors=[each for one in forms.values() for each in one.summary()],
        coach=coach(me.coach_id),
        zones=zone_choices(WELL_KNOWN, now, me.zone),
        example=_example(me),
        **forms,
    )
