"""Money in minor units: amounts that cannot be mixed up between currencies (pure)."""

from dataclasses import dataclass

# Digits after the point where a currency has not two (ISO 4217).
_DIGITS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    0,
) | dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3)


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one sum."""


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (cents for EUR) of an ISO 4217 currency in capitals."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not a currency code: {self.currency!r}")

    @property
    def digits(self) -> int:
        """How many digits stand after the decimal point."""
        return _DIGITS.get(self.currency, 2)

    @property
    def is_zero(self) -> bool:
        return self.minor == 0

    def plain(self) -> str:
        """The amount as digits with a point, without the currency: `80`, `80.50`."""
        if not self.digits:
            return str(self.minor)
        sign, minor = ("-" if self.minor < 0 else ""), abs(self.minor)
        whole, rest = divmod(minor, 10**self.digits)
        return f"{sign}{whole}.{rest:0{self.digits}d}" if rest else f"{sign}{whole}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor


def parse_amount(text: str, currency: str) -> Money:
    """Read what a person typed (`80`, `80.5`, `80,50`) as Money; ValueError when it is not an amount."""
    digits = Money(0, currency).digits
    whole, _, rest = text.strip().replace(" ", "").replace(",", ".").partition(".")
    if not whole.isascii() or not whole.isdigit() or (rest and not (rest.isascii() and rest.isdigit())):
        raise ValueError("not an amount")
    if len(rest) > digits or len(whole) > 9:
        raise ValueError("too long")
    return Money(int(whole) * 10**digits + int(rest.ljust(digits, "0") or 0), currency)
