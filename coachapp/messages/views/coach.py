"""The coach's side of short messages: the list, one message with its answer, what leaves, and letting it go."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.clients.queries import client, clients_by_id
from coachapp.messages import operations, queries
from coachapp.messages.forms import AnswerForm, SendForm
from coachapp.messages.rules import (
    KEPT,
    AnsweredAlready,
    Line,
    Message,
    NoSuchMessage,
    OtherWords,
    State,
    read_on,
)
from coachapp.notifications import texts
from coachapp.practice.queries import coach, practice
from coachapp.practice.rules import CoachRow
from coachapp.safe_contact.queries import gate
from coachapp.web.errors import not_found, page
from coachapp.web.guards import staff
from coachapp.zones import zone

bp = Blueprint("messages_desk", __name__, url_prefix="/desk/messages")
bp.register_error_handler(NoSuchMessage, not_found)


@bp.errorhandler(AnsweredAlready)
def answered_already(error: AnsweredAlready) -> ResponseReturnValue:
    """It has left; another one would only be a surprise."""
    return page(
        409,
        _("This message is answered already"),
        _("The answer that was sent stays as it is. Nothing was changed."),
    )


@bp.get("")
@staff
def messages() -> ResponseReturnValue:
    found = queries.lines(_host().id)
    waiting = [line for line in found if line.state is State.WAITING]
    return render_template(
        "messages/desk_list.html",
        host=_host(),
        waiting=waiting,
        answered=[line for line in found if line.state is State.ANSWERED],
        aside=[line for line in found if line.state is State.ASIDE],
        people=clients_by_id(line.client_id for line in found),
        read_on=_read_on,
        kept_days=KEPT.days,
    )


@bp.get("/<uuid:message_id>")
@staff
def message(message_id: UUID) -> ResponseReturnValue:
    found = _own(message_id)
    record_view(found.client_id, now=clock.now(), role="staff", actor=current_user.account_id)
    return _message_page(found, AnswerForm(formdata=None, data={"answer": found.answer}))


@bp.post("/<uuid:message_id>")
@staff
def keep_answer(message_id: UUID) -> ResponseReturnValue:
    """Keep the words, and show what would leave."""
    found, form = _own(message_id), AnswerForm()
    if not form.validate():
        return _message_page(found, form), 422
    operations.keep_draft(message_id, found.coach_id, form.answer.data)
    return redirect(url_for("messages_desk.check", message_id=message_id), 303)


@bp.get("/<uuid:message_id>/check")
@staff
def check(message_id: UUID) -> ResponseReturnValue:
    """The answer once more, and the exact words of the mail, if one leaves."""
    found = _own(message_id)
    if found.is_answered or not found.answer:
        return redirect(url_for("messages_desk.message", message_id=message_id), 303)
    verdict = gate(found.client_id, booked=False, now=clock.now())
    words = texts.answered(practice().mail_subject, found.answer if verdict.with_link else None)
    return render_template(
        "messages/desk_check.html",
        host=_host(),
        message=found,
        client=client(found.client_id),
        form=SendForm(formdata=None, data={"seen": operations.mark_of(found)}),
        verdict=verdict,
        mail=words if verdict.address else None,
    )


@bp.post("/<uuid:message_id>/send")
@staff
def send(message_id: UUID) -> ResponseReturnValue:
    form = SendForm()
    try:
        operations.send_answer(
            message_id, _host().id, form.seen.data or "", by=current_user.account_id, now=clock.now()
        )
    except OtherWords:
        flash(_("The answer was changed meanwhile. Look at it once more."))
        return redirect(url_for("messages_desk.check", message_id=message_id), 303)
    flash(_("Your answer is there now."))
    return redirect(url_for("messages_desk.messages"), 303)


@bp.get("/<uuid:message_id>/delete")
@staff
def ask_delete(message_id: UUID) -> ResponseReturnValue:
    found = _own(message_id)
    return render_template(
        "messages/desk_delete.html", host=_host(), message=found, client=client(found.client_id)
    )


@bp.post("/<uuid:message_id>/delete")
@staff
def delete(message_id: UUID) -> ResponseReturnValue:
    operations.delete_message(message_id, _host().id, by=current_user.account_id, now=clock.now())
    flash(_("The message is gone."))
    return redirect(url_for("messages_desk.messages"), 303)


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _own(message_id: UUID) -> Message:
    return queries.message(message_id, coach_id=current_user.coach_id)


def _read_on(line: Line) -> date:
    return read_on(line.written_at, practice().reading_weekday, zone(_host().zone))


def _message_page(found: Message, form: AnswerForm) -> str:
    return render_template(
        "messages/desk_message.html",
        host=_host(),
        message=found,
        client=client(found.client_id),
        form=form,
        read_on=_read_on(found),
    )
