"""The shape of what the coach types about a voucher: what it is worth, how its money came, how it went back."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from coachapp.desk.payment_forms import HOW
from coachapp.money import Money, parse_amount
from coachapp.payments.voucher_rules import GIVEN, LONGEST_NOTE
from coachapp.practice import fields
from coachapp.practice.rules import MOST_CHARGE
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line

_AMOUNT = _l("Enter an amount, like 80 or 80,50")
_DAY = _l("Enter a day, not one to come")
_WAYS = {choice.value for choice in HOW} | {GIVEN}


class _MoneyForm(BaseForm):
    """How money moved, and on which day of the coach's."""

    on = DateField(_l("On which day"), [InputRequired(_DAY)], invalid_value_message=_DAY)

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def validate_on(self, field: Field) -> None:
        if field.data is not None and not date(2000, 1, 1) <= field.data <= self._today:
            raise ValidationError(_DAY)

    def validate_how(self, field: Field) -> None:
        if field.data not in _WAYS:
            raise ValidationError(_l("Choose one of these"))


class VoucherForm(_MoneyForm):
    """A new voucher; its code is made by us."""

    worth = StringField(
        _l("What it is worth"),
        [DataRequired(_AMOUNT)],
        filters=[one_line],
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )
    last = fields.may_be_day(
        _l("Good until"), _l("The last day, on your clock. Empty means that it stays good.")
    )
    note = fields.text(
        _l("A note for yourself"),
        LONGEST_NOTE,
        description=_l("Nobody else sees it. Leave out who will use it: whoever has the code may."),
    )
    how = RadioField(
        _l("How its money came"),
        [InputRequired(_l("Choose how it came"))],
        choices=[*HOW, SelectChoice(GIVEN, _l("It is given away; no money came"))],
        validate_choice=False,
    )

    def __init__(self, today: date, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(today, *args, **kwargs)
        self.money = Money(0, currency)

    def validate_worth(self, field: Field) -> None:
        try:
            self.money = parse_amount(field.data or "", self.money.currency)
        except ValueError as error:
            raise ValidationError(_AMOUNT) from error
        if not 0 < self.money.minor <= MOST_CHARGE:
            raise ValidationError(_AMOUNT)

    def validate_last(self, field: Field) -> None:
        if field.data is not None and field.data < self._today:
            raise ValidationError(_l("Enter a day that is not over, or leave it empty"))


class EndForm(_MoneyForm):
    """How the money of a voucher that is ended went back."""

    how = RadioField(
        _l("How its money went back"),
        [InputRequired(_l("Choose how it went back"))],
        choices=[*HOW, SelectChoice(GIVEN, _l("No money goes back"))],
        validate_choice=False,
    )
