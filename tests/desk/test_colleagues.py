"""Two coaches at their desks: each has her own sessions and her own clients' records, and nothing of the other's."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.accounts.models import Account
from coachapp.accounts.operations import add_coach as add_by_command
from coachapp.audit.models import AuditEntry
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import TimeTaken
from coachapp.clients.operations import agree_words, wish, write_note
from coachapp.clients.queries import client
from coachapp.clients.rules import Absence, WishesRow
from coachapp.notifications.models import OutboxMessage
from coachapp.payments.models import Order, Refund
from coachapp.practice.queries import coaches, givers, offering
from coachapp.worksheets.operations import assign, share
from coachapp.worksheets.publishing import publish_library
from coachapp.worksheets.queries import templates
from coachapp.zones import zone
from tests.booking.colleagues import (
    HOUR,
    a_client,
    ada_at_desk,
    add_ada,
    booked_with,
    nora,
    short_id,
    times_with,
)
from tests.booking.whobooks import SOMEBODY, add_maya, nora_at_desk, sign_in_as
from tests.cast import MAYA, NORA

HERS = "What Maya hopes for with Ada"
NORAS = "What Maya hopes for with Nora"
NOTE = "Nora’s private thought"


@pytest.fixture
def noras(world):
    """Nora's browser."""
    return nora_at_desk(world)


@pytest.fixture
def maya(world, noras):
    """Maya, Nora's client, has an hour with each; Nora has written about her, and Maya has shared a worksheet."""
    ada = add_ada(world)
    maya = add_maya(world)
    walker = sign_in_as(world, maya)
    starts = times_with(walker, short_id(world, ada))
    for number, short, words in ((8, nora(world), NORAS), (60, ada, HERS)):
        walker.get(f"/book/{HOUR}")
        sent = {"slot": str(starts[number]), "tz": MAYA.zone, "with": short_id(world, short)}
        assert walker.post(f"/book/{HOUR}", sent).status_code == 303
        assert walker.fill("/book/details", {"agree": "y", "hope": words}).status_code == 303
        walker.get("/book/code")
        walker.press_pay()
        walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
        walker.pay()
    with world.app.app_context():
        now = clock.now()
        [account] = db.session().scalars(sa.select(Account.id).where(Account.coach_id == coaches()[0].id))
        write_note(maya, NOTE, by=account, now=now)
        agree_words(maya, "How is the garden", now=now)
        wish(maya, WishesRow(Absence.CALL, number="600 123 456", hours="after six"), now=now)
        publish_library(now)
        share(assign(templates()[0].id, maya, now=now), maya, now=now)
    return maya


def of(world, maya, coach_number):
    """Maya's place with that coach."""
    found = (
        sa.select(Place.id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.client_id == maya, Appointment.coach_id == coach_number)
    )
    with world.app.app_context():
        return db.session().scalars(found).one()


def begins(world, place_id):
    with world.app.app_context():
        place = db.session().get_one(Place, place_id)
        return db.session().get_one(Appointment, place.appointment_id).starts_at


def day_of(world, place_id):
    return begins(world, place_id).astimezone(zone(NORA.zone)).date()


def ref_of(world, client_id):
    with world.app.app_context():
        return client(client_id).ref


# ── a colleague's client ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ada(world, maya):
    """Ada's number and her browser."""
    with world.app.app_context():
        number = coaches()[1].id
    return number, ada_at_desk(world, number)


def test_she_sees_the_session_and_what_it_takes_to_hold_it_safely(world, maya, ada):
    number, browser = ada
    place = of(world, maya, number)
    browser.get(f"/desk/day/{day_of(world, place)}")
    assert "Maya R." in browser.text and "Nora’s client" in browser.text and "What to know" in browser.text
    assert f"/desk/sessions/{place}" in browser.page.get_data(as_text=True)
    browser.get(f"/desk/sessions/{place}")
    for words in (
        "Maya R.",
        "Nora’s client",
        "Safe contact:",
        "mail to an inbox nobody else reads",
        "A call to 600 123 456. When: after six.",
        "How is the garden",
        HERS,
        "stays with Nora",
    ):
        assert words in browser.text, words


