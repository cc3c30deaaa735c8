"""The shape of a question, of its answer, and of what the coach decides about it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from coachapp.practice.rules import OfferingRow
from coachapp.questions.rules import MOST_ANSWER, as_kept, is_too_long, letters
from coachapp.web.forms import BaseForm

AT_ONCE, HERS = "now", "hers"


def _words(form: BaseForm, field: Field) -> None:
    if not letters((field.data or "").strip()):
        raise ValidationError(_l("Write a few words first"))


class QuestionForm(BaseForm):
    """The words of a question; `most` letters were paid for. `revision` is the one they were read at."""

    words = TextAreaField(_l("Your question"), [_words], filters=[as_kept])
    revision = IntegerField()

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def validate_words(self, field: Field) -> None:
        text = field.data or ""
        if is_too_long(text, self.most):
            over = max(letters(text) - self.most, 1)
            raise ValidationError(
                _l("Shorten it by %(n)s, to %(most)s letters at most", n=f"{over:,}", most=f"{self.most:,}")
            )


class AnswerForm(BaseForm):
    """The coach's answer."""

    answer = TextAreaField(
        _l("Your answer"),
        [_words, Length(max=MOST_ANSWER, message=_l("Please keep an answer to 10,000 letters"))],
        description=_l("Nothing leaves before the next page shows you what will."),
        filters=[as_kept],
    )


class SendForm(BaseForm):
    """The button that sends an answer; `seen` marks the words that were shown above it."""

    seen = HiddenField()


class DeclineForm(BaseForm):
    """Money back in place of an answer."""

    word = TextAreaField(
        _l("A few words from you"),
        [MayBeEmpty(), Length(max=2000, message=_l("Please keep this to 2,000 letters"))],
        description=_l("Shown in the private space, beside the line that says the money is on its way back."),
        filters=[as_kept],
    )


class TurnForm(BaseForm):
    """A session in place of an answer: which, and who decides."""

    what = SelectField(_l("Which session"), validate_choice=False)
    how = RadioField(
        _l("Who decides?"),
        [AnyOf((AT_ONCE, HERS), message=_l("Choose one of the two"))],
        choices=[
            SelectChoice(HERS, _l("Offer it: the answer in writing stays a choice")),
            SelectChoice(AT_ONCE, _l("You have agreed on it already")),
        ],
        validate_choice=False,
    )

    def __init__(self, *args: Any, sessions: Sequence[OfferingRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = {str(each.id): each for each in sessions}
        self.what.choices = [SelectChoice(key, each.title) for key, each in self.sessions.items()]

    def validate_what(self, field: Field) -> None:
        if field.data not in self.sessions:
            raise ValidationError(_l("Choose one of these"))

    @property
    def session(self) -> OfferingRow:
        """What was chosen, of a form that holds."""
        return self.sessions[self.what.data]
