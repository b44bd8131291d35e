"""Where an installation's things are, and how a command gets at them."""

from __future__ import annotations

import contextlib
import os
import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from tocsin.command.faults import Fault
from tocsin.command.folders import make_data_folder
from tocsin.command.postgres import reachable_database, running_url

SETTINGS = "tocsin.project.settings"
_PATIENCE_S = 5


def add_data_option(parser: ArgumentParser) -> None:
    """`--data DIR`, with the settings' own default."""
    default = os.environ.get("TOCSIN_DATA", "data")
    parser.add_argument(
        "--data", type=Path, default=Path(default), help="the data folder (default: %(default)s)"
    )


def data_folder(args: Namespace) -> Path:
    """The data folder as an absolute path."""
    data: Path = args.data
    return data.absolute()


def secret_key_file(data: Path) -> Path:
    """Where the installation keeps its key."""
    return data / "secret-key"


def secret_key(data: Path) -> str:
    """TOCSIN_SECRET_KEY, or the data folder's own key, made on first use.

    Web and worker may come first at the same time: both get the key whose file was linked first.
    """
    if key := os.environ.get("TOCSIN_SECRET_KEY"):
        return key
    kept = secret_key_file(data)
    if not kept.exists():
        make_data_folder(data)
        write_secret(kept.with_name(f"secret-key.{os.getpid()}"), secrets.token_urlsafe(48))
        fresh = kept.with_name(f"secret-key.{os.getpid()}")
        with contextlib.suppress(FileExistsError):
            os.link(fresh, kept)
        fresh.unlink()
    try:
        return kept.read_text().strip()
    except PermissionError:
        raise Fault(f"{kept} belongs to another user.") from None


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - a descriptor
        file.write(text + "\n")


def set_environment(data: Path, database_url: str) -> None:
    """What the settings module reads, for this process and its children."""
    if not database_url.startswith(("postgresql://", "postgres://")):
        raise Fault("DATABASE_URL must start with postgresql:// because Tocsin runs on PostgreSQL only.")
    os.environ["TOCSIN_DATA"] = str(data)
    os.environ["DATABASE_URL"] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    os.environ["TOCSIN_SECRET_KEY"] = secret_key(data)


@contextlib.contextmanager
def ready_django(data: Path) -> Iterator[None]:
    """Django set up on the installation's database, which is started for the while if it has to be.

    Faults of the database become sentences.
    """
    with reachable_database(data, say=_whisper) as url:
        set_environment(data, url)
        _knock(url)
        with database_faults():
            import django

            django.setup()
            yield
            _let_go_of_connections()


def join_running(data: Path) -> None:
    """For web and worker: point this process at the database that must be there already."""
    url = os.environ.get("DATABASE_URL") or running_url(data)
    if not url:
        raise Fault(
            f"No database runs in {data}. Start everything with `tocsin up`, "
            "or set DATABASE_URL to a PostgreSQL server of your own."
        )
    set_environment(data, url)


@contextlib.contextmanager
def database_faults() -> Iterator[None]:
    """Turn "cannot reach it" and "not migrated" into sentences."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, ProgrammingError

    try:
        yield
    except OperationalError as error:
        raise Fault(f"The database cannot be reached: {_first_line(error)}") from None
    except ProgrammingError as error:
        if "does not exist" not in str(error):
            raise
        raise Fault(f"The database is not up to date ({_first_line(error)}). Run `tocsin migrate`.") from None
    except ImproperlyConfigured as error:
        raise Fault(f"The settings are not right: {_first_line(error)}") from None


def _knock(url: str) -> None:
    """Find out soon whether anybody answers; the pool would try for a long time."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=_PATIENCE_S).close()
    except psycopg.OperationalError as error:
        raise Fault(f"The database cannot be reached: {_first_line(error)}") from None


def _let_go_of_connections() -> None:
    """Else a server that was started for the while waits for the pool's idle connections."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool:
            close_pool()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _whisper(text: str) -> None:
    """What the database has to say goes to standard error: standard output is for programs."""
    import sys

    print(text, file=sys.stderr)
