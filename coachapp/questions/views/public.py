"""One question in writing: what it is, how to be reached, four words, and off to the payment page."""

from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.accounts.queries import has_joined, join_path
from coachapp.booking import blocking
from coachapp.booking.forms import DetailsForm, KnownForm
from coachapp.booking.operations import Details
from coachapp.booking.rules import NoSuchPlace
from coachapp.booking.views import door, picking, road
from coachapp.config import settings
from coachapp.payments.views import to_checkout
from coachapp.practice.queries import coach, offering, offerings, practice
from coachapp.practice.rules import NoSuchOffering, OfferingRow
from coachapp.questions import asking, operations, queries
from coachapp.questions.rules import NoSuchQuestion, NotNow, QuestionRow, Standing
from coachapp.safe_contact.forms import UNSURE
from coachapp.safe_contact.queries import contact, gate
from coachapp.safe_contact.rules import Verdict
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public
from coachapp.web.headers import leads_to_payment

bp = Blueprint("questions", __name__, url_prefix="/ask")

ASKS = "60 per hour"


@bp.errorhandler(NoSuchQuestion)
def nothing_begun(error: NoSuchQuestion) -> ResponseReturnValue:
    """This browser asks nothing (any more); four words lead back."""
    if road.is_covered():
        return redirect("/unlock", 303)
    return redirect(url_for("place.enter"), 303)


@bp.errorhandler(NotNow)
def paid_already(error: NotNow) -> ResponseReturnValue:
    return redirect(url_for("questions.done"), 303)


@bp.get("")
@public
def ask() -> ResponseReturnValue:
    """The question that is on show; a choice where there are several, and a word where there is none."""
    found = [each for each in offerings() if each.is_question]
    if len(found) == 1:
        return _about_page(found[0])
    return render_template("questions/ask.html", offerings=found)


@bp.get("/<slug>")
@public
def about(slug: str) -> ResponseReturnValue:
    """What it is, what it costs, and by which day an answer comes to what is written today."""
    return _about_page(_sold(slug))


@bp.get("/<slug>/details")
@public
def details(slug: str) -> ResponseReturnValue:
    """How to be reached; a client who is signed in is asked for her yes alone."""
    sold = _sold(slug)
    if not _may_ask(sold):
        return redirect(url_for("questions.about", slug=slug), 303)
    return _details_page(sold, KnownForm() if _known(sold) else DetailsForm())


@bp.post("/<slug>/details")
@public
def save_details(slug: str) -> ResponseReturnValue:
    sold = _sold(slug)
    if not _may_ask(sold):
        abort(404)
    limits.count(ASKS, "ask", limits.network())
    form = KnownForm() if _known(sold) else DetailsForm()
    if not form.validate():
        return _details_page(sold, form), 422
    if blocking.tried(sold.coach_id, *_addresses(sold, form), now=clock.now()):
        return _not_now()
    response = make_response(redirect(url_for("questions.words"), 303))
    road.remember(response, _begin(sold, form))
    return response


@bp.get("/words")
@public
def words() -> ResponseReturnValue:
    """The four words, and once more what is paid for."""
    mine = _present()
    if mine.paid_at is not None:
        return redirect(url_for("questions.done"), 303)
    leads_to_payment()
    return render_template(
        "questions/words.html",
        mine=mine,
        words=queries.return_code(mine),
        by=operations.promise(mine.coach_id, mine.answer_days, clock.now()),
        zone=_here(mine.coach_id),
        host=coach(mine.coach_id),
    )


@bp.post("/words")
@public
def go_on() -> ResponseReturnValue:
    """Off to the payment page."""
    mine = _present()
    back = f"{settings().base_url}/paid/"
    return to_checkout(lambda: asking.go_to_pay(mine, back, now=clock.now()))


