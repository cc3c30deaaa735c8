"""The coach's pages: each module adds its own to the one blueprint."""

from coachapp.desk.views import asking, calendar, clients, group, packages, payments, record, session, today
from coachapp.desk.views.room import bp

__all__ = [
    "asking",
    "bp",
    "calendar",
    "clients",
    "group",
    "packages",
    "payments",
    "record",
    "session",
    "today",
]
