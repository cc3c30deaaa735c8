"""Did not attend: her wish first, the money second; nothing happens by itself, and today it can be taken back."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.accounts.hashing import hasher
from coachapp.accounts.operations import add_ready_coach
from coachapp.audit.models import AuditEntry
from coachapp.booking import around, queries
from coachapp.booking.models import Appointment, Place
from coachapp.clients.operations import agree_words, wish
from coachapp.clients.queries import client
from coachapp.clients.rules import Absence, WishesRow
from coachapp.notifications.models import OutboxMessage
from coachapp.payments.models import Refund
from coachapp.practice.operations import save_settings
from coachapp.safe_contact.operations import things_changed
from tests.accounts.people import SECRET
from tests.cast import ALEX, NORA
from tests.desk.people import at_desk, book, in_days
from tests.plain_browser import Browser
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

MINUTE = timedelta(minutes=1)


def begins_in(app, minutes):
    """Turn the clock: every appointment begins so many minutes from now."""
    start = clock.now() + minutes * MINUTE
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Appointment).values(starts_at=start, ends_at=start + 60 * MINUTE))


def outcome(app, place_id):
    with app.app_context():
        return queries.place(place_id).outcome


def absences(app):
    with app.app_context():
        found = sa.select(OutboxMessage.state).where(OutboxMessage.kind == "absent")
        return list(db.session().scalars(found))


class Absent:
    """Maya's session, which began twenty minutes ago, at Nora's desk."""

    def __init__(self, app, desk, nora):
        self.app, self.desk, self.nora = app, desk, nora
        self.place_id = book(app, desk.maya, in_days(3))
        begins_in(app, -20)
        self.path = f"/desk/clients/{desk.maya_ref}/sessions/{self.place_id}/absent"

    def wishes(self, absence, **more):
        with self.app.app_context():
            wish(self.desk.maya, WishesRow(absence, **more), now=clock.now())

    def note(self):
        """The button on today's page."""
        self.nora.get("/desk/")
        return self.nora.post(self.path)

    def look(self):
        self.nora.get(self.path)
        return self.nora.text

    def press(self, action):
        self.nora.get(self.path)
        return self.nora.post(f"{self.path}/{action}")


@pytest.fixture
def absent(app, desk, nora):
    return Absent(app, desk, nora)


def test_it_can_be_noted_from_a_quarter_of_an_hour_on(app, absent):
    nora, sessions = absent.nora, f"/desk/clients/{absent.desk.maya_ref}/sessions"
    begins_in(app, -14)
    for page in ("/desk/", sessions):
        assert absent.path not in nora.get(page).get_data(as_text=True)
    nora.get("/desk/")
    assert nora.post(absent.path).status_code == 409 and outcome(app, absent.place_id) is None
    begins_in(app, -16)
    for page in ("/desk/", sessions):
        assert f'action="{absent.path}"' in nora.get(page).get_data(as_text=True)
    assert absent.note().headers["Location"] == absent.path
    assert absent.note().status_code == 303, "twice is once"
    assert outcome(app, absent.place_id) == "absent"
    for page in ("/desk/", sessions, f"/desk/clients/{absent.desk.maya_ref}"):
        assert "Did not attend" in (nora.get(page) and nora.text)
    with app.app_context():
        found = sa.select(AuditEntry.role).where(AuditEntry.action == "absent")
        assert list(db.session().scalars(found)) == ["staff"]


def test_a_cancelled_one_cannot_be(app, absent):
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Appointment).values(state="cancelled"))
    assert absent.note().status_code == 409 and outcome(app, absent.place_id) is None


def test_one_that_ended_in_another_way_stays_so(app, absent):
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Place).values(outcome="unsafe"))
    assert absent.note().status_code == 409 and outcome(app, absent.place_id) == "unsafe"
    assert absent.nora.get(absent.path).status_code == 404


