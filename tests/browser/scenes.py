"""Every page worth looking at: who sees it, where it is, and what she does to see it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from secrets import token_hex

from playwright.sync_api import Page
from pypdf import PdfWriter

from coachapp import clock
from coachapp.demo import practice
from tests.browser.visitors import PASSPHRASE, House, Visitor

Act = Callable[[Page], None]
STRANGER, MEMBER, COACH = "stranger", "client", "coach"


@dataclass(frozen=True)
class Scene:
    """One page. `path` may name facts of `Cast`; `status` is that of the page in the end, after `act`."""

    who: str
    name: str
    path: str
    act: Act | None = None
    status: int = 200


def press(words: str) -> Act:
    """Send a form as it is, by the button with these words."""
    return lambda page: _sent(page, lambda: page.get_by_role("button", name=words, exact=True).first.click())


def fill(words: str, typed: dict[str, str]) -> Act:
    """The same, after typing into the fields with these ids."""

    def act(page: Page) -> None:
        for name, value in typed.items():
            page.locator(f'[id="{name}"]').fill(value)
        press(words)(page)

    return act


def book_later(page: Page) -> None:
    """A session at nine in the evening, in forty days."""
    page.select_option("#what", "single-session")
    fill("Look at it once more", {"day": in_forty_days(), "at": "21:00"})(page)


def travel(page: Page) -> None:
    """A day in Tokyo."""
    page.select_option("#away-zone", "Asia/Tokyo")
    fill("Add the stay", {"away-first": in_forty_days(), "away-last": in_forty_days()})(page)


def repeat_later(page: Page) -> None:
    """The same every week, four times, in the early morning when nothing else is."""
    page.select_option("#what", "single-session")
    page.select_option("#every", "1")
    fill("Look at it once more", {"day": in_forty_days(), "at": "05:00", "times": "4"})(page)


def add_to_group(page: Page) -> None:
    """Someone booked into a date of a group by the coach."""
    page.select_option("#who", index=1)
    press("Look at it once more")(page)


def write_and_look(page: Page) -> None:
    """Send a few words, and open them with their four words."""
    fill("Send it", {"words": "May I ask how a first talk goes?"})(page)
    code = page.locator("p.own").inner_text()
    page.goto(page.url.split("/write")[0] + "/write/answer")
    fill("Show my message", {"code": code})(page)


def wrong_code(page: Page) -> None:
    """A code that lowers nothing, in the field that is folded away."""
    page.get_by_text("Do you have a code?").click()
    fill("Use it", {"code": "no-such-code"})(page)


def wrong_voucher(page: Page) -> None:
    """A voucher that pays nothing, in the field that is folded away."""
    page.get_by_text("Pay with a voucher").click()
    fill("Pay with it", {"voucher": "no-such-code"})(page)


def end_without_day(page: Page) -> None:
    """The end of a voucher, in the form that is folded away."""
    page.get_by_text("End this voucher").click()
    fill("End it", {"on": ""})(page)


def call_without_number(page: Page) -> None:
    """A wish for a call that names no number."""
    page.get_by_label("Call me").check()
    press("Save")(page)


def to_tokyo(page: Page) -> None:
    """Another zone than the booked one: her home asks."""
    page.select_option('[id="z-zone"]', "Asia/Tokyo")
    press("Save where you are")(page)


def offer_it(page: Page) -> None:
    """The first person of the list."""
    _sent(page, lambda: page.get_by_role("button", name="Offer").first.click())


def in_forty_days() -> str:
    return (clock.now().date() + timedelta(days=40)).isoformat()


def without_token(page: Page) -> None:
    """A form that was open for too long."""
    page.evaluate("document.querySelectorAll('main [name=csrf_token]').forEach(x => x.remove())")
    _sent(page, lambda: page.locator("main form .btn").first.click())


def make_an_empty_page(page: Page) -> None:
    """A page of looking back with nothing ticked."""
    page.get_by_label("What can be counted").uncheck()
    press("Make the page")(page)


def as_an_old_page(page: Page) -> None:
    """Send a sheet without script, from a page that stood open since before the last change elsewhere."""
    page.locator("[name=f-sentence]").evaluate("e => { e.value = 'Not today, thank you.'; }")
    page.locator("[name=revision]").evaluate("e => { e.value = 0; }")
    _sent(page, lambda: page.evaluate("document.querySelector('form[data-autosave]').submit()"))


def publish_without_title(page: Page) -> None:
    """A draft with an empty part more, and without a title, as it is published."""
    fill("Add a part", {"title": ""})(page)
    press("Publish version 1")(page)


def as_an_old_window(page: Page) -> None:
    """The same draft, sent from a window that stood open since before the last change."""
    page.locator("[name=title]").evaluate("e => { e.value = 'Our front door'; }")
    page.locator("[name=revision]").evaluate("e => { e.value = -1; }")
    _sent(page, lambda: page.evaluate("document.querySelector('form[data-autosave]').submit()"))


def as_an_old_question(page: Page) -> None:
    """The same with one question on its own, which had no answer yet when the page was made."""
    page.locator("[name=at-sentence]").evaluate("e => { e.value = ''; }")
    as_an_old_page(page)


def as_an_old_note(page: Page) -> None:
    """Words for a margin in which others stand by now."""
    page.locator("form.card [name=seen]").evaluate("e => { e.value = ''; }")
    fill("Put it beside the answer", {"words": "Something else."})(page)


def fill_and_send(page: Page) -> None:
    """More letters than were paid for."""
    page.locator("#words").fill("a" * 1501)
    _sent(page, lambda: page.get_by_role("button", name="Send it to Nora").click())


def too_often(page: Page) -> None:
    """Prove oneself wrongly until it is enough."""
    token = page.locator("[name=csrf_token]").first.input_value()
    form = {"csrf_token": token, "pin-pin": "1928", "pin-passphrase": "not this one"}
    for _ in range(10):
        page.context.request.post(page.url + "/pin", form=form)
    fill("Save the PIN", {"pin-pin": "1928", "pin-passphrase": "not this one"})(page)


def bring_a_file(page: Page) -> None:
    """The sheet's own PDF, every line of it filled in elsewhere."""
    here = page.url.removesuffix("/print")
    writer = PdfWriter(clone_from=BytesIO(page.context.request.get(f"{here}/fillable.pdf").body()))
    lines = [name for name, field in writer.get_fields().items() if field["/FT"] == "/Tx"]
    for leaf in writer.pages:
        writer.update_page_form_field_values(leaf, dict.fromkeys(lines, "Soon"), auto_regenerate=False)
    filled = BytesIO()
    writer.write(filled)
    _bring(page, filled.getvalue())


def _bring(page: Page, data: bytes) -> None:
    page.set_input_files("#file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": data})
    press("Read it")(page)


