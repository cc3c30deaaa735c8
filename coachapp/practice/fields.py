"""Kinds of field the coach's forms are made of, each with its limits and its words."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from coachapp.money import Money, parse_amount
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line, stripped

_A_DAY = _l("Enter a day, or leave it empty")
_AMOUNT = _l("Enter an amount, like 80 or 80,50")
_YEARS = range(2020, 2101)


def number(label: Any, least: int, most: int, description: Any = "") -> IntegerField:
    message = _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
    return IntegerField(
        label,
        [InputRequired(message), NumberRange(least, most, message)],
        description=description,
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


def limit(label: Any, description: Any = "") -> IntegerField:
    """A whole number that may be left empty, for no limit."""
    message = _l("Enter a whole number from 1 to 99, or leave it empty")
    return IntegerField(
        label,
        [MayBeEmpty(), NumberRange(1, 99, message)],
        description=description,
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


def number_or_usual(label: Any, least: int, most: int, description: Any) -> IntegerField:
    """A whole number that may be left empty, for the usual one."""
    message = _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
    return IntegerField(
        label,
        [MayBeEmpty(), NumberRange(least, most, message)],
        description=description,
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


def text(label: Any, most: int, missing: Any = None, description: Any = "") -> StringField:
    checks = [DataRequired(missing)] if missing else [MayBeEmpty()]
    too_long = _l("Use %(most)s letters at most", most=most)
    return StringField(
        label,
        [*checks, Length(max=most, message=too_long)],
        description=description,
        filters=[one_line],
        render_kw={"maxlength": most},
    )


def long(label: Any, description: Any = "", most: int = 4000, missing: Any = None) -> TextAreaField:
    checks = [DataRequired(missing)] if missing else [MayBeEmpty()]
    too_long = _l("Use %(most)s letters at most", most=most)
    return TextAreaField(
        label, [*checks, Length(max=most, message=too_long)], description=description, filters=[stripped]
    )


def may_be_day(label: Any, description: Any = "") -> DateField:
    """A day that may be left open."""
    return DateField(
        label, [MayBeEmpty(), _this_century], description=description, invalid_value_message=_A_DAY
    )


def _this_century(_form: BaseForm, field: Field) -> None:
    if field.data is not None and field.data.year not in _YEARS:
        raise ValidationError(_A_DAY)


def may_be_amount(label: Any, description: Any = "") -> StringField:
    """An amount of money that may be left empty."""
    return StringField(
        label,
        [MayBeEmpty()],
        description=description,
        filters=[one_line],
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )


class AmountLeft(StringField):
    """So much of what is still paid: its form says with `up_to` how much that is, and `money` is what was typed.

    Not nothing, unless it `may_be_nothing`: then it may be left empty too.
    """

    def __init__(self, label: Any, *, may_be_nothing: bool = False, **kwargs: Any) -> None:
        super().__init__(
            label,
            [MayBeEmpty() if may_be_nothing else DataRequired(_AMOUNT)],
            filters=[one_line],
            render_kw={"inputmode": "decimal", "class": "w-s"},
            **kwargs,
        )
        self._may_be_nothing = may_be_nothing

    def up_to(self, most: Money) -> None:
        self._most, self.money = most, Money(0, most.currency)

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        if validation_stopped:
            return
        try:
            self.money = parse_amount(self.data or "", self._most.currency)
        except ValueError as error:
            raise ValidationError(_AMOUNT) from error
        if self.money.is_zero and not self._may_be_nothing:
            raise ValidationError(_AMOUNT)
        if self.money.minor > self._most.minor:
            raise ValidationError(_l("At most %(amount)s is still paid", amount=self._most.plain()))
