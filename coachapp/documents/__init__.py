"""The house style for PDFs: everything a PDF in the app is built from."""

from coachapp.documents.bundle import bundle
from coachapp.documents.card import CardSide
from coachapp.documents.chart import add_chart
from coachapp.documents.fields import DuplicateField
from coachapp.documents.given import Answer, Cell
from coachapp.documents.kit import EmptyTitle
from coachapp.documents.look import CLOSER, CLOSEST, USUAL, Mode, Paper, Spacing, Words
from coachapp.documents.plain import PlainDocument, largest_that_fits
from coachapp.documents.questions import Column, Option
from coachapp.documents.sheet import Sheet

__all__ = [
    "CLOSER",
    "CLOSEST",
    "USUAL",
    "Answer",
    "CardSide",
    "Cell",
    "Column",
    "DuplicateField",
    "EmptyTitle",
    "Mode",
    "Option",
    "Paper",
    "PlainDocument",
    "Sheet",
    "Spacing",
    "Words",
    "add_chart",
    "bundle",
    "largest_that_fits",
]
