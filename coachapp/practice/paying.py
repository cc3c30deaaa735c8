"""Ways to pay besides the card: whether there are any, and where a transfer goes."""

from dataclasses import dataclass
from uuid import UUID

from coachapp import vault
from coachapp.db import session, transaction
from coachapp.practice.models import Paying

_ROW = UUID(int=1)


@dataclass(frozen=True)
class Ways:
    """What the practice allows. A time is kept so many days for a transfer, or for someone else to pay it;
    None: never."""

    transfer_days: int | None = None
    holder: str = ""
    account: str = ""
    cash: bool = False
    others_days: int | None = None


def ways() -> Ways:
    """What the practice allows; nothing but the card before anyone says otherwise."""
    row = session().get(Paying, 1)
    if row is None:
        return Ways()
    return Ways(
        row.transfer_days,
        _open("holder", row.holder_sealed),
        _open("account", row.account_sealed),
        row.cash,
        row.others_days,
    )


def save_ways(wanted: Ways) -> None:
    """Allow these from now on. Times that are kept for a transfer already stay so."""
    with transaction() as db:
        row = db.get(Paying, 1, with_for_update=True) or Paying(id=1)
        row.transfer_days, row.cash = wanted.transfer_days, wanted.cash
        row.others_days = wanted.others_days
        row.holder_sealed = vault.seal(vault.PRACTICE, "paying.holder", _ROW, wanted.holder)
        row.account_sealed = vault.seal(vault.PRACTICE, "paying.account", _ROW, wanted.account)
        db.add(row)


def _open(column: str, sealed: bytes | None) -> str:
    return vault.open_(vault.PRACTICE, f"paying.{column}", _ROW, sealed) if sealed else ""
