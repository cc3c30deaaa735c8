"""docs/settings.md knows every setting, and no other."""

import dataclasses
import re

from coachapp.config import PROJECT, Config


def test_every_setting_is_documented():
    text = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", text, re.MULTILINE))
    known = {field.name.upper() for field in dataclasses.fields(Config)}
    assert documented == known
