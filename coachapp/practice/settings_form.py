"""The shape of what the coach types about her practice and herself."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from coachapp.practice import fields
from coachapp.practice.rules import (
    EVENING_BEFORE,
    PREFIX_MOST,
    Unfit,
    WhoBooks,
    exit_trouble,
    pattern_trouble,
    statement_trouble,
)
from coachapp.web.forms import BaseForm
from coachapp.web.typed import is_email, is_https
from coachapp.zones import UnknownZone, zone

_STATEMENT_WORDS = {
    Unfit.LENGTH: _l("Use 2 to 10 letters"),
    Unfit.SHAPE: _l("Use plain letters, digits and spaces, without < > \\ ' \" or *"),
    Unfit.NO_LETTER: _l("Use at least one letter"),
}
_EXIT_WORDS = {
    Unfit.SHAPE: _l("Enter an address that begins with https://, like https://www.wikipedia.org/"),
    Unfit.OWN_HOST: _l("Choose another site: Leave has to lead away from this one"),
    Unfit.QUERY: _l("Leave out the question mark and what follows it"),
}


class SettingsForm(BaseForm):
    """The practice's names, the words of its home page, and how its coach is reached."""

    name = fields.text(_l("Name of your practice"), 80, _l("Give your practice a name"))
    neutral_name = fields.text(
        _l("Neutral name"),
        40,
        _l("Enter a neutral name"),
        _l("Stands where a private page needs a name. Choose one that says nothing about the work."),
    )
    mail_subject = fields.text(
        _l("Subject of every mail"), 60, _l("Enter a subject"), _l("The same for all, like “Your update”.")
    )
    statement_text = fields.text(
        _l("On card statements"),
        PREFIX_MOST,
        _l("Enter a word"),
        _l(
            "The shortened descriptor of your Stripe account, as you typed it there: 2 to 10 letters. "
            "Statements show it with our word behind it."
        ),
    )
    exit_to = fields.text(
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
    headline = fields.text(_l("Headline"), 120)
    lede = fields.long(_l("Below the headline"), most=600)
    about_heading = fields.text(_l("Heading of the part about you"), 120)
    about_lede = fields.long(_l("First words about you"), most=600)
    about = fields.long(_l("More about you"), _l("Leave an empty line between paragraphs."))
    about_small = fields.text(_l("Small print below it"), 300)
    quote = fields.long(
        _l("Words someone said about your work"), _l("Only with their recorded permission."), 600
    )
    quote_by = fields.text(_l("Who said it"), 120)
    faq = fields.long(
        _l("Questions people ask first"),
        _l("The question on one line, the answer below it, an empty line before the next one."),
        8000,
    )
    first_name = fields.text(_l("Your first name"), 60, _l("Enter your first name"))
    full_name = fields.text(_l("Your full name"), 120, _l("Enter your full name"))
    zone = StringField(_l("Your time zone"), [DataRequired(_l("Choose your time zone"))])
    email = fields.text(
        _l("Email for notes to you"),
        254,
        description=_l("Bookings and cancellations are told there. You sign in as before."),
    )
    most_per_day = fields.limit(
        _l("At most so many sessions a day"),
        _l("Of all kinds together. A full day offers no more times. Empty means no limit."),
    )
    most_per_week = fields.limit(_l("At most so many sessions a week"), _l("From Monday to Sunday."))
    early_notice = fields.limit(
        _l("Clients in their first weeks can book until so many hours before"),
        _l(
            "Others keep to the hours of each service. Empty means no early times. Who has them stands on each record."
        ),
    )
    room_link = fields.text(
        _l("Link to your video room"), 300, description=_l("Opens from Today. Begins with https://.")
    )
    room_pattern = fields.text(
        _l("A fresh room for each session"),
        300,
        description=_l(
            "Like https://meet.example.org/{room}. What stands for {room} is made anew for each session. "
            "Empty means your one room, above."
        ),
    )
    meet_phone = fields.long(
        _l("When you meet by phone"),
        _l("Who calls whom, in your words. Shown to people who booked, and to nobody else."),
        300,
    )
    meet_person = fields.long(
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
