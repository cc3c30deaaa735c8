"""What is typed about papers: who issues them and how, and to whom one is made out."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from coachapp.money import Money, parse_amount
from coachapp.papers.pdf import percent
from coachapp.papers.rules import PRESETS, Party, Preset, Terms
from coachapp.practice.fields import text
from coachapp.web.forms import BaseForm
from coachapp.web.typed import one_line, stripped

_MOST_LINES, _MOST_LETTERS = 6, 300
_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9-]*|")
RATE, CLAUSE, NOTHING = "rate", "clause", "nothing"


# Those of practice.fields that may be empty ask nothing more while they are.
def _line(label: Any, most: int) -> StringField:
    too_long = _l("Use %(most)s letters at most", most=most)
    return StringField(label, [Length(max=most, message=too_long)], filters=[one_line])


def _address(description: Any) -> TextAreaField:
    too_long = _l("Use %(most)s letters at most", most=_MOST_LETTERS)
    checks = [Length(max=_MOST_LETTERS, message=too_long)]
    return TextAreaField(_l("Address"), checks, description=description, filters=[stripped])


def _tax_number() -> StringField:
    return _line(_l("Tax number"), 40)


class PartyForm(BaseForm):
    """Somebody's name, address and tax number."""

    name: StringField
    lines: TextAreaField
    tax_number: StringField

    def validate_lines(self, field: Field) -> None:
        if len(_lines(field.data)) > _MOST_LINES:
            raise ValidationError(_("Use %(most)s lines at most", most=_MOST_LINES))

    @property
    def party(self) -> Party:
        return Party(self.name.data or "", _lines(self.lines.data), self.tax_number.data or "")


