"""The house style for PDFs: everything a PDF in the app is built from."""

from coachapp.documents.card import CardSide
from coachapp.documents.chart import add_chart
from coachapp.documents.fields import DuplicateField
from coachapp.documents.given import Answer, Cell
from coachapp.documents.kit import EmptyTitle
from coachapp.documents.look import Mode, Paper, Words
from coachapp.documents.plain import PlainDocument
from coachapp.documents.questions import Column, Option
from coachapp.documents.sheet import Sheet

__all__ = [
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
    "Words",
    "add_chart",
]
