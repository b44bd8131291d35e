"""Live screens: Server-Sent Events from a small ASGI endpoint beside Django (design §2).

Every event and signal that has topics leaves a row of `LiveUpdate`. That table is the truth; `pg_notify` only
wakes us. An event's id on the wire *is* a `pg_snapshot`: a browser that comes back gets exactly the rows that
its snapshot could not see, also those that commit late. Rows and the new snapshot are read in one REPEATABLE
READ transaction."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.core import signing
from django.db import Error, connection
from psycopg.rows import dict_row

from tocsin.kernel.events import LIVE_CHANNEL
from tocsin.kernel.listeners import CHECK_EVERY_S, Listeners, SignedIn, session_of

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_SALT = "tocsin.live"
TOKEN_MAX_AGE_S = 12 * 3600
KEEP_ALIVE_S = 20
# A screen away for longer than this many events is told to load anew rather than fed them all.
REPLAY_LIMIT = 500
_QUEUE_LIMIT = 1000

_REPLAY = """
SELECT name, topics FROM kernel_liveupdate
WHERE xid >= pg_snapshot_xmin(%(last)s::pg_snapshot)
  AND NOT pg_visible_in_snapshot(xid, %(last)s::pg_snapshot)
ORDER BY id LIMIT %(limit)s
"""
# A snapshot from before a restore lies in the future of this server.
_IS_OURS = "SELECT pg_snapshot_xmax(%(last)s::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())"


def make_token(topics: list[str], listener: str) -> str:
    """A signed token that lets this person hear these topics, while they are signed in; `ticket:*` stands
    for all tickets."""
    return signing.dumps([listener, *topics], salt=_SALT, compress=True)


def read_token(token: str) -> tuple[str, list[str]]:
    """Whose token it is, and its topics. Raises signing.BadSignature when it is forged or too old."""
    listener, *topics = map(str, signing.loads(token, salt=_SALT, max_age=TOKEN_MAX_AGE_S))
    return listener, topics


def current_snapshot() -> str:
    """Where a page that is rendered now should start listening."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


@dataclass(frozen=True)
class Notice:
    """One event on its way to the screens."""

    name: str
    topics: tuple[str, ...]

    def encode(self) -> bytes:
        """As an SSE message: the name is `live` for every event, its kind is in the data."""
        data = json.dumps({"name": self.name, "topics": self.topics})
        return f"event: live\ndata: {data}\n\n".encode()


@dataclass(frozen=True)
class Batch:
    """What one reading found, and the snapshot up to which the screens then know everything."""

    notices: list[Notice]
    snapshot: str


@dataclass(eq=False)
class Stream:
    """One open screen, and the session that it was opened in, with whose it was."""

    topics: frozenset[str]
    session: str
    listener: str
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_QUEUE_LIMIT))

    def wants(self, notice: Notice) -> bool:
        """Whether one of the notice's topics, or its kind as `kind:*`, was asked for."""
        return any(
            topic in self.topics or f"{topic.partition(':')[0]}:*" in self.topics for topic in notice.topics
        )

    def encode(self, batch: Batch) -> bytes:
        """The batch as this screen sees it; empty when nothing concerns it.

        The id comes last, as a message of its own: a stream that breaks in the middle of a batch
        then still asks for the whole batch again.
        """
        wanted = [notice.encode() for notice in batch.notices if self.wants(notice)]
        return b"".join([*wanted, f"id: {batch.snapshot}\n\n".encode()]) if wanted else b""

    def offer(self, chunk: bytes | None) -> None:
        """Queue it; None ends the stream. A screen that can't keep up is ended and comes back by itself."""
        try:
            self.queue.put_nowait(chunk)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


