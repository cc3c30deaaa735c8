"""Short messages from `/write`, and their answers."""
