"""Receipts where people meet them: in the private space, and at the desk. Nowhere else."""

import dataclasses
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pypdf
import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.accounts.models import JoinToken
from coachapp.booking.models import Appointment
from coachapp.clients.models import Client
from coachapp.money import Money
from coachapp.papers import queries
from coachapp.papers.models import Paper, PaperRecipient, PaperSettings
from coachapp.papers.operations import issue, save_terms
from coachapp.papers.rules import Kind, Owed
from coachapp.payments.models import Order, Payment
from coachapp.practice.operations import add_coach
from tests.booking.sold import a_client, coach_at_desk, signed_in
from tests.cast import ALEX, CHARLIE, MAYA
from tests.documents.pdf_checks import assert_good_pdf
from tests.papers.terms import LATER, STREET, TERMS, all_papers, issued

CANARY = "Zephyrine Canary-Montfort"
HER_STREET = "Allée des Serins 4711"


@pytest.fixture
def alex(world):
    """Alex, signed in, with a power hour that she paid for."""
    a_client(world, ALEX)
    walker = signed_in(world)
    walker.hold()
    walker.fill("/book/details", {"agree": "y"})
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()
    return walker


def paper_id(world):
    return world.rows(Paper.id)[0][0]


def text_of(data):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_her_receipt_in_her_own_space(world, alex):
    alex.get("/me/sessions")
    assert "/me/receipts" in alex.page.get_data(as_text=True)
    alex.get("/me/receipts")
    assert "Receipt QH-" in alex.text and "€95.00" in alex.text
    alex.get(f"/me/receipts/{paper_id(world)}")
    assert "It also says: Power hour" in alex.text
    for size in ("a4", "letter"):
        answer = alex.get(f"/me/receipts/{paper_id(world)}/{size}/read/file.pdf")
        assert answer.mimetype == "application/pdf" and answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith('inline; filename="paper-20')
        assert_good_pdf(answer.data)
    said = text_of(answer.data)
    assert "Professional services" in said and STREET in said and "VAT 21 %" in said
    assert "Power hour" not in said and ALEX.name not in said


def test_what_went_back_has_its_credit_note_beside_it(world, alex):
    alex.fill(f"/me/receipts/{paper_id(world)}", {"name": CANARY, "lines": HER_STREET})
    alex.fill(f"{alex.place_path}/cancel", {})
    assert world.stripe.wait_idle()
    alex.get("/me/receipts")
    assert "Credit note QH-" in alex.text and "−€95.00" in alex.text
    note = next(row for (row, kind) in world.rows(Paper.id, Paper.kind) if kind == Kind.CREDIT)
    data = alex.get(f"/me/receipts/{note}/a4/read/file.pdf").data
    assert_good_pdf(data)
    said = text_of(data)
    assert re.search(r"the receipt QH-20\d\d-0001 of .* goes back", said) and CANARY in said


def test_her_own_copy_says_more_and_nothing_is_kept_of_that(world, alex):
    before = world.everything("audit_entry")
    answer = alex.get(f"/me/receipts/{paper_id(world)}/a4/keep/own.pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert_good_pdf(answer.data)
    said = text_of(answer.data)
    assert "Power hour" in said and "New York time" in said
    assert world.everything("audit_entry") == before


def test_a_name_and_an_address_on_request_and_no_second_number(world, alex):
    path = f"/me/receipts/{paper_id(world)}"
    typed = {"name": CANARY, "lines": f"{HER_STREET}\n\n  Paris ", "tax_number": "FR 12"}
    alex.fill(path, typed)
    assert alex.page.status_code == 303
    alex.get(path)
    assert "Invoice QH-" in alex.text and CANARY in alex.text
    data = alex.get(f"{path}/a4/read/file.pdf").data
    assert_good_pdf(data)
    said = text_of(data)
    assert "Invoice" in said and CANARY in said and "Paris" in said and "details were added on" in said
    assert len(issued(world)) == 1
    assert alex.get(f"{path}/a4/read/file.pdf").data == data, "the same words, the same bytes"


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "", "lines": "Street 1"},
        {"name": "x" * 121, "lines": ""},
        {"name": "Someone", "lines": "\n".join(map(str, range(9)))},
        {"name": "Someone", "lines": "y" * 301},
    ],
)
def test_what_will_not_do_is_said_and_kept(world, alex, typed):
    path = f"/me/receipts/{paper_id(world)}"
    alex.fill(path, {**typed, "tax_number": "FR 4711"})
    assert alex.page.status_code == 422
    assert "needs another look" in alex.text and "FR 4711" in alex.page.get_data(as_text=True)
    assert world.rows(PaperRecipient.order_id) == []


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=1>", "Ζωή Αβγ", "王小明", "😀 שלום", "a\x00b", "‮reversed"]
)
def test_any_name_prints(world, alex, name):
    path = f"/me/receipts/{paper_id(world)}"
    alex.fill(path, {"name": name, "lines": name})
    assert alex.page.status_code == 303
    assert_good_pdf(alex.get(f"{path}/a4/read/file.pdf").data)


