"""What the coach offers and what her practice is called, changed in the panel."""

import pytest

from coachapp.practice.queries import coach, offering, offerings, practice
from tests.desk.people import HOUR

OFFERING = {
    "title": "Long talk",
    "slug": "long-talk",
    "text": "Ninety quiet minutes.",
    "points": "One\n\n Two ",
    "kind": "session",
    "sessions": "1",
    "length": "90",
    "price": "80,50",
    "before": "10",
    "after": "20",
    "interval": "30",
    "notice": "48",
    "horizon": "30",
    "cutoff": "12",
    "position": "3",
    "listed": "y",
    "active": "y",
}
SETTINGS = {
    "name": "Quiet Harbour",
    "neutral_name": "QH Appointments",
    "mail_subject": "Your update",
    "statement_text": "NE",
    "exit_to": "https://www.wikipedia.org/",
    "headline": "A quieter life",
    "about": "One.\n\nTwo.",
    "faq": "May I stop?\nYes.\n\nWho reads this?\nOnly you.",
    "first_name": "Nora",
    "full_name": "Nora Ellis",
    "zone": "Europe/Lisbon",
    "email": "",
    "room_link": "https://meet.example.com/x",
    "reading_weekday": "1",
}


def test_a_new_offering_can_be_booked(app, nora):
    assert nora.fill("/desk/offerings/new", OFFERING).status_code == 303
    nora.follow()
    assert "Long talk" in nora.text
    with app.app_context():
        row = offering("long-talk")
    assert (row.price.minor, row.points, row.notice_min, row.cutoff_min) == (80_50, ("One", "Two"), 2880, 720)
    assert nora.get("/book/long-talk").status_code == 200


def test_an_offering_is_put_away_not_deleted(app, nora):
    data = OFFERING | {"slug": HOUR}
    del data["active"]
    assert nora.fill(f"/desk/offerings/{HOUR}", data).status_code == 303
    assert nora.get(f"/book/{HOUR}").status_code == 404
    nora.get("/desk/offerings")
    assert "Put away" in nora.text
    with app.app_context():
        assert HOUR not in [row.slug for row in offerings()]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slug": "details"}, "this one belongs to a page of ours"),
        ({"slug": HOUR}, "this one leads to something else you offer"),
        ({"slug": "Long Talk"}, "Use small letters, digits and single hyphens"),
        ({"price": "eighty"}, "Enter an amount, like 80 or 80,50"),
        ({"price": "80,505"}, "Enter an amount, like 80 or 80,50"),
        ({"length": "0"}, "Enter a whole number from 5 to 600"),
        ({"length": "long"}, "Enter a whole number from 5 to 600"),
        ({"title": ""}, "Give it a name people understand"),
        ({"kind": "gift"}, "Choose one of the four kinds"),
    ],
)
def test_what_cannot_be_is_told_and_kept(nora, change, words):
    assert nora.fill("/desk/offerings/new", OFFERING | change).status_code == 422
    assert words in nora.text
    assert "Ninety quiet minutes." in nora.text


def test_another_offering_is_not_there(nora):
    assert nora.get("/desk/offerings/nothing").status_code == 404


def test_settings_are_saved(app, desk, nora):
    assert nora.fill("/desk/settings", SETTINGS).status_code == 303
    with app.app_context():
        page, weekday = practice().page, practice().reading_weekday
        hers = coach(desk.made.coach_id)
    assert weekday == 1
    assert page["about_paragraphs"] == ["One.", "Two."]
    assert page["faq"] == [["May I stop?", "Yes."], ["Who reads this?", "Only you."]]
    assert (hers.zone, hers.email, hers.room_link) == ("Europe/Lisbon", None, "https://meet.example.com/x")
    nora.get("/")
    assert "A quieter life" in nora.text


def test_a_telling_word_is_saved_with_a_warning(app, nora):
    typed = SETTINGS | {"neutral_name": "Healing hours"}
    assert nora.fill("/desk/settings", typed).status_code == 303
    nora.follow()
    assert "“Healing” may tell someone why a person comes here" in nora.text
    with app.app_context():
        assert practice().neutral_name == "Healing hours"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"statement_text": "A"}, "Use 2 to 10 letters"),
        ({"exit_to": "http://example.org"}, "Enter an address that begins with https://"),
        ({"exit_to": "https://example.org/?q=1"}, "Leave out the question mark"),
        ({"zone": "Mars/Base"}, "Choose a time zone from the list"),
        ({"email": "nora"}, "Enter an email address with an @"),
        ({"room_link": "javascript:alert(1)"}, "Enter an address that begins with https://"),
        ({"faq": "A question alone"}, "Write an answer below each question"),
        ({"name": ""}, "Give your practice a name"),
        ({"reading_weekday": "7"}, "Choose a day of the week"),
        ({"reading_weekday": ""}, "Choose a day of the week"),
    ],
)
def test_settings_that_cannot_be_are_told_and_kept(nora, change, words):
    assert nora.fill("/desk/settings", SETTINGS | change).status_code == 422
    assert words in nora.text
    assert "A quieter life" in nora.page.get_data(as_text=True)


def test_limits_of_an_offering_and_of_the_coach(app, desk, nora):
    limits = {"most_per_day": "3", "most_per_week": "12"}
    assert nora.fill("/desk/offerings/new", OFFERING | limits | {"most_per_week": ""}).status_code == 303
    assert nora.fill("/desk/settings", SETTINGS | limits).status_code == 303
    with app.app_context():
        row, hers = offering("long-talk"), coach(desk.made.coach_id)
    assert (row.most_per_day, row.most_per_week) == (3, None)
    assert (hers.most_per_day, hers.most_per_week) == (3, 12)
    assert 'value="12"' in nora.get("/desk/settings").get_data(as_text=True)
    assert (
        nora.fill("/desk/settings", SETTINGS | {"most_per_day": "", "most_per_week": ""}).status_code == 303
    )
    with app.app_context():
        assert coach(desk.made.coach_id).most_per_day is None


@pytest.mark.parametrize("typed", ["0", "-1", "100", "2.5", "many", "9" * 40, "٣x"])
@pytest.mark.parametrize(("path", "form"), [("/desk/offerings/new", OFFERING), ("/desk/settings", SETTINGS)])
def test_limits_that_cannot_be_are_told_and_kept(nora, path, form, typed):
    assert nora.fill(path, form | {"most_per_day": typed}).status_code == 422
    assert "Enter a whole number from 1 to 99, or leave it empty" in nora.text
    assert f'value="{typed}"' in nora.page.get_data(as_text=True)
