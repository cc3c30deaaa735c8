"""With whom, where several coaches give one offering: whoever is free, unless the person has said otherwise.

What she said is kept in this browser alone and never stands in an address; the form that sends a time carries it along,
so that what is held is what was shown.
"""

from collections import Counter
from collections.abc import Sequence

from flask import request, session

from coachapp.booking.rules import TimeTaken
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow, OfferingRow

_WHOM = "w"


def remember() -> None:
    """Keep what was chosen in this browser: a coach, or whoever is free."""
    said = request.form.get("with", "")
    if said:
        session[_WHOM] = said[:8]
    else:
        forget()


def forget() -> None:
    """Whoever leaves the site leaves this behind as well."""
    session.pop(_WHOM, None)


def shown(ways: Sequence[OfferingRow]) -> list[OfferingRow]:
    """Whose times a page shows: those of the coach the form or this browser names, else everyone's."""
    said = request.form.get("with") if "slot" in request.form or "tz" in request.form else session.get(_WHOM)
    return named(ways, said or "") or list(ways)


def sent(ways: Sequence[OfferingRow]) -> list[OfferingRow]:
    """With whom the time that is sent may be. TimeTaken where the one who was named gives none any more."""
    said = request.form.get("with", "")
    if not said:
        return list(ways)
    found = named(ways, said)
    if not found:
        forget()
        raise TimeTaken
    return found


def named(ways: Sequence[OfferingRow], short_id: str) -> list[OfferingRow]:
    """The offering as the coach with this short id gives it, or nothing."""
    return [way for way in ways if coach(way.coach_id).short_id == short_id]


def called(hosts: Sequence[CoachRow]) -> dict[int, str]:
    """What coaches are called side by side: by first name, in full where two share one."""
    often = Counter(each.first_name for each in hosts)
    return {each.id: each.full_name if often[each.first_name] > 1 else each.first_name for each in hosts}
