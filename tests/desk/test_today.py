"""Today: the day rail, the week above it, blocked time, and what waits."""

import re
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import update

from coachapp import clock
from coachapp.booking.desk_operations import set_week
from coachapp.booking.holding import hold_time
from coachapp.booking.slots import Opening
from coachapp.clients.operations import write_note
from coachapp.db import transaction
from coachapp.intake.operations import save_answer
from coachapp.intake.rules import HOPE
from coachapp.money import Money
from coachapp.notifications.models import OutboxMessage
from coachapp.payments.models import Attempt, Payment, Refund
from coachapp.payments.operations import begin_attempt, open_order
from coachapp.payments.refunds import ask_refund
from coachapp.payments.rules import AttemptState, RefundState
from coachapp.practice.queries import offering
from coachapp.worksheets.operations import assign, share
from coachapp.worksheets.publishing import publish_library
from coachapp.worksheets.queries import templates
from tests.desk.people import FIRST, HOUR, MADRID, book, in_days


def day_path(at):
    return f"/desk/day/{at.astimezone(MADRID).date()}"


def test_nobody_enters_without_signing_in(app, desk, browser):
    assert browser.get("/desk/").headers["Location"] == "/sign-in"
    assert browser.get(f"/desk/clients/{desk.maya_ref}").headers["Location"] == "/sign-in"


def test_empty_day(nora):
    assert nora.get("/desk/").status_code == 200
    assert "Nothing booked today" in nora.text
    assert "Nothing. There is nothing you need to do." in nora.text


def test_a_session_with_what_to_know_before_it(app, desk, nora):
    at = in_days(3, hour=14)
    book(app, desk.maya, at)
    with app.app_context():
        write_note(desk.maya, "Agreed to wait " + "a day " * 60, by=desk.made.coach_account, now=clock.now())
    nora.get(day_path(at))
    for words in (
        "Maya R.",
        "Power hour · 60 min · 13:00 for them in Lisbon · new client",
        "Not paid here",
        "Own inbox, neutral subject",
        "Last time: Agreed to wait a day",
    ):
        assert words in nora.text
    assert "Rios" not in nora.text
    assert len(re.search("Last time: (.*?…)", nora.text)[1]) <= 161


def test_a_session_past_midnight_stands_on_both_days_and_counts_on_the_first(app, desk, nora):
    at = in_days(3, hour=23) + timedelta(minutes=30)
    book(app, desk.maya, at)
    book(app, desk.tom, in_days(4, hour=14))
    nora.get(day_path(at))
    assert "Maya R." in nora.text and "Tom" not in nora.text and "1 session, the next at 23:30." in nora.text
    nora.get(day_path(in_days(4)))
    assert (
        nora.text.index("Maya R.") < nora.text.index("Tom") and "1 session, the next at 14:00." in nora.text
    )
    book(app, desk.maya, in_days(6, hour=23))
    nora.get(day_path(in_days(7)))
    assert "Maya R." not in nora.text, "it ended at the stroke of midnight"
    nora.get(day_path(in_days(5)))
    assert "Maya R." not in nora.text, (
        "what ends at the stroke of midnight or before is no part of the next day"
    )


def test_gaps_and_blocked_time(app, desk, nora):
    at = in_days(3)
    book(app, desk.maya, at)
    book(app, desk.tom, at + timedelta(hours=2, minutes=30), FIRST)
    day = at.astimezone(MADRID).date()
    block = {"first": day, "opens": "16:00", "closes": "17:00", "word": "Dentist"}
    assert nora.fill("/desk/block", block).status_code == 303
    nora.follow()
    assert "1 h 30 free" in nora.text
    assert "Dentist Until 17:00" in nora.text
    freed = re.search(r'action="(/desk/block/[^"]+/free)"', nora.page.get_data(as_text=True))[1]
    assert nora.post(freed).headers["Location"] == day_path(at)
    nora.follow()
    assert "Dentist" not in nora.text


def test_time_cannot_be_blocked_over_a_session(app, desk, nora):
    at = in_days(3)
    book(app, desk.maya, at)
    typed = {"first": at.astimezone(MADRID).date(), "opens": "09:30", "closes": "10:30", "word": "Dentist"}
    assert nora.fill("/desk/block", typed).status_code == 409
    assert "There is a session, or other blocked time, within these hours" in nora.text
    assert 'value="Dentist"' in nora.page.get_data(as_text=True)


def test_block_that_ends_before_it_begins(nora):
    typed = {"first": in_days(3).date(), "opens": "10:30", "closes": "09:30", "word": ""}
    assert nora.fill("/desk/block", typed).status_code == 422
    assert "Choose an end after the beginning" in nora.text


