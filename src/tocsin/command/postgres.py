"""PostgreSQL that comes with Tocsin: one private server on one data folder.

Layout: `DATA/postgres/cluster` (the database), `…/run` (its socket), `…/log`. The server listens on a socket
only, in a folder closed to everybody else, and lets in by `peer` exactly root and the user it runs as.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from tocsin.command import pgaccount
from tocsin.command.children import die_with_parent
from tocsin.command.folders import make_data_folder
from tocsin.command.pgaccount import Account, PostgresError, Say
from tocsin.command.pgprocesses import end_processes_of, recorded_socket_folder, status_of

__all__ = ["EmbeddedPostgres", "PostgresError", "reachable_database", "running_url"]

ROLE = "tocsin"
DATABASE = "tocsin"
_PORT = "5432"  # names the socket file; nothing listens on it
_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes, 103 on other systems
_SHORT_PLACE = Path("/tmp")  # noqa: S108 - the names in it are random and the folders closed
_SHORT_PREFIX = "tocsin-pg-"
_START_SECONDS = 300.0  # recovery after a crash may take its time
_STOP_SECONDS = 30.0

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
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

    @property
    def url(self) -> str:
        """How Tocsin's own processes connect."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of another database on this server (used by tests)."""
        return _url(self.socket_folder, database)

    @property
    def socket_folder(self) -> Path:
        if self._sockets is None:
            raise PostgresError("The database is not running.")
        return self._sockets

    @property
    def cluster(self) -> Path:
        return _cluster(self.data)

    @property
    def pid(self) -> int | None:
        """The process number of the server while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def running(self) -> bool:
        return self.pid is not None

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and return when it answers; on the first start, make the database."""
        if self.running:
            return
        self._take_lock()
        try:
            self._start_locked()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server: open transactions end, what is committed is on disk."""
        if self._process:
            self._stop_process(self._process)
            self._process = None
            end_processes_of(self.cluster)
        if self._sockets:
            _clear_short_folder(self.cluster.parent)
        self._sockets = None
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
        lock = os.open(self.data / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise PostgresError(f"Another Tocsin process is using the database in {self.data}.") from None
        self._lock = lock

    def _drop_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _start_locked(self) -> None:
        account = pgaccount.account_for(self.data / "postgres", self._say)
        home = _home(self.data, account, self._say)
        programs = pgaccount.programs_for(account, self._say)
        self._clean_up_after_crash()
        if not self.cluster.exists():
            _create_cluster(programs, home, account)
        _write_access_rules(self.cluster, account)
        self._choose_sockets(home, account)
        self._launch(programs / "postgres", account)
        self._wait_until_ready(home / "log" / "start.log")
        self._ensure_database()

    def _clean_up_after_crash(self) -> None:
        """End what a killed server left behind; a busy orphan would block the start for seconds.

        We hold the folder's lock and no process of this folder is left, so its pid file is stale even if
        some other process has that number by now.
        """
        ended = end_processes_of(self.cluster)
        if ended:
            self._say(f"Ended {ended} process(es) that an earlier database server left behind.")
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _choose_sockets(self, home: Path, account: Account) -> None:
        if self._sockets is None:
            self._sockets = _socket_folder(home)
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        _give(self._sockets, account)
        for stale in self._sockets.glob(".s.PGSQL.*"):
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
        with (home / "log" / "start.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(program), "-D", str(self.cluster), "-p", _PORT, *options],
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
    cluster = _cluster(data.absolute())
    try:
        if status_of(cluster) != "ready":
            return None
        sockets = recorded_socket_folder(cluster)
    except PermissionError:
        raise PostgresError(f"The database in {data} belongs to another user.") from None
    return _url(sockets, DATABASE) if sockets else None


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


def _url(sockets: Path, database: str) -> str:
    return f"postgresql://{ROLE}@/{database}?host={quote(str(sockets), safe='/')}"


def _cluster(data: Path) -> Path:
    return (data / "postgres").resolve() / "cluster"


def _home(data: Path, account: Account, say: Say) -> Path:
    """The folder that holds the database, its socket and its logs; made if missing."""
    home = data / "postgres"
    if home.is_symlink() and not home.exists():
        raise PostgresError(f"{home} points to {home.readlink()}, which is gone.")
    if not home.exists():
        _make_home(data, home, account, say)
    if home.stat().st_uid != account.uid:
        raise PostgresError(f"{home} belongs to another user. Start Tocsin as that user or as root.")
    real = home.resolve()
    if not account.can_enter(real):
        raise PostgresError(f'The user "{account.name}" cannot reach {real}: a folder above it is closed.')
    (real / "log").mkdir(mode=0o700, exist_ok=True)
    _give(real / "log", account)
    return real


def _make_home(data: Path, home: Path, account: Account, say: Say) -> None:
    """Inside the data folder; or, where its user could not reach that, beside it with a link."""
    if account.can_enter(data):
        home.mkdir(mode=0o700)
        _give(home, account)
        return
    pgaccount.make_root_store()
    real = pgaccount.ROOT_STORE / f"postgres-{secrets.token_hex(6)}"
    real.mkdir(mode=0o700)
    _give(real, account)
    home.symlink_to(real)
    say(f'The user "{account.name}" cannot reach {data}, so the database lies in {real}.')


def _give(folder: Path, account: Account) -> None:
    if not account.is_ourselves:
        os.chown(folder, account.uid, account.gid)


def _create_cluster(programs: Path, home: Path, account: Account) -> None:
    """Make the database under another name and rename it, so that a half-made one is never used."""
    half_made = home / "cluster.new"
    shutil.rmtree(half_made, ignore_errors=True)
    command = [
        str(programs / "initdb"), "-D", str(half_made), "-U", ROLE, "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=peer", "--no-instructions",
    ]  # fmt: skip
    outcome = pgaccount.run_as(account, command)
    if outcome.returncode:
        raise PostgresError(f"The database could not be made: {outcome.stderr.strip()}")
    half_made.rename(home / "cluster")


def _write_access_rules(cluster: Path, account: Account) -> None:
    """Only root and the server's own user, known to the kernel by `peer`, may be the role `tocsin`."""
    _write_owned(cluster / "pg_hba.conf", f"local all {ROLE} peer map=tocsin\n", account)
    names = sorted({"root", account.name})
    lines = "".join(f'tocsin "{name}" {ROLE}\n' for name in names)
    _write_owned(cluster / "pg_ident.conf", lines, account)


def _write_owned(path: Path, text: str, account: Account) -> None:
    path.write_text(text)
    path.chmod(0o600)
    _give(path, account)


def _socket_folder(home: Path) -> Path:
    """Inside the home; where that path is too long for a socket, a private short folder and a link to it."""
    inside = home / "run"
    _clear_short_folder(home)
    if len(os.fsencode(inside / f".s.PGSQL.{_PORT}")) <= _LONGEST_SOCKET_PATH:
        return inside
    short = Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX, dir=_SHORT_PLACE))
    inside.symlink_to(short)
    return short


def _clear_short_folder(home: Path) -> None:
    """Remove the short folder of this home, perhaps left by an owner that was killed."""
    link = home / "run"
    if not link.is_symlink():
        return
    short = link.readlink()
    if short.parent == _SHORT_PLACE and short.name.startswith(_SHORT_PREFIX):
        shutil.rmtree(short, ignore_errors=True)
    link.unlink()


def _environment() -> dict[str, str]:
    """No PG… settings of the person's shell reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LANG": "C"}


def _last_lines(log: Path, count: int = 5) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()[-count:]
    return " / ".join(lines) or "nothing"
