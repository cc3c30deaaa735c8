"""The keys of a draft's questions, choices and columns: numbers while it is written, made from their words at last."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import count

from coachapp.worksheets.template import Column, Field, FieldType, Option, Template
from coachapp.worksheets.template_file import telling_word

LONGEST = 30
TICK = "[]"
MORE = " | "
NUMBERED = "+"
"""What the key of something new begins with until it is published; no other key can."""


def number_key(taken: Iterable[str]) -> str:
    """The next key for something new, beside those there are."""
    numbers = [int(key[1:]) for key in taken if re.fullmatch(r"\+[0-9]{1,6}", key)]
    return f"{NUMBERED}{max(numbers, default=0) + 1}"


def word_key(words: str, taken: Collection[str], fallback: str) -> str:
    """A key nobody has yet, from the first of some words; those that say why someone is here are left out.

    Keys stand in pages and inside PDFs, where others may read them.
    """
    letters = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    said = [word for word in re.findall("[a-z0-9]+", letters) if not telling_word(word)]
    key = ""
    for word in said:
        if len(key) + len(word) >= LONGEST:
            break
        key = f"{key}_{word}".strip("_")
    if not key[:1].isalpha() or telling_word(key):
        key = fallback
    return key if key not in taken else next(k for n in count(2) if (k := f"{key}_{n}") not in taken)


def with_word_keys(template: Template) -> Template:
    """The template with every numbered key made from words; keys that were published stay as they are."""
    taken = {field.key for field in template.fields}
    sections = []
    for section in template.sections:
        fields = tuple(_with_word_keys(field, taken) for field in section.fields)
        sections.append(replace(section, fields=fields))
    return replace(template, sections=tuple(sections))


def _with_word_keys(field: Field, taken: set[str]) -> Field:
    key = field.key
    if key.startswith(NUMBERED) or not key:
        key = word_key(field.label, taken, field.type.value)
        taken.add(key)
    columns = _worded([column.key for column in field.columns], [each.label for each in field.columns])
    if field.type is FieldType.PEOPLE and columns and columns[0] != "name":
        columns = ["name", *(f"{each}_2" if each == "name" else each for each in columns[1:])]
    return replace(
        field,
        key=key,
        options=_worded_options(field.options),
        row_heads=_worded_options(field.row_heads),
        columns=tuple(replace(of, key=each) for of, each in zip(field.columns, columns, strict=True)),
    )


def _worded_options(options: Sequence[Option]) -> tuple[Option, ...]:
    keys = _worded([option.key for option in options], [option.text for option in options])
    return tuple(replace(option, key=key) for option, key in zip(options, keys, strict=True))


def _worded(keys: Sequence[str], texts: Sequence[str]) -> list[str]:
    taken, made = set(keys), []
    for key, text in zip(keys, texts, strict=True):
        made.append(word_key(text, taken, "one") if key.startswith(NUMBERED) else key)
        taken.add(made[-1])
    return made


# ---- lists, as a coach types them: one line each ------------------------------------------------------


def options_as_lines(options: Iterable[Option]) -> str:
    """Choices one per line, with what they may cost after a bar."""
    return "\n".join(_option_line(option) for option in options)


def columns_as_lines(columns: Iterable[Column]) -> str:
    """Columns one per line: [] in front of one to tick, its width after a bar."""
    return "\n".join(_column_line(column) for column in columns)


def _option_line(option: Option) -> str:
    return f"{option.text}{MORE}{option.note}" if option.note else option.text


def _column_line(column: Column) -> str:
    tick = f"{TICK} " if column.tick else ""
    return f"{tick}{column.label}{MORE}{column.share}" if column.share != 1 else f"{tick}{column.label}"


def options_from_lines(lines: Sequence[str], before: Sequence[Option]) -> tuple[Option, ...]:
    """Choices from their lines. A line that stayed is the choice it was; one that was only reworded keeps its key."""
    known = {_option_line(option): option for option in before}
    made = [known.get(line) or _option(line) for line in lines]
    keys = _keys([each.text for each in made], [(each.key, each.text) for each in before])
    return tuple(replace(each, key=key) for each, key in zip(made, keys, strict=True))


def columns_from_lines(lines: Sequence[str], before: Sequence[Column]) -> tuple[Column, ...]:
    """Columns from their lines, in the same way."""
    known = {_column_line(column): column for column in before}
    made = [known.get(line) or _column(line) for line in lines]
    keys = _keys([each.label for each in made], [(each.key, each.label) for each in before])
    return tuple(replace(each, key=key) for each, key in zip(made, keys, strict=True))


def _option(line: str) -> Option:
    text, _, note = line.partition(MORE)
    return Option("", text.strip(), note.strip())


def _column(line: str) -> Column:
    words, tick = line.removeprefix(TICK), line.startswith(TICK)
    found = re.fullmatch(r"(.+) \| ([1-9]|1[0-9]|20)", words)
    label, share = (found[1], int(found[2])) if found else (words, 1)
    return Column("", label.strip(), tick, share)


def _keys(texts: Sequence[str], before: Sequence[tuple[str, str]]) -> list[str]:
    """A key for each text: that of the same words before, of similar ones, of the same place; else the next number."""
    left = dict(before)
    found = [_take(left, _same(text, left)) for text in texts]
    for number, text in enumerate(texts):
        if not found[number]:
            found[number] = _take(left, _similar(text, left) or _same_place(number, texts, before))
    taken = [*found, *(key for key, _ in before)]
    for number, key in enumerate(found):
        if not key:
            found[number] = number_key(taken)
            taken.append(found[number])
    return found


def _take(left: dict[str, str], key: str) -> str:
    return key if left.pop(key, None) is not None else ""


def _same(text: str, left: dict[str, str]) -> str:
    return next((key for key, words in left.items() if words == text), "")


def _similar(text: str, left: dict[str, str]) -> str:
    """The key of words that differ by little, or that were only continued or cut short."""
    close = get_close_matches(text, list(left.values()), n=1, cutoff=0.75)
    longer = [
        words for words in left.values() if words and (words.startswith(text) or text.startswith(words))
    ]
    return next((_same(words, left) for words in (*close, *longer)), "")


def _same_place(number: int, texts: Sequence[str], before: Sequence[tuple[str, str]]) -> str:
    """Where as many lines stand as before, one in the same place was reworded; `_take` leaves it if it is in use."""
    return before[number][0] if len(texts) == len(before) else ""
