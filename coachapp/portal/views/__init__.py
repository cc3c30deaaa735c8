"""Pages of this room: home, sessions, and safety settings."""

from coachapp.portal.views import home, packages, parts, receipts, safety, wishes
from coachapp.portal.views.room import bp

__all__ = ["bp", "home", "packages", "parts", "receipts", "safety", "wishes"]
