"""Keeps the shelf as the database says, woken by NOTIFY; keeps what there is while the database is away."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import psycopg
from django.db import connections

from tocsin.kernel.conninfo import conninfo
from tocsin.statuspage import export, services
from tocsin.statuspage.public.shelf import Shelf, make_ready

log = logging.getLogger(__name__)

POLL_S = 15.0
"""How long to wait for a wake-up before looking anyway."""

FIRST_WAIT_S = 2.5
"""How long the database may take at the start before the exported files are answered instead."""

_SLOWEST_RETRY_S = 10.0
_CONNECT_S = 5
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class Refresher:
    """One connection that listens and reads, for as long as the process lives."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.loaded = asyncio.Event()
        """Set once there is something to answer, or it is known that there is nothing."""
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._fall_back())]

    def stop(self) -> None:
        """End it."""
        for task in self._tasks:
            task.cancel()

    async def _fall_back(self) -> None:
        try:
            await asyncio.wait_for(self.loaded.wait(), FIRST_WAIT_S)
        except TimeoutError:
            await self._load_files()

    async def _load_files(self) -> None:
        """Take what was exported, unless the database was read in the meantime."""
        ready, default = await asyncio.to_thread(_exported)
        if not self.shelf and ready:
            self.shelf.put(ready, {}, default)
        self.loaded.set()

    async def _follow(self) -> None:
        wait = 0.5
        while True:
            try:
                await self._listen()
                wait = 0.5
            except (psycopg.Error, OSError) as error:
                log.warning(
                    "The public pages are answered from memory, the database is away: %s", _first_line(error)
                )
                if not self.loaded.is_set():
                    await self._load_files()
            except Exception:
                log.exception("The public pages could not be refreshed; what is there is kept")
                self.loaded.set()
            await asyncio.sleep(wait)
            wait = min(wait * 2, _SLOWEST_RETRY_S)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            conninfo(), autocommit=True, connect_timeout=_CONNECT_S
        ) as db:
            await db.execute(f"LISTEN {services.CHANNEL}")
            while True:
                await self._read(db)
                self.loaded.set()
                async for _ in db.notifies(timeout=POLL_S, stop_after=1):
                    pass

    async def _read(self, db: Connection) -> None:
        etags = await _etags(db)
        if services.STATE not in etags:
            # nobody has published yet: an installation that has just begun
            await asyncio.to_thread(_publish)
            etags = await _etags(db)
        changed = [path for path, etag in etags.items() if self.shelf.etags.get(path) != etag]
        if changed:
            ready, default = await asyncio.to_thread(make_ready, await _bodies(db, changed))
            self.shelf.put(ready, {path: etags[path] for path in changed}, default)
        if gone := [path for path in self.shelf.etags if path not in etags]:
            self.shelf.drop(gone)


async def _etags(db: Connection) -> dict[str, str]:
    rows = await (await db.execute("SELECT path, etag FROM statuspage_document")).fetchall()
    return dict(rows)


async def _bodies(db: Connection, paths: list[str]) -> dict[str, tuple[str, bytes]]:
    query = (
        "SELECT path, content_type, body FROM statuspage_document WHERE path = ANY(%s) AND path LIKE '/%%'"
    )
    rows = await (await db.execute(query, [paths])).fetchall()
    return {path: (kind, bytes(body)) for path, kind, body in rows}


def _exported() -> tuple[dict[str, Any], str]:
    return make_ready(export.read())


def _publish() -> None:
    try:
        services.publish()
    finally:
        connections.close_all()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
