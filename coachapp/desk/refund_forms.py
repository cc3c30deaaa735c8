"""What the coach types when she gives money back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from coachapp.money import Money, parse_amount
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line

_AMOUNT = _l("Enter an amount, like 80 or 80,50")


class BackForm(BaseForm):
    """How much goes back, at most `most`, and by which way; `was` is what had gone back when the page was opened."""

    amount = StringField(
        _l("How much goes back"),
        [DataRequired(_AMOUNT)],
        filters=[one_line],
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )
    how = RadioField(
        _l("By which way"),
        choices=[
            SelectChoice("card", _l("The way it came: to the card, by Stripe")),
            SelectChoice("hand", _l("By my own hand: a transfer, or cash")),
        ],
        default="card",
        validate_choice=False,
    )
    was = HiddenField()

    def __init__(self, most: Money, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        self.money = Money(0, most.currency)

    def validate_amount(self, field: Field) -> None:
        try:
            self.money = parse_amount(field.data or "", self.most.currency)
        except ValueError as error:
            raise ValidationError(_AMOUNT) from error
        if self.money.is_zero:
            raise ValidationError(_AMOUNT)
        if self.money.minor > self.most.minor:
            raise ValidationError(_l("At most %(amount)s is still paid", amount=self.most.plain()))

    @property
    def went_before(self) -> Money:
        """What had gone back when she looked; less than nothing where that was tampered with, which fits nothing."""
        typed = self.was.data or ""
        return Money(int(typed) if typed.isascii() and typed.isdigit() else -1, self.most.currency)
