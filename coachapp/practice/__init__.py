"""The coach's business: names, offerings, coaches and settings."""
