"""What every test may use: real databases, the app on each of them, a browser, the pretend Stripe and real mail."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import sync_playwright

from coachapp.config import Config
from coachapp.demo.mail_catcher import MailCatcher
from coachapp.demo.stripe_standin import StripeStandIn
from tests import loopback
from tests.apps import open_app
from tests.databases import Databases, PostgresqlDatabases, SqliteDatabases, Urls
from tests.live import LiveServer
from tests.plain_browser import Browser

WEBHOOK_SECRET = "whsec_tests"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

loopback.only()
gc.set_threshold(100_000, 50, 100)  # a tenth of the run's time goes into looking for what nobody holds


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proof", action="store_true", help="the counts and timed figures of `make proof`")


def pytest_configure(config: pytest.Config) -> None:
    proof = config.getoption("--proof")
    hypothesis.settings.register_profile("everyday", max_examples=50, deadline=None)
    hypothesis.settings.register_profile("proof", max_examples=2000, deadline=None)
    hypothesis.settings.load_profile("proof" if proof else "everyday")


@pytest.hookimpl(trylast=True)  # after the order was shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--proof"):
        later = [item for item in items if item.get_closest_marker("proof")]
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if not item.get_closest_marker("proof")]
    # Whole files go to one worker each: what takes long must not come last, when the others have nothing left to do.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """With `-m safety`: which promise is held by which test."""
    if config.getoption("markexpr") != "safety":
        return
    terminalreporter.section("promises and their tests")
    for promise, test in sorted(config.stash.get(_PROMISES, set())):
        terminalreporter.write_line(f"{promise:<5} {test}")


_PROMISES = pytest.StashKey[set[tuple[str, str]]]()


def pytest_itemcollected(item: pytest.Item) -> None:
    for mark in item.iter_markers("safety"):
        item.config.stash.setdefault(_PROMISES, set()).update(
            (promise, item.nodeid.partition("[")[0]) for promise in mark.args
        )


@pytest.fixture(scope="session")
def proof(pytestconfig: pytest.Config) -> Callable[[int, int], int]:
    """`proof(50, 2000)`: how often to do a thing, everyday and under `make proof`."""
    return lambda everyday, counts: counts if pytestconfig.getoption("--proof") else everyday


# ---- databases and the app ----


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A real PostgreSQL from a package, or the one at TEST_DATABASE_URL (its user may create databases)."""
    databases = PostgresqlDatabases(tmp_path_factory.mktemp("pg"), os.environ.get("TEST_DATABASE_URL"))
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds, one after the other."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def urls(databases: Databases) -> Iterator[Urls]:
    """A migrated database and a keys database of this test's own."""
    with databases.copy() as found:
        yield found


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    """A database without any table."""
    with databases.empty() as found:
        yield found


@pytest.fixture
def settings_of(tmp_path: Path) -> Callable[[Urls], Config]:
    """`settings_of(urls)`: the app's settings on these databases."""
    return lambda urls: settings_on(urls, tmp_path / "instance")


def settings_on(urls: Urls, instance: Path) -> Config:
    """The same for whoever opens an app for more than one test."""
    return Config(
        instance=instance,
        database_url=urls.database,
        keys_database_url=urls.keys,
        secret_key="a key for tests and nothing else",
        vault_keys=urls.vault_keys,
        stripe_api_key="sk_test_tests",
        stripe_webhook_secrets=(WEBHOOK_SECRET,),
    )


@pytest.fixture
def settings(urls: Urls, settings_of: Callable[[Urls], Config]) -> Config:
    """The app's settings; a test may replace some with `dataclasses.replace` and build its own app."""
    return settings_of(urls)


@pytest.fixture
def app(settings: Config) -> Iterator[Flask]:
    with open_app(settings) as made:
        yield made


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Someone's browser without script: keeps cookies, follows no redirect by itself, fills in real forms."""
    return Browser(app)


# ---- the world outside, played on loopback ----


@pytest.fixture
def stripe_standin() -> Iterator[StripeStandIn]:
    with StripeStandIn(secrets=[WEBHOOK_SECRET]) as standin:
        yield standin


@pytest.fixture
def mail_catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    with MailCatcher(tmp_path / "mail") as catcher:
        yield catcher


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The app as `make run` starts it, with the demo practice; shared by every test that asks for it."""
    with LiveServer(tmp_path_factory.mktemp("live")) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[ChromiumBrowser]:
    """A real Chromium; make a context of your own from it: `chromium.new_context(...)`."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium: run `make test`, or name one in CHROMIUM.")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield found
        found.close()
