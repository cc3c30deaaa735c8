"""What a client may set for herself: how she is reached, how long a page stays open."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, NumberRange

from coachapp.accounts.rules import IDLE_LEAST, IDLE_MOST
from coachapp.safe_contact.forms import AsksInbox, check_address, email_field, inbox_field
from coachapp.safe_contact.rules import Inbox
from coachapp.web.forms import BaseForm
from coachapp.zones import UnknownZone, zone


class ContactForm(AsksInbox, BaseForm):
    """Who can see her inbox, and its address; proven by the passphrase, so that nobody else changes it."""

    inbox = inbox_field(InputRequired(_l("Choose who can see this inbox, or no mail at all")))
    email = email_field(_l("Leave it empty if you chose no mail: then no address is kept."))
    passphrase = PasswordField(
        _l("Your passphrase"),
        [InputRequired(_l("Enter your passphrase"))],
        description=_l("We ask because someone else could be at this page."),
    )

    def validate_email(self, field: StringField) -> None:
        """An address is needed for mail, and only then."""
        if self.inbox.data and not self.wants_no_mail:
            check_address(field)

    @property
    def chosen(self) -> tuple[Inbox, str | None]:
        """The answer as the gate knows it, and the address."""
        return self.chosen_inbox, None if self.wants_no_mail else self.email.data


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
