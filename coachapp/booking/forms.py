"""The shape of what is typed on the booking road."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from coachapp.payments.voucher_rules import NoSuchVoucher, TooLittle
from coachapp.safe_contact.forms import MayGiveInbox, email_field, inbox_field
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line
from coachapp.web.words import amount


def _hope() -> TextAreaField:
    return TextAreaField(
        _l("What would make this time worthwhile?"),
        [Length(max=4000, message=_l("Please keep this to 4,000 letters; the rest can wait until you meet"))],
        description=_l("A sentence is plenty. You can leave it empty and talk about it when you meet."),
    )


def _agree() -> BooleanField:
    return BooleanField(
        _l("I have read the terms"), [InputRequired(_l("Tick this if you agree, so that we can go on"))]
    )


def _begin_early() -> BooleanField:
    return BooleanField(_l("I wish it to take place within the 14 days in which I could step back from it."))


class MayBeginEarly(BaseForm):
    """Where it is asked for (`asks_early`), the express wish for a time within the days in which she may step back."""

    asks_early = False

    def validate_begin_early(self, field: Field) -> None:
        if self.asks_early and not field.data:
            raise ValidationError(
                _(
                    "This time lies within 14 days, so this box is needed for it. Without it, choose a time later "
                    "than that."
                )
            )


class EarlyForm(MayBeginEarly):
    """That wish alone, where nothing else is asked."""

    begin_early = _begin_early()

    @classmethod
    def asking(cls, asks: bool, **more: Any) -> "EarlyForm":
        """The form, asking for it or for nothing."""
        form = cls(**more)
        form.asks_early = asks
        return form

    @property
    def wished(self) -> bool:
        """Whether it was asked for, and given."""
        return self.asks_early and bool(self.begin_early.data)


class DetailsForm(MayGiveInbox, MayBeginEarly):
    """How to be reached safely; the e-mail address is optional and nothing is ticked beforehand."""

    name = StringField(
        _l("What should we call you?"),
        [
            DataRequired(_l("Write any name you like to be called by")),
            Length(max=80, message=_l("Use a shorter name, of 80 letters at most")),
        ],
        description=_l("Any name you like. It does not have to be your legal name."),
        filters=[lambda text: " ".join((text or "").split())],
    )
    email = email_field(_l("Only if you would like a short note about your time. You can leave it empty."))
    inbox = inbox_field(validate_choice=False)
    hope = _hope()
    agree = _agree()
    begin_early = _begin_early()


class KnownForm(MayBeginEarly):
    """What is asked of a client we know already: nothing about her, and shown nothing of her."""

    hope = _hope()
    agree = _agree()
    begin_early = _begin_early()


class CodeForm(BaseForm):
    """The four words of a return code."""

    code = StringField(
        _l("Your four words"),
        [InputRequired(_l("Type the four words you were given"))],
        description=_l("As they were shown to you when you booked, in the same order."),
    )


class VoucherForm(BaseForm):
    """The code of a voucher, which pays all that is due."""

    voucher = StringField(
        _l("The code of your voucher"),
        [InputRequired(_l("Type the code, or pay in another way"))],
        description=_l("Capitals, spaces and dashes do not matter."),
        filters=[one_line],
        render_kw={"maxlength": 200, "autocapitalize": "off", "spellcheck": "false"},
    )

    def refused(self, error: NoSuchVoucher | TooLittle) -> "VoucherForm":
        """One answer to every code that pays nothing here; whoever has a good one hears what is left on it."""
        if isinstance(error, TooLittle):
            said = _(
                "%(left)s is left on this voucher, and %(due)s is due. A voucher pays all of it or nothing, so "
                "nothing was taken from it.",
                left=amount(error.left),
                due=amount(error.due),
            )
        else:
            said = _("This code does not pay here. Look at how it is written, or pay in another way.")
        self.voucher.errors = [said]
        return self


class PriceCodeForm(BaseForm):
    """A code that lowers a price; nobody needs one."""

    code = StringField(
        _l("Do you have a code?"),
        [InputRequired(_l("Type the code, or go on without one"))],
        description=_l("If someone gave you one that lowers the price. It is not sent to anyone."),
        filters=[one_line],
        render_kw={"maxlength": 200, "autocapitalize": "off", "spellcheck": "false"},
    )

    def refused(self) -> "PriceCodeForm":
        """The one answer to every code that does not lower this price."""
        self.code.errors = [
            _("This code does not lower this price. Look at how it is written, or go on without it.")
        ]
        return self
