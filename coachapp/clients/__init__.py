"""The client record: profile, states and the coach's private notes."""