class Hub:
    """One LISTEN connection and one reader for all open screens of a web process."""

    def __init__(self, conninfo: str, listeners: Listeners) -> None:
        self._conninfo = conninfo
        self._listeners = listeners
        self._streams: set[Stream] = set()
        self._last = ""
        self._running: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[None] | None = None

    async def add(self, stream: Stream, last: str) -> Batch | None:
        """Let a screen in; what it missed since `last`, or None when it should load anew."""
        self._streams.add(stream)
        async with await self._connect() as db:
            # The hub's own reading starts no later than this screen's replay ends: no gap between the two.
            self._last = self._last or await _snapshot(db)
            if self._running is None or self._running.done():
                self._running = asyncio.create_task(self._run())
            if self._checking is None or self._checking.done():
                self._checking = asyncio.create_task(self._check())
            return await replay(db, last or self._last)

    def remove(self, stream: Stream) -> None:
        """Let a screen go."""
        self._streams.discard(stream)

    async def close(self) -> None:
        """End all streams: the server is stopping."""
        for stream in self._streams:
            stream.offer(None)
        for task in (self._running, self._checking):
            if task:
                task.cancel()

    async def _check(self) -> None:
        """End the screens of those who have signed out or work here no more."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            asked_for = list(self._streams)  # who comes while we ask was looked at just now
            try:
                whose = await self._listeners.whose({stream.session for stream in asked_for})
            except Error as error:
                log.warning("whose the live screens are could not be asked, trying again: %s", error)
                continue
            for stream in asked_for:
                if whose.get(stream.session) != stream.listener:
                    stream.offer(None)

    async def _connect(self) -> psycopg.AsyncConnection[dict[str, Any]]:
        db = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, row_factory=dict_row)
        await db.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        return db

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                log.warning("live screens lost the database, trying again: %s", error)
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        async with await self._connect() as listening, await self._connect() as reading:
            await listening.execute(f"LISTEN {LIVE_CHANNEL}")
            while True:
                await self._fan_out(reading)
                # The timeout is the fallback for a wake-up that was lost.
                async for _ in listening.notifies(timeout=5, stop_after=1):
                    pass

    async def _fan_out(self, reading: psycopg.AsyncConnection[dict[str, Any]]) -> None:
        batch = await replay(reading, self._last)
        self._last = batch.snapshot if batch else await _snapshot(reading)
        for stream in self._streams:
            chunk = stream.encode(batch) if batch else None
            if chunk != b"":
                stream.offer(chunk)


async def _snapshot(db: psycopg.AsyncConnection[dict[str, Any]]) -> str:
    return str((await _one(db, "SELECT pg_current_snapshot()::text AS snapshot"))["snapshot"])


async def _one(db: psycopg.AsyncConnection[dict[str, Any]], query: str, **values: object) -> dict[str, Any]:
    row = await (await db.execute(query.encode(), values)).fetchone()
    assert row is not None
    return row


async def replay(db: psycopg.AsyncConnection[dict[str, Any]], last: str) -> Batch | None:
    """The events that snapshot `last` could not see; None when they are too many or it is not ours."""
    async with db.transaction():
        if not (await _one(db, _IS_OURS + " AS ours", last=last))["ours"]:
            return None
        snapshot = await _snapshot(db)
        rows = await (
            await db.execute(_REPLAY.encode(), {"last": last, "limit": REPLAY_LIMIT + 1})
        ).fetchall()
    if len(rows) > REPLAY_LIMIT:
        return None
    return Batch([Notice(row["name"], tuple(row["topics"])) for row in rows], snapshot)


class LiveApp:
    """The ASGI application at `/live`; its hub is made at the first screen."""

    def __init__(self, conninfo: Callable[[], str], signed_in: SignedIn) -> None:
        self._conninfo = conninfo
        self._listeners = Listeners(signed_in)
        self._hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one GET with a stream that ends with the session, or with 403."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        stream = await self._admitted(query.get("token", [""])[0], session_of(headers))
        if stream is None:
            await _refuse(send)
            return
        last = headers.get("last-event-id") or query.get("since", [""])[0]
        await self._stream(stream, last, receive, send)

    async def close(self) -> None:
        """Let all screens go."""
        if self._hub:
            await self._hub.close()

    async def _admitted(self, token: str, session: str) -> Stream | None:
        """The stream that a token and a session open together: both must be of one person."""
        try:
            listener, topics = read_token(token)
            whose = await self._listeners.whose([session])
        except (signing.BadSignature, Error):
            return None
        return Stream(frozenset(topics), session, listener) if whose.get(session) == listener else None

    async def _stream(self, stream: Stream, last: str, receive: Receive, send: Send) -> None:
        self._hub = self._hub or Hub(self._conninfo(), self._listeners)
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        await _write(send, b"retry: 2000\n\n")
        gone = asyncio.create_task(_until_disconnect(receive))
        try:
            missed = await self._missed(stream, last)
            if missed is None:
                await _write(send, b"id:\nevent: reset\ndata: {}\n\n")
            else:
                await _write(send, stream.encode(missed) or f"id: {missed.snapshot}\n\n".encode())
                await _pump(stream, send, gone)
        finally:
            gone.cancel()
            self._hub.remove(stream)
        with contextlib.suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _missed(self, stream: Stream, last: str) -> Batch | None:
        assert self._hub is not None
        try:
            return await self._hub.add(stream, last)
        except psycopg.DataError:
            return None  # not a snapshot at all: somebody typed it


_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def _pump(stream: Stream, send: Send, gone: asyncio.Task[None]) -> None:
    while True:
        coming = asyncio.create_task(stream.queue.get())
        await asyncio.wait({coming, gone}, timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            coming.cancel()
        if gone.done():
            return
        chunk = coming.result() if coming.done() and not coming.cancelled() else b": still here\n\n"
        if chunk is None:
            return
        await _write(send, chunk)


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Sign in again."})
