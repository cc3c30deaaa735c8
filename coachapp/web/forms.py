"""The base of every form: protected against forged posts, and able to list its errors for the summary."""

from flask_wtf import FlaskForm


class BaseForm(FlaskForm):
    """A form whose errors can be listed as (field id, message), in the order of its fields."""

    def summary(self) -> list[tuple[str, str]]:
        """(id of the control to land on, message) for each field that needs another look."""
        return [(field.id, str(field.errors[0])) for field in self if field.errors]

    @property
    def was_posted(self) -> bool:
        """Whether this form has just been submitted."""
        return bool(self.is_submitted())
