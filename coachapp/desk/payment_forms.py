"""What the coach types about money that did not come by card."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from coachapp.payments.rules import Method
from coachapp.web.forms import BaseForm

HOW = [
    SelectChoice(Method.TRANSFER.value, _l("By bank transfer")),
    SelectChoice(Method.CASH.value, _l("In cash")),
    SelectChoice(Method.OTHER.value, _l("In another way")),
]
_DAY = _l("Enter a day, not one to come")


class PaidForm(BaseForm):
    """How the money came."""

    how = RadioField(
        _l("How it came"), [InputRequired(_l("Choose how it came"))], choices=HOW, validate_choice=False
    )

    def validate_how(self, field: Field) -> None:
        _known(field)

    @property
    def method(self) -> Method:
        return Method(self.how.data)


class GivenForm(BaseForm):
    """How money was given back, and on which day."""

    how = RadioField(
        _l("How you gave it back"),
        [InputRequired(_l("Choose how you gave it back"))],
        choices=HOW,
        validate_choice=False,
    )
    on = DateField(_l("On which day"), [InputRequired(_DAY)], invalid_value_message=_DAY)

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def validate_how(self, field: Field) -> None:
        _known(field)

    def validate_on(self, field: Field) -> None:
        if not date(2000, 1, 1) <= field.data <= self._today:
            raise ValidationError(_DAY)

    @property
    def method(self) -> Method:
        return Method(self.how.data)


def _known(field: Field) -> None:
    if field.data not in {choice.value for choice in HOW}:
        raise ValidationError(_l("Choose one of these"))
