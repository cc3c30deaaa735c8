"""Reads our PDFs as a reader does: every line where it stands, and every text in the order of the structure tree."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name

UNSAID = "\ufffd"  # what a code without a character is read as


@dataclass(frozen=True)
class Line:
    """One line of text: its page (from 0), which content of the page it is (None: decoration), and its place."""

    page: int
    mcid: int | None
    x: float
    y: float
    width: float
    size: float
    text: str

    @property
    def right(self) -> float:
        return self.x + self.width

    def runs_into(self, other: Line) -> bool:
        """Whether letters of the two lie on each other."""
        apart = self.right <= other.x + 0.5 or other.right <= self.x + 0.5
        return not apart and abs(self.y - other.y) < 0.6 * min(self.size, other.size)


@dataclass
class Face:
    """A font of the page: what each of its codes shows, how wide, and which have a glyph."""

    characters: dict[int, str]
    widths: dict[int, float]
    drawn: set[int]

    @classmethod
    def of(cls, font) -> Face:
        first = int(font.FirstChar)
        widths = {first + n: float(w) / 1000 for n, w in enumerate(font.Widths)}
        embedded = TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()), lazy=True)
        drawn = {code for table in embedded["cmap"].tables for code in table.cmap}
        return cls(_mapped(font.ToUnicode.read_bytes().decode()), widths, drawn)


def _mapped(cmap: str) -> dict[int, str]:
    """The pairs between beginbfchar and endbfchar."""
    found, inside = {}, False
    for row in cmap.splitlines():
        if row.endswith(("beginbfchar", "endbfchar")):
            inside = row.endswith("beginbfchar")
        elif inside:
            code, shown = row.replace("<", " ").replace(">", " ").split()
            found[int(code, 16)] = bytes.fromhex(shown).decode("utf-16-be")
    return found


@dataclass
class Page:
    """What stands on one page: its lines, how many glyphs are missing, and the heights at which something is drawn."""

    lines: list[Line] = field(default_factory=list)
    missing: int = 0
    drawn: list[float] = field(default_factory=list)


class Pages:
    """A PDF of ours, opened."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(data))
        self._faces: dict[tuple[int, int], Face] = {}
        self.size = [float(edge) for edge in self.pdf.pages[0].mediabox][2:]
        self.pages = [self._read(number, page) for number, page in enumerate(self.pdf.pages)]

    @property
    def lines(self) -> list[Line]:
        return [line for page in self.pages for line in page.lines]

    @property
    def missing(self) -> int:
        """How many glyphs are drawn that stand for no character."""
        return sum(page.missing for page in self.pages) + sum(UNSAID in line.text for line in self.lines)

    def elements(self) -> Iterator[tuple[str, str, list[int]]]:
        """(tag, what it says, its pages) of every element that has content, in reading order."""
        for kid in self.pdf.Root.StructTreeRoot.K:
            yield from self._below(kid)

    def said(self) -> str:
        """All that is said, in reading order, without white space."""
        return "".join("".join(said.split()) for _tag, said, _pages in self.elements())

    @cached_property
    def _numbers(self) -> dict[tuple[int, int], int]:
        return {page.obj.objgen: number for number, page in enumerate(self.pdf.pages)}

    @cached_property
    def _marked(self) -> dict[tuple[int, int], str]:
        marked: dict[tuple[int, int], str] = {}
        for line in self.lines:
            if line.mcid is not None:
                key = (line.page, line.mcid)
                marked[key] = f"{marked[key]} {line.text}" if key in marked else line.text
        return marked

    def _below(self, element) -> Iterator[tuple[str, str, list[int]]]:
        tag, said, pages = str(element.S)[1:], [], []
        for kid in element.K:
            if isinstance(kid, Dictionary) and "/S" in kid:
                yield from self._flushed(tag, said, pages, element)
                yield from self._below(kid)
            elif isinstance(kid, Dictionary) and kid.Type == Name.OBJR:
                said.append(f"[{_known_by(kid.Obj)}]")
                pages.append(self._numbers[kid.Pg.objgen])
            else:
                page = kid.Pg if isinstance(kid, Dictionary) else element.Pg
                number = int(kid.MCID if isinstance(kid, Dictionary) else kid)
                pages.append(self._numbers[page.objgen])
                said.append(self._marked.get((pages[-1], number), ""))
        yield from self._flushed(tag, said, pages, element)

    def _flushed(
        self, tag, said: list[str], pages: list[int], element
    ) -> Iterator[tuple[str, str, list[int]]]:
        if pages:
            instead = str(element.get("/ActualText", "") or element.get("/Alt", ""))
            yield tag, instead or " ".join(said), list(pages)
            said.clear()
            pages.clear()

    def _read(self, number: int, leaf) -> Page:
        fonts = {name: font for name, font in leaf.Resources.Font.items() if "/ToUnicode" in font}
        for font in fonts.values():
            if font.objgen not in self._faces:
                self._faces[font.objgen] = Face.of(font)
        faces = {name: self._faces[font.objgen] for name, font in fonts.items()}
        return _Reader(number, faces).read(pikepdf.parse_content_stream(leaf))


def _known_by(widget) -> str:
    parent = widget.get("/Parent", widget)
    return f"{parent.T}: {widget.TU}"


class _Reader:
    """Follows the operators of one page; text is set in absolute places, so only those of text are followed."""

    def __init__(self, number: int, faces: dict[str, Face]) -> None:
        self.number, self.faces, self.page = number, faces, Page()
        self.mcid: int | None = None
        self.x = self.y = self.leading = self.size = 0.0
        self.offset, self.saved = 0.0, []
        self.text, self.width = "", 0.0

    def read(self, steps) -> Page:
        for step in steps:
            name = {"T*": "next_line"}.get(str(step.operator), f"on_{step.operator}")
            getattr(self, name, lambda *_: None)(*step.operands)
        return self.page

    def on_BDC(self, _tag, about) -> None:
        self.mcid = int(about.MCID) if "/MCID" in about else None

    def on_q(self) -> None:
        self.saved.append(self.offset)

    def on_Q(self) -> None:
        self.offset = self.saved.pop()

    def on_cm(self, *matrix) -> None:
        self.offset += float(matrix[5])

    def on_m(self, _x, y) -> None:
        self.page.drawn.append(self.offset + float(y))

    on_l = on_m

    def on_Td(self, x, y) -> None:
        self.x, self.y = float(x), float(y)

    def on_TL(self, leading) -> None:
        self.leading = float(leading)

    def on_Tf(self, name, size) -> None:
        self.face, self.size = self.faces[str(name)], float(size)

    def on_Tj(self, shown) -> None:
        for code in bytes(shown):
            self.page.missing += code not in self.face.drawn
            self.text += self.face.characters.get(code, UNSAID)
            self.width += self.face.widths.get(code, 0) * self.size

    def next_line(self) -> None:
        if self.text.strip():
            place = self.number, self.mcid, self.x, self.y, self.width, self.size, self.text
            self.page.lines.append(Line(*place))
        self.y -= self.leading
        self.text, self.width = "", 0.0


def overlapping(lines: list[Line]) -> list[tuple[str, str]]:
    """Pairs of lines on one page that lie on each other."""
    ordered = sorted(lines, key=lambda line: (line.page, -line.y, line.x))
    found = [
        (a.text, b.text)
        for place, a in enumerate(ordered)
        for b in ordered[place + 1 : place + 12]
        if a.page == b.page and a.runs_into(b)
    ]
    return found
