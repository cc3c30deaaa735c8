"""Shape and wording of what people type to get in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    PasswordField,
    StringField,
    SubmitField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from coachapp.accounts.passphrases import Trouble, trouble
from coachapp.accounts.rules import CLIENT, LEAST_CHARACTERS, STAFF, is_pin
from coachapp.practice.queries import practice
from coachapp.web.forms import BaseForm

_NAME = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "username", "maxlength": 254}
_CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "maxlength": 40}
_PIN = {"inputmode": "numeric", "maxlength": 8}
_WORDS = {
    Trouble.SHORT: _l("Make it longer: %(least)s characters or more. Four words do it."),
    Trouble.LONG: _l("Make it shorter: 128 characters at most."),
    Trouble.COMMON: _l("Choose something else: many people use this one, so it is tried first."),
    Trouble.PATTERN: _l("Choose something else: this one follows a pattern that is easy to try."),
    Trouble.CONTEXT: _l("Choose something else: this one is mostly a name that others know."),
}


class SignInForm(BaseForm):
    """Name and passphrase; nothing here says which names exist."""

    name = StringField(
        _l("Name or email"), [InputRequired(_l("Enter the name or email you sign in with"))], render_kw=_NAME
    )
    passphrase = PasswordField(_l("Passphrase"), [InputRequired(_l("Enter your passphrase"))])


class CodeForm(BaseForm):
    """A code from the authenticator app, or a recovery code."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code"))], render_kw=_CODE)


class UnlockForm(BaseForm):
    """The PIN that opens a covered page."""

    pin = PasswordField(_l("PIN"), [InputRequired(_l("Enter your PIN"))], render_kw=_PIN)


class NewPassphrase:
    """Mixed into forms that set a passphrase: the checks everyone's goes through."""

    least: int

    def validate_passphrase(self, field: Any) -> None:
        """Refuse what is short, common or a pattern, and say what to do."""
        found = trouble(field.data or "", self.least, self.context())
        if found is not None:
            raise ValidationError(str(_WORDS[found]) % {"least": self.least})

    def context(self) -> list[str]:
        """Names that everyone here knows, and the one just typed."""
        name = getattr(self, "name", None)
        return [practice().name, practice().neutral_name, (name.data or "") if name else ""]


def pin_check(form: Form, field: Any) -> None:
    """Four to eight figures that are not the first ones anybody tries."""
    if field.data and not is_pin(field.data):
        raise ValidationError(
            _l("Enter 4 to 8 figures, not in a row and not all the same, or leave it empty.")
        )


class JoinForm(NewPassphrase, BaseForm):
    """The client's own name and passphrase, and a PIN if she wants one."""

    least = LEAST_CHARACTERS[CLIENT]

    name = StringField(
        _l("A name to sign in with"),
        [
            InputRequired(_l("Choose a name to sign in with")),
            Length(3, 60, _l("Choose a name of 3 to 60 characters")),
        ],
        description=_l("Anything you will remember. It need not be your real name or an email."),
        render_kw=_NAME,
    )
    suggested = HiddenField()
    use_words = BooleanField(_l("Use the four words above"))
    passphrase = PasswordField(
        _l("Or your own passphrase"),
        description=_l("12 characters or more. Spaces are fine, and so is pasting."),
    )
    pin = PasswordField(
        _l("PIN for short breaks"),
        [Optional(), pin_check],
        description=_l(
            "4 to 8 figures. When you pause for a while the page is covered; the PIN opens it again "
            "within two hours, on that device only."
        ),
        render_kw=_PIN | {"autocomplete": "off"},
    )
    another = SubmitField()

    @property
    def chosen(self) -> str:
        """The passphrase that counts: the four words if she ticked them, else her own."""
        return str(self.suggested.data or "") if self.use_words.data else str(self.passphrase.data or "")

    def validate_passphrase(self, field: Any) -> None:
        """The four words need no check beyond being there; her own goes through all of them."""
        found = trouble(self.chosen, self.least, self.context())
        if found is not None:
            raise ValidationError(str(_WORDS[found]) % {"least": self.least})


class SetUpForm(NewPassphrase, BaseForm):
    """The coach's passphrase, when she begins."""

    least = LEAST_CHARACTERS[STAFF]

    passphrase = PasswordField(
        _l("Passphrase"),
        [InputRequired(_l("Choose a passphrase"))],
        description=_l("15 characters or more. Spaces are fine, and so is pasting."),
    )


class PinForm(BaseForm):
    """A new PIN, proven by the passphrase; left empty, it ends the PIN."""

    pin = PasswordField(
        _l("New PIN"),
        [Optional(), pin_check],
        description=_l("4 to 8 figures. Leave it empty to have none."),
        render_kw=_PIN | {"autocomplete": "off"},
    )
    passphrase = PasswordField(_l("Your passphrase"), [InputRequired(_l("Enter your passphrase"))])


class ProofForm(BaseForm):
    """The passphrase once more, before something that should not happen by a slip."""

    passphrase = PasswordField(_l("Your passphrase"), [InputRequired(_l("Enter your passphrase"))])
