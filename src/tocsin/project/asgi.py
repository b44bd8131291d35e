"""The web process: three applications side by side (design §2).

The public pages are answered from memory and the live screens from one listening connection; neither
touches Django's stack. Django starts a thread per request in flight, so a limiter stands before it.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import IO, Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  settings can be read only after setup
from django.core.handlers.asgi import ASGIHandler  # noqa: E402

from tocsin.kernel import kept_settings  # noqa: E402
from tocsin.kernel.conninfo import conninfo  # noqa: E402
from tocsin.kernel.live import LiveApp  # noqa: E402
from tocsin.mailroom import door  # noqa: E402
from tocsin.mailroom.door import Door  # noqa: E402
from tocsin.people.queries import signed_in  # noqa: E402
from tocsin.project import static_files  # noqa: E402
from tocsin.statuspage.public import PublicApp  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


# A form with the largest attachments that one message may have, and its own words.
LARGEST_BODY = 40 * 2**20
# Of a mail of 25 MiB some providers post the source and, beside it, each file once more in base64.
LARGEST_POST = 100 * 2**20
# One that large takes several times its size in memory while it is read.
_POSTS_AT_ONCE = 2
_KEPT_IN_MEMORY = 256 * 2**10


class Limited:
    """Lets a fixed number of requests into an application at once; the others wait their turn.

    A request takes its turn when it has arrived whole: strangers who send slowly keep nobody waiting. One
    with a body above `largest` bytes is refused.
    """

    def __init__(self, app: Any, slots: int, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._slots = asyncio.Semaphore(slots)
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the whole request and for a free slot, then answer."""
        with tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY) as body:
            arrived = await _arrived_whole(receive, body, self._largest)
            if arrived and body.tell() > self._largest:
                await _refuse(send, 413, b"This is too large.")
            elif arrived:
                async with self._slots:
                    await self._app(scope, _replayed(body, receive), send)


async def _arrived_whole(receive: Receive, body: IO[bytes], largest: int) -> bool:
    """Write the request's body down; False when the client left. Of one too large the rest is not read."""
    while (message := await receive())["type"] == "http.request":
        body.write(message.get("body", b""))
        if not message.get("more_body") or body.tell() > largest:
            return True
    return False


def _replayed(body: IO[bytes], receive: Receive) -> Receive:
    """What was written down, then whatever else the client does."""
    left = body.tell()
    body.seek(0)
    is_over = False

    async def again() -> Message:
        nonlocal left, is_over
        if is_over:
            return await receive()
        piece = body.read(_KEPT_IN_MEMORY)
        left -= len(piece)
        is_over = left <= 0
        return {"type": "http.request", "body": piece, "more_body": not is_over}

    return again


async def _refuse(send: Send, status: int, words: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})


class Tocsin:
    """Sends each request to the application that answers it."""

    def __init__(self) -> None:
        static_files.collect(settings.STATIC_ROOT, settings.STATIC_EDITION)  # before Django looks at them
        django_app = ASGIHandler()
        self._django = Limited(django_app, settings.TOCSIN_WEB_SLOTS)
        self._providers = Door(self._django, settings.TOCSIN_WEBHOOK_SECRET)
        posts = Limited(django_app, _POSTS_AT_ONCE, LARGEST_POST)
        self._posts = Door(posts, settings.TOCSIN_WEBHOOK_SECRET)
        self._live = LiveApp(conninfo, signed_in)
        self._public = PublicApp()
        self._stopping = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._app_for(scope["path"])(scope, receive, send)

    def _app_for(self, path: str) -> Any:
        if path == "/live":
            return self._live
        if path == "/banner.js" or path == "/status" or path.startswith("/status/"):
            return self._public
        if path.startswith(door.PREFIX):
            return self._posts if door.is_for_mail(path) else self._providers
        return self._django

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                kept_settings.start_keeping(self._stopping)
            if message["type"] == "lifespan.shutdown":
                self._stopping.set()
                await self._live.close()
                await self._public.close()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return


application = Tocsin()
