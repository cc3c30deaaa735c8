"""The forms of the printed page: several sheets in one file, and a passphrase for a file."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from coachapp.documents.locking import LEAST, fits
from coachapp.web.forms import BaseForm

MOST_SHEETS = 20
"""In one file: more of them make a pile nobody carries."""


class SeveralForm(BaseForm):
    """Which sheets are put into one file."""

    sheets = SelectMultipleField(
        _l("Which ones?"),
        [
            InputRequired(_l("Choose the sheets that go into the file")),
            Length(max=MOST_SHEETS, message=_l("Choose at most 20; make a second file for the others")),
        ],
        coerce=int,
    )


class LockForm(BaseForm):
    """Which of a sheet's files is locked, and with which passphrase; it is shown as it is typed, and kept nowhere."""

    kind = SelectField(_l("Which file"))
    words = StringField(
        _l("Passphrase"),
        [InputRequired(_l("Type a passphrase, or save the file without one above"))],
        description=_l(
            "At least 8 characters, shown as you type. A few words in a row are easy to keep in mind."
        ),
    )

    def validate_words(self, field: Field) -> None:
        if not fits(field.data):
            raise ValidationError(_("Use at least %(n)s characters, and at most about 100", n=LEAST))
