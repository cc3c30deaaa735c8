"""What a save has in common on both sides of a sheet: the client's, and the coach's while they fill it in together."""

from flask import Response, request

from coachapp.worksheets.queries import SheetRow


def given_up(sheet: SheetRow) -> frozenset[str]:
    """The questions for which whoever saves chose what stands there already."""
    return frozenset(
        field.key for field in sheet.template.fields if request.form.get(f"take-{field.key}") == "theirs"
    )


def with_revision(answer: Response, revision: int) -> Response:
    """The answer to a save, telling the page which revision it stands on now."""
    answer.headers["X-Revision"] = str(revision)
    return answer
