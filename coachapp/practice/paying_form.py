"""The shape of what the coach types about ways to pay besides the card."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from coachapp.practice import fields
from coachapp.practice.paying import Ways
from coachapp.web.forms import BaseForm

MOST_DAYS = 14


class WaysForm(BaseForm):
    """A transfer needs an account, a holder and a limit; without it they may stay empty, and are kept."""

    transfer = BooleanField(_l("People may pay by bank transfer"))
    days = fields.number(
        _l("Days a time is kept for it"), 1, MOST_DAYS, _l("From 1 to 14; never past its beginning.")
    )
    holder = fields.text(
        _l("Account holder"),
        80,
        description=_l("A neutral name: it stands on the statement of whoever pays."),
    )
    account = fields.long(_l("Account"), _l("The IBAN, or whatever lines a transfer needs."), 300)
    cash = BooleanField(
        _l("People may pay in cash"),
        description=_l(
            "For sessions in person. The time is booked at once, and stands here until you have it."
        ),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Where people may transfer money it is said to whom, and where to."""
        fits = bool(super().validate(extra_validators))
        for field, missing in (
            (self.holder, _l("Say whose account it is")),
            (self.account, _l("Say where the money goes")),
        ):
            if self.transfer.data and not field.data:
                field.errors, fits = [missing], False
        return fits

    others = BooleanField(
        _l("People may have someone else pay"),
        description=_l(
            "They get a link and four words to give on. Who pays sees the amount and nothing of them."
        ),
    )
    others_days = fields.number(_l("Days a time is kept for that"), 1, 7)

    @property
    def ways(self) -> Ways:
        days = self.days.data if self.transfer.data else None
        others = self.others_days.data if self.others.data else None
        return Ways(days, self.holder.data or "", self.account.data or "", bool(self.cash.data), others)
