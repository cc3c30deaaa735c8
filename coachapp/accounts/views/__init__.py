"""Pages of this room: signing in, joining, staying, leaving, and the coach's own lock."""

from coachapp.accounts.views import joining, lock, second_step, sign_in, staying
from coachapp.accounts.views.room import bp

__all__ = ["bp", "joining", "lock", "second_step", "sign_in", "staying"]
