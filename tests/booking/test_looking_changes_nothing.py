"""A scanner that follows every link, as mail programs do, changes nothing; and looking is cheap."""

import re
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tests.road import Walker
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

IGNORED = {"rate_count", "sign_in", "audit_entry"}


@pytest.mark.parametrize("inbox", ["only_me", "shared"])
def test_every_link_can_be_followed_without_a_change(world, inbox):
    world.paid(inbox=inbox)
    walker = world.walker()
    walker.to_payment(walker.morning()[1], inbox=inbox)
    walker.come_back()
    booked = world.walker()
    booked.to_payment(inbox=inbox)
    booked.pay()
    before = world.everything(*IGNORED)
    scanner = Walker(world)
    scanner.session_id = booked.session_id
    path = booked.place_path
    seen = set()
    for who in (booked, scanner):
        who.session_id = booked.session_id
        for each in _follow(who, path, booked.return_path):
            seen.add(each)
    assert {f"{path}/cancel", f"{path}.ics", f"{path}/room", f"{path}/wishes"} <= seen
    assert world.everything(*IGNORED) == before
    assert world.ledger()[0] == ["confirmed", "confirmed", "held"]


def _follow(who, path, return_path):
    around = [f"{path}/room", f"{path}/wishes", f"{path}/late", f"{path}/zone"]
    found, seen = [path, f"{path}.ics", f"{path}/cancel", return_path, "/book", "/book/power-hour"], []
    found += around
    found += ["/book/details", "/book/code", "/book/done", "/book/gone", "/b", "/book/let-go"]
    found += ["/book/details/save", f"{return_path}/let-go", f"{return_path}/go"]
    while found and len(seen) < 45:
        each = found.pop(0)
        if each in seen or each.startswith(("/static", "/leave", "/desk", "/me")):
            continue
        seen.append(each)
        page = who.client.get(each).get_data(as_text=True)
        found += re.findall(r'(?:href|formaction)="(/[^"#?]*)', page)
    return seen


@contextmanager
def statements(world):
    said = []

    def note(connection, cursor, statement, *_):
        said.append(statement)

    engine = world.app.extensions["engine"]
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_eight_statements_at_most_however_much_is_booked(walker, world):
    for number in range(3):
        world.walker().hold(walker.morning()[1])
    walker.get("/book/power-hour")
    for path in ("/book/power-hour", "/book/power-hour/times.json?from=2026-01-01&to=2026-03-01&tz=UTC"):
        with statements(world) as said:
            assert walker.get(path).status_code == 200
        selects = [each for each in said if not each.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
        assert 0 < len(selects) <= 8, selects
