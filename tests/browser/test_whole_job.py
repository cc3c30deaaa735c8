"""The product's whole job in a real browser, against what `make run` serves; once with script and once without."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coachapp import clock
from coachapp.demo import practice
from coachapp.demo.mail_catcher import list_mails, read_mail
from tests.documents.pdf_checks import assert_good_pdf
from tests.live import LiveServer

NEUTRAL_TITLE = re.compile(r"(Error: )?\w+( \w+)?$")
# Typed into every personal field; found nowhere but on the pages of those who may read them.
CANARIES = ("Quokkaname", "quokkainbox", "quokkahope", "quokkaanswer", "quokkadoor", "quokkapassphrase")


@pytest.fixture(params=["with script", "without script"])
def script(request):
    return request.param == "with script"


def test_someone_books_pays_fills_a_sheet_and_the_coach_answers_with_a_plan(chromium, live_server, script):
    job = Job(chromium, live_server, script)
    job.book_from_new_york()
    job.pay()
    job.read_the_mail()
    job.join()
    job.fill("A message came", {"came_how": "quokkaanswer by text"}, share=True)
    ref = job.coach_reads_and_assigns("quokkaanswer", "Our door")
    job.fill("Our door", {"sentence": "quokkadoor stays shut."}, share=True)
    job.both_get_their_files(ref)
    job.close()
    assert_no_canary(live_server)


class Job:
    """Two people: someone from New York who is new, and the coach. Nothing they meet is broken or from elsewhere."""

    def __init__(self, chromium: Browser, server: LiveServer, script: bool) -> None:
        self.server, self.script, self.url = server, script, server.url
        self.troubles: list[str] = []
        self.mine = self._context(chromium, "America/New_York", script)
        self.hers = self._context(chromium, "Europe/Madrid", script)
        self.client, self.coach = self.mine.new_page(), self.hers.new_page()
        for page in (self.client, self.coach):
            self._watch(page)
        self.inbox = f"quokkainbox{'1' if script else '0'}@example.com"
        self.login = f"quokka-{'one' if script else 'two'}"

    def book_from_new_york(self) -> None:
        page = self.client
        page.goto(f"{self.url}/book/power-hour")
        page.select_option("#tz", "America/New_York")
        page.click("#tz-go")
        expect(page.locator("#tz")).to_have_value("America/New_York")
        assert "Nora is in Madrid" in page.inner_text("main")
        page.locator(".cal a").last.click()
        page.wait_for_url("**day=**")
        page.locator(".slots .choice").first.click()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/book/details")
        self._neutral(page)
        page.fill("#name", "Quokkaname")
        page.fill("#email", self.inbox)
        page.locator("label", has=page.locator("[value=only_me]")).click(position={"x": 20, "y": 20})
        page.fill("#hope", "quokkahope for the week")
        page.locator("label", has=page.locator("#agree")).click(position={"x": 20, "y": 20})
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/book/code")
        assert "New York time" in page.inner_text("main")
        self.words = page.inner_text(".own").strip()

    def pay(self) -> None:
        page = self.client
        page.get_by_role("button", name="Continue to payment").click()
        page.wait_for_url("**/pay/**")
        assert urlsplit(page.url).hostname == "localhost", "another site than ours"
        assert "No money moves" in page.inner_text("body")
        page.get_by_role("button", name="Pay €").click()
        page.wait_for_url(f"{self.url}/paid/**")
        for _ in range(40):
            if page.get_by_role("link", name="See my booking").count():
                break
            page.wait_for_timeout(500)
            if not self.script:
                page.reload()
        page.get_by_role("link", name="See my booking").click()
        page.wait_for_url("**/b/**")
        assert "Booked and paid" in page.inner_text("main")
        self.booking = page.url

    def read_the_mail(self) -> None:
        folder = Path(self.server.instance) / "mail"
        for _ in range(60):
            mine = [mail for mail in list_mails(folder) if self.inbox in mail.to]
            if mine:
                break
            self.client.wait_for_timeout(500)
        mail = read_mail(folder, mine[0].number)
        assert mail is not None
        assert mail.subject == "Your update"
        assert "New York time" in mail.text and "Quokkaname" not in mail.text
        self.link = re.search(r"https?://\S+", mail.text)[0]
        assert self.link == self.booking
        page = self.client
        page.goto(f"{self.url}/demo/mail")
        assert self.inbox in page.inner_text("main")

    def join(self) -> None:
        page = self.client
        page.goto(self.link)
        page.get_by_role("link", name="Open my space").click()
        page.wait_for_url("**/join/**")
        self._neutral(page)
        page.fill("#name", self.login)
        page.fill("#passphrase", "quokkapassphrase over the hill")
        page.get_by_role("button", name="Open my space").click()
        page.wait_for_url("**/me/")
        self._neutral(page)
        assert "Quokkaname" in page.inner_text("h1")

    def fill(self, title: str, answers: dict[str, str], *, share: bool) -> None:
        page = self.client
        page.goto(f"{self.url}/me/worksheets")
        fold = page.get_by_text("You can also take one yourself")
        if not page.locator("details[open]", has=fold).count():
            fold.click()
        take = page.get_by_role("button", name=f"Take this one {title}")
        if take.count():
            take.click()
        else:
            page.get_by_role("link", name=title, exact=True).first.click()
        page.wait_for_url(re.compile(r"/me/worksheets/\d+$"))
        self._neutral(page)
        sheet = page.url
        for key, words in answers.items():
            page.fill(f"[name=f-{key}]", words)
        if self.script:
            expect(page.locator(".save").first).to_contain_text("Saved at", timeout=15_000)
        if share:
            page.locator("label", has=page.locator("#share")).click(position={"x": 20, "y": 20})
        page.get_by_role("button", name="I am done for now").click()
        page.wait_for_url("**/me/worksheets")
        page.goto(sheet)
        for key, words in answers.items():
            assert page.input_value(f"[name=f-{key}]") == words
        self.sheet = sheet

    def coach_reads_and_assigns(self, words: str, title: str) -> str:
        page = self.coach
        page.goto(f"{self.url}/sign-in")
        page.fill("#name", practice.COACH_NAME)
        page.fill("#passphrase", practice.COACH_PASSPHRASE)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/sign-in/code")
        self._give_code(page)
        page.wait_for_url("**/desk/")
        self._neutral(page)
        page.goto(f"{self.url}/desk/clients")
        page.get_by_role("link", name="Quokkaname").first.click()
        page.wait_for_url(re.compile(r"/desk/clients/C-\w+$"))
        ref = page.url.rpartition("/")[2]
        page.goto(f"{self.url}/desk/clients/{ref}/worksheets")
        page.get_by_role("link", name="A message came").first.click()
        page.wait_for_load_state()
        assert words in page.inner_text("main")
        page.goto(f"{self.url}/desk/clients/{ref}/worksheets")
        page.locator("label", has_text=title).first.click(position={"x": 20, "y": 20})
        page.get_by_role("button", name=re.compile("^Give")).first.click()
        page.wait_for_load_state()
        return ref

    def both_get_their_files(self, ref: str) -> None:
        number = self.sheet.rpartition("/")[2]
        for kind in ("completed", "blank", "fillable", "card"):
            self._file(self.mine, f"/me/worksheets/{number}/a4/keep/{kind}.pdf", rf"notes-{number}\.pdf")
        self._file(
            self.hers,
            f"/desk/clients/{ref}/worksheets/{number}/a4/keep/completed.pdf",
            rf"{ref}-{number}-\d{{4}}-\d\d-\d\d\.pdf",
        )

    def close(self) -> None:
        self.mine.close()
        self.hers.close()
        assert self.troubles == []

    def _file(self, context: BrowserContext, path: str, name: str) -> None:
        answer = context.request.get(self.url + path)
        assert answer.status == 200, path
        assert re.search(name, answer.headers["content-disposition"]), answer.headers["content-disposition"]
        assert_good_pdf(answer.body())

    def _give_code(self, page: Page) -> None:
        """The present code, or the next one when this one was used a moment ago (each counts only once)."""
        tried = ""
        for _ in range(80):
            code = practice.code(clock.now())
            if code != tried:
                page.fill("#code", code)
                with page.expect_navigation():
                    page.get_by_role("button", name="Sign in").click()
                tried = code
            if "/desk/" in page.url:
                return
            page.wait_for_timeout(1000)
        raise AssertionError("no code was accepted")

    def _neutral(self, page: Page) -> None:
        title = page.title()
        assert NEUTRAL_TITLE.match(title) and "Harbour" not in title and "Quokka" not in title, title

    def _context(self, chromium: Browser, zone: str, script: bool) -> BrowserContext:
        return chromium.new_context(
            locale="en-GB", timezone_id=zone, java_script_enabled=script, reduced_motion="reduce"
        )

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on(
            "console",
            lambda said: (
                self.troubles.append(said.text)
                if said.type == "error" and "status of 422" not in said.text
                else None
            ),
        )
        ours = {urlsplit(self.url).hostname, "localhost"}
        page.on(
            "request",
            lambda request: (
                self.troubles.append(request.url)
                if urlsplit(request.url).scheme != "data" and urlsplit(request.url).hostname not in ours
                else None
            ),
        )


def assert_no_canary(server: LiveServer) -> None:
    """No word of a person stands in the databases, logs, mails or the pretend Stripe's books (an address: in mails)."""
    for path in sorted(Path(server.instance).rglob("*")):
        if not path.is_file():
            continue
        body = path.read_bytes().lower()
        for canary in CANARIES:
            if canary == "quokkainbox" and path.parent.name == "mail":
                continue
            assert canary.lower().encode() not in body, f"{canary} in {path.name}"
