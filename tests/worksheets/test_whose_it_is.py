"""Every address of sheets, plans and readers' links, from the pinned list, asked for by everybody.

A word of hers stands in every place where one can be written. Whoever may not see it never does; what is not theirs
answers as what is not there; looking changes nothing; and nothing fails, whatever stands in an address or a form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.accounts import operations as accounts
from coachapp.accounts.hashing import hasher
from coachapp.clients.queries import client
from coachapp.db import Base, session
from coachapp.worksheets import (
    draft_operations,
    margin_operations,
    operations,
    path_operations,
    readers,
    seats,
    together,
)
from coachapp.worksheets import looking_back_operations as looking_back
from coachapp.worksheets.household_models import HouseholdSeat, ReaderLink
from coachapp.worksheets.own_words_queries import own_words_of
from coachapp.worksheets.path_models import PathStep
from coachapp.worksheets.path_rules import Rule
from coachapp.worksheets.queries import sheet, template
from coachapp.worksheets.reader_facts import Facts
from tests.cast import ALEX, CHARLIE, MAYA, NORA
from tests.house.routes import PINNED
from tests.plain_browser import Browser
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import SECRET, Practice
from tests.worksheets.test_pdf import text_of

INES = replace(CHARLIE, name="Ines", login="ines@example.com", email="ines@example.com")
OURS = re.compile(r"/(me|desk|plan|read)/.*worksheets.*|/(me|desk)/worksheets|/(plan|read)/.*")
PARAMETER = re.compile(r"<(?:(?P<of>\w+)(?:\((?P<given>[^)]*)\))?:)?(?P<name>\w+)>")
HIDDEN = re.compile(r'nonce-[\w+/=-]+|(?:value|nonce|data-csrf)="[^"]*"')
NOT_THERE = {"ref": "zz9zz", "key": "no-such", "token": "x" * 43, "numbers": "997-998", "place": "1"}
MAY_CHANGE = {"sign_in", "audit_entry"}
"""What looking may write: when somebody was last here, and that a record was viewed."""

# Who may see which word, by what it starts with.
HERS = "Zefira"  # nobody else
SHARED = "Zelkova"  # on the sheet she shares, with the coach
PLAN = "Zinnober"  # in the plan, with whoever has a seat in it
COACHS = "Zaunkoenig"  # the coach's words to her
AHEAD = "Zypresse"  # the coach's words on what has not come to her yet
ABOUT = "Zimtstern"  # what she asks her reader about


def routes() -> list[tuple[str, str]]:
    """(method, pattern) of every address that is ours."""
    lines = (line.split() for line in PINNED.read_text(encoding="utf-8").splitlines())
    return [(methods, path) for methods, path, *_guard in lines if OURS.fullmatch(path)]


@dataclass
class House:
    """The practice with everything in it, and what stands in addresses, by the name of the parameter."""

    practice: Practice
    words: set[str] = field(default_factory=set)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def word(self, of: str) -> str:
        """One more word to look for."""
        self.words.add(f"{of}{len(self.words):02d}")
        return f"{of}{len(self.words) - 1:02d}"

    def addresses(self, pattern: str, **instead: str) -> Iterator[str]:
        """Every address of a pattern; a parameter without an example fails, so that a new one gets one."""
        found = list(PARAMETER.finditer(pattern))
        each = [
            [instead[one["name"]]]
            if one["name"] in instead
            else self.of_any(one)
            if one["of"] == "any"
            else self.examples[one["name"]]
            for one in found
        ]
        for values in product(*each):
            path = pattern
            for one, value in zip(found, values, strict=True):
                path = path.replace(one[0], value)
            yield path

    def of_any(self, one: re.Match[str]) -> list[str]:
        """Some of what is offered; a file in all its kinds is looked at elsewhere."""
        offered = one["given"].split(",")
        return [kind for kind in ("completed",) if kind in offered] or offered[:2]

    def everything(self) -> dict[str, list[str]]:
        """Every row that looking may not change."""
        with self.practice.app.app_context():
            return {
                name: sorted(map(repr, map(tuple, session().execute(sa.select(*table.columns)))))
                for name, table in Base.metadata.tables.items()
                if name not in MAY_CHANGE
            }

    def seen(self, answer) -> set[str]:
        """Which of the words stand in an answer."""
        is_pdf = answer.mimetype == "application/pdf"
        text = text_of(answer.data) if is_pdf else answer.get_data(as_text=True)
        there = str(answer.headers) + text
        return {word for word in self.words if word in there}


@pytest.fixture
def house(practice: Practice) -> House:
    made = House(practice)
    with practice.app.app_context():
        _furnish(made)
    return made


def _furnish(house: House) -> None:
    """Words of hers everywhere; numbers 1 a plan, 2 shared with earlier versions, 3 asked together, 4 a page of looking back."""
    here, now, hers = house.practice, clock.now(), house.practice.alex
    ago = now - timedelta(hours=1)
    ines = here.another_coach()
    accounts.add_ready_coach(ines, INES.login, INES.passphrase, SECRET, now=now, hasher=hasher())
    plan, shared, asked = (
        here.give(hers, key, house.word(COACHS)) for key in ("every-type", "every-type", "a-message-came")
    )
    for given, present in ((plan, PLAN), (shared, SHARED)):
        for revision, of in enumerate((HERS, present)):
            answers = {"word": house.word(of), "log": [{"what": house.word(of)}]}
            if of != HERS:
                answers |= {
                    "story": house.word(of),
                    "own": house.word(of),
                    "ways": [{"who": house.word(of)}, {}],
                    "helpers": [{"name": house.word(of), "phone": house.word(of)}],
                }
            operations.save_answers(given, hers, answers, revision, chosen=True, now=ago)
    operations.save_answers(asked, hers, {"facts": house.word(HERS)}, 0, now=ago)
    operations.share(shared, hers, now=ago)
    margin_operations.write_beside(shared, here.coach_id, "word", house.word(COACHS), "", now=ago)
    together.ask(sheet(hers, 3), here.coach_id, by=uuid4(), now=now)
    own = own_words_of(hers)
    looking_back.look_back(
        client(hers), {each.id for each in own if each.number == 1}, numbers=True, counts=True, now=now
    )
    token = seats.give_seat(sheet(hers, 1), house.word(HERS), now=now)
    used = readers.make_link(hers, house.word(HERS), (), now=now)
    readers.pass_on(used, Facts(found=("health",), fact=house.word(HERS)), now=now)
    open_one = readers.make_link(hers, house.word(ABOUT), (), now=now)
    steps = [
        path_operations.Wanted(template("peace").id, Rule.START, days, house.word(AHEAD)) for days in (0, 9)
    ]
    path_operations.begin(
        hers, now.date() + timedelta(days=2), steps, by=path_operations.By("staff"), now=now
    )
    draft = draft_operations.begin_copy("peace", "A copy", now=now)
    rows = session().scalars
    house.examples = {
        "ref": [here.alex_ref],
        "number": ["1", "2", "3", "4"],
        "numbers": ["1-2"],
        "place": ["1", "9"],
        "since": ["0"],
        "position": ["1"],
        "step_id": [str(rows(sa.select(PathStep.id)).first())],
        "sheet_id": [str(plan), str(asked)],
        "key": ["every-type"],
        "kind": ["completed"],
        "draft_id": [str(draft)],
        "seat_id": [str(rows(sa.select(HouseholdSeat.id)).one())],
        "link_id": [str(rows(sa.select(ReaderLink.id)).first())],
        "answer": [str(own[0].id)],
        "token": [token, used, open_one],
    }


BY_LINK = {PLAN, ABOUT}
"""What whoever holds the address of a seat or of a reader's link sees there."""
ALLOWED = {
    "nobody": set(),
    "maya": set(),
    "ines": set(),
    "nora": {SHARED, COACHS, AHEAD},
    "alex": {HERS, SHARED, PLAN, COACHS, ABOUT},
}


