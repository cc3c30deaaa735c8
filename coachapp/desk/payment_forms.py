"""What the coach types about money that did not come by card."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, RadioField, StringField, TimeField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired
from wtforms.validators import Optional as MayBeEmpty

from coachapp.money import Money, parse_amount
from coachapp.payments.rules import Method
from coachapp.practice.rules import price_trouble
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line

HOW = [
    SelectChoice(Method.TRANSFER.value, _l("By bank transfer")),
    SelectChoice(Method.CASH.value, _l("In cash")),
    SelectChoice(Method.OTHER.value, _l("In another way")),
]
_SOON = _l("Enter a day that is still to come")
_DAY = _l("Enter a day, not one to come")
_TO_COME = _l("Enter today or a day to come, within two years")
_LONGEST = timedelta(days=730)


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
        if field.data is not None and not date(2000, 1, 1) <= field.data <= self._today:
            raise ValidationError(_DAY)

    @property
    def method(self) -> Method:
        return Method(self.how.data)


class MovePartForm(BaseForm):
    """Another day for a part of a price."""

    on = DateField(_l("By which day"), [InputRequired(_TO_COME)], invalid_value_message=_TO_COME)

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def validate_on(self, field: Field) -> None:
        if field.data is not None and not self._today <= field.data <= self._today + _LONGEST:
            raise ValidationError(_TO_COME)


class AskForm(BaseForm):
    """For how much a client, or somebody for her, is asked, until when, and perhaps a time that is kept meanwhile."""

    who = StringField(_l("For whom"), [DataRequired(_l("Choose a client"))])
    amount = StringField(
        _l("How much"),
        [DataRequired(_l("Enter an amount, like 80 or 80,50"))],
        description=_l("Who pays sees this, “Services”, and your neutral name."),
        filters=[one_line],
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )
    due = DateField(
        _l("Until which day"),
        [InputRequired(_SOON)],
        description=_l("Until 20:00 on that day, by your clock."),
        invalid_value_message=_SOON,
    )
    in_space = BooleanField(_l("Show it in the private space too"))
    what = StringField(_l("Keep a time for it meanwhile"))
    day = DateField(_l("On"), [MayBeEmpty()], invalid_value_message=_l("Enter a day"))
    at = TimeField(_l("Begins at"), [MayBeEmpty()], invalid_value_message=_l("Enter a time, like 14:30"))

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.money = Money(0, currency)

    def validate_amount(self, field: Field) -> None:
        try:
            self.money = parse_amount(field.data or "", self.money.currency)
        except ValueError as error:
            raise ValidationError(_l("Enter an amount, like 80 or 80,50")) from error
        if self.money.is_zero or price_trouble(self.money):
            raise ValidationError(
                _l("Enter at least 0.50, the least that can be paid by card, and not too much")
            )


def _known(field: Field) -> None:
    if field.data not in {choice.value for choice in HOW}:
        raise ValidationError(_l("Choose one of these"))
