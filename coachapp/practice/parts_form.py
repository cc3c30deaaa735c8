"""What the coach types about paying one of her services in parts."""

import re
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from coachapp.money import Money, parse_amount
from coachapp.practice.part_terms import LEAST_TIMES, MOST_REST_DAYS, MOST_TIMES, PartTerms
from coachapp.practice.rules import price_trouble
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line

DEPOSIT, EQUAL = "deposit", "equal"
_PERCENT = re.compile(r"(\d{1,3})\s*%", re.ASCII)


def way() -> SelectField:
    return SelectField(
        _l("Paying in parts"),
        choices=[
            SelectChoice("", _l("Paid all at once")),
            SelectChoice(DEPOSIT, _l("A deposit, and the rest on a day")),
            SelectChoice(EQUAL, _l("Equal parts, a month apart")),
        ],
        description=_l(
            "Whoever pays by card may choose it; the price stays the same. A deposit is for what is booked one at "
            "a time or as a group, equal parts are for a package."
        ),
        default="",
        invalid_choice_message=_l("Choose one of the three"),
    )


def deposit() -> StringField:
    return StringField(
        _l("The deposit"),
        description=_l("Like 20% or 50. What does not divide evenly is in the first part."),
        filters=[one_line],
        render_kw={"class": "w-s"},
    )


def rest_days() -> IntegerField:
    return IntegerField(
        _l("The rest, so many days before or after the time"),
        [_only_for(DEPOSIT, 0, MOST_REST_DAYS)],
        description=_l("0 is the day itself. Where that is over already, all is paid at once."),
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


def rest_when() -> SelectField:
    return SelectField(
        _l("Before or after"),
        choices=[SelectChoice("before", _l("Before the time")), SelectChoice("after", _l("After it"))],
        default="before",
        invalid_choice_message=_l("Choose one of the two"),
    )


def times() -> IntegerField:
    return IntegerField(
        _l("In how many parts"),
        [_only_for(EQUAL, LEAST_TIMES, MOST_TIMES)],
        description=_l("2 to 12. The first is paid at once, the others each a month later."),
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


class PartsChecked(BaseForm):
    """How the fields above are looked at together, in a form that has them beside a kind, a price and a currency."""

    amount: Money
    currency: str

    def validate_parts(self, field: Field) -> None:
        is_single = self["kind"].data in ("session", "group")
        if (field.data == DEPOSIT and not is_single) or (
            field.data == EQUAL and self["kind"].data != "package"
        ):
            raise ValidationError(
                _l("A deposit is for what is booked one at a time, equal parts are for a package")
            )

    def validate_deposit(self, field: Field) -> None:
        if self["parts"].data != DEPOSIT:
            return
        percent = _PERCENT.fullmatch(field.data or "")
        fits = 1 <= int(percent[1]) <= 99 if percent else self._is_amount()
        if not fits:
            raise ValidationError(_l("Enter a deposit, like 20% or 50"))
        if not percent and not self["price"].errors and self._typed_amount().minor >= self.amount.minor:
            raise ValidationError(_l("Enter less than the price"))

    @property
    def part_terms(self) -> PartTerms | None:
        """What was typed, once it is valid."""
        if self["parts"].data == EQUAL:
            return PartTerms(times=self["times"].data)
        if self["parts"].data != DEPOSIT:
            return None
        days = self["rest_days"].data * (-1 if self["rest_when"].data == "before" else 1)
        percent = _PERCENT.fullmatch(self["deposit"].data)
        if percent:
            return PartTerms(percent=int(percent[1]), rest_days=days)
        return PartTerms(deposit=self._typed_amount(), rest_days=days)

    def _is_amount(self) -> bool:
        try:
            amount = self._typed_amount()
        except ValueError:
            return False
        return not amount.is_zero and not price_trouble(amount)

    def _typed_amount(self) -> Money:
        return parse_amount(self["deposit"].data or "", self.currency)


def typed(terms: PartTerms | None) -> dict[str, Any]:
    """How terms stand in the fields."""
    if terms is None:
        return {"parts": "", "rest_when": "before"}
    if terms.times is not None:
        return {"parts": EQUAL, "times": terms.times, "rest_when": "before"}
    return {
        "parts": DEPOSIT,
        "deposit": terms.deposit.plain() if terms.deposit else f"{terms.percent}%",
        "rest_days": abs(terms.rest_days),
        "rest_when": "after" if terms.rest_days > 0 else "before",
    }


def _only_for(chosen: str, least: int, most: int) -> Callable[[BaseForm, Field], None]:
    """Asked for only where it counts; whatever stands there otherwise is passed over."""

    def check(form: BaseForm, field: Field) -> None:
        field.errors = []
        fits = field.data is not None and least <= field.data <= most
        if form["parts"].data == chosen and not fits:
            raise StopValidation(
                _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
            )
        raise StopValidation

    return check
