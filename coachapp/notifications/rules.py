"""The states of a message on its way, and when to try again (pure)."""

from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(minutes=2)
GIVE_UP = timedelta(hours=72)
_WAITS = (1, 2, 5, 15, 30, 60)


class State(StrEnum):
    """waiting -> sending -> sent; refused by the gate; failed for good; unsure when it may have left once."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    UNSURE = "unsure"


class NotForClients(Exception):
    """A client's mail never carries anything but words."""


class MailTrouble(Exception):
    """The mail server could not take the message now."""


class MailRefused(MailTrouble):
    """The mail server will never take this message."""


class MailUnsure(MailTrouble):
    """The line died while the message was handed over: it may have left, or not."""


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after `tries` failures: after 1, 2, 5, 15, 30, then every 60 minutes."""
    return now + timedelta(minutes=_WAITS[min(tries, len(_WAITS)) - 1])


def after_interruption(kind: str, sent_again: bool) -> State:
    """What becomes of a message whose sender was killed: once more, but never a reminder and never a third time."""
    return State.UNSURE if sent_again or kind == "reminder" else State.WAITING
