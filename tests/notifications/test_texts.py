"""What a mail says, to the letter, for each answer to *Who can see this inbox?*"""

import re

import pytest

from coachapp.web import words
from tests.cast import NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

NAMES = re.compile(r"alex|nora|ellis|quiet|harbour|power|hour\b|http|/b/|@", re.IGNORECASE)


def when(walker):
    place = walker.place()
    with walker.world.app.test_request_context():
        return words.when(place.starts_at, place.ends_at, place.zone)


def sent_to(walker, address):
    walker.world.send_mail()
    return walker.world.mails_to(address)


@pytest.mark.safety("D2")
def test_only_me_gets_the_time_one_link_and_a_way_to_answer(world):
    walker = world.paid(inbox="only_me")
    (mail,) = sent_to(walker, walker.person.email)
    assert mail.subject == "Your update"
    assert mail.text == f"{when(walker)}\n\n{world.url}{walker.place_path}\n"
    assert re.fullmatch(r"\w+ \d+ \w+, \d\d:\d\d to \d\d:\d\d, New York time", when(walker))
    assert mail.header("Reply-To") == NORA.email
    assert mail.header("From") == "Appointments <appointments@localhost>"


@pytest.mark.safety("D2")
@pytest.mark.parametrize("inbox", ["shared", "unsure"])
def test_a_shared_inbox_gets_the_time_and_nothing_else(world, inbox):
    walker = world.walker()
    walker.hold()
    walker.get("/book/details")
    shown = " ".join(walker.text.split())
    walker.tell(inbox=inbox)
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()
    (mail,) = sent_to(walker, walker.person.email)
    assert (mail.subject, mail.text) == ("Your update", f"{when(walker)}\n")
    assert mail.text.strip() in shown, "the exact text is shown beside the choice"
    assert not NAMES.search(mail.subject + mail.text)
    assert mail.header("Reply-To") is None
    assert {name for name, _value in mail.headers} == {
        "From",
        "To",
        "Subject",
        "Message-ID",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }


@pytest.mark.safety("D2")
@pytest.mark.parametrize("typed", [{"inbox": "none"}, {"email": None, "inbox": None}])
def test_no_mail_means_none_at_all(world, typed):
    walker = world.paid(**typed)
    assert sent_to(walker, walker.person.email) == []
    assert world.outbox() == [("booked", "refused")]
    assert [mail.to for mail in world.mail.mails()] == [(NORA.email,)], "mail to the coach is ordinary mail"


def test_the_coach_is_told_where_to_look_and_not_who(world):
    walker = world.paid()
    (mail,) = sent_to(walker, NORA.email)
    assert mail.subject.startswith("A time was booked: ")
    assert walker.person.name not in mail.subject + mail.text
    assert mail.text.endswith(f"{world.url}/desk/\n")


@pytest.mark.parametrize(
    ("inbox", "ends"), [("only_me", r"\n\nhttp://127\.0\.0\.1:\d+/b/[\w-]+\n"), ("shared", r"\n")]
)
def test_a_cancelled_time_is_said_in_the_same_form(world, inbox, ends):
    walker = world.paid(inbox=inbox)
    path = walker.place_path
    walker.fill(f"{path}/cancel", {})
    assert walker.page.status_code == 303
    _booked, cancelled = sent_to(walker, walker.person.email)
    assert cancelled.subject == "Your update"
    assert re.fullmatch(re.escape(f"Cancelled: {when(walker)}") + ends, cancelled.text)
