"""The client's own space: its home, her sessions, and how she is kept safe here; views across rooms."""
