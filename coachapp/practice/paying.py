"""Ways to pay besides the card: whether there are any, and where a transfer goes."""

from dataclasses import dataclass
from uuid import UUID

from coachapp import vault
from coachapp.db import session, transaction
from coachapp.practice.models import Paying

_ROW = UUID(int=1)


@dataclass(frozen=True)
class Ways:
    """What the practice allows. `transfer_days` is how long a time is kept for a transfer; None: there are none."""

    transfer_days: int | None = None
    holder: str = ""
    account: str = ""
    cash: bool = False

    @property
    def has_any(self) -> bool:
        return self.transfer_days is not None or self.cash


def ways() -> Ways:
    """What the practice allows; nothing but the card before anyone says otherwise."""
    row = session().get(Paying, 1)
    if row is None:
        return Ways()
    return Ways(
        row.transfer_days, _open("holder", row.holder_sealed), _open("account", row.account_sealed), row.cash
    )


def save_ways(wanted: Ways) -> None:
    """Allow these from now on. Times that are kept for a transfer already stay so."""
    with transaction() as db:
        row = db.get(Paying, 1, with_for_update=True) or Paying(id=1)
        row.transfer_days, row.cash = wanted.transfer_days, wanted.cash
        row.holder_sealed = vault.seal(vault.PRACTICE, "paying.holder", _ROW, wanted.holder)
        row.account_sealed = vault.seal(vault.PRACTICE, "paying.account", _ROW, wanted.account)
        db.add(row)


def _open(column: str, sealed: bytes | None) -> str:
    return vault.open_(vault.PRACTICE, f"paying.{column}", _ROW, sealed) if sealed else ""
