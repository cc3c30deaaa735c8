"""The demo practice: "Quiet Harbour", its coach and its people, all invented; filled once, into an empty database."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from coachapp.accounts.factors import code_at
from coachapp.accounts.hashing import hasher
from coachapp.accounts.operations import add_ready_coach
from coachapp.booking.desk_operations import set_week
from coachapp.booking.slots import Opening
from coachapp.db import transaction
from coachapp.demo.people import load_people, pay_at_stand_in
from coachapp.messages.operations import Writer, write
from coachapp.money import Money
from coachapp.papers.operations import save_terms
from coachapp.papers.rules import Party, Terms
from coachapp.payments.voucher_rules import GIVEN
from coachapp.payments.vouchers import make as make_voucher
from coachapp.practice.operations import add_coach, is_set_up, save_offering, save_practice, save_settings
from coachapp.practice.part_terms import PartTerms
from coachapp.practice.parting import save_part_terms
from coachapp.practice.paying import Ways, save_ways
from coachapp.practice.queries import offering, today_of
from coachapp.worksheets.publishing import publish_library

# Open doors, printed on every start: this is why the demo refuses to be reached from another machine.
COACH_NAME = "nora@quietharbour.example"
COACH_PASSPHRASE = "lantern pebble ferry orchard"
COACH_TOTP_SECRET = "QUIETHARBOURNORAELLISMADRID23456"
CLIENT_NAME = "maya"
CLIENT_PASSPHRASE = "willow teapot gravel morning"

_WEEK = (
    Opening(0, 9 * 60, 13 * 60),
    Opening(0, 15 * 60, 18 * 60),
    Opening(1, 10 * 60, 13 * 60),
    Opening(1, 14 * 60 + 30, 18 * 60),
    Opening(2, 12 * 60, 18 * 60),
    Opening(3, 9 * 60, 17 * 60 + 30),
    Opening(4, 9 * 60, 12 * 60),
)

_OFFERINGS: tuple[dict[str, Any], ...] = (
    {
        "slug": "first-conversation",
        "kind": "session",
        "title": "First conversation",
        "text": "20 minutes by video or phone. Meet Nora, ask anything, decide in your own time.",
        "points": ["No card needed", "Camera optional"],
        "length_min": 20,
        "price_minor": 0,
    },
    {
        "slug": "single-session",
        "kind": "session",
        "title": "Single session",
        "text": "60 minutes on one thing: a message you received, a family event, a line you want to hold.",
        "points": ["A written plan afterwards", "One worksheet to keep"],
        "length_min": 60,
        "price_minor": 80_00,
        "lifted": True,
    },
    {
        "slug": "power-hour",
        "kind": "session",
        "title": "Power hour",
        "text": "60 minutes to get one hard thing ready: a call, a visit, a letter. You leave with the words.",
        "points": ["Your words on one page", "A short check-in by note a week later"],
        "length_min": 60,
        "price_minor": 95_00,
    },
    {
        "slug": "steady-ground",
        "kind": "package",
        "title": "Steady ground",
        "text": "Six 60-minute sessions, at your pace, within nine months. Pause whenever you need to.",
        "points": ["Private space with worksheets", "Unused sessions refunded"],
        "length_min": 60,
        "sessions": 6,
        "valid_months": 9,
        "price_minor": 420_00,
    },
    {
        "slug": "one-question",
        "kind": "question",
        "title": "One question",
        "text": "Ask one thing in writing: what to say, what to leave out, what to expect.",
        "points": ["Answered by Nora herself", "All of it paid back if she cannot answer"],
        "length_min": 60,
        "most_letters": 1500,
        "answer_days": 3,
        "price_minor": 25_00,
    },
)


_TERMS = Terms(
    country="ES",
    prefix="QH-",
    issuer=Party("Quiet Harbour", ("Calle del Puerto 12", "28013 Madrid", "Spain"), "ES 00000000T"),
    tax_word="VAT",
    tax_rate=21_00,
    clause="",
    details_above=Money(400_00, "EUR"),
    asks_early=False,
)

_A_QUESTION = "May I bring a letter I received to a first conversation? I would rather not read it alone."

_PAGE: dict[str, Any] = {
    "headline": "A quieter life is allowed.",
    "lede": "One-to-one coaching for adults who grew up with a narcissistic parent. We work on boundaries, "
    "on no contact, and on what you want your days to be like.",
    "about_heading": "Hello, I’m Nora",
    "about_lede": "I grew up measuring every word. For nine years I have coached people who are learning that "
    "they no longer have to.",
    "about_paragraphs": [
        "When a message arrives, the pull of fear, obligation and guilt can make an answer feel urgent. Together "
        "we make room between the message and you: a day, a plan, and people on your side."
    ],
    "about_small": "Certified coach (ICF PCC) · I work in English and Spanish · I am not a therapist, and I will "
    "say so if therapy would serve you better.",
    "quote": "",
    "quote_by": "",
    "faq": [
        [
            "Do I have to have gone no contact?",
            "No. Some people have, some have not, some are not sure. We start from where you are.",
        ],
        [
            "What if I need to stop in the middle?",
            "Say so, or leave. A session you end early can be continued another day.",
        ],
        [
            "Who can see what I write?",
            "You. Worksheets stay private until you choose to share one with Nora, and you can take it back.",
        ],
    ],
}


def load(now: datetime) -> bool:
    """Fill an empty database, all or nothing; False, and nothing done, where a practice already exists."""
    with transaction():
        if is_set_up():
            return False
        save_practice(
            name="Quiet Harbour",
            neutral_name="QH Appointments",
            mail_subject="Your update",
            statement_text="NE",
            currency="EUR",
            exit_to="https://www.bbc.co.uk/weather",
            page=_PAGE,
        )
        save_terms(_TERMS, now=now)
        publish_library(now)
        coach_id, account_id = _add_nora(now)
        load_people(coach_id, account_id, now)
        _give_voucher(coach_id, account_id, now)
        write(coach_id, _A_QUESTION, Writer("Robin"), once="", now=now - timedelta(days=1))
        # Only now: what lies in the past is announced to nobody.
        save_settings(coach_id, practice={}, coach={"email": COACH_NAME})
    pay_at_stand_in(now)
    return True


def _add_nora(now: datetime) -> tuple[int, UUID]:
    coach_id = add_coach(
        first_name="Nora",
        full_name="Nora Ellis",
        zone="Europe/Madrid",
        email=None,
        room_link="https://meet.example.com/quiet-harbour",
    )
    for position, facts in enumerate(_OFFERINGS):
        save_offering(None, coach_id=coach_id, position=position, **facts)
    package, single = offering("steady-ground"), offering("single-session")
    save_offering(package.id, slug=package.slug, pays_for_id=single.id)
    save_part_terms(package.id, PartTerms(times=3))
    set_week(coach_id, list(_WEEK))
    save_ways(Ways(5, "N. Ellis", "DE02 1203 0000 0000 2020 51", others_days=3))
    account_id = add_ready_coach(
        coach_id, COACH_NAME, COACH_PASSPHRASE, COACH_TOTP_SECRET, now=now, hasher=hasher()
    )
    return coach_id, account_id


def _give_voucher(coach_id: int, account_id: UUID, now: datetime) -> None:
    """A voucher that was given away; its code stands at the desk."""
    today = today_of(coach_id, now)
    worth = Money(190_00, "EUR")
    make_voucher(
        coach_id, worth, None, "For the summer raffle", method=GIVEN, on=today, by=account_id, now=now
    )


def code(now: datetime) -> str:
    """The coach's present six-digit code; it changes every 30 seconds."""
    return code_at(COACH_TOTP_SECRET, now)
