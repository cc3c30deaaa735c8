"""Every print of a template there is, with every kind of answer, and what can be wrong with one."""

from collections.abc import Iterator

from reportlab.lib.units import mm

from coachapp.documents import Mode, Paper
from coachapp.documents.bidi import is_mixed
from coachapp.documents.typefaces import REGULAR, clean, runs
from coachapp.worksheets.answers import Value
from coachapp.worksheets.pdf import card_pdf, sheet_pdf
from coachapp.worksheets.template import Field, FieldType, Template
from tests.documents.page_reader import Pages, overlapping

FOOTER = 10 * mm
HEADINGS = ("H1", "H2", "H3")
WORDS = {
    "empty": "",
    "short": "Ελένη и <b>Żaneta</b> & 'friends'",
    "long": "We waited, and after a while it grew quiet again. " * 40,
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία, ἐν ἀρχῇ ἦν ὁ λόγος. " * 3,
    "Cyrillic": "Съешь же ещё этих мягких французских булок, ґанок їжак. " * 3,
    "pictures": "😢 then 🙂 and 👍🏽, 👨‍👩‍👧 at home, a ❤️ and a ✓.",
    "Hebrew": "דג סקרן שט בים 12:30 (abc)",
    "hostile": "<img src=x> {{ 7*7 }} %(n)s \\( ) endstream %PDF \x00\x1b\u202e\u200b\ufeff\ud800 " + "W" * 400 + "\r\n\t‮x",
}  # fmt: skip


def some_answer(field: Field, words: str) -> Value:
    """An answer any field can hold."""
    if field.type in (FieldType.TABLE, FieldType.PEOPLE):
        row: dict[str, str | bool] = {c.key: True if c.tick else words for c in field.answer_columns}
        return [{}, row] if field.row_heads else [row, row]
    if field.type is FieldType.CHOICES:
        return [option.key for option in field.options[1:]]
    simple: dict[FieldType, Value] = {
        FieldType.CHOICE: field.options[-1].key if field.options else "",
        FieldType.SCALE: 0,
        FieldType.DATE: "2027-03-01",
        FieldType.TIME: "18:40",
        FieldType.NOTE: None,
    }
    return simple.get(field.type, words)


def answers(template: Template, words: str = WORDS["short"]) -> dict[str, Value]:
    return {field.key: some_answer(field, words) for field in template.fields}


def prints(template: Template, kinds: tuple[str, ...] = tuple(WORDS)) -> Iterator[tuple[str, str, bytes]]:
    """(name, words its answers are made of, file) of every print, completed with each of `kinds`."""
    for paper in Paper:
        for mode in (Mode.BLANK, Mode.FILLABLE):
            for large in (False, True):
                made = sheet_pdf(template, mode=mode, paper=paper, large=large)
                yield f"{mode.value} {paper.name}{' large' * large}", "", made
        yield f"ink {paper.name}", "", sheet_pdf(template, paper=paper, ink=True)
        for kind in kinds:
            given = answers(template, WORDS[kind]) if WORDS[kind] else {}
            for style in ("", "large", "ink"):
                look = {style: True} if style else {}
                made = sheet_pdf(template, given, mode=Mode.COMPLETED, paper=paper, **look)
                yield f"{kind} {paper.name} {style}", WORDS[kind], made


def cards(template: Template) -> Iterator[tuple[str, bytes]]:
    """(name, file) of every print of its card."""
    for paper in Paper:
        for mode in Mode:
            for large in (False, True):
                made = card_pdf(template, answers(template), mode=mode, paper=paper, large=large)
                yield f"card {mode.value} {paper.name}{' large' * large}", made


def faults(template: Template, words: str, data: bytes) -> list[str]:
    """What is wrong with how a print looks and reads."""
    pages = Pages(data)
    found = [f"{pages.missing} glyphs are missing"] if pages.missing else []
    found += [f"“{a}” lies on “{b}”" for a, b in overlapping(pages.lines)]
    found += [f"“{line.text}” is outside" for line in pages.lines if not _inside(line, pages.size)]
    found += [f"page {page} ends with “{said}”" for page, said in _alone(template, pages)]
    if words and not _is_said(words, pages):
        found.append("an answer is not whole")
    return found


def expected(words: str) -> str:
    """`words` as a print says them, without white space: what no font has is replaced."""
    said = "".join(clean(words).split())
    return said if is_mixed(said) else "".join(part for _font, part in runs(said, REGULAR))


def _is_said(words: str, pages: Pages) -> bool:
    """Whether every element that begins with the answer's first words goes on with all of it."""
    whole = expected(words)
    said = ["".join(text.split()) for _tag, text, _pages in pages.elements()]
    begun = [text for text in said if text.startswith(whole[:12])]
    return bool(begun) and all(text == whole for text in begun)


def _inside(line, size: list[float]) -> bool:
    width, height = size
    if not 15 * mm < line.x <= line.right < width - 15 * mm:
        return False
    return abs(line.y - FOOTER) < 0.01 or FOOTER + 6 * mm < line.y < height - 10 * mm


def _alone(template: Template, pages: Pages) -> Iterator[tuple[int, str]]:
    """Headings, hints of sections and labels that end a page, with what they belong to on the next."""
    hints = {section.hint for section in template.sections if section.hint}
    labels = {field.label for field in template.fields if field.asks}
    for number, page in enumerate(pages.pages):
        here = [(tag, said) for tag, said, places in pages.elements() if number in places]
        tag, said = here[-1]
        last = min(line.y for line in page.lines if abs(line.y - FOOTER) > 0.01)
        below = any(y < last for y in page.drawn)
        if tag in HEADINGS or said in hints or (said in labels and tag == "P" and not below):
            yield number + 1, said