def test_above_a_limit_the_file_waits_for_a_name_and_an_address(world, alex):
    with world.app.app_context():
        save_terms(LATER, now=clock.now())
    path = f"/me/receipts/{paper_id(world)}"
    alex.get(f"{path}/a4/read/file.pdf")
    assert alex.page.status_code == 303 and alex.page.headers["Location"] == path
    alex.get(path)
    assert "Over this amount a name and an address belong on it" in alex.text
    alex.fill(path, {"name": "Someone", "lines": ""})
    assert alex.page.status_code == 422 and "Write the address that belongs on it" in alex.text
    alex.fill(path, {"name": "Someone", "lines": "Street 1"})
    assert alex.get(f"{path}/a4/read/file.pdf").status_code == 200


def test_nobody_elses_receipt(world, alex):
    a_client(world, MAYA)
    maya, stranger = signed_in(world, MAYA), world.walker(CHARLIE)
    for path in ("", "/letter", "/a4/read/file.pdf", "/a4/read/own.pdf"):
        assert maya.get(f"/me/receipts/{paper_id(world)}{path}").status_code == 404
        assert stranger.get(f"/me/receipts/{paper_id(world)}{path}").status_code != 200
    maya.get("/me/receipts")
    assert "No receipt yet" in maya.text
    maya.post(f"/me/receipts/{paper_id(world)}", {"name": "Somebody else"})
    assert maya.page.status_code == 404
    assert world.rows(PaperRecipient.order_id) == []


def test_at_the_desk(world, alex):
    nora = coach_at_desk(world)
    nora.get("/desk/receipts")
    assert "QH-" in nora.text and "€95.00" in nora.text and "Alex" in nora.text
    path = f"/desk/receipts/{paper_id(world)}"
    nora.fill(path, {"name": CANARY, "lines": HER_STREET})
    assert nora.page.status_code == 303
    nora.fill(path, {"name": "", "lines": ""})
    assert nora.page.status_code == 422
    data = nora.get(f"{path}/letter/keep.pdf").data
    assert_good_pdf(data)
    assert CANARY in text_of(data)
    ((ref,),) = world.rows(Client.ref)
    nora.get(f"/desk/clients/{ref}/sessions")
    assert path in nora.page.get_data(as_text=True)
    assert nora.get("/desk/receipts/00000000-0000-0000-0000-000000000000").status_code == 404


def test_each_year_has_its_page(world, alex):
    nora, year = coach_at_desk(world), world.rows(Paper.year)[0][0]
    owed = Owed(Kind.RECEIPT, uuid4(), None, uuid4(), "R", Money(7_00, "EUR"), clock.now())
    with world.app.app_context():
        issue(owed, now=datetime(year + 1, 6, 1, tzinfo=UTC))
    nora.get("/desk/receipts")
    assert f"QH-{year + 1}-0001" in nora.text and f"QH-{year}-0001" not in nora.text
    nora.get(f"/desk/receipts/of/{year}")
    assert f"QH-{year}-0001" in nora.text
    for unknown in (year - 1, 0, 10**30):
        assert nora.get(f"/desk/receipts/of/{unknown}").status_code == 404


def test_a_colleagues_client_is_a_colleagues(world, alex):
    nora = coach_at_desk(world)
    with world.app.app_context():
        iris = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
    world.change(Client, coach_id=iris)
    assert nora.get(f"/desk/receipts/{paper_id(world)}").status_code == 404
    assert nora.get(f"/desk/receipts/{paper_id(world)}/a4/read.pdf").status_code == 404
    nora.get("/desk/receipts")
    assert "No receipt yet" in nora.text


SETTINGS = {
    "country": "DE",
    "name": "Harbour & Co",
    "lines": "Kai 1\nHamburg",
    "tax_number": "DE 1",
    "prefix": "hc-",
    "tax": "rate",
    "tax_word": "VAT",
    "rate": "5,5",
    "clause": "",
    "above": "250",
    "asks_early": "y",
}