def people(practice: Practice) -> dict[str, Browser]:
    found = {"nobody": Browser(practice.app), "alex": practice.sign_in(ALEX), "maya": practice.sign_in(MAYA)}
    found["nora"] = practice.sign_in(NORA)
    ines = Browser(practice.app)
    ines.fill("/sign-in", {"name": INES.login, "passphrase": INES.passphrase})
    ines.fill("/sign-in/code", {"code": practice._code()})
    assert ines.page.status_code == 303
    return found | {"ines": ines}


def test_nobody_sees_what_is_not_theirs_and_looking_changes_nothing(house):
    browsers, before = people(house.practice), house.everything()
    seen: dict[str, set[str]] = {who: set() for who in browsers}
    failed, told = [], []
    for pattern in (path for methods, path in routes() if "GET" in methods):
        for who, browser in browsers.items():
            unknown = _said(browser, next(house.addresses(pattern, **_nothing(pattern))))
            for address in house.addresses(pattern):
                answer = browser.get(address)
                words = house.seen(answer)
                seen[who] |= words
                failed += [(who, address, answer.status_code)] if answer.status_code >= 500 else []
                if who in ("maya", "ines") and _is_of_one(pattern) and _as_said(answer) != unknown:
                    told.append((who, address, answer.status_code))
                allowed = ALLOWED[who] | (BY_LINK if "<token>" in pattern else set())
                wrong = {word for word in words if _of(word) not in allowed}
                assert not wrong, (who, address, wrong)
    assert failed == [] and told == []
    for who, words in seen.items():
        expected = {word for word in house.words if _of(word) in ALLOWED[who] | BY_LINK}
        assert words == expected, (who, "what is theirs is found by this walk, or it proves nothing")
    after = house.everything()
    assert [name for name in before if before[name] != after[name]] == []


def _of(word: str) -> str:
    return word.rstrip("0123456789")


