"""What is kept and for how long: calls each room's own functions."""
