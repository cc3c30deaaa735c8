"""The shape of what a client wishes around her sessions."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from coachapp.clients.rules import DAY_BEFORE, MOST_AGREED, MOST_WORDS, TWO_HOURS, Absence, WishesRow
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line, stripped

_LEAST_DIGITS = 5


class WishesForm(BaseForm):
    """What to do if she does not come, and whether she is reminded; mail is offered only where it may be sent."""

    absence = RadioField(
        _l("If you do not come, what would you like to happen?"),
        [InputRequired(_l("Choose what you would like to happen"))],
        choices=[
            SelectChoice(Absence.WAIT.value, _l("Wait 15 minutes and do nothing")),
            SelectChoice(Absence.MAIL.value, _l("Send me a neutral mail")),
            SelectChoice(Absence.CALL.value, _l("Call me")),
            SelectChoice(Absence.OWN.value, _l("Something else, in my own words")),
        ],
        invalid_choice_message=_l("Choose what you would like to happen"),
    )
    number = StringField(
        _l("Number to call"),
        [Length(max=40, message=_l("Use 40 letters at most"))],
        description=_l("Only if you chose a call."),
        filters=[one_line],
    )
    hours = StringField(
        _l("When a call is safe"),
        [Length(max=120, message=_l("Use 120 letters at most"))],
        description=_l("For example: weekdays from 9 to 17. At other hours nobody calls."),
        filters=[one_line],
    )
    words = TextAreaField(
        _l("Your own words"),
        [Length(max=MOST_WORDS, message=_l("Please keep this to 500 letters"))],
        description=_l("Only if you chose something else."),
        filters=[stripped],
    )
    remind = RadioField(
        _l("Would you like to be reminded?"),
        choices=[
            SelectChoice("", _l("No")),
            SelectChoice(str(DAY_BEFORE), _l("The day before, at the same hour")),
            SelectChoice(str(TWO_HOURS), _l("Two hours before")),
        ],
        default="",
        invalid_choice_message=_l("Choose whether you would like to be reminded"),
    )

    def __init__(self, *args: Any, may_mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_mail:
            del self.remind
            self.absence.choices = [each for each in self.absence.choices if each.value != Absence.MAIL]

    def validate_number(self, field: Field) -> None:
        if self._is(Absence.CALL) and sum(each.isdigit() for each in field.data or "") < _LEAST_DIGITS:
            raise ValidationError(_l("Enter the number to call"))

    def validate_hours(self, field: Field) -> None:
        if self._is(Absence.CALL) and not field.data:
            raise ValidationError(_l("Say when a call is safe, like weekdays from 9 to 17"))

    def validate_words(self, field: Field) -> None:
        if self._is(Absence.OWN) and not field.data:
            raise ValidationError(_l("Write what you would like, or choose another answer"))

    def _is(self, absence: Absence) -> bool:
        return bool(self.absence.data == absence)

    @property
    def wished(self) -> WishesRow:
        """The answers as they are kept; what belongs to another choice is not kept at all."""
        absence = Absence(self.absence.data)
        call, own = absence is Absence.CALL, absence is Absence.OWN
        remind = self.remind.data if "remind" in self else ""
        return WishesRow(
            absence=absence,
            number=self.number.data or "" if call else "",
            hours=self.hours.data or "" if call else "",
            words=self.words.data or "" if own else "",
            remind_min=int(remind) if remind else None,
        )

    @classmethod
    def of(cls, known: WishesRow, *, may_mail: bool) -> "WishesForm":
        """The form as it stands for her now."""
        data = {
            "absence": known.absence if may_mail or known.absence is not Absence.MAIL else Absence.WAIT,
            "number": known.number,
            "hours": known.hours,
            "words": known.words,
            "remind": str(known.remind_min or ""),
        }
        return cls(formdata=None, may_mail=may_mail, data=data)


class AgreedForm(BaseForm):
    """The words that mean "change the subject", agreed between client and coach."""

    agreed = TextAreaField(
        _l("Words that mean: change the subject"),
        [MayBeEmpty(), Length(max=MOST_AGREED, message=_l("Please keep this to 200 letters"))],
        description=_l("Something ordinary, like “Did you see the weather?” Empty means none."),
        filters=[stripped],
    )
