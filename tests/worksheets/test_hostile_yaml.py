"""Files made to harm are refused at once, in plain words."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachapp.worksheets.template_file import read_template
from coachapp.worksheets.template_json import template_as_json, template_from_json
from coachapp.worksheets.yaml_source import MAX_BYTES, TemplateError
from tests.worksheets.cases import EVERY_TYPE, LEAST

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}, *{before}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "billion laughs": (LAUGHS, "Line 1: References with & and * are not accepted here. Write the words out."),
    "an alias": (
        LEAST.replace("A title", "*purpose"),
        "Line 4: References with & and * are not accepted here. Write the words out.",
    ),
    "an anchor": (
        LEAST.replace("A title", "&t A title"),
        "Line 4: References with & and * are not accepted here. Write the words out.",
    ),
    "a python object": (
        LEAST.replace("A title", "!!python/object/apply:os.system [id]"),
        "Line 4: Tags are not accepted here. Take “tag:yaml.org,2002:python/object/apply:os.system” out.",
    ),
    "binary": (LEAST.replace("A title", "!!binary aGk="), "Line 4: Tags are not accepted here. Take “tag:yaml.org,2002:binary” out."),
    "deep lists": ("[" * 5_000 + "]" * 5_000, "Line 1: Lists and keys stand inside each other more than 12 deep."),
    "deep keys": ("? " * 5_000, "Line 1: Lists and keys stand inside each other more than 12 deep."),
    "too large": ("# " + "x" * MAX_BYTES, "Line 1: Expected a file of at most 256 KB."),
    "too large in bytes": ("# " + "é" * (MAX_BYTES // 2), "Line 1: Expected a file of at most 256 KB."),
    "too many entries": ("[" + "a," * 20_000 + "]", "Line 1: Expected at most 10000 entries in one file."),
    "a merge": (LEAST + "<<: {key: x}\n", "Line 14: “<<” is not known here. Known here: key, version, kind, title, neutral_title, purpose, minutes, sections."),
    "a list as a key": (LEAST + "? [a, b]\n: x\n", "Line 14: Expected a key before the colon, found a list."),
    "half a character": (LEAST.replace("A title", "\ud800"), "Line 4: There is a character here that cannot be read. Delete it or type it again."),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_plain_words_and_quickly(name: str) -> None:
    text, words = HOSTILE[name]
    began = time.perf_counter()
    with pytest.raises(TemplateError) as refused:
        read_template(text, "mine.yaml")
    assert time.perf_counter() - began < 5
    assert [str(problem) for problem in refused.value.problems] == [words]
    assert not refused.value.__cause__


@settings(deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_never_breaks_anything(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EVERY_TYPE)))
    end = data.draw(st.integers(start, min(start + 12, len(EVERY_TYPE))))
    put_in = data.draw(
        st.text(max_size=4) | st.sampled_from(["{", "]", "? ", "- ", ": ", "&a ", "!!int ", '"', "\n", "~"])
    )
    damaged = EVERY_TYPE[:start] + put_in + EVERY_TYPE[end:]
    try:
        template = read_template(damaged, "mine.yaml")
    except TemplateError as refused:
        assert refused.problems
    else:
        assert template_from_json(template_as_json(template)) == template
