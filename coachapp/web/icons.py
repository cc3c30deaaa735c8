"""Line icons (Lucide, ISC licence) as inline SVG, read once from static/icons."""

import functools
import pathlib
import re

from markupsafe import Markup

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "static" / "icons"


@functools.cache
def icon(name: str, cls: str = "") -> Markup:
    """The icon as decoration beside a word: hidden from screen readers, coloured by the text around it.

    Raises KeyError for a name that is not in static/icons, so that a typing slip shows in the first test.
    """
    return Markup(
        '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true">{}</svg>'
    ).format(f"i {cls}".strip(), _shapes()[name])


@functools.cache
def _shapes() -> dict[str, Markup]:
    return {path.stem: _inner(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.svg"))}


def _inner(svg: str) -> Markup:
    """What stands inside the <svg> element, on one line; the files are ours, never uploaded."""
    found = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    shapes = found.group(1) if found else ""
    return Markup(re.sub(r"\s*\n\s*", "", shapes).replace(" />", "/>"))  # noqa: S704 (own files)
