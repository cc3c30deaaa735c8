"""Questions at the desk: what waits and until when, the answer, money back, or a session in its place."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
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
from coachapp.audit.operations import record_view
from coachapp.booking import reduced
from coachapp.clients.queries import client, clients_by_id
from coachapp.config import settings
from coachapp.money import Money
from coachapp.notifications import texts
from coachapp.payments.operations import finish
from coachapp.payments.queries import orders_of
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import coach, given_by, offering_by_id, practice
from coachapp.practice.rules import CoachRow, OfferingRow
from coachapp.questions import operations, queries
from coachapp.questions.forms import AT_ONCE, AnswerForm, DeclineForm, SendForm, TurnForm
from coachapp.questions.rules import (
    MOST_ANSWER,
    OPEN,
    NoSuchQuestion,
    NotNow,
    OtherWords,
    QuestionRow,
    Standing,
    as_kept,
)
from coachapp.safe_contact.queries import gate
from coachapp.web.errors import not_found, page
from coachapp.web.guards import staff

bp = Blueprint("questions_desk", __name__, url_prefix="/desk/questions")
bp.register_error_handler(NoSuchQuestion, not_found)


@bp.errorhandler(NotNow)
def not_now(error: NotNow) -> ResponseReturnValue:
    """Answered at another desk, taken back to be changed, or over."""
    return page(
        409,
        _("That cannot be done here now"),
        _(
            "It was answered, changed or paid back meanwhile. Nothing was done twice; the list shows how it stands."
        ),
    )


@bp.get("")
@staff
def questions() -> ResponseReturnValue:
    """What waits, the earliest promise first; then the others. Names only."""
    waiting, others = queries.waiting(_host().id), queries.not_waiting(_host().id)
    return render_template(
        "questions/desk_list.html",
        host=_host(),
        waiting=waiting,
        to_write=[each for each in others if each.standing is Standing.TO_WRITE],
        over=[each for each in others if each.standing is not Standing.TO_WRITE],
        people=clients_by_id(each.client_id for each in (*waiting, *others)),
    )


@bp.get("/<uuid:question_id>")
@staff
def question(question_id: UUID) -> ResponseReturnValue:
    found = _own(question_id)
    record_view(found.client_id, now=clock.now(), role="staff", actor=current_user.account_id)
    return _page(found, AnswerForm(formdata=None, data={"answer": queries.answer_of(found)}))


@bp.post("/<uuid:question_id>/open")
@staff
def open_it(question_id: UUID) -> ResponseReturnValue:
    """Open it to read; from now on its words stay as they are."""
    operations.open_it(question_id, _host().id, by=current_user.account_id, now=clock.now())
    return redirect(url_for("questions_desk.question", question_id=question_id), 303)


@bp.post("/<uuid:question_id>")
@staff
def keep_answer(question_id: UUID) -> ResponseReturnValue:
    """Keep the words, and show what would leave."""
    found, form = _own(question_id), AnswerForm()
    if not form.validate():
        return _page(found, form), 422
    operations.keep_answer(question_id, found.coach_id, form.answer.data)
    return redirect(url_for("questions_desk.check", question_id=question_id), 303)


@bp.post("/<uuid:question_id>/save")
@staff
def save_draft(question_id: UUID) -> ResponseReturnValue:
    """The answer so far, saved as she writes. 422 where none is waited for any more."""
    typed = as_kept(request.form.get("answer"))[:MOST_ANSWER]
    try:
        operations.keep_answer(_own(question_id).id, _host().id, typed)
    except NotNow:
        return jsonify(message=_("This was answered or paid back meanwhile, so it cannot be saved.")), 422
    return Response(status=204)


@bp.get("/<uuid:question_id>/check")
@staff
def check(question_id: UUID) -> ResponseReturnValue:
    """The answer once more, and the exact words of the mail, if one leaves."""
    found = _own(question_id)
    answer = queries.answer_of(found)
    if found.standing is not Standing.WAITING or not answer.strip():
        return redirect(url_for("questions_desk.question", question_id=question_id), 303)
    seen = SendForm(formdata=None, data={"seen": operations.mark_of(found)})
    return render_template(
        "questions/desk_check.html", **_common(found), answer=answer, form=seen, **_mail(found)
    )


@bp.post("/<uuid:question_id>/send")
@staff
def send(question_id: UUID) -> ResponseReturnValue:
    seen, by = SendForm().seen.data or "", current_user.account_id
    try:
        operations.send_answer(question_id, _host().id, seen, settings().base_url, by=by, now=clock.now())
    except OtherWords:
        flash(_("The answer was changed meanwhile. Look at it once more."))
        return redirect(url_for("questions_desk.check", question_id=question_id), 303)
    flash(_("Your answer is there now."))
    return redirect(url_for("questions_desk.questions"), 303)


@bp.get("/<uuid:question_id>/decline")
@staff
def ask_decline(question_id: UUID) -> ResponseReturnValue:
    return _decline_page(_still_open(question_id), DeclineForm(formdata=None))


@bp.post("/<uuid:question_id>/decline")
@staff
def decline(question_id: UUID) -> ResponseReturnValue:
    """Kindly no: the money goes back."""
    found, form, now = _own(question_id), DeclineForm(), clock.now()
    if not form.validate():
        return _decline_page(found, form), 422
    by, word = current_user.account_id, (form.word.data or "").strip()
    refunds = operations.decline(found.id, found.coach_id, word, settings().base_url, by=by, now=now)
    finish(refunds, gateway(), payables(), now=now)
    flash(_("The money is on its way back."))
    return redirect(url_for("questions_desk.questions"), 303)


@bp.get("/<uuid:question_id>/session")
@staff
def ask_turn(question_id: UUID) -> ResponseReturnValue:
    return _turn_page(_still_open(question_id), TurnForm(formdata=None, sessions=_sessions()))


@bp.post("/<uuid:question_id>/session")
@staff
def turn(question_id: UUID) -> ResponseReturnValue:
    """A session in place of an answer: at once, or offered."""
    found, form, now = _own(question_id), TurnForm(sessions=_sessions()), clock.now()
    if not form.validate():
        return _turn_page(found, form), 422
    by, host = current_user.account_id, _host().id
    if form.how.data == AT_ONCE:
        operations.turn(found.id, host, form.session, settings().base_url, by=by, now=now)
        flash(_("Done. The private space leads to the times."))
    else:
        operations.offer_session(found.id, host, form.session, by=by, now=now)
        flash(_("Offered in the private space. You can still answer in writing."))
    return redirect(url_for("questions_desk.question", question_id=question_id), 303)


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _own(question_id: UUID) -> QuestionRow:
    found = queries.question(question_id, coach_id=current_user.coach_id)
    if found.paid_at is None:
        abort(404)
    return found


def _still_open(question_id: UUID) -> QuestionRow:
    found = _own(question_id)
    if found.standing not in OPEN:
        raise NotNow
    return found


def _sessions() -> list[OfferingRow]:
    """What this coach gives one person at a time, and what has a price something can be taken off."""
    found = given_by(current_user.coach_id, with_unlisted=True)
    return [each for each in found if each.is_bookable and not each.is_group and not each.is_free]


def _common(found: QuestionRow) -> dict[str, object]:
    return {"host": _host(), "question": found, "client": client(found.client_id)}


def _mail(found: QuestionRow) -> dict[str, object]:
    """The words that leave with an answer, as the gate lets them."""
    verdict = gate(found.client_id, booked=False, now=clock.now())
    link = f"{settings().base_url}/me/" if verdict.with_link else None
    mail = texts.ready(practice().mail_subject, link) if verdict.address else None
    return {"verdict": verdict, "mail": mail}


def _page(found: QuestionRow, form: AnswerForm) -> str:
    is_read = found.opened_at is not None or found.standing is Standing.TURNED
    return render_template(
        "questions/desk_question.html",
        **_common(found),
        form=form,
        words=queries.words_of(found) if is_read else "",
        answer=queries.answer_of(found) if found.answered_at or found.back_at else "",
        session=offering_by_id(found.offered_id) if found.offered_id else None,
        is_usable=reduced.is_usable(found.id),
        refunded=_order_refunded(found),
    )


def _order_refunded(found: QuestionRow) -> Money:
    return orders_of([found.id])[found.id].refunded


def _decline_page(found: QuestionRow, form: DeclineForm) -> str:
    return render_template("questions/desk_decline.html", **_common(found), form=form, **_mail(found))


def _turn_page(found: QuestionRow, form: TurnForm) -> str:
    rests = [(each, reduced.less(each.price, found.price.minor)) for each in _sessions()]
    return render_template("questions/desk_turn.html", **_common(found), form=form, rests=rests)
