"""The forms of a path: its start, and one step of it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from coachapp.practice.fields import long, number
from coachapp.web.forms import BaseForm
from coachapp.worksheets.path_rules import BY_SESSION, MOST_DAYS, Rule

EMPTY = "empty"

RULES = [
    SelectChoice(Rule.START.value, _l("After the start")),
    SelectChoice(Rule.DONE.value, _l("After the sheet before it is put aside")),
    SelectChoice(Rule.BEFORE.value, _l("Before a session")),
    SelectChoice(Rule.SINCE.value, _l("After a session")),
]


class StartForm(BaseForm):
    """The day on which a path starts."""

    starts_on = DateField(
        _l("It starts on"),
        [InputRequired(_l("Enter a day"))],
        description=_l("Day 0 of the path. Days are counted in the calendar of whoever the path is for."),
        invalid_value_message=_l("Enter a day"),
    )

    def refuse_start(self) -> None:
        self.starts_on.errors = [_("Enter a day from today on, within a year")]


class BeginForm(StartForm):
    """A new path: one that is ready-made, or an empty one."""

    which = RadioField(_l("Which path?"))


class StepForm(BaseForm):
    """One step: which sheet, when it comes, and a few words with it."""

    template = SelectField(_l("Which sheet?"), validate_choice=True)
    days = number(
        _l("How many days?"), 0, MOST_DAYS, _l("0 is the day itself, or at once when a sheet is put aside.")
    )
    rule = RadioField(_l("Before or after what?"), choices=RULES)
    place = SelectField(
        _l("Which session?"),
        description=_l("For days before or after a session. If it moves, the sheet moves with it."),
        validate_choice=True,
    )
    note = long(_l("A few words with it"), _l("Shown above the sheet. You can leave it empty."), 1000)

    def validate_place(self, field: Field) -> None:
        if self.rule.data in BY_SESSION and not field.data:
            raise ValidationError(_("Choose the session it hangs on"))
