"""Her questions in the private space: written there, sent once, changed until they are opened, and answered there."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import reduced
from coachapp.clients.queries import client
from coachapp.config import settings
from coachapp.payments.queries import orders_of
from coachapp.practice.queries import coach, offering_by_id
from coachapp.questions import operations, queries
from coachapp.questions.forms import QuestionForm
from coachapp.questions.rules import (
    NoSuchQuestion,
    NotNow,
    OtherWords,
    QuestionRow,
    Standing,
    is_too_long,
    letters,
)
from coachapp.web.errors import not_found, page
from coachapp.web.guards import client_leaving, client_only

bp = Blueprint("my_questions", __name__, url_prefix="/me/questions")
bp.register_error_handler(NoSuchQuestion, not_found)


ROOMS = ("home", "sessions", "worksheets", "safety")


@bp.context_processor
def _rooms() -> dict[str, object]:
    return {"nav_rooms": ROOMS}


@bp.errorhandler(NotNow)
def not_now(error: NotNow) -> ResponseReturnValue:
    """It stands otherwise by now; her page says how."""
    return page(
        409,
        _("Something has changed meanwhile"),
        _("Nothing was lost. Go back to your questions, and the page shows how it stands."),
    )


@bp.get("")
@client_only
def index() -> ResponseReturnValue:
    """Every question of hers, latest first."""
    me = client(_own())
    return render_template(
        "questions/list.html", questions=queries.questions_of(me.id), coach=coach(me.coach_id), zone=me.zone
    )


@bp.get("/<uuid:question_id>")
@client_only
def show(question_id: UUID) -> ResponseReturnValue:
    mine = _mine(question_id)
    if mine.standing is not Standing.TO_WRITE:
        return _read_page(mine)
    form = QuestionForm(formdata=None, most=mine.most_letters, data={"words": queries.words_of(mine)})
    return _write_page(mine, form, mine.revision)


@bp.post("/<uuid:question_id>")
@client_only
def save_or_send(question_id: UUID) -> ResponseReturnValue:
    """Send it, or keep it as it is for another day."""
    mine = _mine(question_id)
    form = QuestionForm(most=mine.most_letters)
    if request.form.get("go") != "send":
        return _kept(mine, form)
    if not form.validate():
        return _once_more(mine, form)
    now, base = clock.now(), settings().base_url
    try:
        operations.send(mine.id, mine.client_id, form.words.data, _revision(), base, now=now)
    except OtherWords as other:
        return _write_page(mine, form, other.revision, other.words), 409
    flash(_("Sent. You can change it until it is opened."))
    return _back(mine)


@bp.post("/<uuid:question_id>/save")
@client_leaving
def autosave(question_id: UUID) -> ResponseReturnValue:
    """204 with the new revision; 409 with the other version;
    422, and kept all the same, when it is too long to send."""
    mine = _mine(question_id)
    form = QuestionForm(most=mine.most_letters)
    try:
        revision = operations.save_words(mine.id, mine.client_id, form.words.data or "", _revision())
    except OtherWords as other:
        message = _("Here is what was saved there. Choose which one to keep.")
        return _with_revision(jsonify(message=message, theirs={"words": other.words}), other.revision), 409
    except NotNow:  # not 409: there are no two versions to choose from
        return jsonify(message=_("This was sent meanwhile, so it cannot be changed here.")), 422
    if is_too_long(form.words.data or "", mine.most_letters):
        said = _("Saved. %(count)s: too long to send as it is.", count=_count_words(mine, form.words.data))
        return _with_revision(jsonify(message=said), revision), 422
    return _with_revision(Response(), revision), 204


@bp.post("/<uuid:question_id>/change")
@client_only
def change(question_id: UUID) -> ResponseReturnValue:
    """Take it back to change it, while nobody has opened it."""
    operations.take_to_change(_mine(question_id).id, _own())
    return redirect(url_for("my_questions.show", question_id=question_id), 303)


@bp.post("/<uuid:question_id>/session")
@client_only
def take_session(question_id: UUID) -> ResponseReturnValue:
    """Take the session that was offered in place of an answer."""
    operations.take_session(_mine(question_id).id, _own(), now=clock.now())
    return redirect(url_for("my_questions.show", question_id=question_id), 303)


def _own() -> UUID:
    """The client this request is for; also in the half minute after she has left."""
    person = current_user.just_left or current_user
    client_id: UUID = person.client_id
    return client_id


def _mine(question_id: UUID) -> QuestionRow:
    found = queries.question(question_id, client_id=_own())
    if found.paid_at is None:
        raise NoSuchQuestion
    return found


def _revision() -> int:
    return request.form.get("revision", type=int, default=-1)


def _kept(mine: QuestionRow, form: QuestionForm) -> ResponseReturnValue:
    try:
        operations.save_words(mine.id, mine.client_id, form.words.data or "", _revision())
    except OtherWords as other:
        return _write_page(mine, form, other.revision, other.words), 409
    flash(_("Saved. It will be here when you want it."))
    return _back(mine)


def _once_more(mine: QuestionRow, form: QuestionForm) -> ResponseReturnValue:
    """The page again with what is wrong; what was typed is kept on it, and saved if nothing else was."""
    try:
        revision = operations.save_words(mine.id, mine.client_id, form.words.data or "", _revision())
    except OtherWords as other:
        return _write_page(mine, form, other.revision, other.words), 409
    return _write_page(mine, form, revision), 422


def _count_words(mine: QuestionRow, text: str | None) -> str:
    return _("%(n)s of %(most)s letters", n=f"{letters(text or ''):,}", most=f"{mine.most_letters:,}")


def _back(mine: QuestionRow) -> ResponseReturnValue:
    return redirect(url_for("my_questions.show", question_id=mine.id), 303)


def _write_page(mine: QuestionRow, form: QuestionForm, revision: int, theirs: str | None = None) -> str:
    return render_template(
        "questions/write.html",
        mine=mine,
        form=form,
        revision=revision,
        theirs=theirs,
        count=_count_words(mine, form.words.data),
        coach=coach(mine.coach_id),
        zone=client(mine.client_id).zone,
        by=operations.promise(mine.coach_id, mine.answer_days, clock.now()),
    )


def _read_page(mine: QuestionRow) -> str:
    session = offering_by_id(mine.offered_id) if mine.offered_id else None
    order = orders_of([mine.id])[mine.id]
    return render_template(
        "questions/read.html",
        mine=mine,
        words=queries.words_of(mine),
        answer=queries.answer_of(mine) if mine.answered_at or mine.back_at else "",
        coach=coach(mine.coach_id),
        zone=client(mine.client_id).zone,
        session=session,
        rest=reduced.less(session.price, mine.price.minor) if session else None,
        is_usable=reduced.is_usable(mine.id),
        refunded=order.refunded,
    )


def _with_revision(answer: Response, revision: int) -> Response:
    answer.headers["X-Revision"] = str(revision)
    return answer
