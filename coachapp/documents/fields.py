"""Form fields: text boxes, tick boxes and choose-one circles that work in every viewer we know.

The page itself paints the empty box or circle, because viewers hide or repaint the borders of widgets; a
widget adds only what the person types or the tick. Marks of one size are shared in the document.
"""

import zlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from coachapp.documents.formfont import form_font
from coachapp.documents.rawpdf import Raw, number, numbers, plain_name, stream, text_string
from coachapp.documents.shapes import tick
from coachapp.documents.structure import Node

MULTILINE = 1 << 12
RADIO = 1 << 15
PRINTED = 4


class Box(NamedTuple):
    """A rectangle on the page in points from its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def corners(self) -> str:
        return numbers(self.x, self.y, self.x + self.width, self.y + self.height)


class Spot(NamedTuple):
    """One circle of a choose-one group: its node, its value, its visible label and its place."""

    node: Node
    value: str
    label: str
    box: Box


class Host(Protocol):
    """The canvas a form lives on."""

    def add_object(self, item: Raw) -> int: ...

    def add_widget(self, node: Node, head: str) -> int: ...


class DuplicateField(ValueError):
    """Two fields of one document were given the same name; the message holds it."""


class Form:
    """The fields of one document."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._fields: list[int] = []
        self._names: set[str] = set()
        self._appearances: dict[tuple[str, str], int] = {}
        self._font = 0

    def text(self, node: Node, name: str, label: str, box: Box, size: float, *, multiline: bool) -> None:
        """A box to type in, `size` in points; `label` is what a screen reader says."""
        self._font = self._font or form_font().add_to(self._host.add_object)
        resources = f"/Resources<</Font<</FF {self._font} 0 R>>>>"  # direct: viewers do not merge page fonts
        shown = self._drawing(box, "/Tx BMC\nEMC", resources)  # not shared: programs write into it in place
        flags = MULTILINE if multiline else 0
        self._add(
            node,
            name,
            label,
            box,
            f"/FT/Tx/V()/DV()/Ff {flags}/DA(/FF {number(size)} Tf 0 g)/AP<</N {shown} 0 R>>",
        )

    def check(self, node: Node, name: str, label: str, box: Box) -> None:
        """A box to tick."""
        on, off = self._appearance(box, tick(box.width)), self._appearance(box, "")
        look = f"/AP<</N<</Yes {on} 0 R/Off {off} 0 R>>>>/MK<</CA(4)>>/DA(/ZaDb 0 Tf 0 g)"
        self._add(node, name, label, box, f"/FT/Btn/V/Off/AS/Off{look}")

    def radio(self, name: str, label: str, spots: Sequence[Spot], draw: Callable[[Box], str]) -> None:
        """A group of circles of which one can be chosen; `draw` gives the PDF operators of a chosen one."""
        group = Raw()
        number_ = self._host.add_object(group)
        self._fields.append(number_)
        kids = [self._circle(number_, label, spot, draw) for spot in spots]
        group.data = (
            f"<</FT/Btn/Ff {RADIO}/T({self._claim(name)})/TU{text_string(label)}/V/Off"
            f"/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>"
        ).encode()

    def finish(self) -> Raw | None:
        """The AcroForm dictionary, or None without fields."""
        if not self._fields:
            return None
        dingbats = self._host.add_object(Raw(b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats/Name/ZaDb>>"))
        self._font = self._font or form_font().add_to(self._host.add_object)
        fields = " ".join(f"{field} 0 R" for field in self._fields)
        return Raw(
            f"<</Fields[{fields}]/DA(/FF 11 Tf 0 g)"
            f"/DR<</Font<</FF {self._font} 0 R/ZaDb {dingbats} 0 R>>>>>>".encode()
        )

    def _add(self, node: Node, name: str, label: str, box: Box, body: str) -> None:
        head = f"{_widget(box)}/T({self._claim(name)})/TU{text_string(label)}{body}"
        self._fields.append(self._host.add_widget(node, head))

    def _circle(self, group: int, label: str, spot: Spot, draw: Callable[[Box], str]) -> int:
        on, off = self._appearance(spot.box, draw(spot.box)), self._appearance(spot.box, "")
        spoken = text_string(f"{label}: {spot.label}")
        return self._host.add_widget(
            spot.node,
            f"{_widget(spot.box)}/Parent {group} 0 R/TU{spoken}/Contents{spoken}/AS/Off"
            f"/AP<</N<</{plain_name(spot.value)} {on} 0 R/Off {off} 0 R>>>>/MK<</CA(l)>>/DA(/ZaDb 0 Tf 0 g)",
        )

    def _claim(self, name: str) -> str:
        name = plain_name(name)
        if name in self._names:
            raise DuplicateField(name)
        self._names.add(name)
        return name

    def _appearance(self, box: Box, content: str) -> int:
        """The object number of a mark's drawing; one per size and look in a document."""
        key = (numbers(box.width, box.height), content)
        if key not in self._appearances:
            self._appearances[key] = self._drawing(box, content, "/Resources<<>>")
        return self._appearances[key]

    def _drawing(self, box: Box, content: str, resources: str) -> int:
        head = f"/Type/XObject/Subtype/Form/BBox[0 0 {numbers(box.width, box.height)}]{resources}"
        data = content.encode()
        packed = zlib.compress(data, 9)
        smaller = len(packed) < len(data)
        return self._host.add_object(
            Raw(stream(head, packed, "FlateDecode") if smaller else stream(head, data))
        )


def _widget(box: Box) -> str:
    return f"/Type/Annot/Subtype/Widget/Rect[{box.corners()}]/F {PRINTED}"
