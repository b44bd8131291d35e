"""Keeps the shelf as the database says, woken by NOTIFY; keeps what there is while the database is away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

import psycopg
from django.db import connections

from tocsin.kernel import notified
from tocsin.kernel.conninfo import conninfo
from tocsin.statuspage import export, services
from tocsin.statuspage.public.shelf import Shelf, make_ready

log = logging.getLogger(__name__)

POLL_S = 30.0
"""How long to wait for a wake-up before looking anyway."""

FIRST_WAIT_S = 2.5
"""How long the database may take at the start before the exported files are answered instead."""

_SLOWEST_RETRY_S = 10.0
_CONNECT_S = 5
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class Refresher:
    """Reads what changed, and holds no connection while it waits."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.loaded = asyncio.Event()
        """Set once there is something to answer, or it is known that there is nothing."""
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        notified.hear(services.CHANNEL, notified.Ear(self._hear, listening=self._hear))
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._fall_back())]

    def stop(self) -> None:
        """End it."""
        for task in self._tasks:
            task.cancel()

    def _hear(self, _said: str | bool) -> None:
        """In the thread that listens, which may outlive the server's loop."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._news.set)

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
                await self._keep_reading()
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

    async def _keep_reading(self) -> None:
        while True:
            self._news.clear()
            async with await psycopg.AsyncConnection.connect(
                conninfo(), autocommit=True, connect_timeout=_CONNECT_S
            ) as db:
                await self._read(db)
            self.loaded.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), POLL_S)

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
