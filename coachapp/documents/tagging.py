"""Tagged pages: a canvas that ties every mark on the page to a node of the logical structure."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFDocument, PDFName, PDFObject, PDFObjectReference, PDFPage
from reportlab.pdfgen.canvas import Canvas

from coachapp.documents.bidi import visual
from coachapp.documents.fields import Form
from coachapp.documents.look import Pen, TextStyle
from coachapp.documents.rawpdf import Raw, number, numbers, stream
from coachapp.documents.shapes import lines as ruled
from coachapp.documents.structure import Content, Node, Widget, write_tree
from coachapp.documents.typefaces import REGULAR, embedded, faces, runs

rl_config.useA85 = 0  # page streams as bytes: a fifth smaller than the ASCII form

_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    "<pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="w"?>'
)
_MAKER = b" ReportLab Generated PDF document (opensource)"
_MAKER_AT_END = b"% ReportLab generated PDF document -- digest (opensource)"


@dataclass(frozen=True)
class Meta:
    """What the file says about itself: a neutral, non-empty title and the language; nothing else."""

    title: str
    lang: str = "en-GB"


class _TaggedPage(PDFPage):
    """A page dictionary that keeps the two entries tagging needs."""

    __NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
    StructParents: int
    Tabs: str


class TaggedCanvas(Canvas):
    """A canvas on which everything drawn is inside `mark`: part of a node, or decoration."""

    _code: list[str]  # the operators of the page being drawn
    _doc: PDFDocument
    _annotationrefs: list[PDFObjectReference]

    def __init__(self, size: tuple[float, float], meta: Meta, root: Node) -> None:
        faces()
        self._buffer = io.BytesIO()
        super().__init__(
            self._buffer,
            pagesize=size,
            invariant=1,
            pageCompression=1,
            pdfVersion=(1, 7),
            lang=meta.lang,
            initialFontName=REGULAR,  # type: ignore[arg-type]  # the stub says float, it is a name
        )
        self.meta, self.root = meta, root
        self.parents: list[Node | list[Node]] = []
        self.pages: list[int] = []
        self._on_page: list[Node] = []
        self._widgets: list[tuple[Raw, int]] = []
        self.form = Form(self)
        self.pen = Pen()
        self._describe()

    def _describe(self) -> None:
        self.setTitle(self.meta.title)
        for clear in (self.setAuthor, self.setSubject, self.setCreator, self.setProducer, self.setKeywords):
            clear("")
        self.setViewerPreference("DisplayDocTitle", "true")

    @contextmanager
    def mark(self, node: Node | None, artifact: str = "Layout") -> Iterator[None]:
        """Everything drawn inside belongs to `node`; with None it is decoration no reader announces."""
        if node is None:
            self._code.append(f"/Artifact <</Type /{artifact}>> BDC")
        else:
            mcid = len(self._on_page)
            self._code.append(f"/{node.tag} <</MCID {mcid}>> BDC")
            self._on_page.append(node)
            node.kids.append(Content(self.getPageNumber(), mcid))
        yield
        self._code.append("EMC")

    def draw(self, operators: str) -> None:
        """Add ready PDF operators; they must leave the graphics state as they found it."""
        self._code.append(operators)

    def rule(self, ends: Sequence[tuple[float, float, float, float]], weight: float, grey: float) -> None:
        """Draw straight lines (x1, y1, x2, y2) with the present pen."""
        self.draw(ruled(ends, self.pen.weight(weight), self.pen.grey(grey)))

    def enter(self, title: str) -> None:
        """Name this page in the outline viewers show beside the pages."""
        key = f"p{self.getPageNumber()}"
        self.bookmarkPage(key)
        self.addOutlineEntry(title, key)

    def set_lines(
        self, x: float, baseline: float, lines: Sequence[str], style: TextStyle, grey: float | None = None
    ) -> None:
        """Set lines of text from the baseline of the first, each character in a font that shows it."""
        shown = style.grey if grey is None else grey
        steps = [f"BT {number(shown)} g {numbers(x, baseline)} Td {number(style.leading)} TL"]
        current = ""
        for line in lines:
            for font, part in runs(visual(line), style.font):
                face = embedded(font)
                for subset, codes in face.splitString(part, self._doc):
                    name = face.getSubsetInternalName(subset, self._doc)
                    if name != current:
                        steps.append(f"{name} {number(style.size)} Tf")
                        current = name
                    steps.append(f"<{codes.hex()}> Tj")
            steps.append("T*")
        self._code.append("\n".join([*steps, "ET"]))

    def add_object(self, item: PDFObject) -> int:
        """Give `item` its object number in the file."""
        name = self._doc.Reference(item).name  # type: ignore[no-untyped-call]  # no stub
        return int(self._doc.idToObjectNumberAndVersion[name][0])

    def add_widget(self, node: Node, head: str) -> int:
        """Put an annotation with the dictionary entries `head` on this page, owned by `node`."""
        raw = Raw(f"<<{head}/StructParent {len(self.parents)}".encode())
        self.parents.append(node)
        self._annotationrefs.append(self._doc.Reference(raw))  # type: ignore[no-untyped-call]  # no stub
        number = self.add_object(raw)
        node.kids.append(Widget(self.getPageNumber(), number))
        self._widgets.append((raw, self.getPageNumber()))
        return number

    def _setAnnotations(self, page: PDFPage) -> None:
        super()._setAnnotations(page)  # type: ignore[misc]  # the stub leaves out private methods
        page.__class__ = _TaggedPage
        assert isinstance(page, _TaggedPage)
        page.StructParents, page.Tabs = len(self.parents), PDFName("S")
        self.parents.append(self._on_page)
        self._on_page = []

    def showPage(self) -> None:
        name = self._doc.thisPageName()
        super().showPage()
        self.pages.append(int(self._doc.idToObjectNumberAndVersion[name][0]))

    def finish(self) -> bytes:
        """Write structure, form and description; returns the file."""
        for raw, page in self._widgets:
            raw.data += f"/P {self.pages[page - 1]} 0 R>>".encode()
        catalog = self._doc.Catalog  # type: ignore[attr-defined]  # not in the stub
        catalog.StructTreeRoot = write_tree(self.root, self.parents, self.pages, self.add_object)
        catalog.MarkInfo = Raw(b"<</Marked true>>")
        xmp = _XMP.format(title=escape(self.meta.title)).encode()
        catalog.Metadata = Raw(stream("/Type/Metadata/Subtype/XML", xmp))
        catalog.AcroForm = self.form.finish()
        data: bytes = self.getpdfdata()  # type: ignore[no-untyped-call]  # no stub
        return _unsigned(data)


def _unsigned(data: bytes) -> bytes:
    """Blank out, at the same length, the two comments that name the program the file was made with."""
    head, middle, tail = data[:120], data[120:-400], data[-400:]
    head = head.replace(_MAKER, b" " * len(_MAKER))
    tail = tail.replace(_MAKER_AT_END, b"%" + b" " * (len(_MAKER_AT_END) - 1))
    return head + middle + tail
