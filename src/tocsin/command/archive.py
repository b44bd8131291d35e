"""The parts of a backup, and the PostgreSQL programs that make and read its main one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tocsin.command.faults import Fault
from tocsin.command.pgaccount import packaged_programs

DUMP = "database.dump"
SECRET = "secret-key"  # noqa: S105 - a file's name
FILES = "files"
FORMAT = "format"
VERSION = b"tocsin backup 1\n"

# In the data folder, but of this machine or this moment: made again by themselves
_NOT_KEPT = {"postgres", "postgres.lock", "up.lock", "run", "static", SECRET}


def kept_files(data: Path) -> Iterator[Path]:
    """The files of the data folder that a backup holds, besides database and key."""
    for top in sorted(data.iterdir()) if data.is_dir() else []:
        if top.name not in _NOT_KEPT and not top.name.endswith(".log"):
            yield from _files_below(top)


def _files_below(top: Path) -> Iterator[Path]:
    if top.is_symlink():
        return
    paths = sorted(top.rglob("*")) if top.is_dir() else [top]
    yield from (path for path in paths if path.is_file() and not path.is_symlink())


def run_pg(program: str, *arguments: str) -> None:
    """Run pg_dump or pg_restore; `Fault` with its words when it fails."""
    try:
        command = [str(packaged_programs() / program), *arguments]
    except Fault:
        found = shutil.which(program)
        if not found:
            raise
        command = [found, *arguments]
    outcome = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, env=_plain()
    )
    if outcome.returncode:
        raise Fault(f"{program} failed: {outcome.stderr.strip()}")


def _plain() -> dict[str, str]:
    """No PG… settings of the person's shell; the address says all."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
