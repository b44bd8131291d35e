"""What a screen has missed: the rows that its snapshot could not see.

Rows and the new snapshot are read in one REPEATABLE READ transaction, so that nothing falls between two
readings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import dict_row

Database = psycopg.AsyncConnection[dict[str, Any]]

# A screen away for longer than this many events is told to load anew rather than fed them all.
REPLAY_LIMIT = 500
_REPLAY = """
SELECT name, topics FROM kernel_liveupdate
WHERE xid >= pg_snapshot_xmin(%(last)s::pg_snapshot)
  AND NOT pg_visible_in_snapshot(xid, %(last)s::pg_snapshot)
ORDER BY id LIMIT %(limit)s
"""
# A snapshot from before a restore lies in the future of this server.
_IS_OURS = "SELECT pg_snapshot_xmax(%(last)s::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())"


@dataclass(frozen=True)
class Notice:
    """One event on its way to the screens."""

    name: str
    topics: tuple[str, ...]

    def encode(self) -> bytes:
        """As an SSE message: the name is `live` for every event, its kind is in the data."""
        return message("live", {"name": self.name, "topics": self.topics})


@dataclass(frozen=True)
class Batch:
    """What one reading found, and the snapshot up to which the screens then know everything."""

    notices: list[Notice]
    snapshot: str


def message(event: str, data: Any) -> bytes:
    """One SSE message."""
    return f"event: {event}\ndata: {json.dumps(data)}\n\n".encode()


def current_snapshot() -> str:
    """Where a page that is rendered now should start listening."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


async def connect(conninfo: str) -> Database:
    """A connection to read by. Raises psycopg.Error."""
    db = await psycopg.AsyncConnection.connect(conninfo, autocommit=True, row_factory=dict_row)
    await db.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
    return db


async def snapshot_of(db: Database) -> str:
    """The database's present one."""
    return str((await _one(db, "SELECT pg_current_snapshot()::text AS snapshot"))["snapshot"])


async def replay(db: Database, last: str) -> Batch | None:
    """The events that snapshot `last` could not see; None when they are too many or it is not ours.

    Raises psycopg.DataError for what is no snapshot at all.
    """
    async with db.transaction():
        if not (await _one(db, _IS_OURS + " AS ours", last=last))["ours"]:
            return None
        snapshot = await snapshot_of(db)
        rows = await (
            await db.execute(_REPLAY.encode(), {"last": last, "limit": REPLAY_LIMIT + 1})
        ).fetchall()
    if len(rows) > REPLAY_LIMIT:
        return None
    return Batch([Notice(row["name"], tuple(row["topics"])) for row in rows], snapshot)


async def _one(db: Database, query: str, **values: object) -> dict[str, Any]:
    row = await (await db.execute(query.encode(), values)).fetchone()
    assert row is not None
    return row
