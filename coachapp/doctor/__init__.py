"""`flask doctor`: is this installation in order, and what to do where it is not.
Looks across all rooms, changes nothing."""
