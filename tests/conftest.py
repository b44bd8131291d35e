"""The ground under all tests: a real PostgreSQL, the real settings, nothing of the developer's machine."""

from __future__ import annotations

import math
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from build_backend import compile_translations
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from tests.harness import database
from tests.harness.reset import ChangedTooMuch, Original
from tests.harness.scratch import scratch_folder
from tests.harness.servers import version_of

pytest_plugins = [
    "tests.harness.processes",
    "tests.harness.mailservers",
    "tests.harness.providers",
    "tests.harness.browser",
]

_LONG = {"story", "soak", "loops", "test_fuzz.py"}
_run: database.TestRun | None = None
_data: Path | None = None

# A busy machine is slow: no property test looks at the clock.
hypothesis_settings.register_profile(
    "tocsin",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("tocsin")

# Dozens of processes are started: each would compile the product anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

for _name in [name for name in os.environ if name.startswith(("TOCSIN_", "DATABASE_", "PG"))]:
    if not _name.startswith(database.SERVER):
        del os.environ[_name]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        metavar="FOLDER",
        help="run on the PostgreSQL whose programs are in this folder instead of on the embedded one",
    )


def pytest_report_header(config: pytest.Config) -> str:
    programs = config.getoption("--postgres")
    return f"database: {version_of(Path(programs))}" if programs else "database: embedded PostgreSQL"


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before Django reads its settings, and point this process at its own database."""
    global _run
    is_worker = hasattr(config, "workerinput")
    if config.option.help or config.option.version:
        return
    if not is_worker:
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # a worker would read it before it has its database
        compile_translations()
        programs = config.getoption("--postgres")
        _run = database.TestRun(Path(programs) if programs else None)
        _run.begin()
    if is_worker or not getattr(config.option, "numprocesses", None):
        _set_up_django()


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.get_closest_marker("processes") or _LONG.intersection((item.path.name, item.path.parent.name)):
        item.add_marker("long")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: its loop stays in the thread, where Django's test client then fails."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _in_english_and_now() -> Iterator[None]:
    """A page read by somebody with another language leaves that language in the thread, and a clock that was
    moved stays moved."""
    yield
    from django.utils import translation

    translation.deactivate()
    hold_clock()


def hold_clock() -> None:
    """Nobody but the test moves this process's clock. Looking whether somebody did is a statement now and
    then: counts of statements would depend on how busy the machine is."""
    from tocsin.kernel import clock

    clock._REREAD_AFTER_S = math.inf
    clock._offset, clock._read_at = timedelta(), time.monotonic()


@pytest.fixture(autouse=True)
def _settings_asked_anew() -> Iterator[None]:
    """What a test's transaction left in memory is gone with it."""
    yield
    from tocsin.kernel import kept_settings

    kept_settings.drop()


@pytest.fixture
def announcements_are_heard() -> Iterator[None]:
    """What the database announces is heard, as in a web process or a worker: loops wake up, and settings are
    kept in memory."""
    from tests.harness.waiting import wait_until

    from tocsin.kernel import notified

    stop = threading.Event()
    thread = notified.start(stop)
    wait_until(notified.is_listening, "somebody listens")
    yield
    stop.set()
    thread.join()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if _data:
        shutil.rmtree(_data, ignore_errors=True)
    if _run:
        _run.end()


def _set_up_django() -> None:
    global _data
    _data = make_data_folder()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ.update(
        DATABASE_URL=database.create_database(f"test_{worker}"),
        DJANGO_SETTINGS_MODULE="tocsin.project.settings",
        TOCSIN_DATA=str(_data),
        TOCSIN_SECRET_KEY="only-for-tests",
        TOCSIN_URL="http://testserver",
        TOCSIN_MAIL_FROM="support@example.test",
        TOCSIN_SMTP_URL="smtp://127.0.0.1:9",  # nothing listens there: tests that send start a sink
        TOCSIN_MOVABLE_CLOCK="1",
    )
    import django

    django.setup()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["tests.harness.passwords.QuickHasher"]
    hold_clock()
    _reset_instead_of_flush()


def _reset_instead_of_flush() -> None:
    """Django's flush after a test with real commits is slow and empties what migrations put in, too."""
    from django.db import connection
    from django.test import TransactionTestCase

    original = Original.of(os.environ["DATABASE_URL"])

    def as_migrated(_: TransactionTestCase) -> None:
        connection.close()
        connection.close_pool()
        try:
            original.restore()
        except ChangedTooMuch:
            database.drop_database(original.url)
            database.create_database(connection.settings_dict["NAME"])

    TransactionTestCase._fixture_teardown = as_migrated


def make_data_folder(*, on_disk: bool = False) -> Path:
    """A short, fresh data folder that the database's user may pass through."""
    folder = scratch_folder("data", on_disk=on_disk)
    (folder / "static").mkdir()
    return folder


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Replaces pytest-django's: the database is there already, migrated."""
    if problem := database.migration_problem():
        pytest.fail(f"The test database could not be migrated:\n{problem}", pytrace=False)


@pytest.fixture
def fresh_database() -> Iterator[str]:
    """The DATABASE_URL of a migrated database of this test's own, for tests that start processes."""
    if problem := database.migration_problem():
        pytest.fail(f"The test database could not be migrated:\n{problem}", pytrace=False)
    url = database.create_database()
    yield url
    database.drop_database(url)


@pytest.fixture
def data_folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """An empty data folder of this test's own; what runs for hours has it on disk."""
    folder = make_data_folder(on_disk=request.node.get_closest_marker("soak") is not None)
    yield folder
    home = folder / "postgres"
    if home.is_symlink():
        shutil.rmtree(home.resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
