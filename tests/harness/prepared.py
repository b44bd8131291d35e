"""Database folders with everything migrated, kept from one test run for the next.

Making a PostgreSQL folder and migrating it takes seconds, copying it a fraction of one. A folder is kept
under a name made of all that decides what is in it, so nothing ever has to be made anew by hand. Of those
that nobody uses at the moment, the newest stay.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import tocsin

_SOURCES = Path(tocsin.__path__[0])
_DECIDES = ("*/migrations/*.py", "command/pg*.py", "command/postgres.py", "project/settings.py")
_MAKERS = ("database.py", "servers.py")
_KEPT = 12
_IN_USE_S = 3600


def cache_folder() -> Path:
    """This user's, made if missing and closed to everybody else."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "tocsin-tests"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def key(server: str) -> str:
    """Names what a migrated folder holds: migrations, installed packages, and how the folder is made."""
    digest = hashlib.sha256(f"{server} {os.geteuid()}".encode())
    decides = sorted(path for pattern in _DECIDES for path in _SOURCES.glob(pattern))
    for path in (*decides, *(Path(__file__).with_name(name) for name in _MAKERS)):
        digest.update(f"\0{path.parts[-3:]}\0".encode())
        digest.update(path.read_bytes())
    installed = {f"{one.name} {one.version}" for one in importlib.metadata.distributions()}
    digest.update("\n".join(sorted(installed)).encode())
    return digest.hexdigest()[:24]


def fetch(name: str, target: Path) -> bool:
    """Copy the kept folder to `target`, which is not there yet; False when none is kept."""
    kept = cache_folder() / name
    try:
        os.utime(kept)  # before the copy, so that nobody clears it away meanwhile
    except FileNotFoundError:
        return False
    if _copy(kept, target):
        return True
    shutil.rmtree(target, ignore_errors=True)
    return False


def keep(name: str, source: Path) -> None:
    """Keep a copy of a stopped server's folder; of two runs that come at once, the first one's stays."""
    folder = cache_folder()
    _clear(folder)
    scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    try:
        if _copy(source, scratch / "copy"):
            with contextlib.suppress(OSError):  # somebody was quicker, and theirs is as good
                (scratch / "copy").rename(folder / name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _copy(source: Path, target: Path) -> bool:
    """With owners and modes: as root, the folder belongs to PostgreSQL's user."""
    return not subprocess.run(["cp", "-Rp", source, target], capture_output=True, check=False).returncode


def _clear(folder: Path) -> None:
    """Whatever was used within the hour may be in use now; beyond that, the newest whole ones stay."""
    ages = sorted(_ages(folder))
    whole = [path for _, path in ages if not path.name.startswith(".making-")][:_KEPT]
    for age, path in ages:
        if age > _IN_USE_S and path not in whole:
            shutil.rmtree(path, ignore_errors=True)


def _ages(folder: Path) -> Iterator[tuple[float, Path]]:
    for path in list(folder.iterdir()):
        with contextlib.suppress(FileNotFoundError):
            yield time.time() - path.stat().st_mtime, path
