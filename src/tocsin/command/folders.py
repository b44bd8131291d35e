"""The data folder, and who holds it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from tocsin.command.faults import Fault


def make_data_folder(data: Path) -> None:
    """Others may pass through (the mail server to its socket, PostgreSQL to its folder), not look around."""
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise Fault(f"The data folder {data} cannot be made: {error.strerror}.") from None
    if not os.access(data, os.W_OK):
        raise Fault(f"The data folder {data} cannot be written to by this user.")


def hold(path: Path) -> int | None:
    """Lock the file and return its descriptor; None when another process holds it.

    The kernel lets go when the descriptor is closed or its process ends, however it ends. Children do not
    inherit it.
    """
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise Fault(f"{path.parent} belongs to another user. Start Tocsin as that user or as root.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