def test_noting_it_sends_nothing_and_moves_no_money(app, absent):
    absent.wishes(Absence.MAIL)
    absent.note()
    assert absences(app) == []
    text = absent.look()
    assert "Did not attend. Offer a new time?" in text and "Nothing was paid here" in text
    assert text.index("What Maya wished") < text.index("Money")
    assert f"/desk/book/{absent.desk.maya_ref}" in absent.nora.page.get_data(as_text=True)


def test_nothing_was_chosen(absent):
    absent.note()
    assert "Wait 15 minutes and do nothing. Nothing was chosen" in absent.look()
    assert absent.press("mail").status_code == 409


def test_a_neutral_mail_for_who_wished_it_once_and_through_the_gate(app, absent):
    absent.wishes(Absence.MAIL)
    absent.note()
    text = absent.look()
    assert "Your update" in text and "Lisbon time" in text and "Send this mail" in text
    for _twice in range(2):
        assert absent.press("mail").status_code == 303
    assert absences(app) == ["waiting"]
    assert "On its way" in absent.look() and "Send this mail" not in absent.nora.text


@pytest.mark.safety("D2")
def test_no_mail_once_she_said_no(app, absent):
    absent.wishes(Absence.MAIL)
    absent.note()
    absent.look()
    with app.app_context():
        things_changed(absent.desk.maya, now=clock.now())
    assert "No mail leaves: things changed for Maya." in absent.look()
    assert absent.press("mail").status_code == 303
    assert absences(app) == ["refused"]


@pytest.mark.safety("D2")
@pytest.mark.parametrize("absence", [Absence.WAIT, Absence.CALL, Absence.OWN])
def test_no_mail_for_who_wished_something_else(app, absent, absence):
    absent.wishes(absence, number="+351 900 000 000", hours="mornings", words="tell nobody")
    absent.note()
    assert absent.press("mail").status_code == 409
    assert absences(app) == []


def test_a_call_at_her_hours(absent):
    absent.wishes(Absence.CALL, number="+351 900 000 000", hours="weekdays from 9 to 17")
    absent.nora.get("/desk/")
    assert (
        "If Maya does not come: A call to +351 900 000 000. When: weekdays from 9 to 17." in absent.nora.text
    )
    absent.note()
    assert "A call to +351 900 000 000. When: weekdays from 9 to 17." in absent.look()


@pytest.mark.safety("T19")
def test_covered_names_cover_her_number_and_her_words(app, absent):
    absent.wishes(Absence.CALL, number="+351 900 000 000", hours="mornings")
    with app.app_context():
        agree_words(absent.desk.maya, "Did you see the weather?", now=clock.now())
    absent.note()
    record = f"/desk/clients/{absent.desk.maya_ref}"
    absent.nora.get("/desk/clients")
    absent.nora.post("/desk/cover", {"cover": "yes", "back": "/desk/"})
    for words in ("+351 900 000 000", "tell my sister"):
        for page in ("/desk/", absent.path, record, f"{record}/details", f"{record}/sessions"):
            html = absent.nora.get(page).get_data(as_text=True)
            assert words not in html and "Maya" not in html and "weather" not in html, page
        absent.wishes(Absence.OWN, words="tell my sister")


def test_taken_back_the_same_day_and_not_on_the_next(app, absent):
    absent.note()
    assert "Until midnight you can take it back." in absent.look()
    assert absent.press("undo").status_code == 303
    assert outcome(app, absent.place_id) is None
    absent.nora.get("/desk/")
    assert absent.nora.post(f"{absent.path}/undo").status_code == 409
    absent.note()
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Place).values(outcome_at=clock.now() - timedelta(days=1)))
    assert "take it back" not in absent.look()
    absent.nora.get("/desk/")
    assert absent.nora.post(f"{absent.path}/undo").status_code == 409
    assert outcome(app, absent.place_id) == "absent"


