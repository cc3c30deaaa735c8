"""The list of clients, the record, and what the coach writes into it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from coachapp import clock
from coachapp.audit.models import AuditEntry
from coachapp.db import session, transaction
from coachapp.safe_contact.models import SafeContact
from coachapp.safe_contact.queries import contact
from tests.desk.people import book, in_days

PARTS = ("", "/notes", "/sessions", "/details")


def test_list_shows_first_names_only(desk, nora):
    page = nora.get("/desk/clients").get_data(as_text=True)
    assert "Maya R." in page
    assert "Tom O." in page
    assert "Rios" not in page
    assert "Rita" not in page


@pytest.mark.parametrize("asked", ["rios", "MAYA", "ref"])
def test_search_goes_by_post_and_leaves_no_words_behind(app, desk, nora, asked):
    words = desk.maya_ref.lower() if asked == "ref" else asked
    assert nora.fill("/desk/clients", {"find": words}).status_code == 200
    assert "Maya R." in nora.text
    assert "Tom O." not in nora.text
    with app.app_context():
        assert session().scalar(select(func.count()).where(AuditEntry.action == "search")) == 1


def test_search_that_finds_nobody(nora):
    nora.fill("/desk/clients", {"find": "zzz"})
    assert "No record fits" in nora.text


def test_record_of_another_coach_is_not_there(desk, nora):
    for part in PARTS:
        assert nora.get(f"/desk/clients/{desk.rita_ref}{part}").status_code == 404
    nora.get("/desk/clients")
    for path in ("", "/details", "/details/writing", "/details/stop", "/details/link"):
        nora.get("/desk/clients")
        assert nora.post(f"/desk/clients/{desk.rita_ref}{path}", {"note": "x"}).status_code == 404
    assert nora.get(f"/desk/book/{desk.rita_ref}").status_code == 404


def test_safe_contact_words_stand_on_every_page_of_the_record(desk, nora):
    for part in PARTS:
        assert nora.get(f"/desk/clients/{desk.maya_ref}{part}").status_code == 200
        assert "Safe contact: mail to an inbox nobody else reads. Neutral subject" in nora.text
        assert nora.get(f"/desk/clients/{desk.tom_ref}{part}").status_code == 200
        assert "Safe contact: not asked yet. Nothing is sent" in nora.text


def test_lapse_is_told_14_days_before(app, desk, nora):
    with app.app_context(), transaction() as db:
        db.execute(update(SafeContact).values(renewed_at=clock.now() - timedelta(days=50)))
    nora.get(f"/desk/clients/{desk.maya_ref}")
    assert "ask again before then." in nora.text


def test_viewing_is_noted_once_a_day(app, desk, nora):
    for part in PARTS:
        nora.get(f"/desk/clients/{desk.maya_ref}{part}")
    with app.app_context():
        views = select(func.count()).where(AuditEntry.action == "view", AuditEntry.subject == desk.maya)
        assert session().scalar(views) == 1


def test_private_note_is_kept_and_shown(desk, nora):
    path = f"/desk/clients/{desk.maya_ref}"
    assert nora.fill(path, {"note": "Practised “not today”."}).status_code == 303
    assert "Your note" in nora.follow().get_data(as_text=True)
    assert "Practised “not today”." in nora.text
    nora.get(f"{path}/notes")
    assert "Practised “not today”." in nora.text


def test_note_that_is_too_long_keeps_its_words(desk, nora):
    text = "a" * 20_001
    assert nora.fill(f"/desk/clients/{desk.maya_ref}", {"note": text}).status_code == 422
    assert text in nora.page.get_data(as_text=True)
    assert nora.fill(f"/desk/clients/{desk.maya_ref}", {"note": "  "}).status_code == 422
    assert "Write something before you save" in nora.text


def test_client_added_by_hand_is_never_written_to_before_asking(app, desk, nora):
    assert nora.fill("/desk/clients/new", {"name": "", "zone": "Mars/Base"}).status_code == 422
    assert "Write the name" in nora.text
    assert "Choose a time zone from the list" in nora.text
    assert nora.fill("/desk/clients/new", {"name": "Ruth Abel", "zone": "Europe/Lisbon"}).status_code == 303
    nora.follow()
    assert "Ruth A." in nora.text
    assert "not asked yet" in nora.text


def test_writing_is_changed_only_with_consent(app, desk, nora):
    path = f"/desk/clients/{desk.tom_ref}/details"
    nora.get(path)
    typed = {"c-inbox": "only_me", "c-email": "tom@example.com"}
    assert nora.post(f"{path}/writing", typed).status_code == 422
    assert "Ask first, then tick this" in nora.text
    assert "tom@example.com" in nora.page.get_data(as_text=True)
    assert nora.post(f"{path}/writing", typed | {"c-asked": "y"}).status_code == 303
    nora.follow()
    assert "mail to an inbox nobody else reads" in nora.text
    assert nora.post(f"{path}/stop").status_code == 303
    nora.follow()
    assert "stopped, because things changed" in nora.text
    with app.app_context():
        assert contact(desk.tom).stopped_at is not None


def test_address_is_needed_unless_no_mail(desk, nora):
    path = f"/desk/clients/{desk.tom_ref}/details"
    nora.get(path)
    assert (
        nora.post(f"{path}/writing", {"c-inbox": "shared", "c-email": "tom", "c-asked": "y"}).status_code
        == 422
    )
    nora.get(path)
    assert nora.post(f"{path}/writing", {"c-inbox": "none", "c-email": "", "c-asked": "y"}).status_code == 303


def test_link_to_hand_over(desk, nora):
    path = f"/desk/clients/{desk.tom_ref}/details"
    nora.get(path)
    assert "/join/" not in nora.text
    nora.post(f"{path}/link")
    nora.follow()
    assert "/join/" in nora.text


def test_cancelling_says_what_goes_back_and_which_mail_leaves(app, desk, nora):
    place = book(app, desk.maya, in_days(3))
    path = f"/desk/clients/{desk.maya_ref}/sessions/{place}/cancel"
    nora.get(path)
    assert (
        "Nothing was paid here, so nothing goes back. A mail leaves that says the time is cancelled"
        in nora.text
    )
    assert nora.post(path).status_code == 303
    nora.follow()
    assert "Cancelled" in nora.text
    assert nora.get(path).status_code == 404
    assert nora.get(f"/desk/clients/{desk.tom_ref}/sessions/{place}/cancel").status_code == 404
