"""A question that is sold in the small practice of the booking road, and people on their way with it."""

import re

import pytest
import sqlalchemy as sa

from coachapp import db
from coachapp.practice.operations import save_offering
from coachapp.questions import queries
from coachapp.questions.models import Question
from tests.booking.sold import coach_at_desk

SLUG, PRICE = "one-question", 25_00
WORDS = "May I keep the key-canary-thistle drawer shut?"
ANSWER = "You may. answer-canary-bramble."


@pytest.fixture
def walker(world):
    """Someone new, in a practice that sells one question."""
    sell(world)
    return world.walker()


@pytest.fixture
def nora(world):
    """The coach at her desk."""
    return coach_at_desk(world)


def sell(world, **more):
    """One question for 25, of 200 letters, answered within three working days."""
    usual = {
        "slug": SLUG,
        "title": "One question",
        "price_minor": PRICE,
        "most_letters": 200,
        "answer_days": 3,
    }
    with world.app.app_context():
        return save_offering(
            None,
            coach_id=1,
            kind="question",
            text="",
            points=[],
            length_min=60,
            **{**usual, **more},
        )


def to_payment(walker, **typed):
    """Someone new, as far as Stripe's page."""
    usual = {"name": walker.person.name, "email": walker.person.email, "inbox": "only_me", "agree": "y"}
    walker.fill(f"/ask/{SLUG}/details", {**usual, **typed})
    assert walker.page.status_code == 303, walker.text
    walker.follow()
    press_pay(walker)


def press_pay(walker):
    walker.fill("/ask/words", {})
    assert walker.page.status_code == 303, walker.text
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]


def joined(walker):
    """From the page after paying into a space of her own."""
    walker.get("/ask/done")
    found = re.search(r'href="(/join/[^"]+)"', walker.page.get_data(as_text=True))
    assert found, walker.text
    person = walker.person
    walker.fill(found[1], {"name": person.login, "passphrase": person.passphrase, "again": person.passphrase})
    assert walker.page.status_code == 303, walker.text


def paid(world, person=None, **typed):
    """Someone new who has paid and joined."""
    walker = world.walker(person) if person else world.walker()
    to_payment(walker, **typed)
    walker.pay()
    joined(walker)
    return walker


def send(walker, words=WORDS):
    """Write it and send it."""
    walker.get(here(walker.world))
    revision = walker.hidden("revision")
    walker.post(here(walker.world), {"words": words, "revision": revision, "go": "send"})
    return walker.page


def one(world):
    """The newest question there is."""
    with world.app.app_context():
        newest = sa.select(Question.id).order_by(Question.made_at.desc()).limit(1)
        return queries.question(db.session().scalar(newest))


def here(world):
    return f"/me/questions/{one(world).id}"


def at_desk(world):
    return f"/desk/questions/{one(world).id}"


def open_and_answer(nora, world, answer=ANSWER):
    """Open it, write the answer, look at it once more, send it."""
    nora.get(at_desk(world))
    nora.post(f"{at_desk(world)}/open")
    nora.fill(at_desk(world), {"answer": answer})
    assert nora.page.status_code == 303, nora.text
    nora.follow()
    nora.post(f"{at_desk(world)}/send", {"seen": nora.hidden("seen")})
    return nora.page