@pytest.mark.safety("D2")
@pytest.mark.parametrize("changed", ["she came after all", "she wishes no mail", None])
def test_what_changes_before_the_mail_leaves_keeps_it_here(world, changed):
    place = world.paid().place()
    world.send_mail()
    begins_in(world.app, -20)
    with world.app.app_context():
        place = queries.place(place.id)
        wish(place.client_id, WishesRow(Absence.MAIL), now=clock.now())
        around.note_absent(place, by=uuid4(), now=clock.now())
        around.send_absence_mail(place, world.url, now=clock.now())
        if changed == "she came after all":
            around.take_back_absent(queries.place(place.id), by=uuid4(), now=clock.now())
        elif changed:
            wish(place.client_id, WishesRow(Absence.WAIT), now=clock.now())
    before = len(world.mails_to(ALEX.email))
    world.send_mail()
    assert len(world.mails_to(ALEX.email)) - before == (0 if changed else 1)
    assert absences(world.app) == ["refused" if changed else "sent"]


def test_it_is_nobody_else_s(app, absent):
    desk, wrong = absent.desk, absent.path.replace(absent.desk.maya_ref, absent.desk.tom_ref)
    absent.nora.get("/desk/")
    other = absent.path.replace(desk.maya_ref, desk.rita_ref)
    unknown = absent.path.replace(str(absent.place_id), str(desk.maya))
    for path in (wrong, other, unknown):
        for action in ("", "/undo", "/mail", "/money"):
            absent.nora.get("/desk/")
            assert absent.nora.post(path + action).status_code == 404
        assert absent.nora.get(path).status_code == 404
    assert Browser(app).get(absent.path).headers["Location"] == "/sign-in"
    assert outcome(app, absent.place_id) is None


def test_the_coach_keeps_the_agreed_words_on_the_record(app, absent):
    record = f"/desk/clients/{absent.desk.maya_ref}"
    absent.nora.get(f"{record}/details")
    long = absent.nora.post(f"{record}/details/words", {"a-agreed": "x" * 201})
    assert long.status_code == 422 and "200 letters" in absent.nora.text
    absent.nora.post(f"{record}/details/words", {"a-agreed": " Any rain yet? "})
    assert "“Any rain yet?”" in (absent.nora.get(record) and absent.nora.text)
    absent.nora.get(f"{record}/details")
    absent.nora.post(f"{record}/details/words", {"a-agreed": ""})
    assert "None agreed" in (absent.nora.get(record) and absent.nora.text)


def test_late_and_the_room_of_this_very_session_stand_on_today(app, absent):
    with app.app_context():
        save_settings(1, practice={}, coach={"room_pattern": "https://meet.example.com/{room}"})
    here = clock.now().astimezone(ZoneInfo(NORA.zone))
    begins_in(app, 5 if (here + timedelta(minutes=5)).date() == here.date() else -5)
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Place).values(late_min=10, late_at=clock.now()))
    html = absent.nora.get("/desk/").get_data(as_text=True)
    with app.app_context():
        key = queries.place(absent.place_id).room_key
    assert f'href="https://meet.example.com/{key}"' in html and "10 minutes late, said at" in html


# ---- the money, with the pretend Stripe ----


def test_the_money_goes_back_only_by_her_hand_and_once(world):
    place = world.paid().place()
    begins_in(world.app, -20)
    with world.app.app_context():
        add_ready_coach(1, NORA.login, NORA.passphrase, SECRET, now=clock.now(), hasher=hasher())
        ref = client(place.client_id).ref
    nora = at_desk(world.app)
    path = f"/desk/clients/{ref}/sessions/{place.id}/absent"
    nora.get("/desk/")
    assert nora.post(path).status_code == 303
    nora.get(path)
    assert "€95 was paid. It stays with you" in nora.text and world.rows(Refund.id) == []
    for _twice in range(2):
        assert nora.post(f"{path}/money", {}).status_code == 303
        nora.get("/desk/")
    assert world.stripe.wait_idle()
    assert world.ledger()[2:] == ([95_00], ["succeeded"])
    nora.get(path)
    assert "€95 goes back" in nora.text and "Give the full" not in nora.text
    nora.post(f"{path}/undo")
    nora.get(f"/desk/clients/{ref}/sessions")
    assert "Paid back" in nora.text
    nora.get("/desk/")
    assert nora.post(f"{path}/money").status_code == 409
