"""Whatever is typed or sent, the answer is a page in plain words, never a 500, and never code that runs."""

import pytest

HOSTILE = (
    "x" * 100_000,
    "\x00\x01\x1b[31m\x7f",
    "\u202egnihton\u202c \ufeff\u200b\ud7ff",
    "Αλεξάνδρα Жанна 亜レックス ألكس 👩‍👩‍👧",
    "'; DROP TABLE place; -- \" OR 1=1",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "{{ 1307*1709 }} {% raw %} ${1307*1709} %s %(x)s %n",
    "../../../../etc/passwd",
    "-1",
    "9" * 10,
    "٣٤",
    "",
    " \r\n\t ",
    "a@b\r\nBcc: everyone@example.com",
)
CALM = {200, 204, 303, 400, 404, 409, 413, 422, 429}


@pytest.fixture
def on_the_way(walker):
    walker.go_to_code()
    return walker


def forms(path):
    """(address, its fields) of every form on the road."""
    return (
        ("/book/power-hour", ("slot", "tz")),
        ("/book/power-hour/zone", ("tz",)),
        ("/book/details", ("name", "email", "inbox", "hope", "agree")),
        ("/book/details/save", ("name", "email", "inbox", "hope")),
        ("/b", ("code",)),
        ("/book/nothing", ("slot",)),
        (f"{path}/go", ("x",)),
        (f"{path}/let-go", ("x",)),
    )


def check(answer, where):
    assert answer.status_code in CALM, (where, answer.status_code)
    page = answer.get_data(as_text=True)
    assert "<script>alert" not in page and "<img src=x" not in page, where
    assert "Traceback" not in page and "sqlalchemy" not in page, where
    assert "2233663" not in page, (where, "what was typed was worked out")


def test_every_field_of_every_form(on_the_way):
    walker = on_the_way
    token = walker.get("/book/code") and walker.token
    usual = {"csrf_token": token, "name": "Al", "email": "", "inbox": "none", "agree": "y"}
    for path, fields in forms("/paid/unknown"):
        for words in HOSTILE:
            for field in fields:
                check(walker.client.post(path, data={**usual, field: words}), (path, field, words[:30]))
    assert walker.client.get("/book/details").status_code in (200, 409)


def test_every_field_at_once_is_kept_as_typed(on_the_way):
    walker = on_the_way
    for words in HOSTILE[1:9]:
        walker.fill("/book/details", {"name": words, "hope": words, "inbox": "none", "agree": "y"})
        check(walker.page, words)
        check(walker.get("/book/details"), words)
        check(walker.get("/book/code"), words)


def test_odd_addresses(on_the_way):
    walker = on_the_way
    for words in ("%00", "%ff%fe", "%0d%0aSet-Cookie:x=1", "a" * 4000, "..%2f..%2f", "%F0%9F%91%A9", "'--"):
        for path in (
            "/book/{}",
            "/book/{}/times.json",
            "/book/{}/zones",
            "/b/{}",
            "/b/{}.ics",
            "/b/{}/cancel",
        ):
            check(walker.client.get(path.format(words)), (path, words))
        check(walker.client.get(f"/paid/{words}"), words)
        for query in ("month", "day", "tz"):
            check(walker.client.get(f"/book/power-hour?{query}={words}"), (query, words))
    for month in ("0000-00", "0001-01", "9999-12", "2026-13"):
        check(walker.client.get(f"/book/power-hour?month={month}&day={month}-31"), month)


def test_odd_cookies(world):
    for value in ("", "x" * 4000, "%00", "../..", '"; DROP'):
        client = world.app.test_client()
        client.set_cookie("r", value)
        for path in ("/book/details", "/book/code", "/book/done", "/b/unknown"):
            check(client.get(path), value)


def test_a_form_without_its_token_is_refused_calmly(walker):
    walker.hold()
    for path, _fields in forms("/paid/unknown"):
        answer = walker.client.post(path, data={"name": "Al"})
        assert answer.status_code == 400
        assert "This page had been open for a while" in answer.get_data(as_text=True)


def test_too_much_at_once(on_the_way):
    token = on_the_way.get("/book/details") and on_the_way.token
    answer = on_the_way.client.post("/book/details", data={"csrf_token": token, "hope": "x" * 1_100_000})
    assert answer.status_code == 413
