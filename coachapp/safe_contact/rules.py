"""The gate's decision: whether a message may leave, and in which form (pure; safety decision D2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

RENEWED_FOR = timedelta(days=60)


class Inbox(StrEnum):
    """The answer to *Who can see this inbox?*"""

    ONLY_ME = "only_me"
    SHARED = "shared"
    NONE = "none"


class Reason(StrEnum):
    """Why a message may leave, or why it stays."""

    OWN_INBOX = "own inbox"
    SHARED_INBOX = "shared inbox, time only"
    NO_MAIL = "no mail, ever"
    STOPPED = "things changed"
    LAPSED = "permission lapsed"
    COACH = "ordinary mail to the coach"
    OVERTAKEN = "overtaken by what happened since"


@dataclass(frozen=True)
class Contact:
    """How one client may be reached; `address` is None when there is none."""

    inbox: Inbox
    address: str | None
    renewed_at: datetime
    stopped_at: datetime | None = None

    def lapses_at(self) -> datetime:
        return self.renewed_at + RENEWED_FOR


@dataclass(frozen=True)
class Verdict:
    """What the gate says: the address to write to (None: nothing leaves), the form, and the reason."""

    address: str | None
    with_link: bool
    reason: Reason


def may_write(contact: Contact | None, *, booked: bool, now: datetime) -> Verdict:
    """Whether one message may leave now. `booked`: it is about an appointment that stands, so no lapse applies."""
    if contact is None or contact.inbox is Inbox.NONE or not contact.address:
        return Verdict(None, False, Reason.NO_MAIL)
    if contact.stopped_at is not None:
        return Verdict(None, False, Reason.STOPPED)
    if not booked and now >= contact.lapses_at():
        return Verdict(None, False, Reason.LAPSED)
    if contact.inbox is Inbox.ONLY_ME:
        return Verdict(contact.address, True, Reason.OWN_INBOX)
    return Verdict(contact.address, False, Reason.SHARED_INBOX)
