"""What YAML's own complaints mean for whoever wrote the file."""

import re

import yaml

# (what YAML says of the problem, and of where it came from; whether that place is the one to look at; our words)
_MEANINGS = (
    (r"unexpected end of stream", "quoted", True, "A quotation mark is opened here and never closed."),
    (r"expected <block end>, but found '<scalar>'", "", False, "There are words after a closing quotation mark. Put all of them inside."),
    (r"expected ',' or '(.)'", "", True, "A bracket is opened here. Expected a comma between its entries, and “{0}” at the end."),
    (r"expected the node content, but found '(.)'", "", False, "“{0}” stands alone here. Put the words in quotation marks, or take it out."),
    (r"character '\\t' that cannot start", "", False, "There is a tab here. Expected spaces."),
    (r"found character '(.)' that cannot start", "", False, "Words cannot begin with “{0}”. Put them in quotation marks."),
    (r"expected alphabetic or numeric character", "", False, "Words cannot begin with “*” or “&”. Put them in quotation marks."),
    (r"chomping or indentation", "", False, "Words cannot begin with “|” or “>”. Put them in quotation marks."),
    (r"could not find expected ':'", "", True, "Expected a key, a colon and a space here."),
    (r"mapping values are not allowed", "", False, "There is a colon among the words here. Put them in quotation marks, or begin a new key as far left as the one above."),
    (r"but found '-'|block sequence start", "", False, "A list begins here with a hyphen. Expected a key."),
    (r"expected <block end>", "", False, "This line begins further left or right than its neighbours. Keys that belong together begin one below the other."),
    (r"unknown escape character '(.)'", "", False, "“\\{0}” means nothing inside double quotation marks. Use single ones, or write the backslash twice."),
    (r"incompatible YAML document", "", False, "Expected YAML 1, or no line %YAML at all."),
    (r"expected '<document start>'", "", False, "There are words after the end of the template. Take them out, or the dots before them."),
    (r"another document", "", False, "A second document begins here. Expected one template in a file."),
)  # fmt: skip


def meaning(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    """The line to look at, counted from 1, and what to do there."""
    problem, context = error.problem or "", error.context or ""
    for said, came_from, look_there, words in _MEANINGS:
        if (found := re.search(said, problem)) and came_from in context:
            mark = error.context_mark if look_there else error.problem_mark
            return _line(mark or error.problem_mark), words.format(*found.groups())
    found_there = problem.replace("'", "")
    words = f"This is not readable as YAML: {found_there}. Look at the spaces, colons and quotes."
    return _line(error.problem_mark or error.context_mark), words


def _line(mark: yaml.Mark | None) -> int:
    return mark.line + 1 if mark else 1
