"""Which passphrases will do, the words on offer, and codes as people type them."""

import re

import pytest

from coachapp.accounts import factors, passphrases
from coachapp.accounts.passphrases import Trouble
from coachapp.accounts.rules import is_pin, normal_name


def test_the_words_are_short_plain_and_many() -> None:
    words = passphrases.words()
    assert len(words) >= 1800
    assert list(words) == sorted(set(words))
    assert all(re.fullmatch(r"[a-z]{3,7}", word) for word in words)


def test_no_word_is_hard_to_meet() -> None:
    hard = "abus|victim|kill|blood|weapon|mother|father|parent|famil|fear|guilt|death|shame|trauma|gun|knife"
    assert [word for word in passphrases.words() if re.search(hard, word)] == []


def test_four_words_pass_the_coachs_own_check() -> None:
    made = {passphrases.four_words() for _ in range(500)}
    assert len(made) == 500
    assert all(passphrases.trouble(words, 15) is None for words in made)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("short words", Trouble.SHORT),
        ("x" + "y1 z" * 40, Trouble.LONG),
        ("passwordpassword", Trouble.COMMON),
        ("P@ssw0rd1234", Trouble.COMMON),
        ("iloveyou2024!!", Trouble.COMMON),
        ("football football", Trouble.COMMON),
        ("aaaaaaaaaaaaaaa", Trouble.PATTERN),
        ("123456789012345", Trouble.PATTERN),
        ("abcdefghijklmnop", Trouble.PATTERN),
        ("qwertyuiopasdf", Trouble.PATTERN),
        ("lkjhgfdsa987654", Trouble.PATTERN),
        ("abcabcabcabcabc", Trouble.PATTERN),
        ("quiet harbour 1", Trouble.CONTEXT),
        ("the tide was low again", None),
        ("copper meadow thimble", None),
        ("τρία μικρά καράβια", None),
    ],
)
def test_trouble(typed: str, found: Trouble | None) -> None:
    assert passphrases.trouble(typed, 12, ["Quiet Harbour"]) is found


@pytest.mark.parametrize(
    "typed",
    [
        "Amber, Lantern  RIVER stone",
        "amber-lantern-river-stone",
        " amber lantern,river--stone. ",
        "amber_lantern river\nstone",
    ],
)
def test_a_code_of_words_is_read_as_people_type_it(typed: str) -> None:
    assert passphrases.normal_code(typed) == "amber-lantern-river-stone"


def test_names_are_compared_without_capitals_and_extra_spaces() -> None:
    assert normal_name("  Quiet   River ") == normal_name("quiet river") == "quiet river"


@pytest.mark.parametrize(
    ("typed", "will_do"),
    [("4711", True), ("90210553", True), ("1234", False), ("8765", False), ("0000", False), ("471", False),
     ("123456789", False), ("12a4", False), ("٤٧١١", False)],
)  # fmt: skip
def test_pins(typed: str, will_do: bool) -> None:
    assert is_pin(typed) is will_do


def test_recovery_codes_are_read_however_they_are_written() -> None:
    code = factors.new_recovery_code()
    assert re.fullmatch(r"([a-z2-9]{4}-){2}[a-z2-9]{4}", code)
    assert factors.normal_recovery_code(code.upper().replace("-", " ")) == code.replace("-", "")
