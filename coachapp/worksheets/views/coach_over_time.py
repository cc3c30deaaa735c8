"""The coach's side of what stays: numbers over time on shared sheets, and the pages of looking back that are shared."""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow
from coachapp.practice.queries import coach
from coachapp.web.guards import staff
from coachapp.worksheets.course_words import Spoken, spoken
from coachapp.worksheets.looking_back import Contents, NoSuchPage
from coachapp.worksheets.looking_back_pdf import counted
from coachapp.worksheets.looking_back_queries import PageRow, shared_page
from coachapp.worksheets.over_time_queries import shared_courses_of
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.views.at_desk import record_of
from coachapp.worksheets.views.files import looking_back_file

bp = Blueprint("desk_over_time", __name__, url_prefix="/desk/clients/<ref>/worksheets")


@bp.get("/numbers")
@staff
def numbers(ref: str) -> ResponseReturnValue:
    """A client's scales over time, of what she shares."""
    person = record_of(ref)
    found = [spoken(course) for course in shared_courses_of(person.id, person.zone)]
    record_view(person.id, now=clock.now(), role="staff", actor=current_user.account_id)
    host = coach(current_user.coach_id)
    return render_template("worksheets/numbers_of_client.html", client=person, host=host, found=found)


@bp.get("/back/<int:number>")
@staff
def read(ref: str, number: int) -> ResponseReturnValue:
    """A page of looking back that she shares."""
    person = record_of(ref)
    page, contents = _shared(person, number)
    return render_template(
        "worksheets/back_read.html",
        client=person,
        page=page,
        contents=contents,
        found=[spoken(course, year=True) for course in contents.courses],
        counted=counted(contents),
        host=coach(current_user.coach_id),
    )


@bp.get("/back/<int:number>/<any(a4,letter):paper>/<any(read,keep):way>/page.pdf")
@staff
def file(ref: str, number: int, paper: str, way: str) -> Response:
    """The same as a PDF, named by reference, number and the day it was made."""
    person = record_of(ref)
    page, contents = _shared(person, number)
    name = f"{person.ref}-{number}-{page.made_at.date().isoformat()}.pdf"
    return looking_back_file(page, contents, paper, name, person.zone, keep=way == "keep")


def shared_courses_on(sheet: SheetRow) -> dict[str, Spoken]:
    """The numbers over time that belong on one shared sheet, as far as they are shared."""
    if not sheet.has_scales:
        return {}
    zone = client(sheet.client_id).zone
    found = shared_courses_of(sheet.client_id, zone, sheet.template.key)
    return {course.field: spoken(course, year=True) for course in found}


def _shared(person: ClientRow, number: int) -> tuple[PageRow, Contents]:
    """A shared page; noted as a view of the record and of the page. 404 for anything else."""
    try:
        page, contents = shared_page(person.id, number, current_user.coach_id)
    except NoSuchPage:
        abort(404)
    for subject in (person.id, page.id):
        record_view(subject, now=clock.now(), role="staff", actor=current_user.account_id)
    return page, contents
