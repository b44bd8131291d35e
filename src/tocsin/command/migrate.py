"""`tocsin migrate`: bring the database to the newest state.

The database itself remembers, in its comment, which migrations it was last brought to, so that a second
start does not load anything to find out that there is nothing to do.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import tocsin
from tocsin.command.installation import add_data_option, data_folder, ready_django
from tocsin.kernel.locks import Lock

_LOCK = Lock("command.migrate")  # one migration at a time, whichever machine starts it
_MARK = "tocsin migrations "
_OTHERS = ("Django", "procrastinate", "django-axes")


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    add_data_option(parser)


def run(args: Namespace) -> int:
    """Migrate the installation's database."""
    with ready_django(data_folder(args)):
        migrate()
        mark_up_to_date(os.environ["DATABASE_URL"])
    print("The database is up to date.")
    return 0


def migrate() -> None:
    """Apply what is missing, one process at a time, and note it. Needs Django set up."""
    from django.core.management import call_command

    from tocsin.kernel import log

    with _alone():
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        log.prepare_months()


def mark_up_to_date(url: str) -> None:
    """Note in the database which migrations it has; no harm where we may not."""
    import psycopg
    from psycopg import sql

    with contextlib.suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(statement.format(sql.Identifier(connection.info.dbname), _MARK + fingerprint()))


def is_up_to_date(url: str) -> bool:
    """Whether the database was last brought to exactly the migrations that are installed now.

    False, too, when it cannot be asked: then the migration says what is wrong.
    """
    import psycopg

    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            found = connection.execute(query).fetchone()
    except psycopg.Error:
        return False
    return found is not None and found[0] == _MARK + fingerprint()


def fingerprint() -> str:
    """Stands for all installed migrations, ours by their content and the libraries' by their versions."""
    whole = hashlib.sha256()
    for path in sorted(Path(tocsin.__path__[0]).glob("*/migrations/*.py")):
        whole.update(str(path.relative_to(tocsin.__path__[0])).encode() + path.read_bytes())
    for name in _OTHERS:
        whole.update(f"{name} {metadata.version(name)}".encode())
    return whole.hexdigest()[:16]


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold an advisory lock on a connection of its own, which migrations do not touch."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK.key])
        yield
