"""Who issues receipts in these tests, and how to look at what was issued."""

from coachapp.money import Money
from coachapp.papers import queries
from coachapp.papers.models import Paper
from coachapp.papers.rules import Party, Terms

STREET = "Quay of the Lanterns 12"
TERMS = Terms(
    country="ES",
    prefix="QH-",
    issuer=Party("Quiet Harbour", (STREET, "28013 Madrid"), "ES 00000000T"),
    tax_word="VAT",
    tax_rate=21_00,
    clause="",
    details_above=None,
    asks_early=False,
)
LATER = TERMS.__class__(**{**vars(TERMS), "details_above": Money(50_00, "EUR"), "asks_early": True})


def issued(world):
    """(kind, amount, number) of every paper, by number."""
    rows = world.rows(Paper.year, Paper.number, Paper.kind, Paper.amount_minor)
    return [(kind, amount, number) for _year, number, kind, amount in sorted(rows)]


def all_papers():
    """Every paper, the latest first."""
    return [paper for year in queries.years() for paper in queries.papers_of_year(year)]
