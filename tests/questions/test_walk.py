"""One question from the page that says what it is to the answer that is read, through HTTP alone."""

import pytest

from coachapp.clients.models import Client
from coachapp.payments.models import Order
from coachapp.practice.operations import save_practice
from coachapp.questions.models import Question
from coachapp.questions.rules import Standing
from coachapp.safe_contact.models import SafeContact
from coachapp.safe_contact.rules import Inbox
from tests.booking.sold import a_client, signed_in
from tests.cast import ALEX, MAYA, NORA
from tests.questions.asked import (
    ANSWER,
    PRICE,
    SLUG,
    WORDS,
    at_desk,
    here,
    joined,
    one,
    open_and_answer,
    paid,
    press_pay,
    sell,
    send,
    to_payment,
)


def test_the_page_says_everything_before_anything_is_typed(world, walker):
    walker.get("/ask")
    for words in (
        "One question",
        "€25",
        "Up to 200 letters",
        "Nora answers by",
        "all of the money goes back",
    ):
        assert words in walker.text
    assert "€25" in walker.get("/").text and "/ask" in walker.page.get_data(as_text=True)
    assert walker.get(f"/book/{SLUG}").headers["Location"] == f"/ask/{SLUG}"
    assert walker.get("/ask/power-hour").status_code == 404
    assert walker.get("/ask/unknown/details").status_code == 404


def test_without_a_question_on_show_it_says_so(world):
    assert "This is not open yet" in world.walker().get("/ask").text


def test_paid_written_sent_opened_answered_read(world, walker, nora):
    to_payment(walker)
    assert one(world).standing is Standing.TO_PAY
    walker.pay()
    assert one(world).standing is Standing.TO_WRITE
    assert world.ledger() == ([], ["paid"], [PRICE], [])
    walker.come_back()
    assert "You can write now" in walker.text
    joined(walker)
    walker.get("/me/")
    assert "Write it when it suits you" in walker.text
    assert send(walker).status_code == 303
    walker.follow()
    assert WORDS in walker.text and "Waiting for an answer" in walker.text
    assert one(world).standing is Standing.WAITING

    nora.get("/desk/")
    assert "One question in writing" in nora.text and WORDS not in nora.text
    nora.get("/desk/questions")
    assert "promised by" in nora.text
    nora.get(at_desk(world))
    assert WORDS not in nora.text and "Not opened yet" in nora.text
    assert open_and_answer(nora, world).status_code == 303
    assert one(world).standing is Standing.ANSWERED
    walker.get(here(world))
    assert ANSWER in walker.text
    world.send_mail()
    (mail,) = world.mails_to(ALEX.email)
    assert mail.subject == "Your update" and ANSWER not in mail.text and "/me/" in mail.text
    assert [each.subject for each in world.mails_to(NORA.email)] == ["A question was sent"]


def test_four_words_lead_back(world, walker):
    to_payment(walker)
    walker.pay()
    walker.get("/ask/done")
    words = walker.page.get_data(as_text=True).split('translate="no">')[1].split("<")[0]
    other = world.walker()
    other.fill("/b", {"code": words})
    assert other.page.headers["Location"] == "/ask/done"
    other.follow()
    assert "Write it when it suits you" in other.text
    other.fill("/b", {"code": "never were these words"})
    assert other.page.status_code == 422


def test_four_words_lead_back_to_paying(world, walker):
    to_payment(walker)
    walker.get("/ask/words")
    words = walker.page.get_data(as_text=True).split('translate="no">')[1].split("<")[0]
    other = world.walker()
    other.fill("/b", {"code": words})
    other.follow()
    assert "One last look" in other.text
    press_pay(other)
    assert other.session_id == walker.session_id


def test_a_client_who_is_signed_in_skips_the_details(world, walker):
    client_id = a_client(world)
    hers = signed_in(world)
    hers.get(f"/ask/{SLUG}/details")
    assert "How we reach you stays" in hers.text and "Who can see this inbox" not in hers.text
    hers.fill(f"/ask/{SLUG}/details", {"agree": "y"})
    hers.follow()
    assert "Four words" not in hers.text
    press_pay(hers)
    hers.pay()
    assert world.rows(Question.client_id) == [(client_id,)] and len(world.rows(Client.id)) == 1
    hers.get("/ask/done")
    assert hers.page.headers["Location"] == here(world)


