"""What `tocsin doctor` looks at, one function each."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tocsin.command.faults import Fault
from tocsin.command.installation import secret_key_file
from tocsin.command.mail_in import NotTaken, connected
from tocsin.command.pgaccount import current_account, packaged_programs, run_as
from tocsin.command.postgres import running_url
from tocsin.kernel.checkups import Finding

_PATIENCE_S = 5
_LEAST_FREE = 2 * 2**30
_SILENT_WORKER_S = 60
_OLDEST_POSTGRES = 140000
_OLDEST_PYTHON = (3, 11)


def python_version() -> Finding:
    """3.11 or newer."""
    running = sys.version_info[:3]
    what = f"This is Python {'.'.join(map(str, running))}."
    return Finding(what, "" if running >= _OLDEST_PYTHON else "Install Python 3.11 or newer.")


def postgres_programs() -> Finding:
    """The packaged PostgreSQL starts; not needed with a database server of one's own."""
    if os.environ.get("DATABASE_URL"):
        return Finding("A database server of your own is used (DATABASE_URL).")
    try:
        outcome = run_as(current_account(), [str(packaged_programs() / "postgres"), "--version"])
    except (Fault, OSError) as error:
        return Finding("The PostgreSQL programs cannot be used.", str(error))
    if outcome.returncode:
        return Finding("The PostgreSQL programs do not start.", outcome.stderr.strip())
    return Finding(f"{outcome.stdout.strip()} is there.")


def data_folder_rights(data: Path) -> Finding:
    """It is there, ours to write, and not readable for everybody."""
    if not data.is_dir():
        return Finding(
            f"There is no data folder {data}.", "It is made by `tocsin up`; or name another with --data."
        )
    if not os.access(data, os.W_OK | os.X_OK):
        return Finding(
            f"The data folder {data} cannot be written to.", "Start Tocsin as its owner, or as root."
        )
    if stat.S_IMODE(data.stat().st_mode) & 0o022:
        return Finding(f"Others may write into {data}.", f"Run: chmod go-w {data}")
    return Finding(f"The data folder is {data}.")


def disk_space(data: Path) -> Finding:
    """Room for some days of mail."""
    place = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    what = f"{free / 2**30:.1f} GiB are free for the data folder."
    return Finding(what, "" if free > _LEAST_FREE else "Make room: the database stops when the disk is full.")


def secret(data: Path) -> Finding:
    """The key that signs sessions and links: there, and only ours to read."""
    if os.environ.get("TOCSIN_SECRET_KEY"):
        return Finding("The secret key comes from TOCSIN_SECRET_KEY.")
    kept = secret_key_file(data)
    if not kept.exists():
        return Finding("There is no secret key yet.", "It is made by `tocsin up`; or set TOCSIN_SECRET_KEY.")
    if stat.S_IMODE(kept.stat().st_mode) & 0o077:
        return Finding("Others may read the secret key.", f"Run: chmod 600 {kept}")
    return Finding("The secret key is kept safely.")


def public_address(url: str) -> Finding:
    """What links in mails point to: public, and encrypted."""
    if not url:
        return Finding(
            "Customers get links that only work on this machine.",
            "Set TOCSIN_URL to the public address, such as https://help.example.com",
        )
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        return Finding(f"TOCSIN_URL is {url}.", "Set it to the public address; it should begin with https://")
    return Finding(f"Links point to {url}.")


def database_url(data: Path) -> str | None:
    """The address of the database, if one can be asked now."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    with contextlib.suppress(Fault):
        return running_url(data)
    return None


def database(url: str | None) -> list[Finding]:
    """It answers, is new enough, is migrated, and a worker is at work on it."""
    if not url:
        return [Finding("No database is running.", "Start everything with `tocsin up`, or set DATABASE_URL.")]
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=_PATIENCE_S) as connection:
            return [_server(connection), _schema(connection, url), _worker(connection)]
    except psycopg.Error as error:
        reason = str(error).strip().split("\n", 1)[0]
        return [
            Finding(f"The database does not answer: {reason}", "Check DATABASE_URL and that the server runs.")
        ]


def mail_socket(data: Path) -> Finding:
    """What `tocsin mail-in` talks to."""
    path = data / "run" / "mail.sock"
    try:
        connected(str(path)).close()
    except (OSError, NotTaken) as error:
        return Finding(
            f"`tocsin mail-in` would not get through: {error}", "Start the worker: `tocsin up` does."
        )
    return Finding("`tocsin mail-in` gets through.")


def of_channels(environment: Mapping[str, str]) -> list[Finding]:
    """What each channel looks at by itself."""
    from tocsin.channels.registry import channels

    return [finding for one in channels().values() for finding in one.checkups(environment)]


def _server(connection: Any) -> Finding:
    number = connection.info.server_version
    what = f"PostgreSQL {number // 10000}.{number % 10000} answers."
    return Finding(what, "" if number >= _OLDEST_POSTGRES else "Tocsin needs PostgreSQL 14 or newer.")


def _schema(connection: Any, url: str) -> Finding:
    from tocsin.command.migrate import is_up_to_date

    found = connection.execute("SELECT to_regclass('kernel_logentry')").fetchone()
    if found[0] is None:
        return Finding("The database is empty.", "Run `tocsin migrate`, or `tocsin up`, which does it too.")
    if not is_up_to_date(url):
        return Finding("The database was made by another version.", "Run `tocsin migrate`.")
    return Finding("The database is up to date.")


def _worker(connection: Any) -> Finding:
    table = connection.execute("SELECT to_regclass('procrastinate_workers')").fetchone()
    alive = 0
    if table[0]:
        query = (
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s * interval '1 s'"
        )
        alive = connection.execute(query, [_SILENT_WORKER_S]).fetchone()[0]
    if alive:
        return Finding(f"{alive} worker(s) at work.")
    return Finding("No worker is at work.", "Start one with `tocsin worker`; `tocsin up` starts one, too.")
