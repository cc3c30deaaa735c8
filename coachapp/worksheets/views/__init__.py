"""Pages of this room, by who sees them: the client, the coach, and others who hold a link to one thing."""

from flask import Blueprint

from coachapp.worksheets.views import (
    beside,
    builder,
    client,
    coach,
    coach_over_time,
    earlier,
    filled,
    household,
    looking_back,
    margin,
    one,
    over_time,
    path_client,
    path_coach,
    path_steps,
    plan,
    printing,
    reader,
    readers,
    templates,
    together_client,
    together_coach,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    # /me/worksheets: her sheets, and what she does with them
    client.bp,
    path_client.bp,
    together_client.bp,
    over_time.bp,
    looking_back.bp,
    filled.bp,
    printing.bp,
    household.bp,
    readers.bp,
    # /desk: giving and reading, and templates of the coach's own
    coach.bp,
    path_coach.bp,
    path_steps.bp,
    together_coach.bp,
    coach_over_time.bp,
    builder.bp,
    templates.bp,
    # /plan and /read: whoever holds a link
    plan.bp,
    reader.bp,
)

# Further addresses of `client.bp` and `coach.bp`, known once their modules are.
FURTHER = (beside, earlier, margin, one)
