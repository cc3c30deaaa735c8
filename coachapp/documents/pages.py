"""Fills pages: where to break, and what to do with the room a break leaves at the foot of a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from coachapp.documents.blocks import SLACK, Block, GrowingBlock

# What a break inside a section costs, in shares of an empty page; tried from strict to lenient, and the
# strictest that needs no more pages than the fullest filling wins.
SECTION_COSTS = (0.45, 0.2, 0.08)
EMPTY_COST = 0.2  # how much room counts that can be given to writing lines and gaps
LAST_RANK = 2  # one-line answers: all of a page grow or none, so that they stay alike
RANKS = LAST_RANK + 1  # of growing blocks, see GrowingBlock
MORE_GAP = 0.7  # of a gap may be added
FIRST_LINES = 0.3  # of a page: a long block is begun at the foot only when this much of it fits there


@dataclass(frozen=True)
class Breaking:
    """How pages are broken: what it costs inside a section, and from which share of a page a block is cut."""

    costs: tuple[float, ...] = SECTION_COSTS
    cut_from: float = 0.6


IN_LARGE_PRINT = Breaking(
    costs=SECTION_COSTS[1:], cut_from=0.3
)  # few things fit: pages would stay half empty


@dataclass
class Piece:
    """Something kept together on a page if it can be.

    `gap` is the space above it (none at the top of a page); `fills` marks an area that takes what is left.
    """

    block: Block
    gap: float
    starts_section: bool = False
    new_page: bool = False
    fills: bool = False


@dataclass(frozen=True)
class Placed:
    """A block and how far below the top of the page's text area it begins."""

    block: Block
    offset: float


Page = list[Piece]


def fill_pages(pieces: Sequence[Piece], height: float, breaking: Breaking = Breaking()) -> list[list[Placed]]:
    """The pages of a document whose pieces are measured; `height` is the text area's."""
    cut_from = breaking.cut_from * height
    tightest = _break(pieces, height, None, cut_from)
    tries = (_break(pieces, height, cost, cut_from) for cost in breaking.costs)
    pages = next((pages for pages in tries if len(pages) <= len(tightest)), tightest)
    for page, following in zip(pages, [*pages[1:], None], strict=True):
        _use_room(page, height, last=following is None or following[0].new_page)
    return [_place(page) for page in pages]


def _break(pieces: Sequence[Piece], height: float, section_cost: float | None, cut_from: float) -> list[Page]:
    pages, rest = [], list(pieces)
    while rest:
        page, rest = _next_page(rest, height, section_cost, cut_from)
        pages.append(page)
    return pages or [[]]


def _next_page(rest: Page, height: float, section_cost: float | None, cut_from: float) -> tuple[Page, Page]:
    count, used = _fitting(rest, height)
    if count == len(rest) or (count and rest[count].new_page):
        return rest[:count], rest[count:]
    piece, gap = rest[count], rest[count].gap if count else 0
    room = height - used - gap
    if _may_cut(piece, room, height, cut_from, first=count == 0) and (parts := piece.block.cut(room)):
        head = Piece(parts[0], piece.gap, piece.starts_section, piece.new_page)
        return [*rest[:count], head], [Piece(parts[1], 0), *rest[count + 1 :]]
    if count == 0:
        return rest[:1], rest[1:]
    if section_cost is not None:
        count = min(range(1, count + 1), key=lambda end: _cost(rest, end, height, section_cost))
    return rest[:count], rest[count:]


def _fitting(rest: Page, height: float) -> tuple[int, float]:
    """How many pieces fit on one page, and the height they use."""
    used = 0.0
    for count, piece in enumerate(rest):
        needed = piece.block.height + (piece.gap if count else 0)
        if used + needed > height + SLACK or (count and piece.new_page):
            return count, used
        used += needed
    return len(rest), used


def _may_cut(piece: Piece, room: float, height: float, cut_from: float, *, first: bool) -> bool:
    """Cut a piece only if it must be: it is taller than a page, or so long that a good part fits here."""
    if not first and room < min(FIRST_LINES * height, cut_from):
        return False
    return piece.block.height > min(cut_from, height + SLACK)


def _height(page: Page) -> float:
    return sum(p.block.height + (p.gap if place else 0) for place, p in enumerate(page))


def _cost(rest: Page, end: int, height: float, section_cost: float) -> float:
    page = rest[:end]
    room = height - _height(page)
    empty = max(0.0, room - _elastic(page))
    inside = 0.0 if rest[end].starts_section else section_cost
    return (empty + EMPTY_COST * room) / height + inside


def _elastic(page: Page) -> float:
    """The room this page's writing areas and gaps can take up."""
    areas = [area for piece in page for area in piece.block.areas()]
    lines = sum(area.most() * area.step for area in areas)
    return lines + sum(piece.gap for piece in page[1:]) * MORE_GAP


def _use_room(page: Page, height: float, *, last: bool) -> None:
    """Give the room at the foot to the area that takes the rest, or else to lines, then to gaps."""
    room = height - _height(page)
    if page and page[-1].fills:
        _add_lines(page[-1].block, room, limit=None)
    elif not last:
        room = _spread_lines(page, room)
        _spread_gaps(page, room)


def _add_lines(block: Block, room: float, limit: int | None) -> float:
    """Let the block's area grow into `room` by at most `limit` lines; returns the room left."""
    area = block.areas()[-1]
    more = int(room / area.step) if limit is None else min(limit, int(room / area.step))
    area.lines += more
    block.measure(block.width)
    return room - more * area.step


def _spread_lines(page: Page, room: float) -> float:
    """One line more for each growing block in turn, rank by rank, while there is room; returns what is left."""
    areas = [area for piece in page for area in piece.block.areas()]
    for rank in range(RANKS):
        room = _spread_evenly(
            [area for area in areas if area.rank == rank], room, all_or_none=rank == LAST_RANK
        )
    for piece in page:
        piece.block.measure(piece.block.width)
    return room


def _spread_evenly(areas: Sequence[GrowingBlock], room: float, *, all_or_none: bool) -> float:
    left = [area.most() for area in areas]
    if all_or_none and sum(area.step for area in areas) > room:
        return room
    for turn in range(max(left, default=0)):
        for area, most in zip(areas, left, strict=True):
            if turn < most and area.step <= room:
                area.lines += 1
                room -= area.step
    return room


def _spread_gaps(page: Page, room: float) -> None:
    gaps = sum(piece.gap for piece in page[1:])
    factor = min(MORE_GAP, max(0.0, room) / gaps) if gaps else 0
    for piece in page[1:]:
        piece.gap *= 1 + factor


def _place(page: Page) -> list[Placed]:
    placed, offset = [], 0.0
    for place, piece in enumerate(page):
        offset += piece.gap if place else 0
        placed.append(Placed(piece.block, offset))
        offset += piece.block.height
    return placed
