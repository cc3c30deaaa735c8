"""What the coach sees: nothing of a sheet's answers until its client shares it, and nothing once she stops."""

import pytest
import sqlalchemy as sa

from coachapp.audit.models import AuditEntry
from coachapp.db import session
from coachapp.worksheets.queries import shared_with_coach, sheet, sheets_of
from coachapp.worksheets.rules import NoSuchSheet
from tests.cast import ALEX, MAYA, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save

CANARY = "the words about Saturday"


@pytest.fixture
def written(practice):
    """Alex has written on a sheet and shared nothing."""
    practice.give(practice.alex, note="For when it is loud.")
    alex = practice.sign_in(ALEX)
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-facts": CANARY, "f-pressures": ["guilt"], "f-fear": "0"}, 0)
    return alex


@pytest.fixture
def nora(practice):
    return practice.sign_in(NORA)


def share(alex, **more):
    alex.get("/me/worksheets/1")
    answers = {"f-facts": CANARY, "f-pressures": "guilt", "f-fear": "0"}
    return alex.post("/me/worksheets/1", {"revision": "1", **answers, "go": "done", **more})


def test_unshared_answers_are_not_there_for_the_coach(practice, written, nora):
    base = f"/desk/clients/{practice.alex_ref}/worksheets"
    page = nora.get(base).get_data(as_text=True)
    assert "Private to Alex" in page and CANARY not in page
    for path in ("/1", "/1/a4/read/completed.pdf", "/1/a4/keep/blank.pdf"):
        assert nora.get(base + path).status_code == 404


def test_shared_then_not_again(practice, written, nora):
    base = f"/desk/clients/{practice.alex_ref}/worksheets"
    assert share(written, share="y").status_code == 303
    nora.get(f"{base}/1")
    assert CANARY in nora.text and "Guilt or blame" in nora.text and "0 of 10" in nora.text
    written.get("/me/worksheets/1")
    assert "Shared with Nora" in written.text
    assert written.post("/me/worksheets/1/unshare").status_code == 303
    assert nora.get(f"{base}/1").status_code == 404
    written.get("/me/worksheets/1")
    assert "Private to you" in written.text


def test_autosave_alone_never_shares(practice, written, nora):
    written.get("/me/worksheets/1")
    save(written, 1, {"f-facts": "x", "share": "y"}, 1)
    assert nora.get(f"/desk/clients/{practice.alex_ref}/worksheets/1").status_code == 404


def test_sending_with_the_switch_off_stops_sharing(practice, written, nora):
    share(written, share="y")
    share(written, revision="1")
    assert nora.get(f"/desk/clients/{practice.alex_ref}/worksheets/1").status_code == 404


def test_a_page_left_open_elsewhere_does_not_share_again(practice, written, nora):
    share(written, share="y")
    elsewhere = practice.sign_in(ALEX)
    page = elsewhere.get("/me/worksheets/1").get_data(as_text=True)
    assert '<input type="hidden" name="shared" value="y">' in page
    written.get("/me/worksheets/1")
    written.post("/me/worksheets/1/unshare")
    answers = {"f-facts": CANARY, "f-pressures": "guilt", "f-fear": "0"}
    for fear, status in (("99", 422), ("0", 303)):
        sent = {"revision": "1", **answers, "f-fear": fear, "share": "y", "shared": "y", "go": "save"}
        assert elsewhere.post("/me/worksheets/1", sent).status_code == status
        assert nora.get(f"/desk/clients/{practice.alex_ref}/worksheets/1").status_code == 404
        assert 'name="share" value="y" checked' not in elsewhere.page.get_data(as_text=True)


def test_another_coach_reads_nothing(practice, app, written):
    share(written, share="y")
    stranger = practice.another_coach()
    with app.app_context():
        mine = sheet(practice.alex, 1)
        assert shared_with_coach(mine.id, practice.coach_id)[1]["facts"] == CANARY
        with pytest.raises(NoSuchSheet):
            shared_with_coach(mine.id, stranger)


def test_reading_is_noted_once_a_day(practice, app, written, nora):
    share(written, share="y")
    for _again in range(3):
        nora.get(f"/desk/clients/{practice.alex_ref}/worksheets/1")
    with app.app_context():
        views = sa.select(AuditEntry).where(AuditEntry.action == "view", AuditEntry.subject == practice.alex)
        assert len(session().scalars(views).all()) == 1


def test_the_coach_gives_one_with_a_few_words(practice, nora):
    base = f"/desk/clients/{practice.maya_ref}/worksheets"
    assert nora.fill(base, {"note": "x"}).status_code == 422
    page = nora.get(base).get_data(as_text=True)
    value = page.split('name="templates" value="')[1].split('"')[0]
    assert nora.post(base, {"templates": value, "note": "<b>When</b> it suits you."}).status_code == 303
    nora.follow()
    assert "Given. It waits in the private space" in nora.text
    maya = practice.sign_in(MAYA)
    page = maya.get("/me/worksheets/1").get_data(as_text=True)
    assert "&lt;b&gt;When&lt;/b&gt; it suits you." in page


def test_unknown_clients_sheets_and_templates_are_404(practice, nora):
    for path in (
        "clients/C-22222/worksheets",
        "worksheets/no-such",
        f"clients/{practice.maya_ref}/worksheets/9",
    ):
        assert nora.get(f"/desk/{path}").status_code == 404
    page = nora.get("/desk/worksheets").get_data(as_text=True)
    assert "Our door" in page
    assert nora.get("/desk/worksheets/our-door").status_code == 200


def test_numbers_count_within_the_client(practice, app):
    for client_id in (practice.alex, practice.maya, practice.alex):
        practice.give(client_id)
    with app.app_context():
        assert [one.number for one in sheets_of(practice.alex)] == [2, 1]
        assert [one.number for one in sheets_of(practice.maya)] == [1]