def _sent(page: Page, send: Callable[[], None]) -> None:
    with page.expect_navigation():
        send()


SCENES = (
    # ---- a stranger ----
    *(
        Scene(STRANGER, name, path)
        for name, path in {
            "home": "/",
            "services": "/book",
            "help": "/help",
            "staying-safe": "/safety",
            "privacy": "/privacy",
            "terms": "/terms",
            "resources": "/resources",
            "ask": "/ask",
            "ask-details": "/ask/one-question/details",
            "write": "/write",
            "write-about": "/write/about/steady-ground",
            "write-answer": "/write/answer",
            "times": "/book/single-session",
            "zones": "/book/single-session/zones",
            "package": "/book/steady-ground",
            "package-first": "/book/steady-ground/first",
            "package-zones": "/book/steady-ground/first/zones",
            "package-details": "/book/steady-ground/buy",
            "time-gone": "/book/gone",
            "enter": "/b",
            "pay-enter": "/pay",
            "pay-open": "{pay}",
            "pay-ended": "{pay_ended}",
            "pay-taken-back": "{pay_taken_back}",
            "pay-done": "{pay_done}",
            "sign-in": "/sign-in",
            "time-only": "{shared}",
            "caught-mail": "/demo/mail",
            "set-up": "{set_up}",
            "plan-read": "{seat}",
            "reader": "{reader}",
            "reader-done": "/read/done",
        }.items()
    ),
    Scene(STRANGER, "plan-ended", "/plan/unknown", status=404),
    Scene(
        STRANGER, "reader-errors", "{reader}", fill("Pass on what is ticked", {"fact": "A line alone"}), 422
    ),
    Scene(STRANGER, "write-errors", "/write", press("Send it"), 422),
    Scene(STRANGER, "write-sent", "/write", fill("Send it", {"words": "May I ask how a first talk goes?"})),
    Scene(STRANGER, "write-answer-errors", "/write/answer", press("Show my message"), 422),
    Scene(STRANGER, "write-read", "/write", write_and_look),
    Scene(STRANGER, "times-errors", "/book/single-session", press("Continue"), 422),
    Scene(STRANGER, "dates", "{group}"),
    Scene(STRANGER, "dates-errors", "{group}", press("Continue"), 422),
    Scene(STRANGER, "dates-none", "{group_empty}"),
    Scene("seated", "move-date", "{seated}/move"),
    Scene("seated", "move-date-errors", "{seated}/move", press("Move to this date"), 422),
    Scene(STRANGER, "times-with-whom", "{whom}"),
    Scene(STRANGER, "package-errors", "/book/steady-ground/buy", press("Continue"), 422),
    Scene(STRANGER, "ask-errors", "/ask/one-question/details", press("Continue"), 422),
    Scene("asking-first", "ask-words", "/ask/words"),
    Scene("asking-paid", "ask-done", "/ask/done"),
    Scene("first", "package-first-details", "/book/details"),
    Scene("first", "package-first-words", "/book/code"),
    Scene("buying", "package-words", "/book/words"),
    Scene("lowered", "package-words-lowered", "/book/words"),
    Scene("package-by-transfer", "package-awaited", "/book/words"),
    Scene("package-by-someone", "package-awaited-someone", "/book/words"),
    Scene("bought", "package-bought", "/book/sessions"),
    Scene(STRANGER, "hold-ended", "/book/details", status=409),
    Scene(STRANGER, "enter-errors", "/b", fill("Show my time", {"code": "these are not words"}), 422),
    Scene(STRANGER, "pay-enter-errors", "/pay", fill("Go on", {"code": "these are not words"}), 422),
    Scene(STRANGER, "enter-by-code-errors", "{shared}", press("Show the rest"), 422),
    Scene(STRANGER, "sign-in-errors", "/sign-in", press("Sign in"), 422),
    Scene(STRANGER, "link-ended", "/join/unknown", status=404),
    Scene(STRANGER, "choose-link", "{link}"),
    Scene(STRANGER, "choose-link-ended", "/i/unknown", status=404),
    Scene(STRANGER, "not-found", "/no-such-page", status=404),
    Scene(STRANGER, "stale-form", "/b", without_token, 400),
    # ---- on the booking road ----
    Scene("held", "details", "/book/details"),
    Scene("held", "details-errors", "/book/details", press("Continue"), 422),
    Scene("told", "four-words", "/book/code"),
    Scene("told", "four-words-errors", "/book/code", wrong_code, 422),
    Scene("told", "four-words-voucher-errors", "/book/code", wrong_voucher, 422),
    Scene("with_code", "four-words-lowered", "/book/code"),
    Scene("paying", "paid-open", "{paying}"),
    Scene("paid", "paid-done", "{paid}"),
    Scene("booked", "done", "{booked}"),
    Scene("booked", "cancel", "{booked}/cancel"),
    Scene("booked", "move", "{booked}/move"),
    Scene("booked", "move-errors", "{booked}/move", press("Move to this time"), 422),
    Scene("booked", "wishes", "{booked}/wishes"),
    Scene("booked", "wishes-errors", "{booked}/wishes", call_without_number, 422),
    Scene("booked", "room-closed", "{booked}/room"),
    Scene("near", "near", "{near}"),
    Scene("near", "late", "{near}", press("10 minutes")),
    Scene("booked", "join", "{join}"),
    Scene("booked", "join-errors", "{join}", press("Open my space"), 422),
    Scene("cancelled", "cancelled", "{cancelled}"),
    Scene("invited", "details-known", "/book/details"),
    Scene("invited", "details-known-errors", "/book/details", press("Continue"), 422),
    Scene("transferring", "awaited", "{awaited}"),
    Scene("someone", "awaited-someone", "{someone}"),
    Scene("asking", "asked", "{asked}"),
    Scene("declined", "not-possible", "{declined}"),
    Scene("offered", "offered", "{offered}"),
    Scene("stranger", "later", "/book/power-hour/later"),
    Scene("stranger", "later-errors", "/book/power-hour/later", press("Put me on the list"), 422),
    Scene("waiting", "listed", "/book/power-hour/later"),
    Scene("turn", "listed-kept", "/book/power-hour/later"),
    Scene("turn", "turn", "{turn}"),
    # ---- signing in, and covered pages ----
    Scene("covered", "unlock", "/unlock"),
    Scene("covered", "unlock-errors", "/unlock", fill("Open", {"pin": "1111"}), 422),
    Scene("half", "code", "/sign-in/code"),
    Scene("half", "code-errors", "/sign-in/code", press("Sign in"), 422),
    Scene("new-coach", "second-step", "/sign-in/factor"),
    Scene("new-coach", "second-step-errors", "/sign-in/factor", fill("Confirm", {"code": "12"}), 422),
    # ---- a client ----
    *(
        Scene(MEMBER, name, path)
        for name, path in {
            "me-home": "/me/",
            "me-sessions": "/me/sessions",
            "me-sheets": "/me/worksheets",
            "me-sheet-shared": "/me/worksheets/1",
            "me-sheet": "/me/worksheets/2",
            "me-print": "/me/worksheets/2/print",
            "me-several": "/me/worksheets/several",
            "me-together": "/me/worksheets/several/1-2/print",
            "me-path": "/me/worksheets/path",
            "me-path-end": "/me/worksheets/path/end",
            "me-one": "/me/worksheets/2/one/1",
            "me-one-ahead": "/me/worksheets/1/one/4",
            "me-one-open": "/me/worksheets/1/one/4/open",
            "me-one-end": "/me/worksheets/1/one/end",
            "me-earlier": "/me/worksheets/2/one/5/earlier",
            "me-earlier-all": "/me/worksheets/2/one/5/earlier/all",
            "me-sheet-doubt": "{me_doubt}",
            "me-numbers": "/me/worksheets/numbers",
            "me-words": "/me/worksheets/words",
            "me-back": "/me/worksheets/back",
            "me-back-page": "{me_back}",
            "me-back-forget": "{me_back}/forget",
            "me-household": "{me_household}",
            "me-readers": "{me_readers}",
            "me-safety": "/me/safety",
            "me-write": "/write",
            "me-wishes": "/me/wishes",
            "me-later": "/book/power-hour/later",
            "me-packages": "/me/packages",
            "me-receipts": "/me/receipts",
            "me-receipt": "{me_receipt}",
            "me-receipt-waits": "{me_receipt_waits}",
        }.items()
    ),
    Scene("asker", "me-questions", "{me_questions}"),
    Scene("asker", "me-question-write", "{me_question}"),
    Scene("asker", "me-question-errors", "{me_question}", fill_and_send, 422),
    Scene("asker", "me-question-waiting", "{me_question_sent}"),
    Scene("asker", "me-question-answered", "{me_question_answered}"),
    Scene("asker", "me-question-session", "{me_question_turned}"),
    Scene("using", "session-look", "/book/session"),
    Scene("parting", "me-to-pay", "/me/to-pay"),
    Scene("parting", "me-home-to-pay", "/me/"),
    Scene("new-client", "me-to-pay-empty", "/me/to-pay"),
    Scene("new-client", "me-packages-empty", "/me/packages"),
    Scene("new-client", "me-receipts-empty", "/me/receipts"),
    Scene(MEMBER, "me-receipt-errors", "{me_receipt_waits}", fill("Save", {"name": "Someone"}), 422),
    Scene(MEMBER, "me-path-errors", "/me/worksheets/path", fill("Start on this day", {"starts_on": ""}), 422),
    Scene(MEMBER, "me-both-versions", "/me/worksheets/2", as_an_old_page, 409),
    Scene(
        MEMBER,
        "me-print-errors",
        "/me/worksheets/2/print",
        fill("Save a locked copy", {"words": "short"}),
        422,
    ),
    Scene(MEMBER, "me-several-errors", "/me/worksheets/several", press("Continue"), 422),
    Scene(MEMBER, "me-one-both", "/me/worksheets/2/one/5", as_an_old_question, 409),
    Scene(MEMBER, "me-one-errors", "/me/worksheets/2/one/5", fill("Next", {"f-sentence": "a" * 20_001}), 422),
    Scene(MEMBER, "me-safety-errors", "/me/safety", press("Save the PIN"), 422),
    Scene(MEMBER, "me-file-read", "/me/worksheets/2/print", bring_a_file),
    Scene(MEMBER, "me-file-unread", "/me/worksheets/2/print", lambda page: _bring(page, b"no PDF"), 422),
    Scene(MEMBER, "me-not-found", "/me/worksheets/99", status=404),
    Scene(MEMBER, "me-household-errors", "{me_household}", press("Make the link"), 422),
    Scene(MEMBER, "me-wishes-errors", "/me/wishes", call_without_number, 422),
    Scene("moving", "me-home-asked", "/me/wishes", to_tokyo),
    Scene("new-client", "me-home-empty", "/me/"),
    Scene("new-client", "me-sheets-empty", "/me/worksheets"),
    Scene("new-client", "me-numbers-empty", "/me/worksheets/numbers"),
    Scene("new-client", "me-words-empty", "/me/worksheets/words"),
    Scene("new-client", "me-back-errors", "/me/worksheets/back", make_an_empty_page, 422),
    Scene("pausing", "too-often", "/me/safety", too_often, 429),
    # ---- the coach ----
    *(
        Scene(COACH, name, path)
        for name, path in {
            "desk-today": "/desk/",
            "desk-day": "/desk/day/{later}",
            "desk-calendar": "/desk/calendar",
            "desk-clients": "/desk/clients",
            "desk-add-client": "/desk/clients/new",
            "desk-record": "/desk/clients/{ref}",
            "desk-notes": "/desk/clients/{ref}/notes",
            "desk-sessions": "/desk/clients/{ref}/sessions",
            "desk-details": "/desk/clients/{ref}/details",
            "desk-given": "/desk/clients/{ref}/worksheets",
            "desk-read": "/desk/clients/{ref}/worksheets/1",
            "desk-path": "/desk/clients/{ref}/worksheets/path",
            "desk-path-end": "/desk/clients/{ref}/worksheets/path/end",
            "desk-path-step": "/desk/clients/{ref}/worksheets/path/step/1",
            "desk-path-begin": "/desk/clients/{other_ref}/worksheets/path",
            "desk-beside": "/desk/clients/{ref}/worksheets/1/beside/1",
            "desk-numbers": "/desk/clients/{ref}/worksheets/numbers",
            "desk-back-page": "{desk_back}",
            "desk-packages": "/desk/clients/{ref}/packages",
            "desk-package-back": "{desk_package_back}",
            "desk-cancel": "{desk_cancel}",
            "desk-move": "{desk_move}",
            "desk-absent": "{desk_absent}",
            "desk-book": "/desk/book",
            "desk-block": "/desk/block",
            "desk-messages": "/desk/messages",
            "desk-message": "{desk_message}",
            "desk-message-delete": "{desk_message}/delete",
            "desk-hours": "/desk/hours",
            "desk-requests": "/desk/requests",
            "desk-request": "{desk_request}",
            "desk-request-other": "{desk_request}/other",
            "desk-request-decline": "{desk_request}/decline",
            "desk-links": "/desk/links",
            "desk-link-for": "/desk/links/for/{ref}",
            "desk-link": "{desk_link}",
            "desk-blocked": "/desk/blocked",
            "desk-guest": "{desk_guest}",
            "desk-waiting": "/desk/waiting",
            "desk-waiting-at": "{desk_waiting_at}",
            "desk-waiting-offer": "{desk_waiting}",
            "desk-calendars": "/desk/calendars",
            "desk-groups": "/desk/groups",
            "desk-group": "{desk_group}",
            "desk-group-move": "{desk_group}/move",
            "desk-group-cancel": "{desk_group}/cancel",
            "desk-group-other": "{desk_seat}/move",
            "desk-payments": "{desk_payments}",
            "desk-paid": "{desk_paid}",
            "desk-part": "{desk_part}",
            "desk-given-back": "{desk_given}",
            "desk-ask-money": "/desk/payments/ask",
            "desk-asked-money": "{desk_asked}",
            "desk-money": "{desk_money}",
            "desk-disputed": "/desk/payments/disputed",
            "desk-money-due": "{desk_money_due}",
            "desk-ways": "/desk/payments/ways",
            "desk-services": "/desk/offerings",
            "desk-codes": "/desk/codes",
            "desk-vouchers": "/desk/vouchers",
            "desk-voucher": "{desk_voucher}",
            "desk-service": "/desk/offerings/single-session",
            "desk-new-service": "/desk/offerings/new",
            "desk-settings": "/desk/settings",
            "desk-receipts": "/desk/receipts",
            "desk-receipt": "{desk_receipt}",
            "desk-receipt-terms": "/desk/receipts/settings",
            "desk-lock": "/desk/sign-in",
            "desk-library": "/desk/worksheets",
            "desk-preview": "/desk/worksheets/our-door",
        }.items()
    ),
    Scene(COACH, "desk-draft", "{desk_draft}"),
    Scene(COACH, "desk-draft-errors", "{desk_draft}", publish_without_title, 422),
    Scene(COACH, "desk-draft-both", "{desk_draft}", as_an_old_window, 409),
    Scene(COACH, "desk-draft-preview", "{desk_draft}/preview"),
    Scene(COACH, "desk-draft-remove", "{desk_draft}/remove"),
    Scene(COACH, "desk-source", "/desk/worksheets/from/file"),
    Scene(
        COACH, "desk-source-errors", "/desk/worksheets/from/file", fill("Read it", {"text": "key: A"}), 422
    ),
    Scene(
        COACH,
        "desk-path-begin-errors",
        "/desk/clients/{other_ref}/worksheets/path",
        fill("Make the path", {"starts_on": ""}),
        422,
    ),
    Scene(
        COACH,
        "desk-path-add-errors",
        "/desk/clients/{ref}/worksheets/path/step",
        fill("Add it", {"days": "-1"}),
        422,
    ),
    Scene("desk_together", "me-sheet-together", "/me/worksheets/1"),
    Scene("desk_together_asked", "me-home-together-asked", "/me/"),
    Scene("desk_together_asked", "me-sheet-together-asked", "/me/worksheets/1"),
    Scene(COACH, "desk-together", "{desk_together}"),
    Scene(COACH, "desk-together-asked", "{desk_together_asked}"),
    Scene(COACH, "desk-questions", "{desk_questions}"),
    Scene(COACH, "desk-question", "{desk_question}"),
    Scene(COACH, "desk-question-opened", "{desk_question_opened}"),
    Scene(
        COACH,
        "desk-question-errors",
        "{desk_question_opened}",
        fill("Look at it once more", {"answer": " "}),
        422,
    ),
    Scene(
        COACH,
        "desk-question-check",
        "{desk_question_opened}",
        fill("Look at it once more", {"answer": "You may."}),
    ),
    Scene(COACH, "desk-question-back", "{desk_question_opened}/decline"),
    Scene(COACH, "desk-question-session", "{desk_question_opened}/session"),
    Scene(COACH, "desk-question-session-errors", "{desk_question_opened}/session", press("Save"), 422),
    Scene(COACH, "desk-accounts", "/desk/accounts"),
    Scene(COACH, "desk-accounts-year", "/desk/accounts/{year}"),
    Scene(COACH, "desk-accounts-empty", "/desk/accounts/2001-01"),
    Scene(COACH, "desk-record-errors", "/desk/clients/{ref}", press("Save note"), 422),
    Scene(COACH, "desk-add-client-errors", "/desk/clients/new", press("Add to your clients"), 422),
    Scene(COACH, "desk-packages-errors", "/desk/clients/{ref}/packages", press("Give them"), 422),
    Scene(
        COACH,
        "desk-package-back-errors",
        "{desk_package_back}",
        fill("Take them back", {"amount": "9999"}),
        422,
    ),
    Scene(COACH, "desk-book-errors", "/desk/book", press("Look at it once more"), 422),
    Scene(COACH, "desk-book-check", "/desk/book/{ref}", book_later),
    Scene(COACH, "desk-book-series", "/desk/book/{ref}", repeat_later),
    Scene(COACH, "desk-series-cancel", "{desk_series}"),
    Scene(COACH, "desk-message-errors", "{desk_message}", fill("Look at it once more", {"answer": " "}), 422),
    Scene(
        COACH, "desk-message-check", "{desk_message}", fill("Look at it once more", {"answer": "It is free."})
    ),
    Scene(COACH, "desk-block-errors", "/desk/block", press("Block this time"), 422),
    Scene(COACH, "desk-ask-money-errors", "/desk/payments/ask", press("Make the link"), 422),
    Scene(COACH, "desk-money-errors", "{desk_money}", fill("Give it back", {"amount": "9999"}), 422),
    Scene(COACH, "desk-ways-errors", "/desk/payments/ways", fill("Save", {"days": "99"}), 422),
    Scene(
        COACH,
        "desk-given-back-errors",
        "{desk_given}",
        fill("I have given it back", {"on": "2999-01-01"}),
        422,
    ),
    Scene(COACH, "desk-part-errors", "{desk_part}", fill("Move it", {"on": "2020-01-01"}), 422),
    Scene(COACH, "desk-blocked-errors", "/desk/blocked", press("Add to the list"), 422),
    Scene(COACH, "desk-links-errors", "/desk/links", fill("Make the link", {"last": "2020-01-01"}), 422),
    Scene(COACH, "desk-waiting-errors", "{desk_waiting}", press("Look at it once more"), 422),
    Scene(COACH, "desk-waiting-check", "{desk_waiting_at}", offer_it),
    Scene(COACH, "desk-other-errors", "{desk_request}/other", press("Offer this time"), 422),
    Scene(COACH, "desk-hours-errors", "/desk/hours", fill("Save your hours", {"0-0-to": ""}), 422),
    Scene(COACH, "desk-away-errors", "/desk/hours", press("Add the stay"), 422),
    Scene(COACH, "desk-away", "/desk/hours", travel),
    Scene(COACH, "desk-calendars-errors", "/desk/calendars", press("Add this calendar"), 422),
    Scene(COACH, "desk-groups-errors", "{desk_groups}", press("Add"), 422),
    Scene(COACH, "desk-group-add", "{desk_group}", add_to_group),
    Scene(COACH, "desk-group-move-check", "{desk_group}/move", fill("Look at it once more", {"at": "03:30"})),
    Scene(COACH, "desk-group-move-errors", "{desk_group}/move", press("Look at it once more"), 422),
    Scene(COACH, "desk-group-other-errors", "{desk_seat}/move", press("Move it"), 422),
    Scene(COACH, "desk-codes-errors", "/desk/codes", press("Make the code"), 422),
    Scene(COACH, "desk-vouchers-errors", "/desk/vouchers", press("Make the voucher"), 422),
    Scene(COACH, "desk-voucher-errors", "{desk_voucher}", end_without_day, 422),
    Scene(COACH, "desk-new-service-errors", "/desk/offerings/new", press("Save"), 422),
    Scene(COACH, "desk-beside-both", "/desk/clients/{ref}/worksheets/1/beside/19", as_an_old_note, 409),
    Scene(
        COACH,
        "desk-settings-errors",
        "/desk/settings",
        fill("Save settings", {"name": "", "exit_to": "nowhere"}),
        422,
    ),
    Scene(COACH, "desk-receipt-errors", "{desk_receipt}", press("Save"), 422),
    Scene(COACH, "desk-receipt-usual", "/desk/receipts/settings", press("Fill in what is usual")),
    Scene(COACH, "desk-receipt-terms-errors", "/desk/receipts/settings", fill("Save", {"name": ""}), 422),
    Scene(COACH, "desk-lock-errors", "/desk/sign-in", press("Save the PIN"), 422),
    Scene(COACH, "desk-find", "/desk/clients", fill("Find", {"find": "zzz"})),
    Scene(COACH, "desk-not-found", "/desk/clients/C-0000", status=404),
)


