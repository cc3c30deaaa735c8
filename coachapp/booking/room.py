"""The room people meet in by video: its address, and what makes it an appointment's own (pure)."""

import secrets
from typing import Protocol

from coachapp.booking.rules import Way
from coachapp.practice.rules import ROOM, CoachRow


def new_room_key() -> str:
    """What makes a room's address its own: 96 bits, small letters and digits."""
    return secrets.token_hex(12)


class Met(Protocol):
    """An appointment, or a group date, as far as it says where people meet."""

    @property
    def way(self) -> str: ...

    @property
    def room_key(self) -> str | None: ...


def room_link(met: Met, host: CoachRow) -> str | None:
    """Where the room of an appointment is: by the coach's pattern, else her one room.
    None where nobody meets by video."""
    if met.way != Way.VIDEO:
        return None
    if host.room_pattern and met.room_key:
        return host.room_pattern.replace(ROOM, met.room_key)
    return host.room_link
