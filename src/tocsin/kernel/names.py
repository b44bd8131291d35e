"""Names that are stored or shared between processes: of events, handlers, jobs and locks.

They are written down where the thing is declared, as `room.what-it-is`, and never made of Python's names: a
function that is renamed must not drop the jobs that wait for it."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+")


def checked(name: str) -> str:
    """The name, when it has the shape. Raises ValueError."""
    if not _SHAPE.fullmatch(name):
        raise ValueError(f"“{name}” is not a name such as room.what-it-is.")
    return name
