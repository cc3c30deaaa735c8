"""What has to be true of papers and the money they are about, at every moment."""

from collections import defaultdict
from itertools import groupby

from coachapp.papers.models import Paper
from coachapp.papers.rules import Kind
from coachapp.payments.models import Payment, Refund
from coachapp.payments.rules import RefundState


def assert_papers_agree(rows):
    """Each payment has its receipt, each refund what it came to; the sums and the numbers fit. `rows` reads a table."""
    papers = rows(Paper.kind, Paper.about_id, Paper.order_id, Paper.amount_minor)
    about = defaultdict(list)
    for kind, about_id, _order, amount in papers:
        about[about_id].append((kind, amount))
    came = rows(Payment.id, Payment.amount_minor)
    for payment_id, amount in came:
        assert about.pop(payment_id) == [(Kind.RECEIPT, amount)]
    for refund_id, amount, state in rows(Refund.id, Refund.amount_minor, Refund.state):
        went, fell = (Kind.CREDIT, -amount), (Kind.CORRECTION, amount)
        found = sorted(about.pop(refund_id, []), reverse=True)
        if state == RefundState.SUCCEEDED:
            assert found == [went]
        elif state in (RefundState.FAILED, RefundState.CANCELLED):
            assert found in ([], [went, fell])
        else:
            assert found == []
    assert not about, "a paper about nothing"
    assert_no_gap(rows)
    assert_tax_adds_up(rows)


def assert_no_gap(rows):
    """From one on, in each year; and none dated before the one before it."""
    for _year, found in groupby(
        sorted(rows(Paper.year, Paper.number, Paper.issued_at)), key=lambda row: row[0]
    ):
        in_year = list(found)
        assert [number for _y, number, _at in in_year] == list(range(1, len(in_year) + 1))
        dates = [at for _y, _number, at in in_year]
        assert dates == sorted(dates)


def assert_tax_adds_up(rows):
    """What went back whole gave back all of its tax, in whatever parts."""
    papers = {
        each[0]: each[1:] for each in rows(Paper.id, Paper.corrects_id, Paper.amount_minor, Paper.tax_minor)
    }
    sums = defaultdict(lambda: (0, 0))
    for paper_id, (corrects, amount, tax) in papers.items():
        receipt = paper_id
        while papers[receipt][0]:
            receipt = papers[receipt][0]
        sums[receipt] = (sums[receipt][0] + amount, sums[receipt][1] + tax)
        assert corrects is None or papers[corrects]
    assert all(tax == 0 for amount, tax in sums.values() if amount == 0)
    assert all(0 <= tax <= max(amount, 0) for amount, tax in sums.values())
