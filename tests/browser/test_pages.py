"""Every page, by every role: axe finds nothing, nothing scrolls sideways, nothing breaks, nobody else is asked."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

from coachapp.config import PROJECT
from tests.browser.scenes import COACH, SCENES, Cast, Scene

pytestmark = pytest.mark.long

STATIC = PROJECT / "static"
KB = 1024
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
ASK_AXE = "rules => axe.run({runOnly: rules, resultTypes: ['violations'], preload: false})"
NARROWEST = 320
SIGHTS = ((NARROWEST, "light"), (390, "light"), (1280, "dark"), (1280, "light"), (390, "dark"))
TITLES = "Calendar Details Done Files Help Home List Mail Notes Page Services Settings Sign.in Time Today"
NEUTRAL = re.compile(rf"(Error: )?({'|'.join(TITLES.split())})$")
# The practice's own pages are ordinary and findable.
FINDABLE = {"home", "services", "help", "staying-safe", "privacy", "terms", "resources", "ask", "write"}
# In the order of the page: the ways past it, and away from it.
FIRST_STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden' && e.checkVisibility()).slice(0, 2)
    .map(e => e.hash === '#main' ? 'skip' : 'exit' in e.dataset ? 'leave' : e.outerHTML)"""


@pytest.fixture(scope="module")
def cast(open_house) -> Iterator[Cast]:
    with open_house.for_a_while() as house:
        yield Cast(house)


@pytest.mark.safety("D10", "R10")
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_page_is_fit_for_everyone(cast, scene, pytestconfig):
    with Watch(cast, scene) as watch:
        page = watch.page
        check_frame(page, scene)
        assert faults(page, sights(scene, everywhere=pytestconfig.getoption("--proof"))) == []
        watch.check()


def check_frame(page: Page, scene: Scene) -> None:
    """What frames every page: one heading, a neutral title, the ways past and away first."""
    assert page.locator("h1").count() == 1
    if scene.name not in FINDABLE:
        assert NEUTRAL.match(page.title()), page.title()
    assert page.title().startswith("Error: ") == (scene.status in (409, 422) and "-errors" in scene.name)
    on_desk = scene.path.startswith(("/desk", "{desk")) and scene.status != 404
    assert page.evaluate(FIRST_STOPS)[: 1 if on_desk else 2] == ["skip", "leave"][: 1 if on_desk else 2]
    assert page.locator(".exit").count() == (0 if on_desk else 1)
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0


def sights(scene: Scene, *, everywhere: bool) -> Sequence[tuple[int, str]]:
    """Widths and schemes to look at: every one in the proof; else the narrowest, and every second page in one more."""
    if everywhere:
        return SIGHTS
    turn, is_looked_at_again = divmod(SCENES.index(scene), 2)
    return (SIGHTS[0], SIGHTS[1 + turn % 2]) if is_looked_at_again else SIGHTS[:1]


def faults(page: Page, seen_at: Sequence[tuple[int, str]]) -> list[str]:
    """What axe finds where there is room enough, and sideways scrolling."""
    found: list[str] = []
    if len(seen_at) > 1:
        page.evaluate(AXE_SCRIPT)
    for width, scheme in seen_at:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{width}: wider than its window")
        if width > NARROWEST:
            answer = page.evaluate(ASK_AXE, {"type": "tag", "values": RULES})
            found += [f"{width} {scheme} {line}" for each in answer["violations"] for line in _lines(each)]
    return found


def _lines(violation: dict) -> list[str]:
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for node in violation["nodes"]
    ]


class Watch:
    """Opens a scene and notes what goes wrong meanwhile."""

    def __init__(self, cast: Cast, scene: Scene) -> None:
        self.scene, self.url = scene, cast.house.server.url
        self.path = cast.address(scene.path)
        self.page = cast.page(scene.who)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.documents: list[Response] = []

    def __enter__(self) -> "Watch":
        for event, note in self._notes.items():
            self.page.on(event, note)
        self.page.emulate_media(color_scheme="light")
        self.page.goto(self.url + self.path)
        if self.scene.act:
            self.scene.act(self.page)
        return self

    def __exit__(self, *_: object) -> None:
        for event, note in self._notes.items():
            self.page.remove_listener(event, note)

    @property
    def _notes(self) -> dict:
        return {
            "pageerror": self._error,
            "console": self._console,
            "request": self._request,
            "response": self._response,
        }

    def _error(self, error: object) -> None:
        self.said.append(str(error))

    def _console(self, message) -> None:
        # Chromium itself writes down the status of a page that is not 200.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.said.append(message.text)

    def _request(self, request) -> None:
        if not request.url.startswith((self.url + "/", "data:")):
            self.asked.append(request.url)

    def _response(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status not in (301, 302, 303):
            self.documents.append(response)
        elif response.status >= 400:
            self.said.append(f"{response.status} {response.url}")

    def check(self) -> None:
        """Nothing was said on the console, nobody else was asked, and the answer is what it should be."""
        last = self.documents[-1]
        assert last.status == self.scene.status
        assert self.said == []
        assert self.asked == []
        assert len(last.body()) <= 60 * KB
        assert "unsafe-" not in last.headers["content-security-policy"]


def test_what_a_pill_says_is_never_wider_than_its_table(cast):
    """Whatever stands in the record by now: sessions that repeat, the longest words, on the narrowest screen."""
    page = cast.page(COACH)
    cast.address("{desk_series}")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    page.goto(cast.house.server.url + cast.address("/desk/clients/{ref}/sessions"))
    page.evaluate("""() => document.querySelectorAll('.tbl .pill')
        .forEach(pill => pill.lastChild.textContent = 'It was not safe to come')""")
    assert page.locator(".tbl .pill").count() > 1
    assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST


@pytest.mark.parametrize(
    ("name", "most"),
    [("app.css", 36), ("desk.css", 16), ("app.js", 14), ("writing.js", 16)],
    ids=lambda value: str(value),
)
def test_what_every_page_loads_stays_small(name, most):
    assert (STATIC / name).stat().st_size <= most * KB


def test_the_letters_stay_small():
    assert sum(path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2")) <= 60 * KB


def test_the_first_visit_stays_small(house):
    page, answers = house.visitor().page(), []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{house.server.url}/")
    page.wait_for_load_state("networkidle")
    sizes = {urlsplit(answer.url).path: len(answer.body()) for answer in answers}
    assert len(sizes) >= 4
    assert sum(sizes.values()) <= 110 * KB, sizes


def test_every_scene_has_a_name_of_its_own():
    assert len({scene.name for scene in SCENES}) == len(SCENES)
    assert {scene.who for scene in SCENES} >= {"stranger", "client", COACH}
