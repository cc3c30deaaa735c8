"""Which voucher a receipt is about: by the end of its code, for what is left on it is anybody's who has all of it."""

from uuid import UUID

from sqlalchemy import or_, select

from coachapp.db import session
from coachapp.papers.models import Paper
from coachapp.payments.voucher_models import VoucherEntry
from coachapp.payments.voucher_queries import voucher
from coachapp.payments.voucher_rules import code_end


def voucher_of(paper_id: UUID) -> str:
    """How the code ends of the voucher that paid for this receipt, or onto which this credit note went back; empty
    where none did."""
    about = or_(Paper.about_id == VoucherEntry.payment_id, Paper.about_id == VoucherEntry.refund_id)
    found = select(VoucherEntry.voucher_id).join(Paper, about).where(Paper.id == paper_id)
    voucher_id = session().scalar(found.limit(1))
    return code_end(voucher(voucher_id).code) if voucher_id else ""