def test_she_sees_nothing_else(world, maya, ada):
    number, browser = ada
    place, ref = of(world, maya, number), ref_of(world, maya)
    day = day_of(world, place)
    seen = ""
    for path in (
        "/desk/",
        f"/desk/day/{day}",
        f"/desk/calendar/{day}",
        "/desk/clients",
        f"/desk/sessions/{place}",
    ):
        browser.get(path)
        seen += browser.text
        assert f'/desk/clients/{ref}"' not in browser.page.get_data(as_text=True), path
    for words in (NOTE, NORAS, "Last time", "Worksheet", "Intake", "Rios", MAYA.email):
        assert words not in seen.replace("Worksheets", ""), words
    for path in ("", "/notes", "/sessions", "/details", "/worksheets", "/worksheets/1"):
        assert browser.get(f"/desk/clients/{ref}{path}").status_code == 404, path
    token = browser.get("/desk/") and browser.token
    for path in ("", "/details", "/details/writing", "/details/words", "/details/stop", "/details/link"):
        sent = {"note": "x", "csrf_token": token}
        assert browser.post(f"/desk/clients/{ref}{path}", sent).status_code == 404, path
    assert browser.get(f"/desk/book/{ref}").status_code == 404
    assert browser.get(f"/desk/links/for/{ref}").status_code == 404


def test_what_she_reads_stands_in_the_audit_log(world, maya, ada):
    number, browser = ada
    browser.get(f"/desk/sessions/{of(world, maya, number)}")
    viewed = [row for row in world.rows(AuditEntry.action, AuditEntry.subject) if row[0] == "view"]
    assert viewed == [("view", maya)]


def test_names_can_be_covered_there_too(world, maya, ada):
    number, browser = ada
    browser.get("/desk/")
    browser.post("/desk/cover", {"cover": "yes"})
    browser.get(f"/desk/sessions/{of(world, maya, number)}")
    for words in ("Maya", "garden", "600 123", HERS):
        assert words not in browser.text


def test_she_moves_it_and_cancels_it_as_her_own(world, maya, ada):
    number, browser = ada
    place, ref = of(world, maya, number), ref_of(world, maya)
    base = f"/desk/clients/{ref}/sessions/{place}"
    to = begins(world, place) + timedelta(days=3)
    local = to.astimezone(zone(NORA.zone))
    typed = {"day": local.date().isoformat(), "at": f"{local:%H:%M}"}
    assert browser.fill(f"{base}/move", typed).status_code == 200, browser.text
    assert browser.post(f"{base}/move/go", typed).status_code == 303
    assert begins(world, place) == to
    assert f'href="/desk/sessions/{place}"' in browser.get(f"{base}/cancel").get_data(as_text=True)
    browser.post(f"{base}/cancel")
    assert browser.page.headers["Location"] == f"/desk/sessions/{place}"
    browser.follow()
    assert browser.page.status_code == 200 and "Cancelled" in browser.text


def test_she_notes_that_someone_did_not_attend(world, maya, ada):
    number, browser = ada
    place, ref = of(world, maya, number), ref_of(world, maya)
    at = clock.now() - timedelta(minutes=20)
    with world.app.app_context(), db.transaction() as session:
        row = session.get_one(Appointment, session.get_one(Place, place).appointment_id)
        row.starts_at, row.ends_at = at, at + timedelta(hours=1)
    browser.get(f"/desk/sessions/{place}")
    assert "Did not attend" in browser.text
    browser.post(f"/desk/clients/{ref}/sessions/{place}/absent")
    browser.follow()
    assert "A call to 600 123 456" in browser.text and "Offer a new time" not in browser.text
    assert browser.post(f"/desk/clients/{ref}/sessions/{place}/absent/undo").headers["Location"] == (
        f"/desk/sessions/{place}"
    )


