"""A PDF that was filled in elsewhere: what it says is shown on the sheet, and kept only once she saves it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp.web.guards import client_only
from coachapp.worksheets import queries
from coachapp.worksheets.differences import differences
from coachapp.worksheets.filled import NotReadable, Trouble, fields_of
from coachapp.worksheets.forms import SheetForm
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.read_back import OtherSheet, answers_in
from coachapp.worksheets.views.client import sheet_page
from coachapp.worksheets.views.hers import own_sheet, rooms

bp = Blueprint("filled", __name__, url_prefix="/me/worksheets")
bp.context_processor(rooms)


@bp.post("/<int:number>/file")
@client_only
def read(number: int) -> ResponseReturnValue:
    """The sheet with the file's answers in it; the file itself is kept nowhere."""
    sheet = own_sheet(number)
    stored = queries.answers_of(sheet)
    upload = request.files.get("file")
    try:
        found = answers_in(sheet.template, fields_of(upload.read() if upload else b""))
    except NotReadable as error:
        return _refused(sheet, error.trouble)
    except OtherSheet:
        return _another(sheet)
    other = [each for each in differences(sheet.template, found.answers, stored) if each.theirs]
    form = SheetForm(sheet.template, {**stored, **found.answers})
    return sheet_page(sheet, form, found=found, differences=other)


def _refused(sheet: SheetRow, trouble: Trouble) -> ResponseReturnValue:
    words = {
        Trouble.NO_PDF: _("This file could not be read as a PDF. Choose the one you filled in and saved."),
        Trouble.LOCKED: _("This file is locked with a passphrase. Save a copy without one, and choose that."),
        Trouble.ACTIVE: _("This file can do things by itself, so it was not opened. Ours never do."),
        Trouble.NO_FIELDS: _(
            "This file has no fields that can be read, as after scanning or printing to a file. "
            "What stands on it can be written into the sheet by hand."
        ),
        Trouble.TOO_MUCH: _("This file holds more than a sheet can. Choose the one you filled in and saved."),
    }
    return _unread(sheet, _("This file stays unread"), words[trouble])


def _another(sheet: SheetRow) -> ResponseReturnValue:
    words = _("The file belongs to another sheet, or to an earlier version of this one.")
    return _unread(sheet, _("This is another sheet"), words)


def _unread(sheet: SheetRow, heading: str, words: str) -> ResponseReturnValue:
    return render_template("worksheets/file_unread.html", sheet=sheet, heading=heading, words=words), 422
