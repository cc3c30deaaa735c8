"""The short reference of a client: drawn by chance, and nobody else's."""

import re
from itertools import count

from coachapp.clients.rules import new_ref


def test_a_reference_that_somebody_has_is_drawn_again():
    drawn, turns = [], count(1)

    def the_first_three_are_taken(ref):
        drawn.append(ref)
        return next(turns) <= 3

    assert new_ref(the_first_three_are_taken) == drawn[-1]
    assert len(drawn) == 4 and all(re.fullmatch(r"C-[2-9A-HJKMNP-Z]{5}", ref) for ref in drawn)
