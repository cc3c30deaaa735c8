"""What is asked at booking, by key (pure)."""

HOPE = "hope"
TERMS = "terms"
EARLY = "begin early"
"""That a session is to take place within the days in which she may still step back from it."""
VERSIONS = {TERMS: "2026-11 b", EARLY: "2026-11"}
"""The present version of each text that is agreed to."""
