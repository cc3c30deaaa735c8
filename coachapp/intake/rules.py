"""What is asked at booking, by key (pure)."""

HOPE = "hope"
TERMS_VERSION = "2026-11 b"
