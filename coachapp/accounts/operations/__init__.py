"""What people do with their way in: one verb each, grouped by when it happens."""

from coachapp.accounts.operations.factor import confirm_factor, give_code, issue_unlock_code, renew_factor
from coachapp.accounts.operations.joining import add_coach, add_ready_coach, join, make_join_token, set_up
from coachapp.accounts.operations.keeping import (
    change_passphrase,
    forget_old,
    know_device,
    prove,
    set_idle_minutes,
    set_pin,
)
from coachapp.accounts.operations.signing import (
    leave,
    note_seen,
    sign_in,
    sign_out,
    sign_out_everywhere,
    unlock,
)

__all__ = [
    "add_coach",
    "add_ready_coach",
    "change_passphrase",
    "confirm_factor",
    "forget_old",
    "give_code",
    "issue_unlock_code",
    "join",
    "know_device",
    "leave",
    "make_join_token",
    "note_seen",
    "prove",
    "renew_factor",
    "set_idle_minutes",
    "set_pin",
    "set_up",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "unlock",
]