def _is_of_one(pattern: str) -> bool:
    """Whether the address names something that is one client's."""
    names = {one["name"] for one in PARAMETER.finditer(pattern)}
    return bool(names & {"ref", "number", "numbers", "sheet_id", "seat_id", "link_id", "answer"})


def _nothing(pattern: str) -> dict[str, str]:
    """The same address, of what is not there."""
    nothing = {}
    for one in PARAMETER.finditer(pattern):
        if one["of"] == "uuid":
            nothing[one["name"]] = str(UUID(int=7))
        elif one["of"] == "int":
            nothing[one["name"]] = NOT_THERE.get(one["name"], "997")
        elif one["of"] is None:
            nothing[one["name"]] = NOT_THERE.get(one["name"], "none")
    return nothing


def _said(browser: Browser, address: str) -> tuple[int, str, str]:
    return _as_said(browser.get(address))


def _as_said(answer) -> tuple[int, str, str]:
    page = HIDDEN.sub("", answer.data.decode("utf-8", "replace"))
    return answer.status_code, answer.headers.get("Location", ""), page


def test_nobody_changes_what_is_not_theirs(house):
    browsers = people(house.practice)
    tokens = {}
    for who, browser in browsers.items():
        browser.get({"nobody": "/sign-in", "alex": "/me/", "maya": "/me/"}.get(who, "/desk/worksheets"))
        tokens[who] = browser.token
    before, wrong = house.everything(), []
    for pattern in (path for methods, path in routes() if "POST" in methods):
        for who in ("nobody", "maya", "ines", "nora"):
            if not _is_anothers(who, pattern):
                continue
            for address in house.addresses(pattern, token="x" * 43):
                answer = browsers[who].client.post(address, data={"csrf_token": tokens[who]})
                expected = {303, 401, 404} if who == "nobody" else {404}
                if answer.status_code not in expected:
                    wrong.append((who, address, answer.status_code))
    assert wrong == []
    after = house.everything()
    assert [name for name in before if before[name] != after[name]] == []


def _is_anothers(who: str, pattern: str) -> bool:
    """Whether nothing at this address is theirs. Templates and drafts are the practice's, so each coach's."""
    if who == "nobody":
        return True
    if who == "maya":
        return not pattern.startswith("/me/") or _is_of_one(pattern)
    return pattern.startswith("/me/") or (who == "ines" and "<ref>" in pattern)


ODD = {
    "int": ["0", str(2**31), str(2**63), "9" * 60],
    None: ["%00", "%ff", "é", "٣", "²", "a" * 300, "..", "1-1", "-", "1-2-" + "9" * 60],
}
JUNK = "%00 \u202e<b>{{ 7*7 }}'\"\ud7ff" + "z" * 300


def test_nothing_fails_whatever_is_sent(house, proof):
    """Every day a part of it, and all in the proof."""
    browsers = {who: each for who, each in people(house.practice).items() if who in ("alex", "nora")}
    form = {
        name: value
        for each in ("word", "story", "day", "hour", "pull", "log-1-what", "helpers-1-name", "one", "some")
        for name, value in ((f"f-{each}", JUNK), (f"take-{each}", "theirs"), (f"at-{each}", JUNK))
    } | {
        "revision": "9" * 40,
        "n-log": "9" * 40,
        "version": JUNK,
        "starts_on": "9999-12-31",
        "wanted_on": "0000-00-00",
        "days": "9" * 40,
        "do": "up:999-999",
        "where": "9" * 40,
        "sheets": "9" * 40,
        "templates": JUNK,
        "template": JUNK,
        "place": JUNK,
        "rule": JUNK,
        "which": JUNK,
        "kind": JUNK,
        "words": JUNK,
        "name": JUNK,
        "about": JUNK,
        "note": JUNK,
        "last": JUNK,
        "go": JUNK,
        "more": JUNK,
        "seen": JUNK,
        "text": JUNK,
        "say": JUNK,
    }
    failed = []
    for methods, pattern in routes():
        who = "nora" if pattern.startswith("/desk") else "alex"
        browsers[who].get("/desk/worksheets" if who == "nora" else "/me/")
        token = browsers[who].token
        for address in (*_odd(house, pattern, proof(4, 1)), *list(house.addresses(pattern))[: proof(1, 99)]):
            if "POST" in methods:
                for body in ({}, form):
                    answer = browsers[who].client.post(address, data={**body, "csrf_token": token})
                    failed += [(address, answer.status_code)] if answer.status_code >= 500 else []
            else:
                answer = browsers[who].get(address)
                failed += [(address, answer.status_code)] if answer.status_code >= 500 else []
    assert failed == []


def _odd(house: House, pattern: str, every: int) -> Iterator[str]:
    """The address with something odd in one place, and the rest as it is."""
    for one in PARAMETER.finditer(pattern):
        for odd in ODD.get(one["of"], [])[len(pattern) % every :: every]:
            yield next(house.addresses(pattern, **{one["name"]: odd}))
