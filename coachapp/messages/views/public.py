"""A few words first: a short message without an account, and the four words that open it and its answer.

What is shown after sending, and a message that four words opened, are answers to a POST: no address, no cookie and
no history leads to them, and sending the same form again makes no second message.
"""

from datetime import date

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from coachapp import clock, vault
from coachapp.clients.queries import client
from coachapp.messages import operations
from coachapp.messages.forms import CodeForm, WordsForm, WriteForm
from coachapp.messages.operations import Writer
from coachapp.messages.rules import Message, NoSuchMessage, read_on
from coachapp.notifications import texts
from coachapp.practice.queries import coach, first_coach, offering, practice
from coachapp.practice.rules import CoachRow, NoSuchOffering, OfferingRow
from coachapp.safe_contact.forms import UNSURE
from coachapp.web import limits
from coachapp.web.guards import public
from coachapp.zones import zone

bp = Blueprint("messages", __name__, url_prefix="/write")

WRITES = "30 per hour"
CODE_TRIES = "20 per 15 minutes"


@bp.get("")
@bp.get("/about/<slug>")
@public
def write(slug: str = "") -> ResponseReturnValue:
    about, form = _about(slug), _form(fresh=True)
    form.once.data = vault.new_token()
    return _write_page(form, about)


@bp.post("")
@bp.post("/about/<slug>")
@public
def send(slug: str = "") -> ResponseReturnValue:
    """Keep the words; the same page for everyone, whoever writes."""
    about, form = _about(slug), _form()
    try:
        limits.count(WRITES, "write", limits.network())
        if not form.validate():
            return _write_page(form, about), 422
        kept = operations.write(
            (_reader(about) or abort(404)).id,
            _with_opening(form.words.data, about),
            _writer(form),
            once=form.once.data or "",
            by_machine=bool(form.website.data),
            now=clock.now(),
        )
    except OperationalError:  # the database was busy for too long: nothing is kept, and no word is lost
        return _write_page(form, about, busy=True), 503
    return render_template(
        "messages/sent.html",
        words=kept.code,
        reader=coach(kept.coach_id),
        read_on=_read_on(kept),
        gone_at=kept.gone_at,
    )


@bp.get("/answer")
@public
def enter() -> ResponseReturnValue:
    return render_template("messages/enter.html", form=CodeForm(formdata=None))


@bp.post("/answer")
@public
def answer() -> ResponseReturnValue:
    """Four words open a message and its answer, this once."""
    limits.count(CODE_TRIES, "message code", limits.network())
    form = CodeForm()
    if form.validate():
        try:
            found = operations.message_for_code(form.code.data)
            return render_template(
                "messages/answer.html", message=found, reader=coach(found.coach_id), read_on=_read_on(found)
            )
        except NoSuchMessage:
            form.code.errors = [_("These four words do not open anything. Look at their order and spelling.")]
    return render_template("messages/enter.html", form=form), 422


def _is_client() -> bool:
    return bool(current_user.is_active and current_user.kind == "client")


def _form(*, fresh: bool = False) -> WordsForm:
    """Who is signed in is known already: nothing but the words is asked."""
    kind = WordsForm if _is_client() else WriteForm
    return kind(formdata=None) if fresh else kind()


def _writer(form: WordsForm) -> Writer:
    if isinstance(form, WriteForm):
        return Writer(form.name.data or "", form.chosen_inbox, form.email.data or "")
    return Writer(client_id=current_user.client_id)


def _about(slug: str) -> OfferingRow | None:
    """What the message is about, if its address names something; 404 for what is not on show."""
    if not slug:
        return None
    try:
        if "\0" not in slug:  # no letter of any address, and PostgreSQL takes none in a text
            return offering(slug)
    except NoSuchOffering:
        pass
    abort(404)


def _reader(about: OfferingRow | None) -> CoachRow | None:
    """Whose message it is: a client's own coach, the one who offers what it is about, or the first one there is."""
    if _is_client():
        return coach(client(current_user.client_id).coach_id)
    return coach(about.coach_id) if about else first_coach()


def _with_opening(words: str, about: OfferingRow | None) -> str:
    return f"{_opening(about)}\n\n{words}" if about else words


def _opening(about: OfferingRow) -> str:
    return _("About “%(title)s”", title=about.title)


def _read_on(message: Message) -> date:
    host = coach(message.coach_id)
    return read_on(message.written_at, practice().reading_weekday, zone(host.zone))


def _write_page(form: WordsForm, about: OfferingRow | None, *, busy: bool = False) -> str:
    return render_template(
        "messages/write.html",
        form=form,
        action=f"/write/about/{about.slug}" if about else "/write",
        opening=_opening(about) if about else "",
        example=texts.answered(practice().mail_subject, None),
        reader=_reader(about),
        unsure=UNSURE,
        busy=busy,
    )
