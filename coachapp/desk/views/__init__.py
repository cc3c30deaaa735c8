"""The coach's pages: each module adds its own to the one blueprint."""

from coachapp.desk.views import (
    accounts,
    calendar,
    clients,
    coupons,
    group,
    packages,
    receipts,
    record,
    session,
    today,
)
from coachapp.desk.views.room import bp

__all__ = [
    "accounts",
    "bp",
    "calendar",
    "clients",
    "coupons",
    "group",
    "packages",
    "receipts",
    "record",
    "session",
    "today",
]