def test_who_issues_them_is_said_at_the_desk(bare_world):
    world = bare_world
    world.paid()
    nora = coach_at_desk(world)
    nora.get("/desk/receipts")
    assert "One waits for that." in nora.text
    nora.fill("/desk/receipts/settings", SETTINGS)
    assert nora.page.status_code == 303
    assert issued(world) == [("receipt", 95_00, 1)]
    with world.app.app_context():
        (paper,), terms = all_papers(), queries.terms()
    assert re.fullmatch(r"HC-20\d\d-0001", paper.label)
    assert (paper.tax_rate, paper.tax.minor, paper.issuer.lines) == (5_50, 4_95, ("Kai 1", "Hamburg"))
    assert terms.details_above.minor == 250_00 and terms.asks_early
    nora.get("/desk/receipts/settings")
    assert 'value="5.5"' in nora.page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Write the name that receipts come from"),
        ({"rate": "abc"}, "Enter a rate from 0 to 50"),
        ({"rate": "-1"}, "Enter a rate from 0 to 50"),
        ({"rate": "NaN"}, "Enter a rate from 0 to 50"),
        ({"rate": "1e999999"}, "Enter a rate from 0 to 50"),
        ({"rate": "19.555"}, "Enter a rate from 0 to 50"),
        ({"tax_word": ""}, "Write what the tax is called"),
        ({"tax": "clause"}, "Write the sentence"),
        ({"tax": "other"}, "Choose what receipts say about tax"),
        ({"prefix": "no good"}, "Use capital letters"),
        ({"prefix": "ÄÖ"}, "Use capital letters"),
        ({"above": "much"}, "Enter an amount"),
        ({"above": "9999999999"}, "Enter an amount"),
    ],
)
def test_settings_that_will_not_do(world, wrong, words):
    nora = coach_at_desk(world)
    nora.fill("/desk/receipts/settings", {**SETTINGS, **wrong})
    assert nora.page.status_code == 422 and words in nora.text
    assert "Hamburg" in nora.page.get_data(as_text=True)
    with world.app.app_context():
        assert queries.terms() == TERMS


def test_what_is_usual_is_filled_in_and_not_saved(world):
    nora = coach_at_desk(world)
    nora.fill("/desk/receipts/settings", {**SETTINGS, "country": "AT", "tax": "nothing", "usual": "y"})
    page = nora.page.get_data(as_text=True)
    assert nora.page.status_code == 200 and "§ 6 (1) 27 UStG" in page and 'value="400"' in page
    assert "Harbour &amp; Co" in page, "the rest stays as it was typed"
    with world.app.app_context():
        assert queries.terms() == TERMS


@pytest.mark.safety("R57", "R75")
def test_names_and_addresses_stand_nowhere_in_plain(world, alex):
    """Not in the databases, not at Stripe, not in a mail, not in a file's own description."""
    alex.fill(f"/me/receipts/{paper_id(world)}", {"name": CANARY, "lines": HER_STREET})
    pdf = alex.get(f"/me/receipts/{paper_id(world)}/a4/read/file.pdf").data
    world.tick()
    world.send_mail()
    plain = str(world.everything())
    for word in (CANARY, HER_STREET, STREET):
        assert word not in plain
        assert word.encode() not in pdf
        assert not any(word in str(got.params) for got in world.stripe.requests)
        assert not any(
            word in str(vars(mail) if hasattr(mail, "__dict__") else mail) for mail in world.mail.mails()
        )
    assert not any("QH-2" in mail.text for mail in world.mail.mails()), "no receipt is ever mailed"
    assert b"/Author ()" in pdf or b"/Author" not in pdf


def test_a_paper_outlives_the_client_with_all_it_says(world):
    """Forgotten as people are forgotten: key first, then every row of hers. What has to be kept is kept."""
    world.paid()
    nora, path = coach_at_desk(world), f"/desk/receipts/{paper_id(world)}"
    nora.fill(path, {"name": CANARY, "lines": HER_STREET})
    before = nora.get(f"{path}/a4/read.pdf").data
    assert CANARY in text_of(before)
    with world.app.app_context(), db.transaction() as session:
        session.execute(sa.delete(Payment))  # while money is there, or a way in, nobody is forgotten
        session.execute(sa.delete(JoinToken))
    world.change(Client, state="asked")
    world.change(Appointment, state="released")
    world.tick(timedelta(days=2))
    assert world.rows(Client.id) == world.rows(Order.id) == []
    nora.get("/desk/receipts")
    assert "erased" in nora.text
    assert nora.get(f"{path}/a4/read.pdf").data == before


def test_the_row_of_settings_has_no_address_in_plain(world):
    ((sealed,),) = world.rows(PaperSettings.issuer_sealed)
    assert STREET.encode() not in bytes(sealed)
    assert dataclasses.asdict(TERMS)["issuer"]["lines"][0] == STREET
