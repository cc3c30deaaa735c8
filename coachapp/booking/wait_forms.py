"""The shape of what is typed about the waiting list: what suits, until when;
and how the coach offers what comes free."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation
from wtforms.validators import Optional as MayBeEmpty

from coachapp.booking.picker import Part
from coachapp.booking.wait_rules import MOST_TURN_HOURS, USUAL_TURN_HOURS, Suits
from coachapp.safe_contact.forms import MayGiveInbox, email_field, inbox_field
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line

_DAY = _l("Enter a day, like 2026-11-18")
_ONE_OF_THESE = _l("Choose from these, or leave all of them empty")


class WaitForm(BaseForm):
    """What would suit a client who is signed in. Nothing has to be typed: empty means all, and the day stands there."""

    weekdays = SelectMultipleField(
        _l("Days that suit you"),
        [MayBeEmpty()],
        choices=[
            SelectChoice("0", _l("Monday")),
            SelectChoice("1", _l("Tuesday")),
            SelectChoice("2", _l("Wednesday")),
            SelectChoice("3", _l("Thursday")),
            SelectChoice("4", _l("Friday")),
            SelectChoice("5", _l("Saturday")),
            SelectChoice("6", _l("Sunday")),
        ],
        description=_l("Leave them empty if any day will do."),
        validate_choice=False,
    )
    parts = SelectMultipleField(
        _l("Parts of the day that suit you"),
        [MayBeEmpty()],
        choices=[
            SelectChoice(Part.MORNING.value, _l("Mornings, before 12:00")),
            SelectChoice(Part.AFTERNOON.value, _l("Afternoons, 12:00 to 18:00")),
            SelectChoice(Part.EVENING.value, _l("Evenings, from 18:00")),
        ],
        description=_l("Leave them empty if any hour will do."),
        validate_choice=False,
    )
    last = DateField(_l("Until which day?"), [InputRequired(_DAY)], invalid_value_message=_DAY)

    def __init__(self, *args: Any, today: date, horizon_days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.latest = today, today + timedelta(days=horizon_days)

    def validate_weekdays(self, field: Field) -> None:
        _known(field)

    def validate_parts(self, field: Field) -> None:
        _known(field)

    def validate_last(self, field: Field) -> None:
        if field.data is None:
            return  # not a day at all, as is said already
        if field.data < self.today:
            raise ValidationError(_l("Choose today or a later day"))
        if field.data > self.latest:
            raise ValidationError(
                _l("Choose a day until %(day)s: times are not given further ahead", day=self.latest)
            )

    @property
    def suits(self) -> Suits:
        """The answers; nothing chosen is everything."""
        return Suits.of(map(int, self.weekdays.data or ()), map(Part, self.parts.data or ()))


class JoinForm(MayGiveInbox, WaitForm):
    """The same for someone without an account, with what the details of a booking ask. Nothing is ticked beforehand.

    `once` marks the form, so that sending it twice makes one line.
    """

    name = StringField(
        _l("What should we call you?"),
        [
            DataRequired(_l("Write any name you like to be called by")),
            Length(max=80, message=_l("Use a shorter name, of 80 letters at most")),
        ],
        description=_l("Any name you like. It does not have to be your legal name."),
        filters=[one_line],
    )
    email = email_field(
        _l("Only if you would like a short note when a time is kept. You can leave it empty.")
    )
    inbox = inbox_field(validate_choice=False)
    agree = BooleanField(
        _l("I have read the terms"), [InputRequired(_l("Tick this if you agree, so that we can go on"))]
    )
    once = HiddenField(validators=[Length(max=100)])


def _hours(form: "TurnsForm", field: Field) -> None:
    """How long is asked only if times are offered by themselves; whatever stands there otherwise is passed over."""
    field.errors = []
    if not form.by_itself.data:
        raise StopValidation
    if field.data is None or not 1 <= field.data <= MOST_TURN_HOURS:
        raise StopValidation(_l("Enter a number of hours, from 1 to 72"))


class TurnsForm(BaseForm):
    """Whether what comes free is offered by itself, and how long each person has."""

    by_itself = BooleanField(
        _l("Offer a time that comes free by itself"),
        description=_l("To the one who has waited longest of those it suits, then to the next."),
    )
    hours = IntegerField(
        _l("Hours each person has"),
        [_hours],
        default=USUAL_TURN_HOURS,
        description=_l("From 1 to 72. Never beyond 2 hours before the time begins."),
    )


def _known(field: Field) -> None:
    if not set(field.data or ()) <= {choice.value for choice in field.choices}:
        raise ValidationError(_ONE_OF_THESE)
