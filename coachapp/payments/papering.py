"""Papers for what moved: a receipt for each payment, a credit note for each refund,
a correction when one falls through.

Which are owed is read from the ledger and never remembered: whoever adds a payment or changes a refund calls
`issue_for` last in the same transaction, and `tick` finds whatever was missed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from coachapp.db import transaction
from coachapp.papers import operations as papers
from coachapp.papers.rules import Owed
from coachapp.payments.paper_queries import owed

_AT_ONCE = 200


def issue_for(order_id: UUID, *, now: datetime) -> None:
    """Issue every paper that is owed for an order, once. Last in a transaction: the counter is locked until it ends."""
    with transaction():
        if owed(order_id) and papers.begin_numbering(now=now):
            # Looked at once more: another writer may have been quicker until the lock was ours.
            for each in owed(order_id):
                papers.issue(each, now=now)


def issue_missing(*, now: datetime) -> int:
    """Issue what is still owed, the oldest money first, each in a transaction of its own; how many were issued."""
    return sum(_issue_late(each, now) for each in owed()[:_AT_ONCE])


def _issue_late(each: Owed, now: datetime) -> bool:
    try:
        with transaction():
            mine = papers.begin_numbering(now=now) and each in owed(each.order_id)
            return mine and papers.issue(each, now=now) is not None
    except IntegrityError:
        return False  # a year has just ended, and somebody issued it in the old one
