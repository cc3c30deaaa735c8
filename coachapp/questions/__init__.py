"""The quick question: paid first, written in a private space, answered there in writing by a promised day."""
