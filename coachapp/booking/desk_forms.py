"""The shape of what the coach types about her time."""

from datetime import date, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation
from wtforms.validators import Optional as MayBeEmpty

from coachapp.booking.likeness import likeness
from coachapp.booking.own_hours import LONGEST_STRETCH, AwayBy
from coachapp.booking.rules import EVERY, LEAST_TIMES, MOST_TIMES
from coachapp.booking.week import Trouble, read_range
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line
from coachapp.zones import UnknownZone, zone

TROUBLES = {
    Trouble.HALF: _l("Enter both times, or leave both empty"),
    Trouble.NOT_A_TIME: _l("Enter times like 09:30"),
    Trouble.SAME: _l("The end is the same as the beginning"),
    Trouble.OVERLAP: _l("These hours lie over others of the same day"),
}
_DAY = _l("Enter a day, like 2026-11-18")
_ONE_OF_TWO = _l("Choose one of the two")
_CLOCK = _l("Enter a time, like 14:30")
_EVERY = {1: _l("Every week"), 2: _l("Every two weeks"), 4: _l("Every four weeks")}


def _sensible(form: BaseForm, field: Field) -> None:
    """Years that a calendar and a clock can still reckon with."""
    if field.data is not None and not 2000 <= field.data.year <= 2200:
        raise ValidationError(_DAY)


def _day(label: object, *, needed: bool = True, description: object = "") -> DateField:
    checks = [InputRequired(_DAY) if needed else MayBeEmpty(), _sensible]
    return DateField(label, checks, description=description, invalid_value_message=_DAY)


def _time(label: object) -> TimeField:
    return TimeField(label, [InputRequired(_CLOCK)], invalid_value_message=_CLOCK)


class DaysForm(BaseForm):
    """Days off, or days with hours of their own."""

    first = _day(_l("From"))
    last = _day(_l("To"), needed=False, description=_l("For one day you can leave this empty."))
    opens = StringField(_l("Open from"), description=_l("Only if you work other hours on these days."))
    closes = StringField(_l("Open to"))

    def validate_last(self, field: Field) -> None:
        if self.first.data and not timedelta() <= field.data - self.first.data <= LONGEST_STRETCH:
            raise ValidationError(_l("Choose a day on or after the first, within half a year"))

    def validate_closes(self, field: Field) -> None:
        found = self.range
        if isinstance(found, Trouble):
            raise ValidationError(TROUBLES[found])

    @property
    def range(self) -> tuple[int, int] | Trouble | None:
        """Own hours in minutes of the day; None is a day off."""
        if not (self.opens.data or self.closes.data):
            return None
        return read_range(self.opens.data or "", self.closes.data or "")


class AwayForm(BaseForm):
    """Days in another zone. Its controls have names of their own, because the page has another form with days."""

    first = _day(_l("First day there"))
    last = _day(_l("Last day there"))
    zone = StringField(_l("Where"), [DataRequired(_l("Choose a city"))])
    by = RadioField(
        _l("Your hours on these days"),
        choices=[
            SelectChoice(AwayBy.LOCAL.value, _l("By the clock there: 09:00 is 09:00 where you are")),
            SelectChoice(AwayBy.HOME.value, _l("By the clock at home: the same moments as always")),
        ],
        default=AwayBy.LOCAL.value,
        invalid_choice_message=_ONE_OF_TWO,
        validators=[InputRequired(_ONE_OF_TWO)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="away-", **kwargs)

    def validate_last(self, field: Field) -> None:
        if self.first.data and not timedelta() <= field.data - self.first.data <= LONGEST_STRETCH:
            raise ValidationError(_l("Choose a day on or after the first, within half a year"))

    def validate_zone(self, field: Field) -> None:
        try:
            zone(field.data)
        except UnknownZone as error:
            raise ValidationError(_l("Choose a city from the list")) from error


class BlockForm(BaseForm):
    """Time the coach keeps for herself, on one day or over several."""

    first = _day(_l("Day"))
    opens = _time(_l("From"))
    last = _day(_l("Until which day"), needed=False, description=_l("Only if it ends on a later day."))
    closes = _time(_l("To"))
    word = StringField(
        _l("A word for it"),
        [MayBeEmpty(), Length(max=60, message=_l("Use 60 letters at most"))],
        description=_l("Only you see it."),
        filters=[one_line],
    )


class MoveForm(BaseForm):
    """Another time for a session."""

    day = _day(_l("Day"))
    at = _time(_l("Begins at"))


def _times_it_repeats(form: "BookForm", field: Field) -> None:
    """How many times is asked only of what repeats; whatever stands there otherwise is passed over."""
    field.errors = []
    if not form.weeks:
        raise StopValidation
    if field.data is None or not LEAST_TIMES <= field.data <= MOST_TIMES:
        raise StopValidation(_l("Enter how many times, from 2 to 26"))


class BookForm(BaseForm):
    """A session the coach books for a client, once or again and again."""

    who = StringField(_l("For whom"), [DataRequired(_l("Choose a client"))])
    what = StringField(_l("What"), [DataRequired(_l("Choose what it is"))])
    day = _day(_l("Day"))
    at = _time(_l("Begins at"))
    every = SelectField(
        _l("Repeat"),
        choices=[
            SelectChoice("0", _l("No, once")),
            *(SelectChoice(str(weeks), words) for weeks, words in _EVERY.items()),
        ],
        default="0",
        validate_choice=False,
    )
    times = IntegerField(
        _l("How many times"), [_times_it_repeats], description=_l("Only if it repeats: 2 to 26.")
    )

    def validate_every(self, field: Field) -> None:
        if field.data not in {None, *(choice.value for choice in field.choices)}:
            raise ValidationError(_l("Choose how often"))

    @property
    def weeks(self) -> int:
        """Weeks from one to the next; 0 where it does not repeat."""
        return next((weeks for weeks in EVERY if str(weeks) == self.every.data), 0)

    @property
    def how_often(self) -> str:
        """The same in words."""
        return str(_EVERY.get(self.weeks, ""))

    def show(self, who: str, what: str, day: date | None, at: time | None) -> None:
        """Fill what is known beforehand."""
        self.who.data, self.what.data, self.day.data, self.at.data = who, what, day, at


class DatesForm(BookForm):
    """Dates of a group, one or again and again."""

    who = None


class SeatForm(BaseForm):
    """Who is booked into a group date."""

    who = StringField(_l("For whom"), [DataRequired(_l("Choose a client"))])


class OtherTimeForm(BaseForm):
    """Another time for someone who asked."""

    day = _day(_l("Day"))
    at = _time(_l("Begins at"))


class LinkForm(BaseForm):
    """A link to choose a time: nobody named is whoever holds it, nothing named is any service."""

    who = StringField(_l("For whom"))
    what = StringField(_l("For what"))
    last = _day(_l("Good until the end of"))


class BlockedForm(BaseForm):
    """An address or number that may not book, and the coach's own word for it."""

    typed = StringField(
        _l("Email address or phone number"),
        [
            DataRequired(_l("Enter an email address or a phone number")),
            Length(max=254, message=_l("Use a shorter address")),
        ],
        description=_l("We keep no copy of it, only what is needed to recognise it."),
        filters=[one_line],
    )
    word = StringField(
        _l("Your own word for this"),
        [
            DataRequired(_l("Write a word you will know it by")),
            Length(max=200, message=_l("Use 200 letters at most")),
        ],
        description=_l("Only you see it. You will know this line by it later."),
        filters=[one_line],
    )

    def validate_typed(self, field: Field) -> None:
        if field.data and likeness(field.data) is None:
            raise ValidationError(_l("Enter an email address or a phone number"))
