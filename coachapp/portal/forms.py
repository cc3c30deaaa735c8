"""What a client may set for herself: how she is reached, how long a page stays open."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, ValidationError

from coachapp.accounts.rules import IDLE_LEAST, IDLE_MOST
from coachapp.safe_contact.rules import Inbox
from coachapp.web.forms import BaseForm
from coachapp.zones import UnknownZone, zone

UNSURE = "unsure"


class ContactForm(BaseForm):
    """Who can see her inbox, and its address; proven by the passphrase, so that nobody else changes it."""

    inbox = RadioField(
        _l("Who can see this inbox?"),
        [InputRequired(_l("Choose who can see this inbox, or no mail at all"))],
        choices=[
            SelectChoice(Inbox.ONLY_ME.value, _l("Only me")),
            SelectChoice(Inbox.SHARED.value, _l("Someone else might")),
            SelectChoice(UNSURE, _l("I am not sure")),
            SelectChoice(Inbox.NONE.value, _l("Please send no mail at all")),
        ],
        description=_l("Also think of shared tablets and phone previews."),
    )
    email = StringField(
        _l("Email address"),
        description=_l("Leave it empty if you chose no mail: then no address is kept."),
        filters=[lambda text: (text or "").strip()],
    )
    passphrase = PasswordField(
        _l("Your passphrase"),
        [InputRequired(_l("Enter your passphrase"))],
        description=_l("We ask because someone else could be at this page."),
    )

    def validate_email(self, field: StringField) -> None:
        """An address is needed for mail, and only then."""
        if self.inbox.data in (None, Inbox.NONE.value):
            return
        try:
            validate_email(field.data or "", check_deliverability=False)
        except EmailNotValidError as error:
            raise ValidationError(_l("Enter an email address with an @, like name@example.com")) from error

    @property
    def chosen(self) -> tuple[Inbox, str | None]:
        """The answer as the gate knows it: not sure counts as someone might."""
        if self.inbox.data == Inbox.NONE.value:
            return Inbox.NONE, None
        inbox = Inbox.ONLY_ME if self.inbox.data == Inbox.ONLY_ME.value else Inbox.SHARED
        return inbox, self.email.data


class IdleForm(BaseForm):
    """After how long without activity a page is covered."""

    minutes = IntegerField(
        _l("Minutes"),
        [
            InputRequired(_l("Enter a number of minutes from 5 to 60")),
            NumberRange(IDLE_LEAST, IDLE_MOST, _l("Enter a number of minutes from 5 to 60")),
        ],
        render_kw={"inputmode": "numeric"},
    )


class ZoneForm(BaseForm):
    """Where she is now."""

    zone = StringField(_l("Where you are"), [InputRequired(_l("Choose a time zone"))])

    def validate_zone(self, field: StringField) -> None:
        """Only names of zones we know."""
        try:
            zone(field.data)
        except UnknownZone as error:
            raise ValidationError(_l("Choose a time zone from the list")) from error
