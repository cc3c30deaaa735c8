"""A walk along every link, as every role: what a glance, a history, a download or an inbox shows says nothing."""

import base64
import io
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pikepdf
import pytest
from playwright.sync_api import APIResponse

from coachapp.demo import practice
from coachapp.demo.mail_catcher import CaughtMail, list_mails
from tests.browser.scenes import COACH, MEMBER, STRANGER, Cast
from tests.browser.visitors import Visitor
from tests.house.routes import PINNED
from tests.house.test_headers import check as check_headers
from tests.house.words import found_in

pytestmark = pytest.mark.long

# Public pages of an ordinary, findable practice: they may say what it is.
FINDABLE = {"/", "/book", "/help", "/safety", "/privacy", "/terms", "/resources", "/ask", "/write"}
STARTS = {
    STRANGER: ("/", "/book/single-session", "/book/steady-ground", "/b", "/pay", "{pay}", "{pay_done}", "/pay/back/unknown", "/sign-in", "{set_up}", "{shared}", "{link}", "{feed}",
               "/demo/mail", "/ask", "/resources", "/plan/", "{seat}", "{reader}", "/read/done", "/healthz", "/readyz", "/metrics", "/no-such-page", "/leave",
               "/book/single-session/times.json?from=2030-01-01&to=2030-01-02&tz=UTC"),
    "held": ("/book/details",),
    "told": ("/book/code",),
    "paying": ("{paying}",),
    "transferring": ("{awaited}",),
    "someone": ("{someone}",),
    "paid": ("{paid}", "/book/done", "/book/gone"),
    "booked": ("{booked}", "{booked}.ics", "{booked}/cancel", "{booked}/room", "{join}"),
    "using": ("/book/session",),
    "asking-first": ("/ask/one-question/details", "/ask/words"),
    "asking-paid": ("/ask/done",),
    "asker": ("/me/questions", "{me_question}", "{me_question_answered}"),
    "buying": ("/book/words",),
    "bought": ("/book/sessions",),
    "parting": ("/me/to-pay",),
    "covered": ("/unlock", "/me/"),
    "half": ("/sign-in/code",),
    "new-coach": ("/sign-in/factor",),
    MEMBER: ("/me/", "/me/worksheets/1/together/0", "/me/worksheets/together", "{me_household}", "/me/worksheets/1/print", "/me/worksheets/1/print/letter", "/me/worksheets/1/blank.pdf",
             "/me/worksheets/several", "/me/worksheets/several/1-2/print/letter",
             "/me/worksheets/1/one", "/me/worksheets/1/one/4/open", "/me/worksheets/1/one/end",
             "/me/worksheets/2/one/5/earlier", "/me/worksheets/2/one/5/earlier/all", "/me/worksheets/1/a4/read/both.pdf"),
    COACH: ("/desk/", "/desk/sign-in", "/desk/day/{later}", "/desk/book", "/desk/clients/{ref}/worksheets/1", "{desk_back}",
            "{desk_message}/check", "{desk_series}", "{desk_request}", "{desk_request}/decline", "{desk_request}/other",
            "/desk/groups", "{desk_group}", "{desk_group}/move", "{desk_group}/cancel", "{desk_seat}/move", "{desk_guest}",
            "{desk_waiting}", "{desk_waiting_at}", "{desk_package_back}",
            "{desk_payments}", "/desk/payments/disputed", "{desk_part}", "{desk_given}", "{desk_asked}", "/desk/receipts/of/{year}",
            "{desk_question_opened}", "{desk_question_opened}/check", "{desk_question_opened}/decline",
            "{desk_question_opened}/session", "{desk_together}", "{desk_together}/0", "{desk_draft}", "{desk_draft}/preview"),
}  # fmt: skip
COOKIES = {"s", "k", "r", "v"}
# Where every coach of the demo, and of these tests, is written to.
COACHES = "@" + practice.COACH_NAME.partition("@")[2]
# What a PDF says of its maker: nothing, or the words a PDF library puts when it was told nothing.
NAMING, NOBODY = ("/Author", "/Subject", "/Keywords", "/Creator"), ("", "anonymous", "unspecified")
# Letters drawn by chance (tokens, signatures) may spell anything, and say nothing.
CHANCE = re.compile(r"(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{20,}")
NEVER = re.compile(
    r'<meta (?:name="(?!viewport|referrer|robots)|property=)|rel="manifest"|generator', re.IGNORECASE
)


@pytest.fixture(scope="module")
def cast(open_house) -> Iterator[Cast]:
    with open_house.for_a_while() as house:
        yield Cast(house)