@bp.get("/done")
@public
def done() -> ResponseReturnValue:
    """Paid: the way into a space of one's own, where it is written."""
    mine = _present()
    if mine.standing in (Standing.TO_PAY, Standing.ENDED):
        return redirect(url_for("questions.words"), 303)
    if current_user.is_active and current_user.client_id == mine.client_id:
        return redirect(url_for("my_questions.show", question_id=mine.id), 303)
    return render_template(
        "questions/done.html",
        mine=mine,
        host=coach(mine.coach_id),
        words=queries.return_code(mine),
        join=None if has_joined(mine.client_id) else join_path(mine.client_id, clock.now()),
    )


def opened_by_words(typed: str) -> tuple[str, str]:
    """What four words open here: a cookie for this browser, and where it leads. NoSuchPlace where they open nothing."""
    try:
        return asking.open_by_code(typed), url_for("questions.done")
    except NoSuchQuestion as error:
        raise NoSuchPlace from error


def _present() -> QuestionRow:
    """The question this browser is about. NoSuchQuestion when there is none, or while a sign-in is covered."""
    if road.is_covered():
        raise NoSuchQuestion
    return queries.by_road(road.cookie() or "")


def _sold(slug: str) -> OfferingRow:
    try:
        found = offering(slug) if "\0" not in slug else None
    except NoSuchOffering:
        abort(404)
    if found is None or not found.is_question:
        abort(404)
    return found


def _known(sold: OfferingRow) -> UUID | None:
    """The client who is signed in. A link made for a client speaks for nobody here."""
    guest = door.guest_for(sold)
    return guest.client_id if guest.booked_by != "link" else None


def _may_ask(sold: OfferingRow) -> bool:
    """Not a stranger where people come by invitation, or where a first booking waits for a yes:
    who has paid is known."""
    guest = door.guest_for(sold)
    return door.may_choose(guest) and not door.will_ask(guest)


def _begin(sold: OfferingRow, form: DetailsForm | KnownForm) -> str:
    now, client_id = clock.now(), _known(sold)
    if not isinstance(form, DetailsForm):
        assert client_id is not None, "the short form is a client's"
        return asking.begin_known(client_id, sold, road.cookie(), now=now)
    told = Details(form.name.data, form.chosen_inbox, form.email.data, "")
    return asking.begin(sold, _here(sold.coach_id), told, road.cookie(), now=now)


def _here(coach_id: int) -> str:
    """The zone this browser has chosen, or the coach's."""
    return picking.present_zone(None, coach(coach_id).zone)


def _addresses(sold: OfferingRow, form: DetailsForm | KnownForm) -> tuple[str, str]:
    client_id = _known(sold)
    known = contact(client_id) if client_id else None
    typed = form.email.data or "" if isinstance(form, DetailsForm) else ""
    return typed, (known and known.address) or ""


def _about_page(sold: OfferingRow) -> str:
    return render_template("questions/about.html", **_terms(sold))


def _details_page(sold: OfferingRow, form: DetailsForm | KnownForm) -> str:
    return render_template(
        "questions/details.html",
        **_terms(sold),
        form=form,
        unsure=UNSURE,
        subject=practice().mail_subject,
        known=not isinstance(form, DetailsForm),
        verdict=_verdict(sold),
    )


def _verdict(sold: OfferingRow) -> Verdict | None:
    """What would leave for a client who is signed in, when her answer is there; she reads it before she agrees."""
    client_id = _known(sold)
    return gate(client_id, booked=False, now=clock.now()) if client_id else None


def _terms(sold: OfferingRow) -> dict[str, object]:
    """What is sold, by whom, and by when an answer comes to what is sent now."""
    by = operations.promise(sold.coach_id, sold.answer_days, clock.now())
    return {
        "offering": sold,
        "host": coach(sold.coach_id),
        "by": by,
        "zone": _here(sold.coach_id),
        "asks": _may_ask(sold),
    }


def _not_now() -> ResponseReturnValue:
    return page(
        409,
        _("This is not to be had at the moment"),
        _("Nothing was charged. You can write a short message instead."),
    )