def test_nothing_is_ticked_beforehand_and_everything_typed_is_kept(world, walker):
    walker.get(f"/ask/{SLUG}/details")
    assert "checked" not in walker.page.get_data(as_text=True)
    walker.post(f"/ask/{SLUG}/details", {"name": "Ĝoĵo 🌷", "email": "not an address", "inbox": "only_me"})
    assert walker.page.status_code == 422
    html = walker.page.get_data(as_text=True)
    assert "Ĝoĵo 🌷" in html and "not an address" in html
    assert world.rows(Question.id) == []


def test_going_back_to_the_details_makes_no_second_record(world, walker):
    typed = {"name": "A", "agree": "y"}
    walker.fill(f"/ask/{SLUG}/details", typed)
    walker.fill(f"/ask/{SLUG}/details", {**typed, "name": "B"})
    assert len(world.rows(Question.id)) == 1 and len(world.rows(Client.id)) == 1


def test_without_mail_nothing_leaves(world, walker, nora):
    hers = paid(world, email="", inbox="none")
    send(hers)
    open_and_answer(nora, world)
    world.send_mail()
    assert world.mails_to(ALEX.email) == []
    assert "Answered" in hers.get(here(world)).text


def test_a_shared_inbox_gets_no_link(world, walker, nora):
    hers = paid(world, inbox="shared")
    send(hers)
    open_and_answer(nora, world)
    world.send_mail()
    (mail,) = world.mails_to(ALEX.email)
    assert mail.subject == "Your update" and "http" not in mail.text and ANSWER not in mail.text


def test_things_changed_stops_the_mail(world, walker, nora):
    hers = paid(world)
    world.change(SafeContact, stopped_at=one(world).made_at)
    send(hers)
    open_and_answer(nora, world)
    world.send_mail()
    assert world.mails_to(ALEX.email) == []


@pytest.mark.parametrize("path", ["/ask/words", "/ask/done"])
def test_without_a_question_begun_the_words_are_asked(world, walker, path):
    walker.get(path)
    assert walker.page.headers["Location"] == "/b"


def test_nobody_else_sees_it(world, walker, nora):
    hers = paid(world)
    send(hers)
    path = here(world)
    a_client(world, person=MAYA)
    other = signed_in(world, MAYA)
    for each in (path, f"{path}/change", f"{path}/session"):
        answer = other.get(each) if each == path else (other.get("/me/"), other.post(each))[1]
        assert answer.status_code == 404
    assert nora.get(path).status_code == 404
    assert other.get(at_desk(world)).status_code == 404
    assert world.walker().get(path).status_code == 303


@pytest.mark.parametrize("who", ["approved", "invited"])
def test_a_question_is_no_way_around_the_coachs_yes(world, walker, who):
    """Whoever has paid is a client and books at once: so it is for clients where the coach lets people in herself."""
    with world.app.app_context():
        save_practice(who_books=who)
    walker.get("/ask")
    assert "works with already" in walker.text and f"/ask/{SLUG}/details" not in walker.page.get_data(
        as_text=True
    )
    assert walker.get(f"/ask/{SLUG}/details").headers["Location"] == f"/ask/{SLUG}"
    walker.get("/b")
    assert walker.post(f"/ask/{SLUG}/details", {"name": "A", "agree": "y"}).status_code == 404
    a_client(world)
    hers = signed_in(world)
    assert hers.get(f"/ask/{SLUG}/details").status_code == 200


@pytest.mark.parametrize(
    ("inbox", "words"),
    [
        ("only_me", "one short note with one link"),
        ("shared", "only the words “An answer is ready.”"),
        ("none", "No mail leaves"),
    ],
)
def test_a_client_reads_what_will_leave_before_she_agrees(world, walker, inbox, words):
    a_client(world, inbox=Inbox(inbox))
    assert words in signed_in(world).get(f"/ask/{SLUG}/details").text


def test_several_questions_are_a_choice(world, walker):
    sell(world, slug="two-questions", title="Two questions", price_minor=40_00)
    walker.get("/ask")
    assert "€25" in walker.text and "€40" in walker.text
    assert "Two questions" in walker.get("/ask/two-questions").text


def test_an_unpaid_one_is_nobodys_to_write(world, walker):
    a_client(world)
    hers = signed_in(world)
    hers.fill(f"/ask/{SLUG}/details", {"agree": "y"})
    assert hers.get(here(world)).status_code == 404
    assert world.rows(Order.id) == []
