"""Where tests keep what they throw away: in memory where there is room, since files cost most of a start."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")
_DISK = Path(tempfile.gettempdir())
_ROOM = 4 * 2**30


def scratch_folder(kind: str, *, on_disk: bool = False) -> Path:
    """A short, fresh folder that other users may pass through but not read, named after this process."""
    place = _DISK if on_disk else _place()
    _clear(place, kind)
    folder = Path(tempfile.mkdtemp(prefix=f"tocsin-{kind}-{os.getpid()}-", dir=place))
    folder.chmod(0o711)
    return folder


def _place() -> Path:
    if os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
        return _MEMORY
    return _DISK


def _clear(place: Path, kind: str) -> None:
    """What a run left behind that was killed."""
    for left in place.glob(f"tocsin-{kind}-*-*"):
        process = left.name.split("-")[-2]
        if process.isdigit() and not psutil.pid_exists(int(process)) and left.stat().st_uid == os.geteuid():
            shutil.rmtree(left, ignore_errors=True)
