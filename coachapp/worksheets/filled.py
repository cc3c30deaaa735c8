"""What stands in the fields of a PDF that somebody filled in: their values alone, never how they look.

Runs in a process of its own (`coachapp.apart`): the file comes from outside, is only ever held in memory, and is gone
with that process. A file that could do something by itself is refused whole.
"""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from typing import Any

import pikepdf

from coachapp.apart import TimeUp, ask, take_little_room, within
from coachapp.worksheets.rules import WorksheetError

MAX_BYTES = 900 * 1024
"""Ours have 170 KB at most; programs that save them add fonts of their own."""
SECONDS = 6.0
MAX_FIELDS = 5_000
MAX_VALUE = 25_000
MAX_OBJECTS = 20_000
_DEEPEST = 12
_ACTS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition"})
_TELLING = frozenset({"/JS", "/XFA", "/EF", "/EmbeddedFiles", "/AA", "/RichMediaContent"})


class Trouble(StrEnum):
    """Why nothing of a file was read."""

    NO_PDF = "no_pdf"
    LOCKED = "locked"
    ACTIVE = "active"
    NO_FIELDS = "no_fields"
    TOO_MUCH = "too_much"


class NotReadable(WorksheetError):
    """Nothing of this file counts; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def fields_of(data: bytes) -> dict[str, str]:
    """The value of each field by its name, read in a process apart; "" for none. NotReadable."""
    if len(data) > MAX_BYTES:
        raise NotReadable(Trouble.TOO_MUCH)
    answer = ask(__name__, data, SECONDS + 2)
    said: dict[str, Any] = json.loads(answer) if answer.endswith(b"\n") else {"trouble": Trouble.TOO_MUCH}
    if said["trouble"]:
        raise NotReadable(Trouble(said["trouble"]))
    found: dict[str, str] = said["fields"]
    return found


# ---- in the other process ----


def read(data: bytes) -> dict[str, str]:
    """The value of each field by its name. NotReadable."""
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            _refuse_what_acts(pdf)
            return dict(_values(pdf))
    except pikepdf.PasswordError:
        raise NotReadable(Trouble.LOCKED) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
        # What is no PDF, and what only looks like one.
        raise NotReadable(Trouble.NO_PDF) from None
    except (TimeUp, MemoryError, RecursionError):
        raise NotReadable(Trouble.TOO_MUCH) from None


def _refuse_what_acts(pdf: pikepdf.Pdf) -> None:
    """Scripts, attachments, forms of another kind, and whatever leads out of the file."""
    for number, each in enumerate(pdf.objects):
        if number > MAX_OBJECTS:
            raise NotReadable(Trouble.TOO_MUCH)
        if _acts(each):
            raise NotReadable(Trouble.ACTIVE)


def _acts(thing: pikepdf.Object, depth: int = 0) -> bool:
    """Whether this object, or one written directly inside it, could act."""
    if depth > _DEEPEST:
        raise NotReadable(Trouble.TOO_MUCH)
    if isinstance(thing, pikepdf.Array):
        return any(_acts(part, depth + 1) for part in thing if _is_inside(part))
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return False
    names = set(thing.keys())
    if names & _TELLING or ("/S" in names and str(thing.get("/S")) in _ACTS):
        return True
    return any(_acts(thing[name], depth + 1) for name in names if _is_inside(thing[name]))


def _is_inside(part: object) -> bool:
    """Objects with a number come by themselves in the list of all."""
    return isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect


def _values(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary) or not isinstance(form.get("/Fields"), pikepdf.Array):
        raise NotReadable(Trouble.NO_FIELDS)
    waiting = [(field, "", 0) for field in form.Fields]
    if not waiting:
        raise NotReadable(Trouble.NO_FIELDS)
    seen: set[tuple[int, int]] = set()
    while waiting:
        field, above, depth = waiting.pop()
        if not isinstance(field, pikepdf.Dictionary) or field.objgen in seen:
            continue  # a family that is its own ancestor ends here
        if field.is_indirect:
            seen.add(field.objgen)
        if len(seen) > MAX_FIELDS or depth > _DEEPEST:
            raise NotReadable(Trouble.TOO_MUCH)
        name = ".".join(part for part in (above, str(field.get("/T", ""))) if part)
        below = [kid for kid in field.get("/Kids", []) if isinstance(kid, pikepdf.Dictionary) and "/T" in kid]
        if below:
            waiting += [(kid, name, depth + 1) for kid in below]
        elif name:
            yield name, _value(field.get("/V"))


def _value(value: pikepdf.Object | None) -> str:
    """Words as they are, a name without its slash, and nothing for what is neither."""
    if isinstance(value, pikepdf.Name):
        return "" if value == "/Off" else str(value)[1:]
    return str(value)[:MAX_VALUE] if isinstance(value, pikepdf.String) else ""


def _answer(data: bytes) -> dict[str, object]:
    try:
        with within(SECONDS):
            return {"trouble": None, "fields": read(data)}
    except NotReadable as error:
        return {"trouble": error.trouble}
    except (TimeUp, MemoryError):
        return {"trouble": Trouble.TOO_MUCH}


if __name__ == "__main__":
    take_little_room()
    sys.stdout.write(json.dumps(_answer(sys.stdin.buffer.read(MAX_BYTES + 1))) + "\n")
