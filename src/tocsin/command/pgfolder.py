"""The folder of one PostgreSQL: `DATA/postgres` with `cluster` (the database), `run` (its socket) and `log`.

The folder belongs to the user PostgreSQL runs as. When we are root, everything in it is done as that user
(`acting_as`), so that a link that user may have put there leads root nowhere.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tocsin.command import pgaccount
from tocsin.command.pgaccount import Account, PostgresError, Say

ROLE = "tocsin"
PORT = "5432"  # names the socket file; nothing listens on it

_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes, 103 on other systems
_SHORT_PLACE = Path("/tmp")  # noqa: S108 - the names in it are random and the folders closed
_SHORT_PREFIX = "tocsin-pg-"


def cluster_of(data: Path) -> Path:
    """Where the database of this data folder lies, made or not."""
    return (data / "postgres").resolve() / "cluster"


def url_of(sockets: Path, database: str) -> str:
    """The address of a database whose server has its socket in this folder."""
    return f"postgresql://{ROLE}@/{database}?host={quote(str(sockets), safe='/')}"


@contextlib.contextmanager
def acting_as(account: Account) -> Iterator[None]:
    """Touch files as `account`; nothing changes when that is who we are."""
    if account.is_ourselves:
        yield
        return
    user, group = os.geteuid(), os.getegid()
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(user)
        os.setegid(group)


def home_of(data: Path, account: Account, say: Say) -> Path:
    """The folder itself, made if missing, with every link resolved."""
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
    with acting_as(account):
        (real / "log").mkdir(mode=0o700, exist_ok=True)
    return real


def _make_home(data: Path, home: Path, account: Account, say: Say) -> None:
    """Inside the data folder; or, where its user could not reach that, elsewhere with a link to it."""
    if account.can_enter(data):
        _make_for(home, account)
        return
    pgaccount.make_root_store()
    real = pgaccount.ROOT_STORE / f"postgres-{secrets.token_hex(6)}"
    _make_for(real, account)
    home.symlink_to(real)
    say(f'The user "{account.name}" cannot reach {data}, so the database lies in {real}.')


def _make_for(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700)
    if not account.is_ourselves:
        os.chown(folder, account.uid, account.gid)


def create_cluster(programs: Path, home: Path, account: Account) -> None:
    """Make the database under another name and rename it, so that a half-made one is never used."""
    half_made = home / "cluster.new"
    command = [
        str(programs / "initdb"), "-D", str(half_made), "-U", ROLE, "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=peer", "--no-instructions",
    ]  # fmt: skip
    with acting_as(account):
        shutil.rmtree(half_made, ignore_errors=True)
    outcome = pgaccount.run_as(account, command)
    if outcome.returncode:
        raise PostgresError(f"The database could not be made: {outcome.stderr.strip()}")
    with acting_as(account):
        half_made.rename(home / "cluster")


def write_access_rules(cluster: Path, account: Account) -> None:
    """Only root and the server's own user, known to the kernel by `peer`, may be the role `tocsin`."""
    names = sorted({"root", account.name})
    with acting_as(account):
        (cluster / "pg_hba.conf").write_text(f"local all {ROLE} peer map=tocsin\n")
        (cluster / "pg_ident.conf").write_text("".join(f'tocsin "{name}" {ROLE}\n' for name in names))


def choose_socket_folder(home: Path, account: Account) -> Path:
    """Inside the home; where that path is too long for a socket, a private short folder and a link to it."""
    inside = home / "run"
    with acting_as(account):
        _clear_short_folder(home)
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET_PATH:
            return inside
        short = Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX, dir=_SHORT_PLACE))
        inside.symlink_to(short)
        return short


def ready_socket_folder(sockets: Path, account: Account) -> None:
    """Make it, closed to others, without the socket of a server that was killed."""
    with acting_as(account):
        sockets.mkdir(mode=0o700, exist_ok=True)
        for stale in sockets.glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)


def leave_socket_folder(home: Path, account: Account) -> None:
    """Remove the short folder, if there is one."""
    with acting_as(account):
        _clear_short_folder(home)


def _clear_short_folder(home: Path) -> None:
    """The short folder of this home may also be left by an owner that was killed."""
    link = home / "run"
    if not link.is_symlink():
        return
    short = link.readlink()
    if short.parent == _SHORT_PLACE and short.name.startswith(_SHORT_PREFIX):
        shutil.rmtree(short, ignore_errors=True)
    link.unlink()
