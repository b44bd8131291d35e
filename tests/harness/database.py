"""One embedded PostgreSQL per test run, and a copy of a migrated template per process and per test.

The server is started by whoever leads the run: the only process, or xdist's controller. Its workers find
it by the environment. Its folder is a copy of one that an earlier run has migrated, where there is one.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

import psycopg
from psycopg import sql
from tests.harness import prepared
from tests.harness.scratch import scratch_folder
from tests.harness.servers import OtherPostgres, version_of

from tocsin.command.migrate import mark_up_to_date
from tocsin.command.pgaccount import packaged_programs
from tocsin.command.postgres import DATABASE, EmbeddedPostgres

SERVER = "TOCSIN_TEST_SERVER"
"""The environment variable that tells xdist's workers the server's address (of its `postgres` database)."""

TEMPLATE = DATABASE
"""So that the kept folder is that of an installation, too."""

_EMBEDDED = packaged_programs().parent.name
_FAILURE = "migration-failed.txt"
_numbers = itertools.count(1)


class TestRun:
    """What the whole run shares: a folder, and in it the server and the migrated template."""

    __test__ = False

    def __init__(self, programs: Path | None = None) -> None:
        """`programs`: the folder of another PostgreSQL's programs; otherwise it is the embedded one."""
        self.folder = scratch_folder("test")
        self._server: EmbeddedPostgres | OtherPostgres = EmbeddedPostgres(self.folder, fsync=False)
        self._kind = _EMBEDDED
        if programs:
            self._server = OtherPostgres(self.folder, programs)
            self._kind = f"{programs} {version_of(programs)}"
        atexit.register(self.end)

    def begin(self) -> None:
        name = prepared.key(self._kind)
        if not prepared.fetch(name, self.folder / "postgres"):
            self._prepare(name)
        self._start()

    def _start(self) -> None:
        """Nobody counts rows or clears away meanwhile, which would make plans differ from run to run."""
        self._server.start()
        os.environ[SERVER] = self._server.url_of("postgres")
        _execute(sql.SQL("ALTER SYSTEM SET autovacuum = off"))
        _execute(sql.SQL("SELECT pg_reload_conf()"))

    def _prepare(self, name: str) -> None:
        """Make and migrate the folder, and keep a copy for the next run."""
        self._server.start()
        problem = migrate(self._server.url_of(TEMPLATE))
        self._server.stop()
        if problem:
            (self.folder / _FAILURE).write_text(problem)
            os.environ[SERVER + "_PROBLEM"] = str(self.folder / _FAILURE)
        else:
            prepared.keep(name, (self.folder / "postgres").resolve())

    def end(self) -> None:
        """Safe to call twice; reached also on Ctrl-C (a kill -9 of the run ends the server too)."""
        try:
            self._server.destroy()
        except Exception:
            traceback.print_exc()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.environ.pop(SERVER, None)


def migrate(url: str) -> str:
    """Bring a database to the newest state, in a process of its own; returns what went wrong, or ''."""
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity=0", "--skip-checks"],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tocsin.project.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return done.stderr
    mark_up_to_date(url)
    return ""


def place_prepared(data: Path) -> bool:
    """Give a data folder the embedded server's migrated folder; False where none is kept."""
    return prepared.fetch(prepared.key(_EMBEDDED), data / "postgres")


def migration_problem() -> str:
    """Why the template could not be migrated; '' when it was."""
    path = os.environ.get(SERVER + "_PROBLEM")
    return Path(path).read_text() if path else ""


def create_database(name: str = "") -> str:
    """A fresh copy of the migrated template; returns its DATABASE_URL."""
    name = name or f"t{os.getpid()}_{next(_numbers)}"
    identifiers = {"new": sql.Identifier(name), "template": sql.Identifier(TEMPLATE)}
    _execute(sql.SQL("CREATE DATABASE {new} TEMPLATE {template}").format(**identifiers))
    return os.environ[SERVER].replace("/postgres?", f"/{name}?")


def drop_database(url: str) -> None:
    """Remove a database, whoever is still connected."""
    name = url.partition("@/")[2].partition("?")[0]
    _execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(statement: sql.Composed) -> None:
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        connection.execute(statement)
