"""Short messages: the public pages, and the coach's own."""
