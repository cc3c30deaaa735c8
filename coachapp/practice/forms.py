"""The shape of what the coach types about her own business."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, StopValidation
from wtforms.validators import Optional as MayBeEmpty

from coachapp.money import Money, parse_amount
from coachapp.practice.rules import (
    EVENING_BEFORE,
    LEAST_SEATS,
    MOST_SEATS,
    CoachRow,
    Unfit,
    WhoBooks,
    exit_trouble,
    pattern_trouble,
    price_trouble,
    slug_trouble,
    statement_trouble,
)
from coachapp.web.forms import BaseForm
from coachapp.web.typed import is_email, is_https, one_line, stripped
from coachapp.zones import UnknownZone, zone

_SLUG_WORDS = {
    Unfit.SHAPE: _l("Use small letters, digits and single hyphens, like first-conversation"),
    Unfit.RESERVED: _l("Choose another address: this one belongs to a page of ours"),
}
_PRICE_WORDS = {
    "too little": _l("Enter 0 for free, or at least 0.50, the least that can be paid by card"),
    "too much": _l("Enter a smaller amount"),
}
_STATEMENT_WORDS = {
    Unfit.LENGTH: _l("Use 5 to 22 letters"),
    Unfit.SHAPE: _l("Use plain letters, digits and spaces, without < > \\ ' \" or *"),
    Unfit.NO_LETTER: _l("Use at least one letter"),
}
_EXIT_WORDS = {
    Unfit.SHAPE: _l("Enter an address that begins with https://, like https://www.wikipedia.org/"),
    Unfit.OWN_HOST: _l("Choose another site: Leave has to lead away from this one"),
    Unfit.QUERY: _l("Leave out the question mark and what follows it"),
}


def _number(label: Any, least: int, most: int, description: Any = "") -> IntegerField:
    message = _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
    return IntegerField(
        label,
        [InputRequired(message), NumberRange(least, most, message)],
        description=description,
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


def _limit(label: Any, description: Any = "") -> IntegerField:
    """A whole number that may be left empty, for no limit."""
    message = _l("Enter a whole number from 1 to 99, or leave it empty")
    return IntegerField(
        label,
        [MayBeEmpty(), NumberRange(1, 99, message)],
        description=description,
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


def _number_or_usual(label: Any, least: int, most: int, description: Any) -> IntegerField:
    """A whole number that may be left empty, for the usual one."""
    message = _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
    return IntegerField(
        label,
        [MayBeEmpty(), NumberRange(least, most, message)],
        description=description,
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )


def _text(label: Any, most: int, missing: Any = None, description: Any = "") -> StringField:
    checks = [DataRequired(missing)] if missing else [MayBeEmpty()]
    too_long = _l("Use %(most)s letters at most", most=most)
    return StringField(
        label,
        [*checks, Length(max=most, message=too_long)],
        description=description,
        filters=[one_line],
        render_kw={"maxlength": most},
    )


def _long(label: Any, description: Any = "", most: int = 4000, missing: Any = None) -> TextAreaField:
    checks = [DataRequired(missing)] if missing else [MayBeEmpty()]
    too_long = _l("Use %(most)s letters at most", most=most)
    return TextAreaField(
        label, [*checks, Length(max=most, message=too_long)], description=description, filters=[stripped]
    )


def _seats_of_a_group(form: "OfferingForm", field: Field) -> None:
    """How many can come is asked only of a group; whatever stands there otherwise is passed over."""
    field.errors = []
    if form.kind.data == "group" and not LEAST_SEATS <= (field.data or 0) <= MOST_SEATS:
        raise StopValidation(_l("Enter how many people can come, from 2 to 40"))
    raise StopValidation


class OfferingForm(BaseForm):
    """One offering. Notice and cut-off are typed in hours; the price as `80` or `80,50`."""

    title = _text(_l("Name"), 80, _l("Give it a name people understand"))
    slug = StringField(
        _l("Address"),
        [Length(max=60, message=_l("Use %(most)s letters at most", most=60))],
        description=_l("What stands after /book/ in its address. People can see it in their history."),
        filters=[one_line],
        render_kw={"maxlength": 60},
    )
    text = _long(_l("What it is"), _l("Two or three sentences."), 600, _l("Say in a sentence what it is"))
    points = _long(_l("What is included"), _l("One line each. You can leave it empty."), 1000)
    kind = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice("session", _l("Booked one at a time")),
            SelectChoice("package", _l("A package of several")),
            SelectChoice("group", _l("A group, on dates you set")),
        ],
        invalid_choice_message=_l("Choose one of the three kinds"),
    )
    sessions = _number(_l("Sessions in it"), 1, 50, _l("For a package; otherwise 1."))
    seats = IntegerField(
        _l("Places in the group"),
        [_seats_of_a_group],
        description=_l("For a group: 2 to 40. Holds for dates you add from now on."),
        render_kw={"inputmode": "numeric", "class": "w-s"},
    )
    pays_for = SelectField(
        _l("What its sessions are"),
        description=_l("For a package that is sold here. People then book these with what they bought."),
        validate_choice=False,
    )
    months = _number_or_usual(
        _l("Good for so many months"), 1, 36, _l("For a package; empty means 12. A pause moves the end.")
    )
    length = _number(_l("Length in minutes"), 5, 600)
    way = SelectField(
        _l("How you meet"),
        choices=[
            SelectChoice("video", _l("By video")),
            SelectChoice("phone", _l("By phone")),
            SelectChoice("person", _l("In person")),
        ],
        description=_l("Holds for what is booked from now on."),
        default="video",
        invalid_choice_message=_l("Choose one of the three ways"),
    )
    price = StringField(
        _l("Price"),
        [DataRequired(_l("Enter a price; 0 if it is free"))],
        description=_l("Like 80 or 80,50. With 0 it is free and nothing is asked for."),
        filters=[one_line],
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )
    before = _number(_l("Quiet minutes before"), 0, 240)
    after = _number(_l("Quiet minutes after"), 0, 240)
    interval = _number(_l("Start times every so many minutes"), 5, 240)
    notice = _number(_l("Earliest booking, in hours from now"), 0, 24 * 60)
    horizon = _number(_l("How many days ahead it can be booked"), 1, 730)
    cutoff = _number(_l("Free to move or cancel until so many hours before"), 0, 24 * 60)
    most_per_day = _limit(_l("At most so many of these a day"), _l("Empty means no limit."))
    most_per_week = _limit(_l("At most so many of these a week"), _l("From Monday to Sunday."))
    position = _number(_l("Place in the list"), 0, 999, _l("Small numbers come first."))
    lifted = BooleanField(_l("Raise it a little above the others on the page"))
    listed = BooleanField(
        _l("Show it on the public page"),
        description=_l("Otherwise it has a long address of its own, for those you give it to."),
    )
    active = BooleanField(_l("It can be booked"))
    others = SelectMultipleField(
        _l("Who else gives it"),
        description=_l(
            "Each with her own hours and limits. People see the times of all of you, and may choose with whom."
        ),
        choices=[],
        validate_choice=False,
    )

    def __init__(
        self,
        *args: Any,
        currency: str,
        colleagues: Sequence[CoachRow] = (),
        kept_kind: str = "",
        singles: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._colleagues = {each.short_id: each.id for each in colleagues}
        self.others.choices = [(each.short_id, each.full_name) for each in colleagues]
        self.currency, self.kept_kind = currency, kept_kind
        self.amount = Money(0, currency)
        self.pays_for.choices = [SelectChoice("", _l("It is not sold here: people ask about it"))] + [
            SelectChoice(value, title) for value, title in singles
        ]

    def validate_pays_for(self, field: Field) -> None:
        if (field.data or "") not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose one of these"))

    def validate_slug(self, field: Field) -> None:
        if not self.listed.data:
            return  # it gets an address of ours
        if not field.data:
            raise ValidationError(_l("Give it an address, like first-conversation"))
        if trouble := slug_trouble(field.data):
            raise ValidationError(_SLUG_WORDS[trouble])

    def validate_kind(self, field: Field) -> None:
        if self.kept_kind and (self.kept_kind == "group") is not (field.data == "group"):
            raise ValidationError(
                _l("A group stays one, and nothing else becomes one. Make a new service instead.")
            )

    def validate_price(self, field: Field) -> None:
        try:
            self.amount = parse_amount(field.data or "", self.currency)
        except ValueError as error:
            raise ValidationError(_l("Enter an amount, like 80 or 80,50")) from error
        if trouble := price_trouble(self.amount):
            raise ValidationError(_PRICE_WORDS[trouble])

    @property
    def further(self) -> list[int]:
        """The numbers of the coaches who are ticked; whoever is no colleague (any more) is passed over."""
        return [self._colleagues[each] for each in self.others.data or () if each in self._colleagues]

    @property
    def lines(self) -> list[str]:
        """The points, one a line, without the blank ones."""
        return [line.strip() for line in (self.points.data or "").splitlines() if line.strip()]


class SettingsForm(BaseForm):
    """The practice's names, the words of its home page, and how its coach is reached."""

    name = _text(_l("Name of your practice"), 80, _l("Give your practice a name"))
    neutral_name = _text(
        _l("Neutral name"),
        40,
        _l("Enter a neutral name"),
        _l("Stands where a private page needs a name. Choose one that says nothing about the work."),
    )
    mail_subject = _text(
        _l("Subject of every mail"), 60, _l("Enter a subject"), _l("The same for all, like “Your update”.")
    )
    statement_text = _text(
        _l("On card statements"), 22, _l("Enter a text"), _l("What a bank statement shows: 5 to 22 letters.")
    )
    exit_to = _text(
        _l("Where Leave goes"),
        200,
        _l("Enter an address"),
        _l("An everyday site, like the weather or the news."),
    )
    who_books = RadioField(
        _l("Who may book"),
        choices=[
            SelectChoice(WhoBooks.OPEN.value, _l("Everyone")),
            SelectChoice(WhoBooks.APPROVED.value, _l("Everyone, but a first booking waits for your yes")),
            SelectChoice(WhoBooks.INVITED.value, _l("Your clients, and people you send a link to")),
        ],
        validate_choice=False,
    )
    headline = _text(_l("Headline"), 120)
    lede = _long(_l("Below the headline"), most=600)
    about_heading = _text(_l("Heading of the part about you"), 120)
    about_lede = _long(_l("First words about you"), most=600)
    about = _long(_l("More about you"), _l("Leave an empty line between paragraphs."))
    about_small = _text(_l("Small print below it"), 300)
    quote = _long(_l("Words someone said about your work"), _l("Only with their recorded permission."), 600)
    quote_by = _text(_l("Who said it"), 120)
    faq = _long(
        _l("Questions people ask first"),
        _l("The question on one line, the answer below it, an empty line before the next one."),
        8000,
    )
    first_name = _text(_l("Your first name"), 60, _l("Enter your first name"))
    full_name = _text(_l("Your full name"), 120, _l("Enter your full name"))
    zone = StringField(_l("Your time zone"), [DataRequired(_l("Choose your time zone"))])
    email = _text(
        _l("Email for notes to you"),
        254,
        description=_l("Bookings and cancellations are told there. You sign in as before."),
    )
    most_per_day = _limit(
        _l("At most so many sessions a day"),
        _l("Of all kinds together. A full day offers no more times. Empty means no limit."),
    )
    most_per_week = _limit(_l("At most so many sessions a week"), _l("From Monday to Sunday."))
    early_notice = _limit(
        _l("Clients in their first weeks can book until so many hours before"),
        _l(
            "Others keep to the hours of each service. Empty means no early times. Who has them stands on each record."
        ),
    )
    room_link = _text(
        _l("Link to your video room"), 300, description=_l("Opens from Today. Begins with https://.")
    )
    room_pattern = _text(
        _l("A fresh room for each session"),
        300,
        description=_l(
            "Like https://meet.example.org/{room}. What stands for {room} is made anew for each session. "
            "Empty means your one room, above."
        ),
    )
    meet_phone = _long(
        _l("When you meet by phone"),
        _l("Who calls whom, in your words. Shown to people who booked, and to nobody else."),
        300,
    )
    meet_person = _long(
        _l("When you meet in person"),
        _l("Where it is and how to come in. Shown to people who booked, and to nobody else."),
        600,
    )
    remind = SelectField(
        _l("A note to you before a session"),
        choices=[
            SelectChoice("", _l("None")),
            SelectChoice("15", _l("15 minutes before")),
            SelectChoice("30", _l("30 minutes before")),
            SelectChoice("60", _l("An hour before")),
            SelectChoice(str(EVENING_BEFORE), _l("The evening before at 18:00, all of the next day at once")),
        ],
        description=_l("Goes to the address above."),
        default="",
        invalid_choice_message=_l("Choose one of these"),
    )

    reading_weekday = SelectField(
        _l("Messages are read on"),
        choices=[
            SelectChoice("0", _l("Mondays")),
            SelectChoice("1", _l("Tuesdays")),
            SelectChoice("2", _l("Wednesdays")),
            SelectChoice("3", _l("Thursdays")),
            SelectChoice("4", _l("Fridays")),
            SelectChoice("5", _l("Saturdays")),
            SelectChoice("6", _l("Sundays")),
        ],
        invalid_choice_message=_l("Choose a day of the week"),
        description=_l("Stands on the page for short messages, with the day by which each one is read."),
    )

    def __init__(self, *args: Any, own_hosts: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_hosts = own_hosts

    def validate_who_books(self, field: Field) -> None:
        if field.data not in list(WhoBooks):
            raise ValidationError(_l("Choose who may book"))

    def validate_statement_text(self, field: Field) -> None:
        if trouble := statement_trouble(field.data):
            raise ValidationError(_STATEMENT_WORDS[trouble])

    def validate_exit_to(self, field: Field) -> None:
        if trouble := exit_trouble(field.data, self.own_hosts):
            raise ValidationError(_EXIT_WORDS[trouble])

    def validate_zone(self, field: Field) -> None:
        try:
            zone(field.data)
        except UnknownZone as error:
            raise ValidationError(_l("Choose a time zone from the list")) from error

    def validate_email(self, field: Field) -> None:
        if field.data and not is_email(field.data):
            raise ValidationError(_l("Enter an email address with an @, like name@example.com"))

    def validate_room_link(self, field: Field) -> None:
        if field.data and not is_https(field.data):
            raise ValidationError(_l("Enter an address that begins with https://"))

    def validate_room_pattern(self, field: Field) -> None:
        if field.data and pattern_trouble(field.data):
            raise ValidationError(
                _l("Enter an address that begins with https:// and holds {room} once, after the site’s name")
            )

    def validate_faq(self, field: Field) -> None:
        if any(not answer for _question, answer in questions(field.data or "")):
            raise ValidationError(_l("Write an answer below each question"))

    def page(self, kept: dict[str, Any]) -> dict[str, Any]:
        """The home page's words as they are stored; keys this form does not know stay as they were."""
        home = ("headline", "lede", "about_heading", "about_lede", "about_small", "quote", "quote_by")
        words: dict[str, Any] = {key: self[key].data or "" for key in home}
        words["about_paragraphs"] = _blocks(self.about.data or "")
        words["faq"] = [list(pair) for pair in questions(self.faq.data or "")]
        return {**kept, **words}


def questions(text: str) -> list[tuple[str, str]]:
    """Blocks of text as (question, answer): the first line asks, the others answer."""
    pairs = (block.partition("\n") for block in _blocks(text))
    return [(question.strip(), " ".join(answer.split())) for question, _newline, answer in pairs]


def _blocks(text: str) -> list[str]:
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [part.strip() for part in parts if part.strip()]