class Seen(HTMLParser):
    """What of a page goes further than its words: title, addresses, names of fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title, self.links, self.names = "", set(), set()
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._in_title = tag == "title"
        self.links |= {found[name] or "" for name in ("href", "src", "action", "formaction") if name in found}
        if tag in ("input", "select", "textarea", "button", "form"):
            self.names |= {found[name] or "" for name in ("name", "id") if name in found}

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title, self._in_title = data, False


@dataclass
class Walk:
    """One role's walk, each kind of address opened `often` times, so that no year of days is walked through.

    `troubles` says what was wrong where; `paths` is everywhere she came."""

    visitor: Visitor
    often: int
    troubles: list[str] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    _counts: Counter = field(default_factory=Counter)

    def from_(self, *starts: str) -> None:
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            if address in self.paths or self._is_enough(address):
                continue
            self.paths.add(address)
            waiting += self._look(address)

    def _is_enough(self, address: str) -> bool:
        kind = re.sub(r"\d{4}-\d\d(-\d\d)?|C-\w+|[\w-]{20,}|(?<=/)\d+", "…", address)
        if kind.endswith(".pdf"):
            kind = re.sub("letter|a4", "…", kind)
        self._counts[kind] += 1
        return self._counts[kind] > (1 if kind.endswith(".pdf") else self.often)

    def _look(self, address: str) -> list[str]:
        answer = self.visitor.get(address)
        self._look_at_headers(address, answer)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind == "text/html":
            return self._look_at_page(address, answer.text())
        if kind == "application/pdf":
            self._say(address, *telling_in_pdf(answer.body()))
        if kind == "text/calendar":
            self._say(address, *telling_in_calendar(answer.text()))
        where = answer.headers.get("location", "")
        return [where] if where.startswith("/") and address != "/leave" else []

    def _look_at_headers(self, address: str, answer: APIResponse) -> None:
        path = urlsplit(address).path
        try:
            check_headers_of(path, answer)
        except AssertionError as error:
            self._say(address, str(error))
        for header in answer.headers_array:
            name, value = header["name"], header["value"]
            self._telling(
                address, f"{name}: {readable_cookie(value) if name.lower() == 'set-cookie' else value}"
            )
            if name.lower() == "set-cookie":
                self._say(address, *cookie_faults(value))
        if answer.status >= 500:
            self._say(address, f"status {answer.status}")

    def _look_at_page(self, address: str, html: str) -> list[str]:
        page, path = Seen(html), urlsplit(address).path
        own = [
            link for link in sorted(page.links) if not urlsplit(link).netloc and not link.startswith("data:")
        ]
        self._telling(address, path, *map(unquote, own), *page.names)
        if path not in FINDABLE:
            self._telling(address, f"title {page.title}")
        if path not in FINDABLE or address.startswith(("/me", "/desk", "/b/")):
            queries = [link for link in own if urlsplit(link).query and "/static/" not in link]
            self._say(
                address,
                *(f"query {link}" for link in queries if not re.search(r"\?(month|day)=[\d-]+$", link)),
            )
        if NEVER.search(html):
            self._say(address, f"{NEVER.search(html)[0]} in the head")
        inside = [urljoin(address, link) for link in own]
        return [
            link.partition("#")[0]
            for link in inside
            if link.startswith("/") and not link.startswith("/leave")
        ]

    def _telling(self, address: str, *texts: str) -> None:
        for text in texts:
            if word := found_in(CHANCE.sub("…", text)):
                self._say(address, f"“{text}” says “{word}”")

    def _say(self, address: str, *troubles: str) -> None:
        self.troubles += [f"{address}: {trouble}" for trouble in troubles]


def check_headers_of(path: str, answer: APIResponse) -> None:
    """The headers of every answer; static files may be kept for an hour and need no policy."""
    headers = {header["name"].title(): header["value"] for header in answer.headers_array}
    if path.startswith("/static/"):
        for name, value in {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}.items():
            assert headers.get(name) == value, name
        assert "max-age=3600" in headers["Cache-Control"]
        return
    check_headers(_Answer(_Headers(headers)), path)


class _Headers(dict):
    """Headers by name; the web server's own name, which ours cannot leave out, does not count."""

    def get(self, name, default=None):
        return super().get(name.title(), default)

    def __getitem__(self, name):
        return super().__getitem__(name.title())

    def __contains__(self, name):
        return name != "Server" and super().__contains__(name.title())


@dataclass
class _Answer:
    headers: _Headers


def readable_cookie(value: str) -> str:
    """A cookie as whoever opens it reads it: of a signed one the words inside, without the signature."""
    first, _, flags = value.partition(";")
    name, _, held = first.partition("=")
    inside = held.split(".")[0]
    with suppress(ValueError):
        inside = base64.urlsafe_b64decode(inside + "=" * (-len(inside) % 4)).decode()
    return f"{name}={inside};{flags}"


def cookie_faults(value: str) -> list[str]:
    """What is wrong with a cookie as it is set; `v` holds the form token, which must come along from a payment page."""
    first, *flags = [part.strip() for part in value.split(";")]
    name = first.partition("=")[0]
    found = [] if name in COOKIES else [f"a cookie called {name}"]
    wanted = {"HttpOnly", "Path=/", "SameSite=Lax" if name == "v" else "SameSite=Strict"}
    return found + [f"cookie {name} without {flag}" for flag in wanted - set(flags)]


