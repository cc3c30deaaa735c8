"""Sealed text opens only where it was sealed, only with its owner's key, and never once that key is destroyed."""

import dataclasses
import subprocess
import sys
import threading
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coachapp import vault
from coachapp.config import PROJECT
from coachapp.db import open_engine
from tests.apps import open_app

COLUMN = "client.name_sealed"


@pytest.fixture
def owner(app):
    with app.app_context():
        vault.make_key(owner := uuid4())
        yield owner


@given(text=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(owner, text):
    row = uuid4()
    sealed = vault.seal(owner, COLUMN, row, text)
    assert vault.open_(owner, COLUMN, row, sealed) == text


def test_the_same_text_never_looks_the_same(owner):
    row = uuid4()
    sealed = {vault.seal(owner, COLUMN, row, "harbour") for _ in range(20)}
    assert len(sealed) == 20
    assert not any(b"harbour" in one for one in sealed)


@pytest.mark.safety("R92")
def test_a_ciphertext_opens_in_no_other_place(owner):
    row, other = uuid4(), uuid4()
    vault.make_key(other)
    sealed = vault.seal(owner, COLUMN, row, "harbour")
    for place in ((owner, COLUMN, uuid4()), (owner, "client.ref", row), (other, COLUMN, row)):
        with pytest.raises(vault.Unreadable):
            vault.open_(*place, sealed)


@given(place=st.integers(0, 34), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_altered_bit_is_noticed(owner, place, bit):
    row = uuid4()
    sealed = bytearray(vault.seal(owner, COLUMN, row, "harbour"))
    sealed[place] ^= 1 << bit
    with pytest.raises(vault.Unreadable):
        vault.open_(owner, COLUMN, row, bytes(sealed))


def test_nothing_is_sealed_without_a_key(owner):
    with pytest.raises(vault.KeyGone):
        vault.seal(uuid4(), COLUMN, uuid4(), "harbour")


@pytest.mark.safety("T16")
def test_a_destroyed_key_stays_gone(app, owner):
    row = uuid4()
    sealed = vault.seal(owner, COLUMN, row, "harbour")
    vault.destroy_key(owner)
    with pytest.raises(vault.KeyGone):
        vault.open_(owner, COLUMN, row, sealed)
    with app.app_context(), pytest.raises(vault.KeyGone):
        vault.open_(owner, COLUMN, row, sealed)


def test_making_a_key_twice_keeps_the_first(owner):
    row = uuid4()
    sealed = vault.seal(owner, COLUMN, row, "harbour")
    vault.make_key(owner)
    assert vault.open_(owner, COLUMN, row, sealed) == "harbour"


def test_many_keys_come_with_one_query(app, owner):
    owners = [uuid4() for _ in range(5)]
    for each in owners:
        vault.make_key(each)
    with app.app_context():
        vault.preload(owners)
        vault.present()._engine.dispose()
        assert all(vault.seal(each, COLUMN, uuid4(), "harbour") for each in owners)


def test_rotation_keeps_every_word_and_lets_the_old_key_go(settings, owner):
    row = uuid4()
    sealed = vault.seal(owner, COLUMN, row, "harbour")
    new = ("t2", bytes(range(32, 64)))
    both = dataclasses.replace(settings, vault_keys=(new, *settings.vault_keys))
    with open_app(both) as app, app.app_context():
        assert vault.open_(owner, COLUMN, row, sealed) == "harbour"
        assert vault.present().rotate() == 4  # hers, the practice's, its invoices' and the look-ups'
        assert vault.present().rotate() == 0
    with open_app(dataclasses.replace(settings, vault_keys=(new,))) as app, app.app_context():
        assert vault.open_(owner, COLUMN, row, sealed) == "harbour"
    with open_app(settings) as app, app.app_context(), pytest.raises(vault.KeyGone):
        vault.open_(owner, COLUMN, row, sealed)


def test_lookups_differ_by_purpose_and_stay_over_a_restart(settings, owner):
    found = vault.keyed_hash("login", "maya")
    assert found != vault.keyed_hash("token", "maya")
    assert b"maya" not in found and len(found) == 32
    with open_app(settings) as app, app.app_context():
        assert vault.keyed_hash("login", "maya") == found


def test_wrapped_keys_are_not_the_keys(settings, owner):
    vault.preload([owner])
    key = vault._held()[owner]
    engine = open_engine(settings.keys_database_url)
    with engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT wrapped FROM data_key").scalars().all()
    engine.dispose()
    assert len(stored) == 4
    assert not any(key in bytes(each) for each in stored)


def test_two_processes_making_one_key_agree(settings, owner):
    person = uuid4()
    program = (
        "import sys, uuid; from coachapp.db import open_engine; from coachapp.vault import Vault; "
        f"vault = Vault(open_engine({settings.keys_database_url!r}), {settings.vault_keys!r}); "
        f"person = uuid.UUID({str(person)!r}); sys.stdin.read(); "
        "vault.make_key(person); print(vault.load([person])[person].hex())"
    )
    pipe = subprocess.PIPE
    several = [
        subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True, cwd=PROJECT)
        for _ in range(3)
    ]
    said: list[str] = [""] * 3

    def talk(number: int) -> None:
        said[number] = several[number].communicate("go")[0].strip()

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(said)) == 1 and len(said[0]) == 64
