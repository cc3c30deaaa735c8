"""Alembic migrations; exclusion constraints and triggers are written by hand for each database."""