class RecipientForm(PartyForm):
    """To whom the papers of an order are made out."""

    name = text(_l("Name"), 120, _l("Write the name that belongs on it"))
    lines = _address("")
    tax_number = _tax_number()

    def __init__(self, *, with_address: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.with_address = with_address

    def validate_lines(self, field: Field) -> None:
        super().validate_lines(field)
        if self.with_address and not _lines(field.data):
            raise ValidationError(_("Write the address that belongs on it"))


class TermsForm(PartyForm):
    """Who issues papers, with which tax line, and what they ask for."""

    country = SelectField(
        _l("Country"),
        choices=[
            SelectChoice("DE", _l("Germany")),
            SelectChoice("AT", _l("Austria")),
            SelectChoice("ES", _l("Spain")),
            SelectChoice("GB", _l("United Kingdom")),
            SelectChoice("US", _l("United States")),
            SelectChoice("other", _l("Another country")),
        ],
        description=_l(
            "“Fill in what is usual” fills in tax, limit and consent below. Nothing is saved by that."
        ),
    )
    name = text(
        _l("Name on receipts"),
        120,
        _l("Write the name that receipts come from"),
        _l(
            "Your registered name, or the name of your business. Clients see it, and whoever they show it to."
        ),
    )
    lines = _address(
        _l(
            "Only what you type here is printed. Without it, none is. A business address keeps your home private."
        )
    )
    tax_number = _tax_number()
    prefix = StringField(
        _l("Letters before the number"),
        description=_l(
            "Such as QH-, for QH-2026-0001. Capital letters, digits and hyphens; it can stay empty."
        ),
        filters=[lambda typed: (typed or "").strip().upper()],
        render_kw={"maxlength": 10, "class": "w-s"},
    )
    tax = RadioField(
        _l("Tax"),
        [InputRequired(_l("Choose what receipts say about tax"))],
        choices=[
            SelectChoice(RATE, _l("A line with the tax that is in the price")),
            SelectChoice(CLAUSE, _l("A sentence that says why there is none")),
            SelectChoice(NOTHING, _l("Nothing about tax")),
        ],
        validate_choice=False,
    )
    tax_word = _line(_l("What the tax is called"), 20)
    rate = StringField(
        _l("Rate in percent"),
        description=_l("Such as 19 or 5.5. Prices include it."),
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )
    clause = _line(_l("The sentence"), 300)
    above = StringField(
        _l("Name and address are needed above"),
        description=_l("An amount; empty for never. Below it they are added only when somebody asks for it."),
        render_kw={"inputmode": "decimal", "class": "w-s"},
    )
    asks_early = BooleanField(
        _l("Ask for consent before a session within 14 days"),
        description=_l(
            "Where clients can step back from a booking for 14 days, they say before paying that they wish to begin "
            "earlier. It is kept with the booking."
        ),
    )

    def __init__(self, currency: str, **more: Any) -> None:
        super().__init__(**more)
        self._currency = currency

    def validate_prefix(self, field: Field) -> None:
        if len(field.data) > 10 or not _PREFIX.fullmatch(field.data):
            raise ValidationError(_("Use capital letters, digits and hyphens, 10 at most"))

    def validate_tax(self, field: Field) -> None:
        if field.data not in (RATE, CLAUSE, NOTHING):
            raise ValidationError(_("Choose what receipts say about tax"))

    def validate_tax_word(self, field: Field) -> None:
        if self.tax.data == RATE and not field.data:
            raise ValidationError(_("Write what the tax is called, such as VAT"))

    def validate_rate(self, field: Field) -> None:
        if self.tax.data == RATE and self._rate() is None:
            raise ValidationError(_("Enter a rate from 0 to 50 with at most two decimals, like 19 or 5.5"))

    def validate_clause(self, field: Field) -> None:
        if self.tax.data == CLAUSE and not field.data:
            raise ValidationError(_("Write the sentence that stands in place of a tax line"))

    def validate_above(self, field: Field) -> None:
        try:
            self._above()
        except ValueError:
            raise ValidationError(_("Enter an amount, like 250, or leave it empty")) from None

    @property
    def terms(self) -> Terms:
        """What was typed, once it is valid."""
        tax = self.tax.data
        return Terms(
            country=self.country.data,
            prefix=self.prefix.data,
            issuer=self.party,
            tax_word=self.tax_word.data or "",
            tax_rate=self._rate() if tax == RATE else None,
            clause=(self.clause.data or "") if tax == CLAUSE else "",
            details_above=self._above(),
            asks_early=self.asks_early.data,
        )

    def fill_in_what_is_usual(self) -> None:
        """Tax, limit and consent as they are usual in the chosen country; the rest stays as it is typed."""
        usual = PRESETS.get(self.country.data, PRESETS["other"])
        for name, value in _usual(usual).items():
            self[name].data = value

    def _rate(self) -> int | None:
        try:
            rate = Decimal((self.rate.data or "").strip().replace(",", ".")) * 100
        except ArithmeticError:
            return None
        return int(rate) if rate.is_finite() and 0 <= rate <= 50_00 and rate == int(rate) else None

    def _above(self) -> Money | None:
        typed = (self.above.data or "").strip()
        return parse_amount(typed, self._currency) if typed else None


def terms_typed(terms: Terms) -> dict[str, Any]:
    """The terms as the form shows them."""
    return {
        "country": terms.country,
        "name": terms.issuer.name,
        "lines": "\n".join(terms.issuer.lines),
        "tax_number": terms.issuer.tax_number,
        "prefix": terms.prefix,
        "tax": RATE if terms.tax_rate is not None else CLAUSE if terms.clause else NOTHING,
        "tax_word": terms.tax_word,
        "rate": "" if terms.tax_rate is None else percent(terms.tax_rate),
        "clause": terms.clause,
        "above": terms.details_above.plain() if terms.details_above else "",
        "asks_early": terms.asks_early,
    }


def party_typed(party: Party) -> dict[str, str]:
    """Somebody's details as the form shows them."""
    return {"name": party.name, "lines": "\n".join(party.lines), "tax_number": party.tax_number}


def _usual(usual: Preset) -> dict[str, Any]:
    return {
        "tax": CLAUSE if usual.clause else RATE if usual.tax_rate is not None else NOTHING,
        "tax_word": usual.tax_word,
        "rate": "" if usual.tax_rate is None else percent(usual.tax_rate),
        "clause": usual.clause,
        "above": "" if usual.above is None else str(usual.above),
        "asks_early": usual.asks_early,
    }


def _lines(typed: str | None) -> tuple[str, ...]:
    """The lines of an address without empty ones and doubled spaces."""
    return tuple(line for each in (typed or "").splitlines() if (line := " ".join(each.split())))
