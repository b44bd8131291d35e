"""Django as one of the web process's applications: on a fixed number of threads, each with its connection.

Django's own ASGI handler starts a thread for every request and takes a connection out of a pool for it; both
cost more than a small page. Here a request takes its turn when it has arrived whole, so that strangers who
send slowly keep nobody waiting; one of the threads then answers it from beginning to end.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import select
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import connection, connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from django.utils import translation

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Any], Awaitable[None]]

# A form with the largest attachments that one message may have, and its own words.
LARGEST_BODY = 40 * 2**20
_KEPT_IN_MEMORY = 256 * 2**10


class DjangoApp:
    """Answers `threads` requests at once; the others wait their turn."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self._handler = _Handler()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the whole request and for a free thread, then answer."""
        await self.answer(scope, receive, send, LARGEST_BODY)

    async def answer(self, scope: Scope, receive: Receive, send: Send, largest: int) -> None:
        """As calling it; a request with a body above `largest` bytes is refused."""
        with tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY) as body:
            arrived = await _arrived_whole(receive, body, largest)
            if not arrived:
                return
            if body.tell() > largest:
                await _refuse(send, 413, b"This is too large.")
                return
            body.seek(0)
            turn = _Turn(self._pool)
            response = await turn.take(self._handler.respond, scope, body)
            if response.streaming:
                await _send_pieces(turn, response, receive, send)
            else:
                await self._handler.send_response(response, send)


class _Turn:
    """One request's work in the threads; what it sets, such as the language, no other request meets."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._context = contextvars.copy_context()

    async def take(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Wait for a free thread and do this part there."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._context.run, work, *arguments)


class _Handler(ASGIHandler):
    """Django's reading of a request and writing of a response, with all in between in one thread."""

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware()

    def respond(self, scope: Scope, body: IO[bytes]) -> Any:
        """The response; one that is whole is closed already."""
        _let_go_if_lost()
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = type(self)
        if not response.streaming:
            response.close()
        return response


def keep_connections() -> None:
    """From now on each thread of this process keeps its own connection to the database."""
    database = connections.settings["default"]
    database["CONN_MAX_AGE"] = None
    database["OPTIONS"].pop("pool", None)


def _let_go_if_lost() -> None:
    """A connection that the server has ended, as when it restarts, has something to read: the end."""
    held = connection.connection
    if held is not None and (held.closed or select.select([held.fileno()], [], [], 0)[0]):
        connection.close()


async def _arrived_whole(receive: Receive, body: IO[bytes], largest: int) -> bool:
    """Write the request's body down; False when the client left. Of one too large the rest is not read."""
    while (message := await receive())["type"] == "http.request":
        body.write(message.get("body", b""))
        if not message.get("more_body") or body.tell() > largest:
            return True
    return False


async def _send_pieces(turn: _Turn, response: Any, receive: Receive, send: Send) -> None:
    """A file, read no faster than the client takes it, and no further than they stay."""
    gone = asyncio.create_task(_until_disconnect(receive))
    pieces: Iterator[bytes] = iter(response)
    language = response.headers.get("Content-Language", settings.LANGUAGE_CODE)
    try:
        await send(_start_of(response))
        while not gone.done() and (piece := await turn.take(_next, pieces, language)) is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})
    finally:
        gone.cancel()
        await turn.take(response.close)


def _next(pieces: Iterator[bytes], language: str) -> bytes | None:
    """Whichever thread reads on, it is for the same reader."""
    with translation.override(language):
        return next(pieces, None)


def _start_of(response: HttpResponseBase) -> Message:
    cookies = [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
    headers = [
        (name.encode("ascii"), value.encode("latin1")) for name, value in [*response.items(), *cookies]
    ]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}


async def _until_disconnect(receive: Receive) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass


async def _refuse(send: Send, status: int, words: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
