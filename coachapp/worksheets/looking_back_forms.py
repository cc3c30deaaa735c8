"""What goes on a page of looking back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from coachapp.web.forms import BaseForm
from coachapp.worksheets.own_words_queries import OwnWords

_BEGINNING = 140
_OWN_WAY, _END = (
    "\N{FIRST STRONG ISOLATE}",
    "\N{POP DIRECTIONAL ISOLATE}",
)  # words from right to left stay whole


class LookBackForm(BaseForm):
    """Each of her own words by itself, her numbers, and the sums."""

    words = SelectMultipleField(_l("In your own words"), validate_choice=False)
    numbers = BooleanField(_l("Numbers over time"))
    sums = BooleanField(_l("What can be counted: sheets, answers, sessions, days"))

    @classmethod
    def of(cls, found: Sequence[OwnWords], *, is_posted: bool) -> LookBackForm:
        """For these words of hers; nothing is left out unless she says so."""
        everything = {"words": [str(each.id) for each in found], "numbers": True, "sums": True}
        form = cls() if is_posted else cls(formdata=None, data=everything)
        form.words.choices = [SelectChoice(str(each.id), _beginning(each)) for each in found]
        return form

    @property
    def chosen(self) -> set[UUID]:
        """The words she ticked; what she has taken off her sheets meanwhile is none of them."""
        ticked = set(self.words.data or [])
        return {UUID(choice.value) for choice in self.words.choices if choice.value in ticked}


def _beginning(words: OwnWords) -> str:
    flat = " ".join(words.text.split())
    shown = flat if len(flat) <= _BEGINNING else flat[:_BEGINNING].rstrip() + "…"
    return _("“%(text)s” (%(title)s)", text=f"{_OWN_WAY}{shown}{_END}", title=words.title)
