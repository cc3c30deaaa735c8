"""The coach's forms beside a client's sheets: giving some, and words in a margin."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectMultipleField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from coachapp.practice.fields import may_be_day
from coachapp.web.forms import BaseForm
from coachapp.worksheets.answers import plain
from coachapp.worksheets.margin_rules import MOST_LETTERS


class MarginForm(BaseForm):
    """Words beside one answer; `seen` marks which words of hers stood there when the page was made."""

    words = TextAreaField(
        _l("Your words beside this answer"),
        [
            DataRequired(_l("Write a few words, or go back to the sheet")),
            Length(
                max=MOST_LETTERS, message=_l("Keep this to 2,000 letters; the rest can wait until you meet")
            ),
        ],
        filters=[lambda text: plain(text or "")],
    )
    seen = HiddenField(filters=[lambda mark: mark or ""])


class AssignForm(BaseForm):
    """Which sheets to give, a few words with them, and a day it would be good to have them, from `today` on."""

    today: date

    templates = SelectMultipleField(
        _l("Which ones?"),
        [InputRequired(_l("Choose one worksheet or plan, or several"))],
        validate_choice=True,
    )
    note = TextAreaField(
        _l("A few words with it"),
        [Length(max=1000, message=_l("Keep this to 1,000 letters; the rest can wait until you meet"))],
        description=_l("Shown above the sheet. You can leave it empty."),
        filters=[lambda text: (text or "").strip()],
    )
    wanted_on = may_be_day(
        _l("A day it would be good to have it"),
        _l(
            "Named once and calmly beside the sheet, and gone when the day is over. Nothing is sent or counted."
        ),
    )

    def validate_wanted_on(self, field: DateField) -> None:
        if field.data and not self.today <= field.data <= self.today + timedelta(days=366):
            raise ValidationError(_("Enter a day from today on, within a year, or leave it empty"))
