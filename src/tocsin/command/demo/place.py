"""The demo's data folder, and how its second command finds the first."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from tocsin.command.faults import Fault
from tocsin.command.folders import hold

_NOTE = "demo.json"


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
    """A database that was prepared, and not for a demo."""
    import psycopg

    from tocsin.command import migrate

    if not migrate.is_up_to_date(url):
        return False  # the preparation looks again, once it has its tables
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT 1 FROM kernel_setting WHERE key = 'demo'").fetchone()
    return found is None