def test_only_her_own_sessions_with_colleagues_clients_have_such_a_page(world, maya, ada, noras):
    number, browser = ada
    assert browser.get(f"/desk/sessions/{of(world, maya, nora(world))}").status_code == 404
    assert noras.get(f"/desk/sessions/{of(world, maya, nora(world))}").status_code == 404, (
        "she has the record"
    )
    assert noras.get(f"/desk/sessions/{of(world, maya, number)}").status_code == 404
    assert browser.get(f"/desk/sessions/{SOMEBODY}").status_code == 404


# ── her own client ──────────────────────────────────────────────────────────────────────────────────────────


def test_her_own_coach_sees_that_there_is_a_session_and_with_whom(world, maya, ada, noras):
    (number, _browser), ref = ada, ref_of(world, maya)
    noras.get(f"/desk/clients/{ref}/sessions")
    assert "with Ada" in noras.text
    page = noras.page.get_data(as_text=True)
    assert f"{of(world, maya, nora(world))}/move" in page and f"{of(world, maya, number)}" not in page
    for path in ("move", "cancel", "absent"):
        where = f"/desk/clients/{ref}/sessions/{of(world, maya, number)}/{path}"
        token = noras.get("/desk/") and noras.token
        assert noras.get(where).status_code == 404, path
        typed = {"day": "2027-01-01", "at": "10:00", "csrf_token": token}
        assert noras.post(where, typed).status_code == 404, path


def test_what_was_written_for_a_colleague_is_not_hers_to_read(world, maya, noras):
    noras.get(f"/desk/clients/{ref_of(world, maya)}")
    assert NORAS in noras.text and HERS not in noras.text


def test_the_day_of_one_is_not_the_others(world, maya, ada, noras):
    number, browser = ada
    hers, theirs = of(world, maya, number), of(world, maya, nora(world))
    assert "Maya" not in browser.get(f"/desk/day/{day_of(world, theirs)}").get_data(as_text=True)
    page = noras.get(f"/desk/day/{day_of(world, hers)}").get_data(as_text=True)
    assert "Maya R.</a></h3>" not in page and "No sessions" in noras.text


# ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_rail_names_who_is_signed_in(world):
    browser = ada_at_desk(world, add_ada(world))
    browser.get("/desk/")
    assert "Ada Lind" in browser.text and "Nora Ellis" not in browser.text
    assert "Nora Ellis" in nora_at_desk(world).follow().get_data(as_text=True)


def test_a_mail_that_did_not_leave_waits_at_the_desk_it_was_for(world):
    ada = add_ada(world)
    booked_with(world, ada, world.walker().morning()[0])
    world.change(OutboxMessage, state="failed")
    browser = ada_at_desk(world, ada)
    assert "A mail to you did not leave" in browser.get("/desk/").get_data(as_text=True)
    assert "A mail to you did not leave" not in nora_at_desk(world).follow().get_data(as_text=True)


def test_she_books_her_own_clients_into_what_she_gives(world):
    ada = add_ada(world)
    robin = a_client(world, ada)
    browser = ada_at_desk(world, ada)
    browser.get("/desk/book")
    assert "Power hour" in browser.text and "First conversation" not in browser.text
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    typed = {"who": ref_of(world, robin), "what": HOUR, "day": day, "at": "10:00", "every": "0", "times": ""}
    assert browser.post("/desk/book/go", typed).status_code == 303, browser.text
    assert world.rows(Appointment.coach_id) == [(ada,)]
    browser.get("/desk/links")
    assert "Power hour" in browser.text


