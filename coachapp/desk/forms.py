"""The shape of what the coach types about her clients."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from coachapp.money import Money
from coachapp.payments.credit_rules import MOST_MONTHS, MOST_SESSIONS, USUAL_MONTHS
from coachapp.practice.fields import AmountLeft
from coachapp.practice.rules import OfferingRow
from coachapp.safe_contact.rules import Inbox
from coachapp.web.forms import BaseForm
from coachapp.web.typed import is_email, one_line, stripped
from coachapp.zones import UnknownZone, zone

MOST_NOTE = 20_000


class NoteForm(BaseForm):
    """A private note."""

    note = TextAreaField(
        _l("Private note"),
        [
            DataRequired(_l("Write something before you save")),
            Length(max=MOST_NOTE, message=_l("Please keep a note to 20,000 letters; begin a second one")),
        ],
        description=_l("Only you can read this. It is never shown to your client."),
        filters=[stripped],
    )


class SearchForm(BaseForm):
    """A name, or part of one, or a reference; sent by POST so that no name stands in an address."""

    find = StringField(_l("Find a name or reference"), [MayBeEmpty(), Length(max=80)], filters=[one_line])


class PersonForm(BaseForm):
    """A client's name and zone, as the coach types them."""

    name = StringField(
        _l("Name"),
        [
            DataRequired(_l("Write the name this person likes to be called by")),
            Length(max=80, message=_l("Use a shorter name, of 80 letters at most")),
        ],
        description=_l("Whatever this person likes to be called."),
        filters=[one_line],
    )
    zone = StringField(_l("Where they are"), [DataRequired(_l("Choose a time zone"))])

    def validate_zone(self, field: Field) -> None:
        try:
            zone(field.data)
        except UnknownZone as error:
            raise ValidationError(_l("Choose a time zone from the list")) from error


class EarlyForm(BaseForm):
    """Until when a client has early times."""

    until = DateField(
        _l("Until this day"),
        [MayBeEmpty()],
        description=_l("The first thirty days are common. Empty ends it."),
        invalid_value_message=_l("Enter a day, like 2026-11-18"),
    )


class ContactForm(BaseForm):
    """How this client may be written to, as told to the coach in person."""

    inbox = RadioField(
        _l("Who can see this inbox?"),
        [InputRequired(_l("Choose what you were told"))],
        choices=[
            SelectChoice(Inbox.ONLY_ME.value, _l("Only this person")),
            SelectChoice(Inbox.SHARED.value, _l("Someone else might, or not sure")),
            SelectChoice(Inbox.NONE.value, _l("No mail at all")),
        ],
    )
    email = StringField(
        _l("Email address"),
        [Length(max=254, message=_l("Use a shorter address"))],
        description=_l("Not needed for no mail."),
        filters=[one_line],
    )
    asked = BooleanField(
        _l("I asked in person, or by a way that is safe"), [InputRequired(_l("Ask first, then tick this"))]
    )

    def validate_email(self, field: Field) -> None:
        if self.inbox.data == Inbox.NONE.value:
            return
        if not is_email(field.data or ""):
            raise ValidationError(_l("Enter an email address with an @, like name@example.com"))


def _count(label: Any, most: int, usual: int | None = None) -> IntegerField:
    message = _l("Enter a whole number from 1 to %(most)s", most=most)
    return IntegerField(
        label,
        [InputRequired(message), NumberRange(1, most, message)],
        default=usual,
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


class GiveForm(BaseForm):
    """Sessions the coach gives by hand; the word is hers, and sealed."""

    what = SelectField(_l("What they are"), validate_choice=False)
    sessions = _count(_l("How many sessions"), MOST_SESSIONS)
    months = _count(_l("Good for so many months"), MOST_MONTHS, USUAL_MONTHS)
    word = StringField(
        _l("A word of your own"),
        [MayBeEmpty(), Length(max=200, message=_l("Use %(most)s letters at most", most=200))],
        description=_l("Only you can read it."),
        filters=[one_line],
        render_kw={"maxlength": 200},
    )

    def __init__(self, *args: Any, singles: Sequence[OfferingRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.what.choices = [SelectChoice("", _l("Choose"))] + [
            SelectChoice(str(each.id), each.title) for each in singles
        ]

    def validate_what(self, field: Field) -> None:
        if not field.data or field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose what the sessions are"))


class TakeBackForm(BaseForm):
    """What goes back in money for what is left of a package: at most what is still paid."""

    amount = AmountLeft(_l("Amount that goes back"), may_be_nothing=True)

    def __init__(self, most: Money, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amount.up_to(most)