def test_bad_input_is_told_in_words(nora):
    assert nora.fill("/desk/block", {"first": "soon", "opens": "9", "closes": ""}).status_code == 422
    assert "Enter a day, like 2026-11-18" in nora.text
    assert "Enter a time, like 14:30" in nora.text
    for path in (
        "/desk/day/soon",
        "/desk/day/9999-12-31",
        "/desk/calendar/0001-01-01",
        "/desk/day/2026-02-30",
    ):
        assert nora.get(path).status_code == 404


def test_intake_waits_until_the_record_was_opened(app, desk, nora):
    place = book(app, desk.maya, in_days(3))
    with app.app_context():
        save_answer(desk.maya, place, HOPE, "To have my evenings back.", now=clock.now())
    nora.get("/desk/")
    assert "Intake from Maya R." in nora.text
    nora.get(f"/desk/clients/{desk.maya_ref}")
    assert "To have my evenings back." in nora.text
    nora.get("/desk/")
    assert "Intake from" not in nora.text


def test_a_shared_sheet_waits(app, desk, nora):
    with app.app_context():
        publish_library(clock.now())
        sheet = assign(templates()[0].id, desk.maya, now=clock.now())
        nora.get("/desk/")
        assert "Worksheet from" not in nora.text
        share(sheet, desk.maya, now=clock.now())
    nora.get("/desk/")
    assert "Worksheet from Maya R." in nora.text
    assert nora.get(f"/desk/clients/{desk.maya_ref}/worksheets/1").status_code == 200
    nora.get("/desk/")
    assert "Worksheet from" not in nora.text


def test_mail_that_did_not_leave_is_told(app, desk, nora):
    book(app, desk.maya, in_days(3))
    with app.app_context(), transaction() as db:
        db.execute(update(OutboxMessage).where(OutboxMessage.client_id == desk.maya).values(state="failed"))
    nora.get("/desk/")
    assert "A mail to Maya R. did not leave" in nora.text


def test_names_can_be_covered(app, desk, nora):
    at = in_days(3)
    book(app, desk.maya, at)
    pages = (
        day_path(at),
        "/desk/clients",
        f"/desk/clients/{desk.maya_ref}",
        f"/desk/calendar/{at.date()}",
        "/desk/book",
    )
    nora.get("/desk/clients")
    assert (
        nora.post("/desk/cover", {"cover": "yes", "back": "/desk/clients"}).headers["Location"]
        == "/desk/clients"
    )
    for path in pages:
        assert "Maya" not in nora.get(path).get_data(as_text=True)
        assert desk.maya_ref in nora.text
    nora.post("/desk/cover", {"cover": "no", "back": "//evil.example/"})
    assert nora.page.headers["Location"] == "/desk/"
    assert "Maya R." in nora.get("/desk/clients").get_data(as_text=True)


def test_calendar_shows_the_week(app, desk, nora):
    at = in_days(3)
    book(app, desk.maya, at)
    assert nora.get(f"/desk/calendar/{at.astimezone(MADRID).date()}").status_code == 200
    assert "10:00 Maya R." in nora.text
    assert "at-8 for-4" in nora.page.get_data(as_text=True)
    assert nora.get("/desk/calendar").status_code == 200


def test_a_time_someone_is_booking_shows_without_a_name(app, desk, nora):
    at = in_days(3)
    with app.app_context():
        set_week(desk.made.coach_id, [Opening(day, 0, 1440) for day in range(7)])
        hold_time(offering(HOUR), int(at.timestamp()) // 60, "Europe/Lisbon", None, now=clock.now())
    nora.get(day_path(at))
    assert "Someone is booking this time" in nora.text
    assert "Waiting" in nora.text


def test_money_that_needs_her_eyes(app, desk, nora):
    place = book(app, desk.maya, in_days(3))
    with app.app_context(), transaction() as db:
        order = open_order(desk.maya, "appointment", place, Money(95_00, "EUR"), now=clock.now())
        attempt = begin_attempt(order, "http://127.0.0.1:8000/paid/", now=clock.now())
        db.flush()
        db.execute(update(Attempt).where(Attempt.id == attempt.id).values(state=AttemptState.ALARM))
        payment = Payment(
            id=uuid4(),
            order_id=order,
            attempt_id=attempt.id,
            amount_minor=95_00,
            currency="EUR",
            intent_id="pi_1",
            received_at=clock.now(),
        )
        db.add(payment)
        db.flush()
        refund = ask_refund(payment.id, Money(95_00, "EUR"), "cancelled", now=clock.now())
        db.execute(update(Refund).where(Refund.id == refund).values(state=RefundState.FAILED))
    nora.get("/desk/")
    assert "A payment from Maya R. does not fit its price" in nora.text
    assert "Money for Maya R. did not go back" in nora.text
    assert "€95" in nora.text
