"""A small template with one field of every type, and the least file that is a template."""

from coachapp.worksheets.template import Template
from coachapp.worksheets.template_file import read_template

LEAST = """\
key: least
version: 1
kind: worksheet
title: A title
neutral_title: Notes 9
purpose: To have one.
minutes: 5
sections:
  - title: One
    fields:
      - key: words
        type: text
        label: Words
"""

EVERY_TYPE = """\
key: every-type
version: 3
kind: plan
title: Every type
neutral_title: Sheet 7
purpose: "One of each: for tests."
minutes: 10
sections:
  - title: Written
    hint: Short and long
    fields:
      - {key: word, type: text, label: A word, optional: true}
      - {key: story, type: long_text, label: A story, lines: 6, heads_up: This one looks back.}
      - {key: own, type: own_words, label: My words}
      - {key: day, type: date, label: A day}
      - {key: hour, type: time, label: An hour}
  - title: Chosen
    fields:
      - key: one
        type: choice
        label: One of these
        options: {no: "No", yes: {text: "Yes", note: It costs a little.}}
      - key: some
        type: choices
        label: Any of these
        options: {a: First, b: Second, c: Third}
      - {key: pull, type: scale, label: How strong, low: Weak, high: Strong}
      - {key: hint, type: note, label: Good to know, steps: [Breathe., Wait.]}
  - title: Tables
    fields:
      - key: log
        type: table
        label: Log
        rows: 3
        columns: {what: What, seen: {label: Seen, tick: true, share: 2}}
      - key: ways
        type: table
        label: Ways in
        columns: {way: Way, who: Who, safe: {label: Safe, tick: true}}
        row_heads: {door: Door, gate: Gate}
      - key: helpers
        type: people
        label: Helpers
        columns: {name: Name, phone: Phone}
  - title: Card
    fields: []
    card:
      panels:
        - {title: Left, items: [Breathe., Step back.]}
        - {title: Right, items: [{field: word}, {field: own, label: Mine}]}
    new_page: true
"""


def every_type() -> Template:
    return read_template(EVERY_TYPE, "every-type.yaml")
