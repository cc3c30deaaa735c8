"""Pages of this room: the client's own sheets, and the coach's library and reading."""
