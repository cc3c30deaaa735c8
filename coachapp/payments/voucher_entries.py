"""The entries of a voucher: written one after another while the voucher's own row is held, and never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp.db import session, transaction
from coachapp.payments.models import Payment, Refund
from coachapp.payments.voucher_models import Voucher, VoucherEntry
from coachapp.payments.voucher_rules import EntryKind


def hold(voucher_id: UUID) -> None:
    """Nobody else moves this voucher's worth until the transaction ends; what is read of it now is true till then."""
    found = select(Voucher.id).where(Voucher.id == voucher_id)
    session().execute(found.with_for_update(key_share=True))


def use(voucher_id: UUID, payment: Payment, *, now: datetime) -> None:
    """A payment was made with it; its row is held and enough is left."""
    with transaction() as db:
        db.add(
            VoucherEntry(
                voucher_id=voucher_id,
                kind=EntryKind.USED,
                minor=-payment.amount_minor,
                payment_id=payment.id,
                at=now,
            )
        )
        db.flush()


def give_back(refund: Refund, *, now: datetime) -> None:
    """What a voucher has paid goes back onto it."""
    with transaction() as db:
        voucher_id = db.scalars(
            select(VoucherEntry.voucher_id).where(VoucherEntry.payment_id == refund.payment_id)
        ).one()
        hold(voucher_id)
        db.add(
            VoucherEntry(
                voucher_id=voucher_id,
                kind=EntryKind.BACK,
                minor=refund.amount_minor,
                refund_id=refund.id,
                at=now,
            )
        )
        db.flush()
