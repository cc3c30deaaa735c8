"""The coach's day: views across rooms (today, calendar, clients and their records)."""