def telling_in_pdf(body: bytes) -> list[str]:
    """Everything a file manager, or a search on the device, would show."""
    with pikepdf.open(io.BytesIO(body)) as pdf:
        info = {str(key): str(value) for key, value in pdf.docinfo.items()}
        kept = pdf.Root.get("/Metadata")
        texts = [*info.values(), kept.read_bytes().decode("utf-8") if kept is not None else ""]
        texts += [str(name) for name in pdf.attachments]
        found = [f"“{text[:80]}” says “{word}”" for text in texts if (word := found_in(text))]
        named = {key: value for key, value in info.items() if key in NAMING and value not in NOBODY}
        return found + [f"says {key} {value}" for key, value in named.items()]


def telling_in_calendar(text: str) -> list[str]:
    """A time under a neutral word, and nothing else."""
    lines = text.replace("\r\n ", "").splitlines()
    names = {re.split("[:;]", line)[0] for line in lines}
    never = {"DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE", "COMMENT", "CONTACT", "BEGIN:VALARM"}
    word = found_in(text)
    return [f"says “{word}”"] * bool(word) + sorted(names & never) + ["VALARM"] * ("VALARM" in text)


def telling_in_mail(mail: CaughtMail) -> list[str]:
    """Headers, subject and words of a mail to a client."""
    texts = [mail.subject, mail.text, mail.sender, *(f"{name}: {value}" for name, value in mail.headers)]
    names = {name.lower() for name, _ in mail.headers}
    found = [f"mail {mail.number}: “{text[:80]}” says “{word}”" for text in texts if (word := found_in(text))]
    return found + [
        f"mail {mail.number} has {name}" for name in names & {"x-mailer", "list-id", "user-agent"}
    ]


@pytest.fixture(scope="module")
def walks(cast: Cast, proof: Callable[[int, int], int]) -> dict[str, Walk]:
    """Every role's walk, walked once."""
    walked = {}
    for who, starts in STARTS.items():
        walked[who] = Walk(cast.person(who), proof(1, 2))
        walked[who].from_(*(cast.address(start) for start in starts))
    return walked


@pytest.mark.safety("T4", "D10", "D11")
@pytest.mark.parametrize("who", STARTS)
def test_nothing_on_the_way_says_why_someone_comes_here(walks, who):
    assert "\n".join(walks[who].troubles) == ""
    assert len(walks[who].paths) > 5


def test_the_walks_came_everywhere(walks):
    seen = {urlsplit(path).path for walk in walks.values() for path in walk.paths}
    rules = [line.split()[1] for line in PINNED.read_text().splitlines() if "GET" in line.split()[0]]
    assert " ".join(rule for rule in rules if not any(_pattern(rule).fullmatch(path) for path in seen)) == ""


def _pattern(rule: str) -> re.Pattern[str]:
    """A rule of the app as a pattern: `<any(a,b):x>` is one of them, everything else one part of a path."""
    parts = re.split(r"(<[^>]+>)", rule)
    return re.compile("".join(_part(part) for part in parts))


def _part(part: str) -> str:
    choice = re.match(r"<any\(([^)]*)\)", part)
    if choice:
        return "(?:" + "|".join(map(str.strip, choice[1].split(","))) + ")"
    return r"[^/]+" if part.startswith("<") else re.escape(part)


@pytest.mark.safety("D2", "T7")
def test_no_mail_to_a_client_says_it_either(cast):
    robin = f"robin-{time.time_ns()}@example.com"
    cast.house.visitor().book(inbox="only_me", email=robin)
    cast.house.visitor().book(inbox="shared", email=f"or-{robin}")
    folder, mails = Path(cast.house.server.instance) / "mail", []
    for _ in range(80):
        mails = [mail for mail in list_mails(folder) if not mail.to[0].endswith(COACHES)]
        if len([mail for mail in mails if robin in mail.to[0]]) == 2:
            break
        time.sleep(0.25)
    assert len([mail for mail in mails if robin in mail.to[0]]) == 2
    assert [trouble for mail in mails for trouble in telling_in_mail(mail)] == []
    assert {mail.subject for mail in mails} == {"Your update"}


@pytest.mark.parametrize(
    "value",
    ["x=1; HttpOnly; Path=/; SameSite=Strict", "s=1; Path=/; SameSite=Strict", "s=1; HttpOnly; Path=/"],
)
def test_a_careless_cookie_is_found(value):
    assert cookie_faults(value)


def test_a_telling_calendar_entry_is_found():
    assert telling_in_calendar("SUMMARY:Coaching\r\nDESCRIPTION:With Nora\r\n") == [
        "says “Coach”",
        "DESCRIPTION",
    ]


def test_a_telling_page_is_found(house):
    walk = Walk(house.visitor(), 1)
    walk._look_at_page("/me/x", '<title>Survivor</title><a href="/me/no-contact">x</a><input name="trauma">')
    assert len(walk.troubles) == 3
