"""The shape of what is typed on the booking road."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from coachapp.safe_contact.rules import Inbox
from coachapp.web.forms import BaseForm

UNSURE = "unsure"


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


class DetailsForm(BaseForm):
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
    email = StringField(
        _l("Email address"),
        description=_l("Only if you would like a short note about your time. You can leave it empty."),
        filters=[lambda text: (text or "").strip()],
    )
    inbox = RadioField(
        _l("Who can see this inbox?"),
        choices=[
            SelectChoice(Inbox.ONLY_ME.value, _l("Only me")),
            SelectChoice(Inbox.SHARED.value, _l("Someone else might")),
            SelectChoice(UNSURE, _l("I am not sure")),
            SelectChoice(Inbox.NONE.value, _l("Please send no mail at all")),
        ],
        description=_l("Also think of shared tablets and phone previews."),
        validate_choice=False,
    )
    hope = _hope()
    agree = _agree()

    def validate_email(self, field: StringField) -> None:
        if not field.data or self.wants_no_mail:
            return
        try:
            validate_email(field.data, check_deliverability=False)
        except EmailNotValidError as error:
            raise ValidationError(_l("Enter an email address with an @, like name@example.com")) from error

    def validate_inbox(self, field: RadioField) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            if self.email.data:
                raise ValidationError(_l("Choose who can see this inbox"))
        elif not self.wants_no_mail and not self.email.data:
            raise ValidationError(_l("Add an email address above, or choose no mail at all"))

    @property
    def wants_no_mail(self) -> bool:
        return self.inbox.data == Inbox.NONE.value

    @property
    def chosen_inbox(self) -> Inbox:
        """The answer as the gate knows it: not sure counts as someone might, no address as no mail."""
        if not self.email.data or self.wants_no_mail:
            return Inbox.NONE
        return Inbox.ONLY_ME if self.inbox.data == Inbox.ONLY_ME.value else Inbox.SHARED


class KnownForm(BaseForm):
    """What is asked of a client we know already: nothing about her, and shown nothing of her."""

    hope = _hope()
    agree = _agree()


class CodeForm(BaseForm):
    """The four words of a return code."""

    code = StringField(
        _l("Your four words"),
        [InputRequired(_l("Type the four words you were given"))],
        description=_l("As they were shown to you when you booked, in the same order."),
    )
