"""What the coach types when she gives money back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from coachapp.money import Money
from coachapp.practice.fields import AmountLeft
from coachapp.web.forms import BaseForm


class BackForm(BaseForm):
    """How much goes back, at most `most`, and by which way; `was` is what had gone back when the page was opened."""

    amount = AmountLeft(_l("How much goes back"))
    how = RadioField(
        _l("By which way"),
        id="way",
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
        self.amount.up_to(most)

    @property
    def went_before(self) -> Money:
        """What had gone back when she looked; less than nothing where that was tampered with, which fits nothing."""
        typed = self.was.data or ""
        return Money(int(typed) if typed.isascii() and typed.isdigit() else -1, self.amount.money.currency)
