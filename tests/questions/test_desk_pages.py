"""The desk's pages: what waits in which order, drafts, empty and many, and the service's own page."""

from datetime import timedelta

import pytest

from coachapp import clock, db
from coachapp.booking.models import DayHours
from coachapp.clients.models import Client
from coachapp.practice.models import Offering
from coachapp.practice.operations import add_coach
from coachapp.questions.models import Question
from coachapp.questions.operations import promise
from tests.booking.sold import a_client, signed_in
from tests.cast import MAYA
from tests.questions.asked import PRICE, SLUG, WORDS, at_desk, one, paid, press_pay, send

SERVICE = {
    "title": "A line",
    "slug": "a-line",
    "text": "Words.",
    "kind": "question",
    "sessions": "1",
    "length": "60",
    "letters": "300",
    "answer_days": "2",
    "way": "video",
    "price": "12,50",
    "before": "0",
    "after": "0",
    "interval": "30",
    "notice": "24",
    "horizon": "60",
    "cutoff": "24",
    "position": "1",
    "listed": "y",
    "active": "y",
}


def another(world):
    """A second one, of another client."""
    a_client(world, person=MAYA)
    maya = signed_in(world, MAYA)
    maya.fill(f"/ask/{SLUG}/details", {"agree": "y"})
    press_pay(maya)
    maya.pay()
    send(maya, "And the attic?")


def test_the_earliest_promise_comes_first_and_late_is_said_calmly(world, walker, nora):
    send(paid(world))
    first = one(world)
    another(world)
    world.change(Question, promised_at=clock.now() - timedelta(days=2))
    nora.get("/desk/questions")
    assert nora.text.count("The promised day is over") == 2
    assert nora.text.count("promised by") == 2 and WORDS not in nora.text
    html = nora.page.get_data(as_text=True)
    assert str(first.id) in html and "brick" not in html.split("<main")[1]
    nora.get("/desk/")
    assert "2 questions in writing" in nora.text and "The first answer is promised by" in nora.text


def test_names_are_covered_here_too(world, walker, nora):
    send(paid(world))
    nora.get("/desk/questions")
    nora.post("/desk/cover", {"cover": "yes", "back": "/desk/questions"})
    nora.follow()
    assert "Alex" not in nora.text
    assert "Alex" not in nora.get(at_desk(world)).text


def test_an_answer_is_kept_as_it_is_written(world, walker, nora):
    send(paid(world))
    nora.get(at_desk(world))
    assert nora.post(f"{at_desk(world)}/save", {"answer": "too soon"}).status_code == 422
    nora.get(at_desk(world))
    nora.post(f"{at_desk(world)}/open")
    nora.get(at_desk(world))
    assert nora.post(f"{at_desk(world)}/save", {"answer": "You may, bec"}).status_code == 204
    assert "You may, bec" in nora.get(at_desk(world)).text
    assert "Answer begun" in nora.get("/desk/questions").text
    assert nora.fill(at_desk(world), {"answer": "a" * 10_001}).status_code == 422
    assert nora.fill(at_desk(world), {"answer": "  "}).status_code == 422


def test_changed_at_another_desk_it_is_looked_at_again(world, walker, nora):
    send(paid(world))
    nora.get(at_desk(world))
    nora.post(f"{at_desk(world)}/open")
    nora.fill(at_desk(world), {"answer": "You may."})
    nora.follow()
    seen = nora.hidden("seen")
    nora.fill(at_desk(world), {"answer": "You may not."})
    nora.follow()
    assert (
        nora.post(f"{at_desk(world)}/send", {"seen": seen}).headers["Location"] == f"{at_desk(world)}/check"
    )
    assert one(world).answered_at is None
    nora.follow()
    nora.post(f"{at_desk(world)}/send", {"seen": nora.hidden("seen")})
    assert one(world).answered_at is not None
    nora.get("/desk/questions")
    assert nora.post(f"{at_desk(world)}/send", {"seen": seen}).status_code == 409


@pytest.mark.parametrize("path", ["", "/check", "/decline", "/session"])
def test_another_coachs_question_is_not_found(world, walker, nora, path):
    send(paid(world))
    assert nora.get(at_desk(world) + path).status_code in (200, 303)
    with world.app.app_context():
        other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
    world.change(Question, coach_id=other)
    assert nora.get(at_desk(world) + path).status_code == 404
    nora.get("/desk/questions")
    assert "No question waits" in nora.text
    assert nora.post(f"{at_desk(world)}/open").status_code == 404


def test_days_off_move_the_promise(world, walker):
    with world.app.app_context():
        now = clock.now()
        before = promise(1, 1, now)
        with db.transaction() as session:
            session.add(DayHours(coach_id=1, on_date=before.date(), start_min=None, end_min=None))
        assert promise(1, 1, now).date() > before.date()


def test_a_service_of_this_kind_is_made_and_changed(world, nora):
    nora.fill("/desk/offerings/new", SERVICE)
    assert nora.page.status_code == 303, nora.text
    nora.follow()
    assert "Up to 300 letters, answered within 2 working days" in nora.text
    assert world.rows(Offering.most_letters, Offering.answer_days).count((300, 2)) == 1
    walker = world.walker()
    assert "€12.50" in walker.get("/ask").text and "Up to 300 letters" in walker.text
    assert "A line" not in walker.get("/book").text.split("Only one question")[0]
    nora.fill("/desk/offerings/a-line", {**SERVICE, "kind": "session"})
    assert nora.page.status_code == 422 and "A question stays one" in nora.text
    nora.fill("/desk/offerings/a-line", {**SERVICE, "price": "0"})
    assert nora.page.status_code == 422 and "free questions come as short messages" in nora.text
    nora.fill("/desk/offerings/a-line", {**SERVICE, "letters": "5"})
    assert nora.page.status_code == 422
    nora.fill("/desk/offerings/a-line", {**SERVICE, "letters": "", "answer_days": ""})
    assert nora.page.status_code == 303
    assert world.rows(Offering.most_letters, Offering.answer_days).count((1500, 3)) >= 1


def test_what_was_paid_for_keeps_its_terms(world, walker, nora):
    hers = paid(world)
    world.change(Offering, most_letters=5, price_minor=1)
    assert send(hers).status_code == 303
    assert one(world).price.minor == PRICE and len(world.rows(Client.id)) == 1
