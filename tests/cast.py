"""The fixed cast: the same few people in every test, so that a name says at once who may see what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Someone in a test: what she is called, how she signs in, where she lives, and her inbox."""

    name: str
    login: str
    passphrase: str
    zone: str
    email: str


NORA = Person("Nora", "nora@example.com", "lantern pebble ferry orchard", "Europe/Madrid", "nora@example.com")
ALEX = Person("Alex", "alex", "copper meadow thimble", "America/New_York", "alex@example.com")
MAYA = Person("Maya", "maya", "willow teapot gravel", "Europe/Lisbon", "maya@example.com")
# A stranger: knows the addresses of pages, belongs nowhere.
CHARLIE = Person("Charlie", "charlie", "anvil biscuit harness", "Europe/London", "charlie@example.com")
