"""A practice-management app for a coach and the adults she helps to keep their distance."""
