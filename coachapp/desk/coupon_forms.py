"""The shape of what the coach types about a code that lowers a price."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from coachapp.money import Money, parse_amount
from coachapp.payments.coupon_rules import LONGEST_CODE, MOST_USES, normal_code, random_code
from coachapp.practice import fields
from coachapp.practice.rules import MOST_CHARGE, OfferingRow
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line

_LEAST_LETTERS = 4


def _times(label: Any) -> IntegerField:
    message = _l("Enter a whole number from 1 to %(most)s, or leave it empty", most=MOST_USES)
    return IntegerField(
        label,
        [MayBeEmpty(), NumberRange(1, MOST_USES, message)],
        description=_l("Empty means no limit."),
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


class CouponForm(BaseForm):
    """A new code: its word, what it takes off (percent or an amount), when, how often, and for what."""

    code = StringField(
        _l("The code"),
        [
            MayBeEmpty(),
            Length(max=LONGEST_CODE, message=_l("Use %(most)s letters at most", most=LONGEST_CODE)),
        ],
        description=_l("A word of yours; capitals and spaces do not matter. Empty means one nobody guesses."),
        filters=[one_line],
        render_kw={"maxlength": LONGEST_CODE},
    )
    percent = IntegerField(
        _l("Percent off"),
        [MayBeEmpty(), NumberRange(1, 100, _l("Enter a whole number from 1 to 100"))],
        invalid_value_message=_l("Enter a whole number from 1 to 100"),
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )
    off = fields.may_be_amount(_l("Or an amount off"))
    first = fields.may_be_day(_l("Good from"), _l("Empty means from now on."))
    last = fields.may_be_day(
        _l("Good until"), _l("The last day, on your clock. Empty means until you end it.")
    )
    most = _times(_l("How often in all"))
    most_each = _times(_l("How often for each client"))
    good_for = SelectMultipleField(
        _l("What it is good for"),
        description=_l("Nothing ticked means all you offer, also what comes later."),
        choices=[],
        validate_choice=False,
    )

    def __init__(self, *args: Any, currency: str, offerings: Sequence[OfferingRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amount: Money | None = None
        self._currency = currency
        self.offerings = {each.slug: each.id for each in offerings}
        self.good_for.choices = [(each.slug, each.title) for each in offerings]

    @property
    def word(self) -> str:
        """The code that was typed, or a random one."""
        return self.code.data or random_code()

    def validate_code(self, field: Field) -> None:
        if len(normal_code(field.data)) < _LEAST_LETTERS:
            raise ValidationError(
                _l("Use %(least)s letters at least: shorter ones are guessed", least=_LEAST_LETTERS)
            )

    def validate_off(self, field: Field) -> None:
        try:
            self.amount = parse_amount(field.data, self._currency)
        except ValueError as error:
            raise ValidationError(_l("Enter an amount, like 80 or 80,50")) from error
        if not 0 < self.amount.minor <= MOST_CHARGE:
            raise ValidationError(_l("Enter an amount, like 80 or 80,50"))

    def validate_last(self, field: Field) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_l("It ends before it begins: look at the two days"))

    def validate_good_for(self, field: Field) -> None:
        if set(field.data or ()) - set(self.offerings):
            raise ValidationError(_l("Choose from what you offer"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """One of the two ways to lower a price, and not both."""
        fits = bool(super().validate(*args, **kwargs))
        if self.percent.errors or self.off.errors or bool(self.percent.data) is not bool(self.off.data):
            return fits
        self.percent.errors = [_l("Say how much it takes off: so many percent, or an amount; one of the two")]
        return False
