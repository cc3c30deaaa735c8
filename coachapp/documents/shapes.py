"""Drawn shapes as PDF operators: rules, boxes, ticks and circles. Each leaves the graphics state alone."""

from collections.abc import Sequence

from coachapp.documents.rawpdf import number, numbers

_ROUND = 0.5523  # where the handles of a Bézier quarter circle sit, in radii


def at(x: float, y: float, operators: str) -> str:
    """`operators` moved so that their origin lies at (x, y)."""
    return f"q 1 0 0 1 {numbers(x, y)} cm {operators} Q"


def lines(ends: Sequence[tuple[float, float, float, float]], width: float, grey: float) -> str:
    """Straight lines (x1, y1, x2, y2) of one width and grey."""
    paths = " ".join(f"{numbers(x1, y1)} m {numbers(x2, y2)} l" for x1, y1, x2, y2 in ends)
    return f"q {number(grey)} G {number(width)} w {paths} S Q"


def dashed(ends: Sequence[tuple[float, float, float, float]], pattern: str, width: float, cap: int) -> str:
    """Grey lines in a dash `pattern` of PDF, such as "3 2.4"."""
    return f"q {cap} J [{pattern}] 0 d {lines(ends, width, 0.35)} Q"


def rounded(width: float, height: float, radius: float, *, line: float, grey: float) -> str:
    """The outline of a box with round corners, from the origin."""
    r, k, w, h = radius, radius * (1 - _ROUND), width, height
    return (
        f"q {number(grey)} G {number(line)} w {numbers(r, 0)} m {numbers(w - r, 0)} l "
        f"{numbers(w - k, 0, w, k, w, r)} c {numbers(w, h - r)} l {numbers(w, h - k, w - k, h, w - r, h)} c "
        f"{numbers(r, h)} l {numbers(k, h, 0, h - k, 0, h - r)} c {numbers(0, r)} l "
        f"{numbers(0, k, k, 0, r, 0)} c s Q"
    )


def _circle_path(centre: float, radius: float) -> str:
    c, r, k = centre, radius, radius * _ROUND
    return (
        f"{numbers(c + r, c)} m {numbers(c + r, c + k, c + k, c + r, c, c + r)} c "
        f"{numbers(c - k, c + r, c - r, c + k, c - r, c)} c {numbers(c - r, c - k, c - k, c - r, c, c - r)} c "
        f"{numbers(c + k, c - r, c + r, c - k, c + r, c)} c"
    )


def circle(side: float, *, line: float = 0.9, grey: float = 0, filled: bool = False) -> str:
    """A circle in a square of `side` from the origin: an outline, or filled with black."""
    width = 0.0 if filled else line
    path = _circle_path(side / 2, side / 2 - 0.15 - width / 2)
    return f"q 0 g {path} f Q" if filled else f"q {number(grey)} G {number(line)} w {path} s Q"


def dot(side: float) -> str:
    """The mark inside a chosen circle."""
    return f"q 0 g {_circle_path(side / 2, side * 0.27)} f Q"


def ring(side: float) -> str:
    """The mark around a chosen number: as if ringed by hand."""
    return circle(side, line=max(2.0, side * 0.13))


def tick(side: float) -> str:
    """The mark in a ticked box."""
    a, b, c = (numbers(side * x, side * y) for x, y in ((0.22, 0.52), (0.42, 0.27), (0.8, 0.76)))
    return f"q 0 G 1 J 1 j {number(0.14 * side)} w {a} m {b} l {c} l S Q"
