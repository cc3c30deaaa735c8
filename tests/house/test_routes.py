"""Every route wears a guard, none comes or goes unnoticed, and an unguarded view is never served."""

from coachapp.web.guards import GUARDS, guard_of
from tests.house import routes


def test_every_route_is_guarded(app):
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and guard_of(app.view_functions[rule.endpoint]) not in GUARDS
    ]
    assert bare == [], "give each of these views exactly one guard of coachapp.web.guards"


def test_the_route_list_is_pinned(app):
    now, pinned = set(routes.lines(app)), set(routes.PINNED.read_text(encoding="utf-8").splitlines())
    gone, new = sorted(pinned - now), sorted(now - pinned)
    assert not gone, (
        f"addresses that people may rely on are gone or changed: {gone}. If meant: {routes.COMMAND}"
    )
    assert not new, f"new addresses: {new}. If meant: {routes.COMMAND}"


def test_a_view_without_a_guard_is_never_served(app):
    app.add_url_rule("/unguarded", view_func=lambda: "secret", endpoint="unguarded")
    answer = app.test_client().get("/unguarded")
    assert (answer.status_code, b"secret" in answer.data) == (404, False)


def test_private_paths_wear_private_guards(app):
    wanted = {"/me": "client", "/desk": "staff"}
    for rule in app.url_map.iter_rules():
        for prefix, guard in wanted.items():
            if rule.rule == prefix or rule.rule.startswith(f"{prefix}/"):
                assert guard_of(app.view_functions[rule.endpoint]) == guard, rule.rule
