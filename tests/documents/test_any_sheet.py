"""Any mixture of blocks makes a good PDF that keeps clear of its footer."""

import io

import pikepdf
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.units import mm

from coachapp.documents import CardSide, Column, Mode, Option, Paper, Sheet
from tests.documents.pdf_checks import assert_good_pdf

FOOTER = 10 * mm
WORDS = st.text(st.sampled_from("aeiou nrst ,.\n é Ж א 🙂"), max_size=60)
LONG = st.one_of(WORDS, st.integers(0, 400).map("many words ".__mul__))
BLOCKS = st.one_of(
    st.tuples(st.just("step"), WORDS, WORDS),
    st.tuples(st.just("answer"), LONG, st.integers(1, 25)),
    st.tuples(st.just("columns"), LONG, st.integers(1, 4)),
    st.tuples(st.just("checks"), WORDS, st.integers(1, 20)),
    st.tuples(st.just("choice"), WORDS, st.integers(2, 8)),
    st.tuples(st.just("scale"), WORDS, st.integers(0, 10)),
    st.tuples(st.just("table"), LONG, st.integers(1, 40)),
    st.tuples(st.just("paragraph"), LONG, st.none()),
    st.tuples(st.just("note"), LONG, st.none()),
    st.tuples(st.just("card"), WORDS, st.integers(0, 9)),
    st.tuples(st.just("lines"), WORDS, st.integers(1, 30)),
    st.tuples(st.just("page_break"), st.none(), st.none()),
    st.tuples(st.just("rest"), LONG, st.none()),
)
ANSWERED = {
    "answer": lambda said, more: said,
    "columns": lambda said, more: said,
    "scale": lambda said, more: more,
    "table": lambda said, more: [[said, "x", True]] * more,
    "lines": lambda said, more: [said] * more,
    "rest": lambda said, more: said,
}


def add(sheet: Sheet, name: str, block: tuple) -> None:
    kind, said, more = block
    options = [Option(str(n), f"{said} {n}") for n in range(more)] if isinstance(more, int) else []
    columns = [Column("A", 1), Column("B", 3), Column("C", 1, tick=True)]
    {
        "step": lambda: sheet.step(said, more),
        "answer": lambda: sheet.answer(name, "A question", lines=more),
        "columns": lambda: sheet.columns(
            *[(name if n == 0 else f"{name}_{n}", "Short") for n in range(more)]
        ),
        "checks": lambda: sheet.checks(name, options),
        "choice": lambda: sheet.choice(name, "Choose", options),
        "scale": lambda: sheet.scale(name, "How much", low=said),
        "table": lambda: sheet.table(name, columns, rows=more),
        "paragraph": lambda: sheet.paragraph(said),
        "note": lambda: sheet.note(said),
        "card": lambda: sheet.card(CardSide("A", [said] * more), CardSide("B", [(name, "Who")])),
        "lines": lambda: sheet.lines(name, "A list", more),
        "page_break": sheet.page_break,
        "rest": lambda: sheet.rest(name, "Room for more"),
    }[kind]()


def lowest(data: bytes) -> float:
    """The lowest baseline or field of all pages, footer left out."""
    found = []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for leaf in pdf.pages:
            steps = [s for s in pikepdf.parse_content_stream(leaf) if str(s.operator) == "Td"]
            found += [float(step.operands[1]) for step in steps]
            found += [float(widget.Rect[1]) for widget in leaf.obj.get("/Annots", [])]
    return min(y for y in found if abs(y - FOOTER) > 0.01)


@given(
    st.lists(BLOCKS, min_size=1, max_size=12),
    st.sampled_from(Mode),
    st.sampled_from(Paper),
    st.booleans(),
)
@settings(max_examples=15, deadline=None)
def test_any_mixture_of_blocks_is_good(blocks, mode, paper, large):
    answers = {f"f{n}": ANSWERED[b[0]](*b[1:]) for n, b in enumerate(blocks) if b[0] in ANSWERED}
    sheet = Sheet("T", neutral_title="Sheet", mode=mode, paper=paper, large=large, answers=answers)
    for n, block in enumerate(blocks):
        add(sheet, f"f{n}", block)
    data = sheet.build()
    assert_good_pdf(data)
    assert lowest(data) > FOOTER + 6 * mm
