"""The shape of a short message, of the four words that open it, and of its answer."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from coachapp.messages.rules import MOST_ANSWER, MOST_WORDS, says_something
from coachapp.safe_contact.forms import MayGiveInbox, email_field, inbox_field
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line


def _as_typed(text: str | None) -> str:
    """One line end is one letter, as it was for the person who typed it."""
    return (text or "").replace("\r\n", "\n").strip()


def _words(form: BaseForm, field: Field) -> None:
    if not says_something(field.data or ""):
        raise ValidationError(_l("Write a few words first"))


class WordsForm(BaseForm):
    """A message of someone who is signed in. `website` is for machines alone: people neither see nor hear it."""

    words = TextAreaField(
        _l("Your message"),
        [
            _words,
            Length(max=MOST_WORDS, message=_l("Please keep this to 2,000 letters; the rest can wait")),
        ],
        description=_l("Up to 2,000 letters. A question, a time that would suit you, anything."),
        filters=[_as_typed],
    )
    once = HiddenField()
    website = StringField(_l("Leave this empty"))


class WriteForm(MayGiveInbox, WordsForm):
    """A message of someone without an account: nothing but the words is needed, and nothing is ticked."""

    name = StringField(
        _l("What may we call you?"),
        [MayBeEmpty(), Length(max=80, message=_l("Use a shorter name, of 80 letters at most"))],
        description=_l("Any name you like. It does not have to be your legal name."),
        filters=[one_line],
    )
    email = email_field(_l("Only if you would like the answer by email. You can leave it empty."))
    inbox = inbox_field(validate_choice=False)


class CodeForm(BaseForm):
    """The four words of a message."""

    code = StringField(
        _l("Your four words"),
        [InputRequired(_l("Type the four words you were given"))],
        description=_l("As they were shown to you when you wrote, in the same order."),
    )


class AnswerForm(BaseForm):
    """The coach's answer."""

    answer = TextAreaField(
        _l("Your answer"),
        [
            _words,
            Length(max=MOST_ANSWER, message=_l("Please keep an answer to 5,000 letters")),
        ],
        description=_l("Nothing leaves before the next page shows you what will."),
        filters=[_as_typed],
    )


class SendForm(BaseForm):
    """The button that sends an answer; `seen` marks the words that were shown above it."""

    seen = HiddenField()
