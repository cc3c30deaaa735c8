"""Every answer carries the headers that keep scripts, frames, caches and strangers out."""

from uuid import UUID

import pytest
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule, UUIDConverter

from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
SELF_ONLY = ("style-src", "script-src", "font-src", "connect-src")
NONE = ("default-src", "base-uri", "frame-ancestors", "object-src")


def path_of(rule: Rule) -> str:
    """An address that fits the rule, with values no database knows."""
    built = rule.build(
        {name: _value(rule._converters[name]) for name in rule.arguments}, append_unknown=False
    )
    assert built
    return built[1]


def _value(converter: BaseConverter) -> object:
    match converter:
        case AnyConverter():
            return sorted(converter.items)[0]
        case IntegerConverter():
            return 999_999
        case UUIDConverter():
            return UUID(int=999)
        case _:
            return "unknown"


def check(answer, where):
    for name, value in EXACT.items():
        assert answer.headers.get(name) == value, f"{name} at {where}"
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert "unsafe-" not in str(policy) and "*" not in str(policy), where
    assert {policy[name] for name in SELF_ONLY} == {"'self'"}, where
    assert {policy[name] for name in NONE} == {"'none'"}, where
    assert policy["form-action"].split()[0] == "'self'", where
    assert "camera=()" in answer.headers["Permissions-Policy"], where
    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers, where


def test_on_every_page_that_can_be_asked_for(app):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            path = path_of(rule)
            answer = client.get(path)
            assert answer.status_code < 500 or path == "/readyz", path
            check(answer, path)


@pytest.mark.parametrize("path", ["/no-such-page", "/me/../../etc/passwd", "/%00", "/book/%ff"])
def test_on_pages_that_are_not_there(app, path):
    answer = app.test_client().get(path)
    assert answer.status_code == 404
    check(answer, path)


def test_on_a_wrong_method(app):
    answer = app.test_client().delete("/")
    assert answer.status_code == 405
    check(answer, "DELETE /")


def test_static_files_carry_them_too(app):
    answer = app.test_client().get("/static/app.css")
    assert answer.status_code == 200
    for name in EXACT.keys() - {"Cache-Control"}:
        assert answer.headers.get(name) == EXACT[name], name
    assert "max-age=3600" in answer.headers["Cache-Control"]
    answer.close()


def test_only_public_pages_may_be_listed_by_search_engines(app):
    client = app.test_client()
    assert "X-Robots-Tag" not in client.get("/").headers
    for path in ("/sign-in", "/b", "/demo/mail", "/no-such-page", "/healthz"):
        assert "noindex" in client.get(path).headers["X-Robots-Tag"], path
