"""What the measured worksheet holds, for the app's way of setting it and for the plain one alike."""

import random

LATIN = "calm door table water morning letter answer quiet friend window evening number paper river"
GREEK = "ήρεμα πόρτα γράμμα σπίτι φίλη πρωί νερό απάντηση"
CYRILLIC = "спокойно дверь письмо друг утро вода ответ окно"
WORDS = f"{LATIN} {GREEK} {CYRILLIC}".split()
SECTIONS, PARAGRAPHS, LINES, BOXES, ROWS, COLUMNS = 4, 14, 44, 16, 9, 4
PARAGRAPH_WORDS = 36


def sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def share(total: int, place: int) -> int:
    """How many of `total` things fall to section `place` of all."""
    return total // SECTIONS + (place < total % SECTIONS)


def table() -> tuple[list[str], list[list[str]]]:
    """The heads of the columns and the rows of the one table."""
    heads = [f"Column {n + 1}" for n in range(COLUMNS)]
    return heads, [[f"{row}.{n}" for n in range(COLUMNS)] for row in range(ROWS)]
