"""The demo's data folder, and how its second command finds the first."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

from tocsin.command.faults import Fault
from tocsin.command.folders import hold

if TYPE_CHECKING:
    import psycopg

_NOTE = "demo.json"
_TABLES_IN_USE: tuple[LiteralString, ...] = ("desk_ticket", "people_customer")


def check_is_demo(data: Path) -> None:
    """Raises `Fault` for the folder or database of a real installation, which the demo leaves alone."""
    if (data / "postgres").exists() and not (data / _NOTE).exists():
        raise Fault(f"{data} holds an installation that is not a demo. Choose another folder with --data.")
    url = os.environ.get("DATABASE_URL")
    if url and _holds_something_else(url):
        raise Fault(
            "DATABASE_URL leads to an installation that is not a demo. Unset it, or name another database."
        )


def remember(data: Path, url: str) -> None:
    """Note that this folder is a demo's, and where it is served."""
    (data / _NOTE).write_text(json.dumps({"url": url, "smtp": os.environ["TOCSIN_SMTP_URL"]}) + "\n")


def recall(data: Path) -> dict[str, str]:
    """What `remember` noted; empty when there is nothing."""
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads((data / _NOTE).read_text()))
    return {}


def is_running(data: Path) -> bool:
    """Whether somebody holds this folder."""
    if not data.is_dir():
        return False
    lock = hold(data / "up.lock")
    if lock is None:
        return True
    os.close(lock)
    return False


def _holds_something_else(url: str) -> bool:
    """A database with somebody's tickets or customers, or prepared for something other than a demo."""
    import psycopg

    from tocsin.command import migrate

    with psycopg.connect(url) as connection:
        if not _finds(connection, "SELECT to_regclass('kernel_settingrow')"):
            return False
        if _finds(connection, "SELECT true FROM kernel_settingrow WHERE key = 'command.demo_loaded_at'"):
            return False
        used = any(
            _finds(connection, f"SELECT to_regclass('{table}')")
            and _finds(connection, f"SELECT true FROM {table} LIMIT 1")  # noqa: S608 - the names below
            for table in _TABLES_IN_USE
        )
    return used or migrate.is_up_to_date(url)


def _finds(connection: psycopg.Connection, query: LiteralString) -> bool:
    found = connection.execute(query).fetchone()
    return found is not None and found[0] is not None
