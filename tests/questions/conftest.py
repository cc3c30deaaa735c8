"""A practice that sells one question."""

from tests.questions.asked import nora, walker  # noqa: F401  # pytest finds fixtures by name
from tests.road import mostly_sqlite as databases  # noqa: F401
from tests.road import world  # noqa: F401
