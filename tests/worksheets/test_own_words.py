"""Her own words come back to her as she wrote them, dated, with their sheet; and nobody else reads them."""

from coachapp.worksheets.own_words_queries import own_words_of
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import FieldType
from tests.cast import ALEX, MAYA, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save

WORDS = "/me/worksheets/words"
HARD = "أستطيع أن أنتظر 😀 <b>&amp;</b>\n  two  spaces"


def test_what_comes_back_was_written_to_oneself():
    """Words for a courier, a school or a closed door, and what is let go of, are no comfort on another day."""
    kept = {
        f"{template.key}.{field.key}"
        for template in library()
        for field in template.fields
        if field.type is FieldType.OWN_WORDS
    }
    assert kept == {
        "a-message-came.keep_words",
        "a-small-day.line",
        "before-the-envelope.keep_words",
        "closing-channels.keep_words",
        "contact-happened.keep_words",
        "first-thirty-days.learned",
        "hard-dates.keep_words",
        "how-strong-is-it.next_time",
        "is-it-an-emergency.keep_words",
        "peace.keep_words",
        "the-old-pattern.bridge",
        "what-it-means-for-me.my_why",
        "when-i-doubt.fault",
        "when-i-doubt.wrong",
        "when-i-doubt.love",
        "when-i-doubt.own_words",
    }


def test_on_a_doubtful_day_she_picks_the_doubt_and_reads_herself(practice):
    for key in ("when-i-doubt", "peace", "when-i-doubt"):
        practice.give(practice.alex, key)
    alex = practice.sign_in(ALEX)
    said = {
        1: {"f-fault": "First.", "f-love": HARD},
        2: {"f-keep_words": "Quiet."},
        3: {"f-fault": "Second."},
    }
    for number, answers in said.items():
        alex.get(f"/me/worksheets/{number}")
        assert save(alex, number, answers, 0).status_code == 204
    page = alex.get("/me/worksheets/3").get_data(as_text=True)
    back = page.split('id="back-h"')[1].split("<form")[0]
    assert "Second." in back and "First." not in back and "Quiet." in back, "of each question the newest"
    assert "أستطيع أن أنتظر 😀 &lt;b&gt;&amp;amp;&lt;/b&gt;\n  two  spaces</p>" in back
    assert back.count("<details>") == 3 and 'href="/me/worksheets/1#q-love"' in back
    assert "back-h" not in alex.get("/me/worksheets/2").get_data(as_text=True), (
        "on the self-doubt sheet alone"
    )
    maya = practice.sign_in(MAYA)
    practice.give(practice.maya, "when-i-doubt")
    assert "back-h" not in maya.get("/me/worksheets/1").get_data(as_text=True)


def test_she_chooses_which_words_stand_on_her_home_or_none(practice):
    for _twice in range(2):
        practice.give(practice.alex)
    alex, maya, nora = (practice.sign_in(each) for each in (ALEX, MAYA, NORA))
    for number, text in ((1, "The older."), (2, "The newer.")):
        alex.get(f"/me/worksheets/{number}")
        save(alex, number, {"f-keep_words": text}, 0)
    with practice.app.app_context():
        newer, older = (each.id for each in own_words_of(practice.alex))

    def stand(answer, way) -> str:
        alex.get(WORDS)
        assert alex.post(f"{WORDS}/{answer}/{way}").status_code == 303
        return alex.get("/me/").get_data(as_text=True)

    assert "The newer." in alex.get("/me/").get_data(as_text=True)
    home = stand(newer, "aside")
    assert "The newer." not in home and "“The older.”" in home
    assert "own-h" not in stand(older, "aside")
    assert "The newer." in alex.get(WORDS).get_data(as_text=True), "they stay hers"
    assert "“The newer.”" in stand(newer, "show")
    maya.get(WORDS)
    assert "The newer." not in maya.text
    assert maya.post(f"{WORDS}/{newer}/aside").status_code == 404
    maya.get(WORDS)
    assert maya.post(f"{WORDS}/{practice.alex}/aside").status_code == 404
    assert nora.get(WORDS).status_code == 404
    assert "The newer." not in nora.get(f"/desk/clients/{practice.alex_ref}").get_data(as_text=True)
