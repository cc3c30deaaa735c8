"""Pages of a question: on the way to it, in the private space, and at the desk."""
