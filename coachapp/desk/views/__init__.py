"""The coach's pages: each module adds its own to the one blueprint."""

from coachapp.desk.views import (
    accounts,
    asking,
    calendar,
    clients,
    coupons,
    group,
    money,
    packages,
    parts,
    payments,
    receipts,
    record,
    session,
    today,
    vouchers,
)
from coachapp.desk.views.room import bp

__all__ = [
    "accounts",
    "asking",
    "bp",
    "calendar",
    "clients",
    "coupons",
    "group",
    "money",
    "packages",
    "parts",
    "payments",
    "receipts",
    "record",
    "session",
    "today",
    "vouchers",
]