def test_the_owner_ticks_who_gives_it(world):
    ada = add_ada(world)
    noras = nora_at_desk(world)
    page = noras.get(f"/desk/offerings/{HOUR}").get_data(as_text=True)
    assert "Ada Lind" in noras.text and re.search(rf'value="{short_id(world, ada)}" checked', page)
    form = {
        "title": "Power hour", "slug": HOUR, "text": "Words", "kind": "session", "sessions": 1, "length": 60,
        "way": "video", "price": "95", "before": 15, "after": 15, "interval": 30, "notice": 24, "horizon": 60,
        "cutoff": 24, "position": 0, "listed": "y", "active": "y",
    }  # fmt: skip
    for ticked, expected in (([], [1]), ([short_id(world, ada)], [1, ada]), (["nobody", "\0"], [1])):
        noras.get(f"/desk/offerings/{HOUR}")
        assert noras.post(f"/desk/offerings/{HOUR}", {**form, "others": ticked}).status_code == 303, (
            noras.text
        )
        with world.app.app_context():
            assert [each.id for each in givers(offering(HOUR))] == expected
    noras.get(f"/desk/offerings/{HOUR}")
    assert (
        noras.post(
            f"/desk/offerings/{HOUR}", {**form, "title": "", "others": [short_id(world, ada)]}
        ).status_code
        == 422
    )
    page = noras.page.get_data(as_text=True)
    assert re.search(rf'value="{short_id(world, ada)}" checked', page), "what was ticked is kept"


def test_who_only_gives_it_changes_nothing_about_it(world):
    ada = add_ada(world)
    browser = ada_at_desk(world, ada)
    browser.get("/desk/offerings")
    assert "What you give for colleagues" in browser.text and "Power hour" in browser.text
    assert f"/desk/offerings/{HOUR}" not in browser.page.get_data(as_text=True)
    assert browser.get(f"/desk/offerings/{HOUR}").status_code == 404
    browser.get("/desk/offerings")
    assert browser.post(f"/desk/offerings/{HOUR}", {"title": "Mine"}).status_code == 404
    with world.app.app_context():
        assert offering(HOUR).title == "Power hour" and offering(HOUR).coach_id == nora(world)


def test_a_coach_alone_is_asked_nothing_about_colleagues(nora_alone):
    page = nora_alone.get("/desk/offerings/new").get_data(as_text=True)
    assert "Who else gives it" not in page and "With whom" not in page


@pytest.fixture
def nora_alone(world):
    return nora_at_desk(world)


def test_a_coach_the_practice_knows_already_is_found_by_her_address(world):
    ada = add_ada(world)
    with world.app.app_context():
        add_by_command("ada@example.com", "Ada", "UTC", now=clock.now())
        assert [each.id for each in coaches()] == [nora(world), ada]


def test_two_coaches_may_be_booked_at_one_time_and_one_of_them_only_once(world):
    ada = add_ada(world)
    start = world.walker().morning()[0]
    booked_with(world, ada, start)
    booked_with(world, nora(world), start)
    with pytest.raises(TimeTaken):
        booked_with(world, ada, start)
    assert sorted(world.rows(Appointment.coach_id)) == [(nora(world),), (ada,)]


def test_money_of_hers_that_did_not_go_back_is_hers_to_see_to(world, maya, ada, noras):
    """The client is Nora's, the time and its money are Ada's: Nora is shown no page she may not open."""
    number, browser = ada
    place = of(world, maya, number)
    with world.app.app_context():
        order = db.session().scalars(sa.select(Order.id).where(Order.payable_id == place)).one()
    browser.get(f"/desk/payments/orders/{order}")
    browser.post(f"/desk/payments/orders/{order}/back", {"amount": "40", "how": "card", "was": "0"})
    assert world.stripe.wait_idle()
    world.stripe.fail_refund(world.rows(Refund.stripe_id)[0][0])
    assert world.stripe.wait_idle()
    noras.get("/desk/")
    assert "Money for Maya R. did not go back" not in noras.text
    browser.get("/desk/")
    assert "Money for Maya R. did not go back" in browser.text
    assert browser.get(f"/desk/payments/orders/{order}").status_code == 200
