"""What makes a PDF of ours good: PDF/UA-1 rules, sound syntax, and a structure tree that fits the pages."""

import io
from collections import Counter

import page
import pikepdf
from pikepdf import Dictionary, Name


def assert_good_pdf(data: bytes) -> None:
    """Fail, naming every fault, unless `data` is a sound, tagged PDF whose fields all have labels."""
    assert ua_faults(data) == []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert tree_faults(pdf) == []
        assert unlabelled_fields(pdf) == []


def ua_faults(data: bytes) -> list[str]:
    """The PDF/UA-1 rules `data` breaks, with how often."""
    result = page.validate_pdf_bytes(data, profile=page.ValidationProfile.PDF_UA_1)
    found = Counter(f"{fault.rule_id}: {fault.message}" for fault in result.failures)
    return [f"{count} x {fault}" for fault, count in found.items()]


def tree_faults(pdf: pikepdf.Pdf) -> list[str]:
    """Where the structure tree, the ParentTree and the marked content of the pages disagree.

    Validators pass files whose ParentTree entries are swapped or missing; screen readers do not.
    """
    return TreeCheck(pdf).faults()


def unlabelled_fields(pdf: pikepdf.Pdf) -> list[str]:
    """Names of form fields and circles without the /TU a screen reader says."""
    form = pdf.Root.get("/AcroForm")
    fields = list(form.Fields) if form else []
    fields += [kid for field in fields for kid in field.get("/Kids", [])]
    return [str(field.get("/T", "?")) for field in fields if not str(field.get("/TU", "")).strip()]


class TreeCheck:
    """One walk over the structure tree and one over the pages, compared."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf, self.found = pdf, []
        self.root = pdf.Root.StructTreeRoot
        numbers = list(self.root.ParentTree.Nums)
        self.parents = {int(k): v for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
        self.pages = {p.obj.objgen: i for i, p in enumerate(pdf.pages)}
        self.owners: dict[tuple[int, int], tuple[int, int]] = {}
        self.widgets: set[tuple[int, int]] = set()

    def faults(self) -> list[str]:
        for kid in self.root.K:
            self._walk(kid, self.root)
        for index, leaf in enumerate(self.pdf.pages):
            self._check_page(index, leaf)
        return self.found

    def _walk(self, element, above) -> None:
        if element.P.objgen != above.objgen:
            self.found.append(f"wrong /P at {element.S}")
        for kid in element.K:
            if not isinstance(kid, Dictionary):
                self._own(element, element.Pg, int(kid))
            elif "/S" in kid:
                self._walk(kid, element)
            elif kid.Type == Name.MCR:
                self._own(element, kid.Pg, int(kid.MCID))
            else:
                self._check_widget(element, kid)

    def _own(self, element, leaf, mcid: int) -> None:
        key = (self.pages[leaf.objgen], mcid)
        if key in self.owners:
            self.found.append(f"content {key} is in the tree twice")
        self.owners[key] = element.objgen

    def _check_widget(self, element, kid) -> None:
        self.widgets.add(kid.Obj.objgen)
        owner = self.parents.get(int(kid.Obj.StructParent))
        if owner is None or owner.objgen != element.objgen:
            self.found.append(f"ParentTree has another owner for {kid.Obj.get('/T', 'a widget')}")
        if kid.Pg.objgen != kid.Obj.P.objgen:
            self.found.append("a widget is said to be on another page")

    def _check_page(self, index: int, leaf) -> None:
        mcids = self._mcids(index, leaf)
        owners = self.parents.get(int(leaf.obj.StructParents), [])
        if mcids != list(range(len(owners))):
            self.found.append(f"page {index + 1}: content numbers {len(mcids)}, ParentTree {len(owners)}")
        for mcid, owner in zip(mcids, owners, strict=False):
            if self.owners.get((index, mcid)) != owner.objgen:
                self.found.append(f"page {index + 1}: content {mcid} has another owner in the ParentTree")
        for widget in leaf.obj.get("/Annots", []):
            if widget.objgen not in self.widgets:
                self.found.append(f"page {index + 1}: a widget is not in the tree")

    def _mcids(self, index: int, leaf) -> list[int]:
        """The content numbers of a page in drawing order; everything drawn must be marked, never nested."""
        mcids, depth = [], 0
        for step in pikepdf.parse_content_stream(leaf):
            operator = str(step.operator)
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
            if depth not in (0, 1):
                self.found.append(f"page {index + 1}: marked content nests")
            if depth == 0 and operator in ("Tj", "TJ", "S", "s", "f", "B", "Do"):
                self.found.append(f"page {index + 1}: {operator} outside of marked content")
            if operator == "BDC" and "/MCID" in step.operands[1]:
                mcids.append(int(step.operands[1].MCID))
        return mcids
