"""Every statement that goes to the server, whichever cursor sends it: Django's own list misses COPY and what
is bound on the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

_SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT")
_IN_MEMORY = ("kernel_clockoffset", "kernel_settingrow")
_SENT_BY = ("execute", "executemany", "copy")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent inside, without savepoints and without what only tests ask again and again: the
    movable clock, and settings, which a process of the product keeps in memory."""
    sent: list[str] = []
    originals = {name: getattr(psycopg.Cursor, name) for name in _SENT_BY}
    try:
        for name, original in originals.items():
            setattr(psycopg.Cursor, name, _noting(original, sent))
        yield sent
    finally:
        for name, original in originals.items():
            setattr(psycopg.Cursor, name, original)


def _noting(original: Any, sent: list[str]) -> Any:
    def send(cursor: Any, statement: Any, *args: Any, **kwargs: Any) -> Any:
        text = _text(statement)
        if not text.startswith(_SAVEPOINTS) and not any(table in text for table in _IN_MEMORY):
            sent.append(text)
        return original(cursor, statement, *args, **kwargs)

    return send


def _text(statement: Any) -> str:
    if isinstance(statement, sql.Composable):
        return statement.as_string(None)
    return statement.decode() if isinstance(statement, bytes) else str(statement)