class Cast:
    """The people of these scenes, each made when first asked for, and the facts that stand in paths."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._people: dict[str, Visitor] = {}
        self._pages: dict[str, Page] = {}
        self._facts: dict[str, str] = {}

    def page(self, who: str) -> Page:
        """The one tab of this person."""
        if who not in self._pages:
            self._pages[who] = self.person(who).page()
            self._pages[who].set_default_timeout(15_000)
        return self._pages[who]

    def person(self, who: str) -> Visitor:
        if who not in self._people:
            self._people[who] = getattr(self, f"_{who.replace('-', '_')}")()
        return self._people[who]

    def address(self, path: str) -> str:
        """The path with its facts put in."""
        for name in re.findall(r"{(\w+)}", path):
            if name not in self._facts:
                self._find(name)
        return path.format_map(self._facts)

    def _find(self, name: str) -> None:
        """Make the people who know this fact."""
        match name:
            case "later":
                self._facts[name] = in_forty_days()
            case "year":
                found = self.person(COACH).get("/desk/receipts").text()
                self._facts[name] = re.search(r"QH-(20\d\d)-", found)[1]
            case "ref" | "other_ref":
                list_page = self.person(COACH).get("/desk/clients").text()
                refs = re.findall(r"/desk/clients/(C-\w+)", list_page)
                self._facts["ref"] = next(ref for ref in refs if self._is_maya(ref))
                self._facts["other_ref"] = next(ref for ref in refs if ref != self._facts["ref"])
            case "me_doubt":
                found = self.person(MEMBER).get("/me/worksheets").text()
                self._facts[name] = re.search(r'"(/me/worksheets/\d+)">When I doubt', found)[1]
            case "me_back":
                found = self.person(MEMBER).get("/me/worksheets/back").text()
                self._facts[name] = re.search(r'"(/me/worksheets/back/\d+)"', found)[1]
            case "desk_back":
                found = self.person(COACH).get(self.address("/desk/clients/{ref}/worksheets")).text()
                self._facts[name] = re.search(r'"(/desk/clients/[^"]+/back/\d+)"', found)[1]
            case "desk_cancel":
                sessions = self.person(COACH).get(self.address("/desk/clients/{ref}/sessions")).text()
                self._facts[name] = re.search(r'"(/desk/clients/[^"]+/cancel)"', sessions)[1]
            case "desk_money":
                sessions = self.person(COACH).get(self.address("/desk/clients/{ref}/sessions")).text()
                self._facts[name] = re.search(r'"(/desk/payments/orders/[0-9a-f-]{36})"', sessions)[1]
            case "desk_package_back":
                found = self.person(COACH).get(self.address("/desk/clients/{ref}/packages")).text()
                self._facts[name] = re.search(r'"(/desk/clients/[^"]+/take-back)"', found)[1]
            case "me_receipt" | "me_receipt_waits":
                found = re.findall(r'"(/me/receipts/[^"]+)"', self.person(MEMBER).get("/me/receipts").text())
                self._facts["me_receipt"], self._facts["me_receipt_waits"] = found[0], found[-1]
            case "desk_receipt":
                found = self.person(COACH).get("/desk/receipts").text()
                self._facts[name] = re.search(r'"(/desk/receipts/[0-9a-f-]{36})"', found)[1]
            case "desk_voucher":
                found = self.person(COACH).get("/desk/vouchers").text()
                self._facts[name] = re.search(r'"(/desk/vouchers/[0-9a-f-]{36})"', found)[1]
            case "desk_move":
                self._facts[name] = self.address("{desk_cancel}").replace("/cancel", "/move")
            case "desk_draft":
                begun = self.person(COACH).send("/desk/worksheets/a-parcel/copy", {}, "/desk/worksheets")
                self._facts[name] = begun.headers["location"]
            case "desk_series":
                self._facts[name] = self._book_series()
            case "desk_message":
                self.house.visitor().send("/write", {"words": "A question.", "name": "Robin"})
                found = self.person(COACH).get("/desk/messages").text()
                self._facts[name] = re.search(r'"(/desk/messages/[^"]+)"', found)[1]
                self.person(COACH).send(self._facts[name], {"answer": "It is free."})
            case "year":
                self._facts[name] = str(clock.now().year)
            case "me_questions":
                self.address("{me_question}")
                self._facts[name] = "/me/questions"
            case "desk_questions":
                self.address("{desk_question}{me_question_answered}")
                self._facts[name] = "/desk/questions"
            case "me_question" | "me_question_sent" | "desk_question":
                self._facts["me_question"] = self._ask_one()
                self._facts["me_question_sent"] = self._ask_one("May I wait until Monday?")
                self._facts["desk_question"] = self._at_desk(self._facts["me_question_sent"])
            case "desk_question_opened" | "me_question_answered" | "me_question_turned":
                self._answer_some()
            case "group" | "group_empty" | "desk_group":
                self._make_groups()
            case "desk_groups":
                self.address("{desk_group}")
                self._facts[name] = "/desk/groups"
            case "desk_seat":
                self.person("seated")
            case "desk_guest":
                self._add_coach()
                self.house.visitor().book()
                self._facts[name] = f"/desk/sessions/{self.house.last_is_a_guest()}"
            case "desk_absent":
                self.house.visitor().book()
                ref, place = self.house.last_begins(minutes=-300 * 24 * 60)
                self._facts[name] = f"/desk/clients/{ref}/sessions/{place}/absent"
                opened = f"/desk/clients/{ref}/sessions"
                assert self.person(COACH).send(self._facts[name], {}, opened).status == 303
            case "join":
                self._facts[name] = re.search(
                    r'"(/join/[^"]+)"', self.person("booked").get(self.address("{booked}")).text()
                )[1]
            case "shared":
                visitor = self.house.visitor()
                self._facts[name] = visitor.book(inbox="shared", email="shared@example.com")
            case "seat" | "me_household":
                self._seat_someone()
            case "reader" | "me_readers":
                self._let_someone_read()
            case "link" | "desk_link":
                self._make_link()
            case "feed":
                self.person(COACH).send("/desk/calendars/feed", {}, "/desk/calendars")
                page = self.person(COACH).get("/desk/calendars").text()
                self._facts[name] = re.search(r"/c/[\w-]+\.ics", page)[0]
            case "desk_waiting" | "desk_waiting_at":
                self.person("waiting")
            case "desk_request" | "asked":
                self.person("asking")
            case "awaited" | "desk_payments" | "desk_paid" | "desk_given":
                self.person("transferring")
            case "desk_part":
                self.person("parting")
            case "pay" | "pay_done":
                self.person("someone")
            case "pay_ended":
                self._facts[name] = self._let_someone()
            case "pay_taken_back" | "desk_asked":
                self._ask_money()
            case "desk_money_due":
                found = self.person(COACH).get(self.address("{desk_asked}")).text()
                self._facts[name] = re.search(r'"(/desk/payments/orders/[0-9a-f-]{36})"', found)[1]
            case "set_up":
                self._facts[name] = self._add_coach()
            case "whom":
                self._facts[name] = self._share()
            case _:
                self.person(name)

    def _make_link(self) -> None:
        """A link for a client's first conversation: its address at the desk, and the one to hand over."""
        form = {"who": self.address("{ref}"), "what": "first-conversation", "last": in_forty_days()}
        coach = self.person(COACH)
        self._facts["desk_link"] = coach.send("/desk/links", form).headers["location"]
        page = coach.get(self._facts["desk_link"]).text()
        self._facts["link"] = re.search(r'value="http[^"]+?(/i/[^"]+)"', page)[1]

    def _seat_someone(self) -> None:
        """A seat in a household plan: the client's page, and the address she passes on."""
        here, client = "/me/worksheets/2/household", self.person(MEMBER)
        assert client.send(here, {"name": "Sam"}).status == 303
        self._facts["me_household"] = here
        self._facts["seat"] = re.findall(r'value="http[^"]+?(/plan/[^"]+)"', client.get(here).text())[-1]

    def _let_someone_read(self) -> None:
        """A link that is open, and above it what came by another."""
        here, client = "/me/worksheets/read", self.person(MEMBER)
        for fact in ("reader", "me_readers"):
            assert client.send(here, {"about": "The blue envelope", "apology": "y"}).status == 303
            found = re.findall(r'value="http[^"]+?(/read/[^"]+)"', client.get(here).text())
            self._facts[fact] = next(each for each in found if each not in self._facts.values())
        ticked = {"found": "visit", "visit_on": in_forty_days(), "parts": "names", "child": "present"}
        assert self.house.visitor().send(self._facts["me_readers"], ticked).status == 303
        self._facts["me_readers"] = here

    def _ask_one(self, words: str = "") -> str:
        """A question of a client's, paid; sent, if there are words. Its page."""
        asker = self.person("asker")
        assert asker.send("/ask/one-question/details", {"agree": "y"}).status == 303
        asker.get(asker.pay(at="/ask/words"))  # asks Stripe, if its news are still on their way
        here = asker.get("/ask/done").headers["location"]
        if words:
            assert asker.send(here, {"words": words, "revision": "0", "go": "send"}).status == 303
        return here

    def _at_desk(self, here: str) -> str:
        return here.replace("/me/", "/desk/")

    def _answer_some(self) -> None:
        """Three more that the coach has opened: one with nothing yet, one answered, one turned into a session."""
        nora = self.person(COACH)
        for fact in ("opened", "answered", "turned"):
            here = self._ask_one("May I wait until Monday?")
            desk = self._at_desk(here)
            assert nora.send(f"{desk}/open", {}, desk).status == 303
            self._facts[f"me_question_{fact}"], self._facts[f"desk_question_{fact}"] = here, desk
        desk = self._facts["desk_question_answered"]
        nora.send(desk, {"answer": "You may."})
        seen = re.search(r'name="seen"[^>]*value="(\w+)"', nora.get(f"{desk}/check").text())[1]
        assert nora.send(f"{desk}/send", {"seen": seen}, f"{desk}/check").status == 303
        desk = self._facts["desk_question_turned"] + "/session"
        what = re.search(r'<option[^>]*value="([0-9a-f-]{36})"', nora.get(desk).text())[1]
        assert nora.send(desk, {"what": what, "how": "now"}).status == 303

    def _make_groups(self) -> None:
        """A circle with two dates in the small hours of two weeks, and one without any."""
        coach = self.person(COACH)
        shape = {"kind": "group", "sessions": "1", "seats": "6", "length": "60", "way": "video", "price": "0"}
        shape |= {
            "before": "0",
            "after": "0",
            "interval": "30",
            "notice": "24",
            "horizon": "60",
            "cutoff": "24",
        }
        shape |= {"position": "9", "listed": "y", "active": "y", "text": "An hour in a small group."}
        for slug, title, fact in (
            ("circle", "Small circle", "group"),
            ("quiet", "Quiet circle", "group_empty"),
        ):
            coach.send("/desk/offerings/new", shape | {"slug": slug, "title": title})
            self._facts[fact] = f"/book/{slug}"
        first = (clock.now().date() + timedelta(days=11)).isoformat()
        dates = {"what": "circle", "day": first, "at": "02:00", "every": "1", "times": "2"}
        coach.send("/desk/groups", dates)
        self._facts["desk_group"] = re.search(
            r"/desk/groups/[0-9a-f-]{36}", coach.get("/desk/groups").text()
        )[0]

    def _wait(self) -> tuple[Visitor, str]:
        """Someone who would take another time, and the page on which the coach offers her one."""
        visitor, before = self.house.visitor(), self._offers()
        form = {"name": "Robin", "inbox": "only_me", "email": "robin@example.com", "agree": "y"}
        answer = visitor.send("/book/power-hour/later", form | {"last": in_forty_days(), "weekdays": "1"})
        assert answer.status == 303, answer.status
        (hers,) = self._offers() - before
        return visitor, hers

    def _offers(self) -> set[str]:
        """Where the coach offers a time to each who waits."""
        page = self.person(COACH).get("/desk/waiting").text()
        return set(re.findall(r'"(/desk/waiting/[0-9a-f-]{36}/offer)"', page))

    def _ask(self) -> tuple[Visitor, str, str]:
        """Someone who asks for a time, while first bookings wait for a yes: her page, and the one at the desk."""
        visitor = self.house.visitor()
        with self.house.who_books("approved"):
            visitor.hold("first-conversation")
            visitor.tell()
            visitor.send("/book/code", {})
        list_page = self.person(COACH).get("/desk/requests").text()
        known = set(self._facts.values())
        found = re.findall(r'"(/desk/requests/[0-9a-f-]{36})"', list_page)
        return (
            visitor,
            visitor.get("/book/done").headers["location"],
            next(x for x in found if x not in known),
        )

    def _book_series(self) -> str:
        """Two weeks in a row at six in the morning; the question before they are cancelled."""
        nora, ref, first = self.person(COACH), self.address("{ref}"), in_forty_days()
        what = {"who": ref, "what": "single-session", "day": first, "at": "06:00", "every": "1", "times": "2"}
        nora.send("/desk/book/go", what | {"on": first}, "/desk/book")
        return re.search(
            r'"(/desk/clients/[^"]+/cancel-rest)"', nora.get(f"/desk/clients/{ref}/sessions").text()
        )[1]

    def _is_maya(self, ref: str) -> bool:
        return "Maya" in self.person(COACH).get(f"/desk/clients/{ref}").text()

    def _add_coach(self) -> str:
        said = self.house.server.flask("coach", "add", f"lena-{token_hex(4)}@quietharbour.example")
        return re.search(r"/sign-in/set-up/\S+", said)[0]

    def _share(self) -> str:
        """Something that Nora and a colleague give, by its address alone; where its times are chosen."""
        self._add_coach()
        nora = self.person(COACH)
        form = nora.get("/desk/offerings/single-session").text()
        usual = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
        usual |= {"title": "With either of us", "text": "Words.", "kind": "session", "way": "video"}
        colleague = re.search(r'name="others" value="(\w+)"', form)[1]
        keep = {key: value for key, value in usual.items() if key not in ("csrf_token", "slug", "listed")}
        nora.send("/desk/offerings/new", keep | {"others": colleague, "active": "y"})
        found = nora.get("/desk/offerings").text()
        return re.findall(r'"(/book/[0-9a-f]{20})"', found)[-1]

    # ---- people ----

    def _stranger(self) -> Visitor:
        return self.house.visitor()

    def _client(self) -> Visitor:
        return self.house.maya()

    def _coach(self) -> Visitor:
        return self.house.nora()

    def _held(self) -> Visitor:
        visitor = self.house.visitor()
        visitor.hold("single-session")
        return visitor

    def _first(self) -> Visitor:
        """Someone who buys a package with a first time."""
        visitor = self.house.visitor()
        visitor.hold("single-session", "steady-ground/first")
        visitor.tell()
        return visitor

    def _buying(self) -> Visitor:
        visitor = self.house.visitor()
        typed = {"name": "Robin", "agree": "y"}
        assert visitor.send("/book/steady-ground/buy", typed).status == 303
        return visitor

    def _make_code(self) -> str:
        """A code that takes a tenth off everything."""
        code = f"tenth-{token_hex(4)}"
        assert self.person(COACH).send("/desk/codes", {"code": code, "percent": "10"}).status == 303
        return code

    def _lowered(self) -> Visitor:
        """Someone who buys a package by a code."""
        visitor = self._buying()
        assert visitor.send("/book/price", {"code": self._make_code()}, "/book/words").status == 303
        return visitor

    def _with_code(self) -> Visitor:
        """The same with a time."""
        visitor = self._told()
        assert visitor.send("/book/price", {"code": self._make_code()}, "/book/code").status == 303
        return visitor

    def _package_by_transfer(self) -> Visitor:
        visitor = self._buying()
        assert visitor.send("/book/code/transfer", {}, "/book/words").status == 303
        return visitor

    def _package_by_someone(self) -> Visitor:
        visitor = self._buying()
        assert visitor.send("/book/code/someone", {}, "/book/words").status == 303
        return visitor

    def _bought(self) -> Visitor:
        visitor = self._buying()
        visitor.get(visitor.pay(at="/book/words"))
        return visitor

    def _parting(self) -> Visitor:
        """Someone who has paid the first part of a package, and signs in."""
        visitor = self._buying()
        parts = re.search(r'name="parts" value="([^"]+)"', visitor.get("/book/words").text())[1]
        visitor.get(visitor.pay(at="/book/words", parts=parts))
        visitor.join(f"robin-{token_hex(4)}", "/book/sessions")
        found = self.person(COACH).get("/desk/payments").text()
        self._facts["desk_part"] = re.search(r'"(/desk/payments/parts/[^"]+)"', found)[1]
        return visitor

    def _asking_first(self) -> Visitor:
        visitor = self.house.visitor()
        typed = {"name": "Robin", "agree": "y"}
        assert visitor.send("/ask/one-question/details", typed).status == 303
        return visitor

    def _asking_paid(self) -> Visitor:
        visitor = self._asking_first()
        visitor.get(visitor.pay(at="/ask/words"))
        return visitor

    def _desk_together_asked(self) -> Visitor:
        return self._ask_together("desk_together_asked")

    def _desk_together(self) -> Visitor:
        visitor = self._ask_together("desk_together")
        visitor.send("/me/worksheets/1/together", {"say": "yes"}, "/me/worksheets/1")
        return visitor

    def _ask_together(self, fact: str) -> Visitor:
        """Someone whom Nora gives a sheet, and asks to fill it in together; where it stands on the desk."""
        visitor, nora = self.house.member(), self.person(COACH)
        given = f"/desk/clients/{self.house.last_ref()}/worksheets"
        choice = re.search(r'value="([0-9a-f-]{36})"[^>]*><span>A message came', nora.get(given).text())
        nora.send(given, {"templates": choice[1]})
        self._facts[fact] = re.search(r'"(/desk/clients/[^"]+/together)"', nora.get(given).text())[1]
        nora.send(self._facts[fact], {}, given)
        return visitor

    def _asker(self) -> Visitor:
        return self.house.member()

    def _using(self) -> Visitor:
        """The demo's client in front of the one press."""
        visitor = self.house.maya()
        visitor.hold("single-session")
        return visitor

    def _told(self) -> Visitor:
        visitor = self._held()
        visitor.tell()
        return visitor

    def _paying(self) -> Visitor:
        visitor = self._told()
        self._facts["paying"] = visitor.pay("back")
        return visitor

    def _paid(self) -> Visitor:
        visitor = self._told()
        self._facts["paid"] = visitor.pay()
        return visitor

    def _booked(self) -> Visitor:
        visitor = self.house.visitor()
        self._facts["booked"] = visitor.book()
        return visitor

    def _near(self) -> Visitor:
        visitor = self.house.visitor()
        self._add_coach()
        self._facts["near"] = visitor.book()
        self.house.last_begins(minutes=5, elsewhere=True)
        return visitor

    def _seated(self) -> Visitor:
        visitor, date = self.house.visitor(), self.address("{desk_group}")
        visitor.hold("circle")
        visitor.tell()
        visitor.send("/book/code", {})
        self._facts["seated"] = visitor.get("/book/done").headers["location"]
        page = self.person(COACH).get(date).text()
        self._facts["desk_seat"] = re.search(rf'"({date}/places/[0-9a-f-]{{36}})/move"', page)[1]
        return visitor

    def _moving(self) -> Visitor:
        return self.house.member()

    def _cancelled(self) -> Visitor:
        visitor = self.house.visitor()
        self._facts["cancelled"] = visitor.book()
        visitor.send(self._facts["cancelled"] + "/cancel", {})
        return visitor

    def _asking(self) -> Visitor:
        visitor, self._facts["asked"], self._facts["desk_request"] = self._ask()
        return visitor

    def _transferring(self) -> Visitor:
        """One whose money is awaited; and another, whose money is to be given back."""
        coach, other = self.person(COACH), self.house.visitor()
        gone = self._by_transfer(other)
        marked = f"/desk/payments/places/{self.house.last_place()}"
        assert coach.send(marked, {"how": "transfer"}).status == 303
        other.send(f"{gone}/cancel", {})
        page = coach.get("/desk/payments").text()
        self._facts["desk_given"] = re.search(r'"(/desk/payments/back/[^"]+)"', page)[1]
        visitor = self.house.visitor()
        self._facts["awaited"] = self._by_transfer(visitor)
        self._facts["desk_paid"] = f"/desk/payments/places/{self.house.last_place()}"
        self._facts["desk_payments"] = "/desk/payments"
        return visitor

    def _by_transfer(self, visitor: Visitor, way: str = "transfer") -> str:
        """The path of a time that is paid in this way."""
        visitor.hold("single-session")
        visitor.tell()
        assert visitor.send(f"/book/code/{way}", {}, "/book/code").status == 303
        return visitor.get("/book/done").headers["location"]

    def _someone(self) -> Visitor:
        """One whose time somebody else is to pay, and another's that somebody has paid."""
        visitor = self.house.visitor()
        self._facts["someone"] = self._by_transfer(visitor, "someone")
        self._facts["pay"] = self._link_on(visitor, self._facts["someone"])
        other = self.house.visitor()
        self._facts["pay_done"] = self._link_on(other, self._by_transfer(other, "someone"))
        coach = self.person(COACH)
        marked = f"/desk/payments/places/{self.house.last_place()}"
        assert coach.send(marked, {"how": "other"}).status == 303
        return visitor

    def _link_on(self, visitor: Visitor, path: str) -> str:
        """The path of the link that a page gives on."""
        return re.search(r"https?://[^/<]+(/pay/[\w-]+)", visitor.get(path).text())[1]

    def _let_someone(self) -> str:
        """The link of a time that was let go."""
        visitor = self.house.visitor()
        path = self._by_transfer(visitor, "someone")
        link = self._link_on(visitor, path)
        visitor.send(f"{path}/let-go", {}, path)
        return link

    def _ask_money(self) -> None:
        """Two requests of the coach's: one that stands, and one that she took back."""
        coach, form = (
            self.person(COACH),
            {"who": self.address("{ref}"), "amount": "40", "due": in_forty_days()},
        )
        for name in ("desk_asked", "pay_taken_back"):
            answer = coach.send("/desk/payments/ask", form)
            assert answer.status == 303, answer.text()
            self._facts[name] = answer.headers["location"]
        taken = self._facts["pay_taken_back"]
        self._facts["pay_taken_back"] = self._link_on(coach, taken)
        coach.send(f"{taken}/take-back", {}, taken)

    def _declined(self) -> Visitor:
        visitor, self._facts["declined"], request = self._ask()
        self.person(COACH).send(f"{request}/decline", {})
        return visitor

    def _offered(self) -> Visitor:
        visitor, self._facts["offered"], request = self._ask()
        self.person(COACH).send(f"{request}/other", {"day": in_forty_days(), "at": "22:30"})
        return visitor

    def _waiting(self) -> Visitor:
        visitor, self._facts["desk_waiting"] = self._wait()
        at = datetime.combine(date.fromisoformat(in_forty_days()), time(20), UTC)
        self._facts["desk_waiting_at"] = f"/desk/waiting/at/{int(at.timestamp()) // 60}"
        return visitor

    def _turn(self) -> Visitor:
        visitor, offer = self._wait()
        at = datetime.combine(date.fromisoformat(in_forty_days()), time(22), UTC)
        slot = {"slot": str(int(at.timestamp()) // 60)}
        assert self.person(COACH).send(f"{offer}/go", slot, "/desk/waiting").status == 303
        page = visitor.get("/book/power-hour/later").text()
        self._facts["turn"] = re.search(r'"(/b/[\w-]+)"', page)[1]
        return visitor

    def _invited(self) -> Visitor:
        self._make_link()
        visitor = self.house.visitor()
        visitor.send(self._facts["link"], {})
        visitor.hold("first-conversation")
        return visitor

    def _covered(self) -> Visitor:
        visitor = self.house.member(pin="1928")
        self.house.idle_for(minutes=30)
        return visitor

    def _half(self) -> Visitor:
        visitor = self.house.visitor()
        visitor.send("/sign-in", {"name": practice.COACH_NAME, "passphrase": practice.COACH_PASSPHRASE})
        return visitor

    def _new_coach(self) -> Visitor:
        visitor = self.house.visitor()
        visitor.send(self._add_coach(), {"passphrase": PASSPHRASE})
        return visitor

    def _new_client(self) -> Visitor:
        return self.house.member()

    def _pausing(self) -> Visitor:
        return self.house.member()
