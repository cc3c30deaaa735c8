"""What a page that is filled in together hears when it asks: how it stands, and what was saved since."""

from collections.abc import Mapping

from flask import jsonify
from flask.typing import ResponseReturnValue

from coachapp.worksheets.answers import Value
from coachapp.worksheets.forms import all_values
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.together_rules import TogetherRow


def standing_alone(found: TogetherRow | None) -> ResponseReturnValue:
    """Only how it stands: asked, together, or empty for neither."""
    return jsonify(state=found.standing if found else "")


def news(sheet: SheetRow, answers: Mapping[str, Value]) -> ResponseReturnValue:
    """The present revision with every value, named as in the form."""
    return jsonify(state="together", revision=sheet.revision, values=all_values(sheet.template, answers))
