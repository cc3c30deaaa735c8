"""The practice's pages: the public ones, and the coach's own for what she offers and says."""
