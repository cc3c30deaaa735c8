"""Forms around a household: who gets a seat, a link for a reader, and what a reader ticks."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from coachapp.practice.fields import may_be_day, text
from coachapp.web.forms import BaseForm
from coachapp.worksheets.household_rules import MAX_ABOUT, MAX_NAME
from coachapp.worksheets.reader_facts import MAX_FACT, VISIT, WITH_A_FACT, Facts
from coachapp.worksheets.template import Option

FOUND_WORDS = {
    "visit": _l("A visit or a meeting is planned"),
    "more": _l("More is on its way"),
    "legal": _l("A court, an office or a lawyer"),
    "health": _l("Someone’s health, or a death"),
    "money": _l("Money, a debt or papers"),
    "threat": _l("A threat, open or hidden"),
}
CHILD_WORDS = {
    "child": _l("It is for a child"),
    "present": _l("There is a present or money in it"),
    "reply": _l("It asks the child to write, call or meet"),
    "secret": _l("It asks the child to keep something secret"),
    "about": _l("It tells the child something about the grown-ups"),
}


class SeatForm(BaseForm):
    """Who gets a seat."""

    name = text(
        _l("Who is it for?"),
        MAX_NAME,
        _l("Enter a name or a role, so that you can tell the links apart"),
        _l("A name or a role, for you alone."),
    )


class LinkForm(BaseForm):
    """A link for someone who reads the post first."""

    about = text(
        _l("Which post is it about?"),
        MAX_ABOUT,
        description=_l("The reader sees this, so that you both mean the same one. You can leave it empty."),
    )
    apology = BooleanField(_l("Ask about a real apology"))


def _boxes(label: Any, words: dict[str, Any], description: Any = "") -> SelectMultipleField:
    return SelectMultipleField(
        label, choices=[SelectChoice(*each) for each in words.items()], description=description
    )


class ReaderForm(BaseForm):
    """What is in it, in ticks and days; at most one line of words, and only for a fact."""

    found = _boxes(
        _l("What is in it?"), FOUND_WORDS, _l("Tick what is there. Leaving all of it empty is an answer too.")
    )
    visit_on = may_be_day(_l("The day of the visit, if one is named"))
    needed_on = may_be_day(_l("A day by which something is needed"))
    fact = text(
        _l("Only the fact, for a court, health or money"),
        MAX_FACT,
        description=_l("An office, a place or a sum. No quotes, and not how it was said."),
    )
    parts = SelectMultipleField(
        _l("Parts of an apology"),
        description=_l("Tick what is written there, not what may be meant."),
    )
    child = _boxes(_l("If it is for a child"), CHILD_WORDS)

    def ask_about(self, options: Sequence[Option], keys: Sequence[str]) -> None:
        """Offer these parts of an apology; with none the question is left out."""
        self.parts.choices = [
            SelectChoice(option.key, option.text) for option in options if option.key in keys
        ]

    def validate_fact(self, field: Any) -> None:
        if field.data and not WITH_A_FACT & set(self.found.data or ()):
            raise ValidationError(
                _("Tick the court, health or money this is about, or leave this line empty")
            )

    @property
    def facts(self) -> Facts:
        """What is passed on; a day of a visit is a visit."""
        ticked = {*(self.found.data or ()), *([VISIT] if self.visit_on.data else [])}
        return Facts(
            found=tuple(key for key in FOUND_WORDS if key in ticked),
            visit_on=self.visit_on.data,
            needed_on=self.needed_on.data,
            fact=self.fact.data or "",
            parts=tuple(self.parts.data or ()),
            child=tuple(self.child.data or ()),
        )
