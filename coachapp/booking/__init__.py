"""Availability, free times, holds, appointments and places in them, moving and cancelling, calendar files."""
