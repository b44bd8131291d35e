"""The parts of a backup, and the PostgreSQL programs that make and read its main one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
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

_NEWER_SETTING = b"SET transaction_timeout = 0;\n"
_PREAMBLE_LINES = 40


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
    """Run one of PostgreSQL's programs; `Fault` with its words when it fails."""
    outcome = subprocess.run(
        [_path_of(program), *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=_plain(),
    )
    if outcome.returncode:
        raise Fault(f"{program} failed: {outcome.stderr.strip()}")


def load(dump: Path, url: str) -> None:
    """Bring a dump into an empty database, whole or not at all; `Fault` with the reason when it fails.

    As a script through psql: handing it over directly, pg_restore begins with a setting that servers
    before 17 refuse.
    """
    reading = [_path_of("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)]
    writing = [_path_of("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction",
               "--file=-", url]  # fmt: skip
    pipe, env = subprocess.PIPE, _plain()
    with tempfile.TemporaryFile() as words:
        with (
            subprocess.Popen(reading, stdout=pipe, stderr=words, env=env) as script,
            subprocess.Popen(writing, stdin=pipe, stdout=subprocess.DEVNULL, stderr=words, env=env) as psql,
        ):
            _hand_over(script, psql)
        if script.returncode or psql.returncode:
            words.seek(0)
            raise Fault(f"The backup could not be loaded: {words.read().decode(errors='replace').strip()}")


def _hand_over(script: subprocess.Popen[bytes], psql: subprocess.Popen[bytes]) -> None:
    """Pass the script on. Half of one is never committed: psql is killed before it hears of an end."""
    assert script.stdout is not None
    assert psql.stdin is not None
    with contextlib.suppress(BrokenPipeError), psql.stdin as target:
        try:
            for piece in for_any_server(script.stdout):
                target.write(piece)
        finally:
            script.stdout.close()
            if script.wait() != 0:
                psql.kill()


def for_any_server(script: Iterable[bytes]) -> Iterator[bytes]:
    """The script without the setting that only newer servers know; it stands before all data."""
    lines = iter(script)
    yield from (line for line in islice(lines, _PREAMBLE_LINES) if line != _NEWER_SETTING)
    yield from lines


def _path_of(program: str) -> str:
    """The program that came with Tocsin, else the machine's own. Raises Fault when there is neither."""
    try:
        return str(packaged_programs() / program)
    except Fault:
        found = shutil.which(program)
        if not found:
            raise
        return found


def _plain() -> dict[str, str]:
    """No PG… settings of the person's shell; the address says all."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
