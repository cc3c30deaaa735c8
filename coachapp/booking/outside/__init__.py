"""Busy times from calendars elsewhere: fetched safely, read in a process of their own,
kept as bare stretches of time."""
