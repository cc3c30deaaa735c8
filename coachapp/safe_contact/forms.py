"""The one question about mail, *Who can see this inbox?*, as every form asks it."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from coachapp.safe_contact.rules import Inbox

UNSURE = "unsure"


def inbox_field(*checks: Any, **more: Any) -> RadioField:
    """The question itself; nothing is ticked beforehand."""
    choices = [
        SelectChoice(Inbox.ONLY_ME.value, _l("Only me")),
        SelectChoice(Inbox.SHARED.value, _l("Someone else might")),
        SelectChoice(UNSURE, _l("I am not sure")),
        SelectChoice(Inbox.NONE.value, _l("Please send no mail at all")),
    ]
    hint = _l("Also think of shared tablets and phone previews.")
    return RadioField(_l("Who can see this inbox?"), list(checks), choices=choices, description=hint, **more)


def email_field(description: Any) -> StringField:
    """The address that goes with it."""
    return StringField(
        _l("Email address"), description=description, filters=[lambda text: (text or "").strip()]
    )


def check_address(field: StringField) -> None:
    """Whether this has the shape of an address; nothing is looked up."""
    try:
        validate_email(field.data or "", check_deliverability=False)
    except EmailNotValidError as error:
        raise ValidationError(_l("Enter an email address with an @, like name@example.com")) from error


class AsksInbox:
    """For a form with the fields `inbox` and `email`: the answer as the gate knows it."""

    inbox: Any
    email: Any

    @property
    def wants_no_mail(self) -> bool:
        return bool(self.inbox.data == Inbox.NONE.value)

    @property
    def chosen_inbox(self) -> Inbox:
        """Not sure counts as someone might, no address as no mail."""
        if not self.email.data or self.wants_no_mail:
            return Inbox.NONE
        return Inbox.ONLY_ME if self.inbox.data == Inbox.ONLY_ME.value else Inbox.SHARED


class MayGiveInbox(AsksInbox):
    """The same where an address may be left out: whoever gives one says who can see it, and the other way round."""

    def validate_email(self, field: StringField) -> None:
        if field.data and not self.wants_no_mail:
            check_address(field)

    def validate_inbox(self, field: RadioField) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            if self.email.data:
                raise ValidationError(_l("Choose who can see this inbox"))
        elif not self.wants_no_mail and not self.email.data:
            raise ValidationError(_l("Add an email address above, or choose no mail at all"))
