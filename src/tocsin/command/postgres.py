"""PostgreSQL that comes with Tocsin: one private server on one data folder.

Layout: `DATA/postgres/cluster` (the database), `…/run` (its socket), `…/log`. The server listens on a socket
only, in a folder closed to everybody else, and lets in by `peer` exactly root and the user it runs as.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tocsin.command import pgaccount, pgfolder
from tocsin.command.children import die_with_parent
from tocsin.command.folders import hold, make_data_folder
from tocsin.command.pgaccount import Account, PostgresError, Say
from tocsin.command.pgfolder import PORT, url_of
from tocsin.command.pgprocesses import end_processes_of, recorded_socket_folder, status_of

__all__ = ["EmbeddedPostgres", "PostgresError", "reachable_database", "running_url"]

DATABASE = "tocsin"
_START_SECONDS = 300.0  # recovery after a crash may take its time
_STOP_SECONDS = 30.0

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",  # a wave of mail is no reason for a checkpoint
    "jit": "off",  # our questions are short: compiling them costs more than answering
    "max_logical_replication_workers": "0",  # nobody replicates: a process less
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgres-%a.log",  # a week of logs, each day's overwritten a week later
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}


def _quiet(_: str) -> None:
    """The default listener: nobody asked to be told."""


class EmbeddedPostgres:
    """The PostgreSQL server of one data folder.

    `start` may be called again after the server died; the same `url` keeps its meaning until `stop`.
    Errors: `PostgresError` with a sentence for the person who started it.
    """

    def __init__(self, data: Path, *, fsync: bool = True, say: Say = _quiet) -> None:
        self.data = data.absolute()
        self._fsync = fsync
        self._say = say
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None
        self._account: Account | None = None

    @property
    def url(self) -> str:
        """How Tocsin's own processes connect."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of another database on this server (used by tests)."""
        return url_of(self.socket_folder, database)

    @property
    def socket_folder(self) -> Path:
        if self._sockets is None:
            raise PostgresError("The database is not running.")
        return self._sockets

    @property
    def cluster(self) -> Path:
        return pgfolder.cluster_of(self.data)

    @property
    def pid(self) -> int | None:
        """The process number of the server while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def running(self) -> bool:
        """Whether the server lives."""
        return self.pid is not None

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and return when it answers; on the first start, make the database.

        When starting it again after it died fails, lock and address are kept: `start` may be called anew.
        """
        if self.running:
            return
        ran_before = self._sockets is not None
        self._take_lock()
        try:
            self._start_locked()
        except BaseException:
            if not ran_before:
                self.stop()
            raise

    def stop(self) -> None:
        """Stop the server: open transactions end, what is committed is on disk."""
        if self._process:
            self._stop_process(self._process)
            self._process = None
            end_processes_of(self.cluster)
        if self._sockets and self._account:
            pgfolder.leave_socket_folder(self.cluster.parent, self._account)
        self._sockets = None
        self._drop_lock()

    def let_go(self) -> None:
        """In a child of this process: the server and its lock are the parent's."""
        self._process = None
        self._drop_lock()

    def kill(self) -> None:
        """End the server as a power cut would (for tests)."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def destroy(self) -> None:
        """Stop, and remove the database with all it holds (for tests)."""
        self.stop()
        home = self.data / "postgres"
        shutil.rmtree(home.resolve(), ignore_errors=True)
        if home.is_symlink():
            home.unlink()

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        make_data_folder(self.data)
        self._lock = hold(self.data / "postgres.lock")
        if self._lock is None:
            raise PostgresError(f"Another Tocsin process is using the database in {self.data}.")

    def _drop_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _start_locked(self) -> None:
        account = pgaccount.account_for(self.data / "postgres", self._say)
        home = pgfolder.home_of(self.data, account, self._say)
        programs = pgaccount.programs_for(account, self._say)
        self._account = account
        self._clean_up_after_crash(account)
        if not self.cluster.exists():
            pgfolder.create_cluster(programs, home, account)
        pgfolder.write_access_rules(self.cluster, account)
        self._sockets = self._sockets or pgfolder.choose_socket_folder(home, account)
        pgfolder.ready_socket_folder(self._sockets, account)
        self._launch(programs / "postgres", account)
        self._wait_until_ready(home / "log" / "start.log")
        self._ensure_database()

    def _clean_up_after_crash(self, account: Account) -> None:
        """End what a killed server left behind; a busy orphan would block the start for seconds.

        We hold the folder's lock and no process of this folder is left, so its pid file is stale even if
        some other process has that number by now.
        """
        ended = end_processes_of(self.cluster)
        if ended:
            self._say(f"Ended {ended} process(es) that an earlier database server left behind.")
        stale = self.cluster / "postmaster.pid"  # resolved before, as the account may not see the link
        with pgfolder.acting_as(account):
            stale.unlink(missing_ok=True)

    def _launch(self, program: Path, account: Account) -> None:
        home = self.cluster.parent
        settings = _SETTINGS | {
            "unix_socket_directories": str(self.socket_folder),
            "fsync": "on" if self._fsync else "off",
            "synchronous_commit": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with pgfolder.acting_as(account):
            log = (home / "log" / "start.log").open("wb")
        with log:
            self._process = subprocess.Popen(
                [str(program), "-D", str(self.cluster), "-p", PORT, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops things in order
                preexec_fn=die_with_parent(signal.SIGINT),
                **pgaccount.identity_arguments(account),
            )

    def _wait_until_ready(self, log: Path) -> None:
        assert self._process
        deadline = time.monotonic() + _START_SECONDS
        while status_of(self.cluster, self._process.pid) != "ready":
            if self._process.poll() is not None:
                raise PostgresError(f"The database did not start. It says: {_last_lines(log)}")
            if time.monotonic() > deadline:
                raise PostgresError(f"The database did not become ready. See {log.parent}.")
            time.sleep(0.02)

    def _ensure_database(self) -> None:
        import psycopg  # here, because most commands that import this module never connect

        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not found.fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _stop_process(self, process: subprocess.Popen[bytes]) -> None:
        for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(request)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_STOP_SECONDS)


def running_url(data: Path) -> str | None:
    """The address of the server that runs on this data folder now, whoever started it; None if none does."""
    cluster = pgfolder.cluster_of(data.absolute())
    try:
        if status_of(cluster) != "ready":
            return None
        sockets = recorded_socket_folder(cluster)
    except PermissionError:
        raise PostgresError(f"The database in {data} belongs to another user.") from None
    return url_of(sockets, DATABASE) if sockets else None


@contextlib.contextmanager
def reachable_database(data: Path, say: Say = _quiet) -> Iterator[str]:
    """The address of Tocsin's database for the time of one command.

    `DATABASE_URL` if set; else the server that already runs on the folder; else one started for the while.
    """
    known = os.environ.get("DATABASE_URL") or running_url(data)
    if known:
        yield known
        return
    with EmbeddedPostgres(data, say=say) as server:
        yield server.url


def _environment() -> dict[str, str]:
    """No PG… settings of the person's shell reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LANG": "C"}


def _last_lines(log: Path, count: int = 5) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()[-count:]
    return " / ".join(lines) or "nothing"
