"""The ASGI application at `/live`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.core import signing
from django.db import Error

from tocsin.kernel.live.hub import Hub, Names
from tocsin.kernel.live.replay import Batch
from tocsin.kernel.live.sessions import Sessions, SignedIn, session_of
from tocsin.kernel.live.streams import Stream, id_message
from tocsin.kernel.live.threads import AskingThread
from tocsin.kernel.live.tokens import Pass, read_token

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

KEEP_ALIVE_S = 20
_LARGEST_POST = 8192


class LiveApp:
    """GET is a stream; POST says that somebody writes. The hub is made at the first screen."""

    def __init__(self, conninfo: Callable[[], str], signed_in: SignedIn, names: Names) -> None:
        self._conninfo = conninfo
        self._names = names
        self._thread = AskingThread()
        self._sessions = Sessions(signed_in, self._thread)
        self._hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a stream that ends with the session, with 204, or with 403."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if scope.get("method", "GET") == "POST":
            await self._hear(session_of(headers), receive, send)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        session = session_of(headers)
        granted = await self._granted(query.get("token", [""])[0], session)
        if granted is None:
            await _answer(send, 403, b"Sign in again.")
            return
        last = headers.get("last-event-id") or query.get("since", [""])[0]
        await self._stream(Stream(granted, session), last, receive, send)

    async def close(self) -> None:
        """Let all screens go."""
        if self._hub:
            await self._hub.close()
        self._thread.close()

    async def _granted(self, token: str, session: str) -> Pass | None:
        """What a token and a session open together: both must be of one person."""
        try:
            granted = read_token(token)
            is_theirs = await self._sessions.is_of(session, granted.listener)
        except (signing.BadSignature, Error):
            return None
        return granted if is_theirs else None

    async def _hear(self, session: str, receive: Receive, send: Send) -> None:
        """Somebody writes at the place that their page's token names."""
        token = await _body(receive)
        granted = await self._granted(token, session) if token else None
        if granted is None or not granted.place:
            await _answer(send, 403, b"Sign in again.")
            return
        with contextlib.suppress(psycopg.Error):
            await self._made_hub().writes(granted.place, granted.listener)
        await _answer(send, 204, b"")

    def _made_hub(self) -> Hub:
        if self._hub is None:
            self._hub = Hub(self._conninfo(), self._thread, self._sessions, self._names)
        return self._hub

    async def _stream(self, stream: Stream, last: str, receive: Receive, send: Send) -> None:
        hub = self._made_hub()
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        await _write(send, b"retry: 2000\n\n")
        gone = asyncio.create_task(_until_disconnect(receive, stream))
        try:
            missed = await _missed(hub, stream, last)
            if missed is None:
                await _write(send, b"id:\nevent: reset\ndata: {}\n\n")
            else:
                await _write(
                    send, stream.encode(missed) + (id_message(missed.snapshot) if hub.is_settled else b"")
                )
                await _pump(stream, send)
        finally:
            gone.cancel()
            hub.remove(stream)
        with contextlib.suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _missed(hub: Hub, stream: Stream, last: str) -> Batch | None:
    try:
        return await hub.add(stream, last)
    except psycopg.DataError:
        return None  # not a snapshot at all: somebody typed it


_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def _pump(stream: Stream, send: Send) -> None:
    while True:
        try:
            async with asyncio.timeout(KEEP_ALIVE_S):
                chunk = await stream.queue.get()
        except TimeoutError:
            chunk = b": still here\n\n"
        if chunk is None:
            return
        await _write(send, chunk)


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_disconnect(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.offer(None)


async def _body(receive: Receive) -> str:
    """What was posted; empty for what is too long to be a token."""
    body = b""
    while (message := await receive())["type"] == "http.request" and len(body) <= _LARGEST_POST:
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return str(body, "latin-1")
    return ""


async def _answer(send: Send, status: int, words: bytes) -> None:
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
