"""Settings: a bad value stops the start and names itself; keys are made for SQLite and never for PostgreSQL."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from coachapp.config import ConfigError, from_environment

KEY = base64.b64encode(bytes(32)).decode()
POSTGRESQL = {
    "DATABASE_URL": "postgresql://localhost/practice",
    "SECRET_KEY": "x" * 20,
    "VAULT_KEYS": f"a:{KEY}",
}
LIVE = "sk_" + "live_abc"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "instance"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/x"),
        ("KEYS_DATABASE_URL", "keys.sqlite3"),
        ("SECRET_KEY", "tiny"),
        ("VAULT_KEYS", "no colon, and no key at all"),
        ("VAULT_KEYS", f"a:{KEY[:20]}"),
        ("VAULT_KEYS", f":{KEY}"),
        ("VAULT_KEYS", f"a:{KEY},a:{KEY}"),
        ("BASE_URL", "http://www.example.org"),
        ("BASE_URL", "https://www.example.org/path"),
        ("BASE_URL", "www.example.org"),
        ("STRIPE_API_KEY", "pk_test_x"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_a,secret"),
        ("STRIPE_API_BASE", "https://stand-in.example.org"),
        ("SMTP_URL", "mail.example.org:25"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@example.org\nBcc: b@example.org"),
        ("REDIS_URL", "memcached://localhost"),
        ("REDIS_URL", "redis://"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "11"),
        ("TRUSTED_PROXIES", "one"),
        ("FETCH_ALLOW", "10.0.0.0/99"),
        ("LOG_FORMAT", "xml"),
        ("DEMO", "yes"),
    ],
)
def test_a_bad_value_names_itself_and_is_not_repeated(folder, name, value):
    with pytest.raises(ConfigError) as caught:
        from_environment({name: value}, folder)
    assert name in str(caught.value)
    if name in ("SECRET_KEY", "VAULT_KEYS", "STRIPE_API_KEY"):
        assert value not in str(caught.value)


@pytest.mark.parametrize("key", [LIVE, LIVE.replace("sk", "rk")])
def test_a_live_key_stands_beside_no_stand_in(folder, key):
    assert from_environment({"STRIPE_API_KEY": key}, folder).stripe_live
    with pytest.raises(ConfigError, match="STRIPE_API_BASE"):
        from_environment({"STRIPE_API_KEY": key, "STRIPE_API_BASE": "http://localhost:12111"}, folder)


def test_several_that_start_at_once_agree_on_the_keys(tmp_path):
    """The first start makes the keys while the app and a command beside it read them."""
    for folder in (tmp_path / str(start) for start in range(40)):
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _, at=folder: from_environment({}, at), range(8)))
        assert len({(each.secret_key, each.vault_keys) for each in found}) == 1
        assert {path.name for path in folder.iterdir()} == {"secret_key", "vault_keys"}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "VAULT_KEYS"])
def test_with_postgresql_keys_are_never_invented(folder, missing):
    assert from_environment(POSTGRESQL, folder).vault_keys == (("a", bytes(32)),)
    with pytest.raises(ConfigError, match=missing):
        from_environment({name: value for name, value in POSTGRESQL.items() if name != missing}, folder)
    assert not folder.exists()


def test_with_sqlite_keys_are_made_once_for_the_owner_only(folder):
    first, second = from_environment({}, folder), from_environment({}, folder)
    assert (first.secret_key, first.vault_keys) == (second.secret_key, second.vault_keys)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("secret_key", "vault_keys"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert len(first.vault_keys[0][1]) == 32 and len(first.secret_key) > 40


def test_keys_differ_from_one_installation_to_the_next(tmp_path):
    made = {from_environment({}, tmp_path / name).secret_key for name in ("one", "two")}
    assert len(made) == 2


def test_a_setting_may_come_from_a_file(folder, tmp_path):
    path = tmp_path / "secret"
    path.write_text("a secret from a file, long enough\n")
    assert (
        from_environment({"SECRET_KEY_FILE": str(path)}, folder).secret_key
        == "a secret from a file, long enough"
    )
    with pytest.raises(ConfigError, match="SECRET_KEY and SECRET_KEY_FILE"):
        from_environment({"SECRET_KEY_FILE": str(path), "SECRET_KEY": "x" * 20}, folder)
    with pytest.raises(ConfigError, match="SECRET_KEY_FILE"):
        from_environment({"SECRET_KEY_FILE": str(tmp_path / "absent")}, folder)


def test_behind_https_cookies_are_secure(folder):
    assert from_environment({"BASE_URL": "https://www.example.org/"}, folder).secure
    assert not from_environment({}, folder).secure


def test_a_folder_of_ones_own(tmp_path):
    found = from_environment({"INSTANCE": str(tmp_path / "elsewhere")})
    assert found.instance == tmp_path / "elsewhere"
    assert str(tmp_path / "elsewhere") in found.database_url
