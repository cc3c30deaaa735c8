"""The shape of what the coach types about calendars elsewhere."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField, ValidationError
from wtforms.validators import DataRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from coachapp.booking.outside.rules import BadAddress, normal_address
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line


class CalendarForm(BaseForm):
    """The address of a calendar elsewhere."""

    address = StringField(
        _l("Its private address"),
        [DataRequired(_l("Enter the address of the calendar"))],
        description=_l("It begins with https:// or webcal:// and often ends with .ics."),
    )
    label = StringField(
        _l("A word for it"),
        [MayBeEmpty(), Length(max=40, message=_l("Use 40 letters at most"))],
        description=_l("Such as: family. Only you see it."),
        filters=[one_line],
    )

    def validate_address(self, field: Field) -> None:
        try:
            normal_address(field.data)
        except BadAddress as error:
            raise ValidationError(_l("Enter an address like https://example.com/a.ics")) from error


class CalendarMailForm(BaseForm):
    """Whether each booking comes to the coach as an invitation."""

    mail = BooleanField(_l("Send me each session as an invitation"))
