"""From Stripe's page to the file, in currencies with two digits after the point, with none, and with three."""

import io

import pypdf
import pytest

from coachapp.papers.models import Paper
from coachapp.papers.pdf import paper_pdf
from coachapp.payments.models import Payment, Refund
from coachapp.practice.models import Offering, Practice
from tests.documents.pdf_checks import assert_good_pdf
from tests.papers.ledger import assert_papers_agree
from tests.papers.terms import all_papers, issued
from tests.papers.test_issuing import refund_in_dashboard


@pytest.mark.parametrize(
    ("currency", "price", "part", "shown"),
    [
        ("EUR", 95_00, 40_00, ["€95.00", "−€40.00", "−€55.00"]),
        ("JPY", 9_500, 4_001, ["JP¥9,500", "−JP¥4,001", "−JP¥5,499"]),
        ("KWD", 95_250, 40_000, ["KWD 95.250", "−KWD 40.000", "−KWD 55.250"]),
    ],
)
def test_paid_and_paid_back_to_the_last_digit(world, currency, price, part, shown):
    world.change(Practice, currency=currency)
    world.change(Offering, price_minor=price)
    walker = world.paid()
    (session,) = world.stripe.sessions.values()
    assert (session["amount_total"], session["currency"]) == (price, currency.lower())
    refund_in_dashboard(world, part)
    walker.fill(f"{walker.place_path}/cancel", {})
    assert world.stripe.wait_idle()
    notes = [("credit note", -part, 2), ("credit note", part - price, 3)]
    assert issued(world) == [("receipt", price, 1), *notes]
    for table in (Payment, Refund, Paper):
        assert {row for (row,) in world.rows(table.currency)} == {currency}
    assert_papers_agree(world.rows)
    with world.app.test_request_context():
        files = [paper_pdf(paper, None, None) for paper in reversed(all_papers())]
    for data, amount in zip(files, shown, strict=True):
        assert_good_pdf(data)
        said = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
        assert amount in said.replace("\xa0", " "), said
