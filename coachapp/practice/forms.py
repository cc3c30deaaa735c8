"""The shape of what the coach types about one of her services."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, StopValidation

from coachapp.money import Money, parse_amount
from coachapp.practice import fields, parts_form
from coachapp.practice.rules import LEAST_SEATS, MOST_SEATS, CoachRow, Unfit, price_trouble, slug_trouble
from coachapp.web.typed import one_line

_SLUG_WORDS = {
    Unfit.SHAPE: _l("Use small letters, digits and single hyphens, like first-conversation"),
    Unfit.RESERVED: _l("Choose another address: this one belongs to a page of ours"),
}
_PRICE_WORDS = {
    "too little": _l("Enter 0 for free, or at least 0.50, the least that can be paid by card"),
    "too much": _l("Enter a smaller amount"),
}
# Kinds that nothing else turns into, nor they into anything else.
_STAYS = {
    "group": _l("A group stays one, and nothing else becomes one. Make a new service instead."),
    "question": _l("A question stays one, and nothing else becomes one. Make a new service instead."),
}


def _seats_of_a_group(form: "OfferingForm", field: Field) -> None:
    """How many can come is asked only of a group; whatever stands there otherwise is passed over."""
    field.errors = []
    if form.kind.data == "group" and not LEAST_SEATS <= (field.data or 0) <= MOST_SEATS:
        raise StopValidation(_l("Enter how many people can come, from 2 to 40"))
    raise StopValidation


class OfferingForm(parts_form.PartsChecked):
    """One offering. Notice and cut-off are typed in hours; the price as `80` or `80,50`."""

    title = fields.text(_l("Name"), 80, _l("Give it a name people understand"))
    slug = StringField(
        _l("Address"),
        [Length(max=60, message=_l("Use %(most)s letters at most", most=60))],
        description=_l("What stands after /book/ in its address. People can see it in their history."),
        filters=[one_line],
        render_kw={"maxlength": 60},
    )
    text = fields.long(
        _l("What it is"), _l("Two or three sentences."), 600, _l("Say in a sentence what it is")
    )
    points = fields.long(_l("What is included"), _l("One line each. You can leave it empty."), 1000)
    kind = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice("session", _l("Booked one at a time")),
            SelectChoice("package", _l("A package of several")),
            SelectChoice("group", _l("A group, on dates you set")),
            SelectChoice("question", _l("One question, answered in writing")),
        ],
        invalid_choice_message=_l("Choose one of the four kinds"),
    )
    sessions = fields.number(_l("Sessions in it"), 1, 50, _l("For a package; otherwise 1."))
    seats = IntegerField(
        _l("Places in the group"),
        [_seats_of_a_group],
        description=_l("For a group: 2 to 40. Holds for dates you add from now on."),
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )
    pays_for = SelectField(
        _l("What its sessions are"),
        description=_l("For a package that is sold here. People then book these with what they bought."),
        validate_choice=False,
    )
    months = fields.number_or_usual(
        _l("Good for so many months"), 1, 36, _l("For a package; empty means 12. A pause moves the end.")
    )
    letters = fields.number_or_usual(
        _l("Letters in a question"), 100, 10_000, _l("For a question: how long it may be. Empty means 1,500.")
    )
    answer_days = fields.number_or_usual(
        _l("Answered within so many working days"),
        1,
        30,
        _l(
            "For a question, counted from the day after it was sent; your days off are left out. Empty means 3."
        ),
    )
    length = fields.number(_l("Length in minutes"), 5, 600)
    way = SelectField(
        _l("How you meet"),
        choices=[
            SelectChoice("video", _l("By video")),
            SelectChoice("phone", _l("By phone")),
            SelectChoice("person", _l("In person")),
        ],
        description=_l("Holds for what is booked from now on."),
        default="video",
        invalid_choice_message=_l("Choose one of the three ways"),
    )
    price = StringField(
        _l("Price"),
        [DataRequired(_l("Enter a price; 0 if it is free"))],
        description=_l("Like 80 or 80,50. With 0 it is free and nothing is asked for."),
        filters=[one_line],
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )
    intro = fields.may_be_amount(
        _l("Introductory price"),
        _l(
            "For whoever comes for the first time, on the days below. The regular price stands beside it. "
            "Empty means none. Where a code is lower, the code counts; never both."
        ),
    )
    intro_from = fields.may_be_day(_l("Introductory price from"))
    intro_until = fields.may_be_day(_l("Introductory price until"), _l("The last day, on your clock."))
    parts = parts_form.way()
    deposit = parts_form.deposit()
    rest_days = parts_form.rest_days()
    rest_when = parts_form.rest_when()
    times = parts_form.times()
    before = fields.number(_l("Quiet minutes before"), 0, 240)
    after = fields.number(_l("Quiet minutes after"), 0, 240)
    interval = fields.number(_l("Start times every so many minutes"), 5, 240)
    notice = fields.number(_l("Earliest booking, in hours from now"), 0, 24 * 60)
    horizon = fields.number(_l("How many days ahead it can be booked"), 1, 730)
    cutoff = fields.number(_l("Free to move or cancel until so many hours before"), 0, 24 * 60)
    most_per_day = fields.limit(_l("At most so many of these a day"), _l("Empty means no limit."))
    most_per_week = fields.limit(_l("At most so many of these a week"), _l("From Monday to Sunday."))
    position = fields.number(_l("Place in the list"), 0, 999, _l("Small numbers come first."))
    lifted = BooleanField(_l("Raise it a little above the others on the page"))
    listed = BooleanField(
        _l("Show it on the public page"),
        description=_l("Otherwise it has a long address of its own, for those you give it to."),
    )
    active = BooleanField(_l("It can be booked"))
    others = SelectMultipleField(
        _l("Who else gives it"),
        description=_l(
            "Each with her own hours and limits. People see the times of all of you, and may choose with whom."
        ),
        choices=[],
        validate_choice=False,
    )

    def __init__(
        self,
        *args: Any,
        currency: str,
        colleagues: Sequence[CoachRow] = (),
        kept_kind: str = "",
        singles: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._colleagues = {each.short_id: each.id for each in colleagues}
        self.others.choices = [(each.short_id, each.full_name) for each in colleagues]
        self.currency, self.kept_kind = currency, kept_kind
        self.amount = Money(0, currency)
        self.intro_amount: Money | None = None
        self.pays_for.choices = [SelectChoice("", _l("It is not sold here: people ask about it"))] + [
            SelectChoice(value, title) for value, title in singles
        ]

    def validate_pays_for(self, field: Field) -> None:
        if (field.data or "") not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose one of these"))

    def validate_slug(self, field: Field) -> None:
        if not self.listed.data:
            return  # it gets an address of ours
        if not field.data:
            raise ValidationError(_l("Give it an address, like first-conversation"))
        if trouble := slug_trouble(field.data):
            raise ValidationError(_SLUG_WORDS[trouble])

    def validate_kind(self, field: Field) -> None:
        for kind, words in _STAYS.items():
            if self.kept_kind and (self.kept_kind == kind) is not (field.data == kind):
                raise ValidationError(words)

    def validate_price(self, field: Field) -> None:
        try:
            self.amount = parse_amount(field.data or "", self.currency)
        except ValueError as error:
            raise ValidationError(_l("Enter an amount, like 80 or 80,50")) from error
        if trouble := price_trouble(self.amount):
            raise ValidationError(_PRICE_WORDS[trouble])
        if self.kind.data == "question" and self.amount.is_zero:
            raise ValidationError(_l("Enter what it costs: free questions come as short messages"))

    def validate_intro(self, field: Field) -> None:
        try:
            self.intro_amount = parse_amount(field.data, self.currency)
        except ValueError as error:
            raise ValidationError(_l("Enter an amount, like 80 or 80,50")) from error
        if self.intro_amount.is_zero or price_trouble(self.intro_amount):
            raise ValidationError(_l("Enter at least 0.50, the least that can be paid by card"))
        if not self.price.errors and self.intro_amount.minor >= self.amount.minor:
            raise ValidationError(_l("Enter less than the regular price, or leave it empty"))
        if not (self.intro_from.data and self.intro_until.data):
            raise ValidationError(_l("Say from which day until which day it holds"))
        if self.intro_until.data < self.intro_from.data:
            raise ValidationError(_l("It ends before it begins: look at the two days"))

    @property
    def further(self) -> list[int]:
        """The numbers of the coaches who are ticked; whoever is no colleague (any more) is passed over."""
        return [self._colleagues[each] for each in self.others.data or () if each in self._colleagues]

    @property
    def lines(self) -> list[str]:
        """The points, one a line, without the blank ones."""
        return [line.strip() for line in (self.points.data or "").splitlines() if line.strip()]
