"""The logical structure of a document: its nodes in reading order, and the tree written from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from coachapp.documents.rawpdf import Raw, text_string


class Content(NamedTuple):
    """One stretch of marked content: page (from 1) and its number on that page."""

    page: int
    mcid: int


class Widget(NamedTuple):
    """One annotation (a form field) on a page: page (from 1) and the annotation's object number."""

    page: int
    number: int


class Node:
    """An element of the logical structure. Made in reading order; drawing may happen in any order."""

    __slots__ = ("actual_text", "alt", "kids", "list_numbering", "number", "parent", "scope", "tag")

    def __init__(
        self,
        tag: str,
        parent: Node | None = None,
        *,
        alt: str = "",
        actual_text: str = "",
        scope: str = "",
        list_numbering: str = "",
    ) -> None:
        self.tag, self.parent, self.number = tag, parent, 0
        self.alt, self.actual_text = alt, actual_text
        self.scope, self.list_numbering = scope, list_numbering
        self.kids: list[Node | Content | Widget] = []
        if parent is not None:
            parent.kids.append(self)

    def move_below(self, parent: Node) -> None:
        """Hang a node that is nobody's below `parent`, as its last."""
        self.parent = parent
        parent.kids.append(self)

    def is_live(self) -> bool:
        """Whether anything was drawn for this node or below it."""
        return any(not isinstance(kid, Node) or kid.is_live() for kid in self.kids)

    def prune(self) -> None:
        """Drop the nodes below this one that nothing was drawn for."""
        self.kids = [kid for kid in self.kids if not isinstance(kid, Node) or kid.is_live()]
        for kid in self.kids:
            if isinstance(kid, Node):
                kid.prune()

    def elements(self) -> Iterator[Node]:
        """This node and all below it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.elements()


Parents = Sequence[Node | Sequence[Node]]


def write_tree(root: Node, parents: Parents, pages: Sequence[int], add_object: Callable[[Raw], int]) -> Raw:
    """The structure tree root; adds one object per element.

    `parents` is indexed by StructParents: a list of nodes for a page (by MCID), one node for a widget.
    `pages` holds the object number of each page; `add_object` numbers an object.
    """
    root.prune()
    elements = [(node, Raw()) for node in root.elements()]
    for node, raw in elements:
        node.number = add_object(raw)
    top = Raw()
    top_number = add_object(top)
    for node, raw in elements:
        above = node.parent.number if node.parent else top_number
        raw.data = _element(node, above, pages).encode()
    number_tree = Raw(f"<</Nums[{_number_tree(parents)}]>>".encode())
    top.data = (
        f"<</Type/StructTreeRoot/K[{root.number} 0 R]"
        f"/ParentTree {add_object(number_tree)} 0 R/ParentTreeNextKey {len(parents)}>>"
    ).encode()
    return top


def _element(node: Node, above: int, pages: Sequence[int]) -> str:
    page = next((kid.page for kid in node.kids if isinstance(kid, Content)), 0)
    shown_on = f"/Pg {pages[page - 1]} 0 R" if page else ""
    kids = " ".join(_kid(kid, page, pages) for kid in node.kids)
    return f"<</Type/StructElem/S/{node.tag}/P {above} 0 R{shown_on}/K[{kids}]{_attributes(node)}>>"


def _kid(kid: Node | Content | Widget, page: int, pages: Sequence[int]) -> str:
    if isinstance(kid, Node):
        return f"{kid.number} 0 R"
    if isinstance(kid, Widget):
        return f"<</Type/OBJR/Pg {pages[kid.page - 1]} 0 R/Obj {kid.number} 0 R>>"
    if kid.page == page:
        return str(kid.mcid)
    return f"<</Type/MCR/Pg {pages[kid.page - 1]} 0 R/MCID {kid.mcid}>>"


def _attributes(node: Node) -> str:
    shown = f"/Alt{text_string(node.alt)}" if node.alt else ""
    if node.actual_text:
        shown += f"/ActualText{text_string(node.actual_text)}"
    if node.scope:
        shown += f"/A<</O/Table/Scope/{node.scope}>>"
    if node.list_numbering:
        shown += f"/A<</O/List/ListNumbering/{node.list_numbering}>>"
    return shown


def _number_tree(parents: Parents) -> str:
    return "\n".join(
        f"{key} {owner.number} 0 R"
        if isinstance(owner, Node)
        else f"{key} [{' '.join(f'{node.number} 0 R' for node in owner)}]"
        for key, owner in enumerate(parents)
    )
