"""Several documents in one file: one structure, page numbers that go through, an outline with neutral titles."""

from collections.abc import Sequence

from coachapp.documents.frame import render
from coachapp.documents.kit import EmptyTitle, Kit
from coachapp.documents.look import Words
from coachapp.documents.structure import Node
from coachapp.documents.tagging import Meta
from coachapp.documents.typefaces import clean


class MixedPapers(ValueError):
    """The documents of one file are on one size of paper."""


def bundle(
    neutral_title: str, documents: Sequence[Kit], *, lang: str = "en-GB", words: Words | None = None
) -> bytes:
    """One PDF of `documents`, which it takes over: none of them can be built by itself any more.

    Each keeps its footer and stands under its own neutral title in the outline.
    """
    title = " ".join(clean(neutral_title).split())
    if not title:
        raise EmptyTitle(neutral_title)
    if len({document.look.paper for document in documents}) != 1:
        raise MixedPapers
    root = Node("Document")
    for document in documents:
        document.root.tag = "Part"
        document.root.move_below(root)
    return render([document.part() for document in documents], Meta(title, lang), root, words or Words())
