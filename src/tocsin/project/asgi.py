"""The web process: applications side by side (design §2).

The public pages are answered from memory, the live screens from one listening connection, styles and scripts
from their files; none of them touches Django's stack.
"""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  settings can be read only after setup

from tocsin.kernel import notified  # noqa: E402
from tocsin.kernel.conninfo import conninfo  # noqa: E402
from tocsin.kernel.live import LiveApp  # noqa: E402
from tocsin.mailroom import door  # noqa: E402
from tocsin.mailroom.door import Door  # noqa: E402
from tocsin.people.queries import names_of, signed_in  # noqa: E402
from tocsin.project import static_files  # noqa: E402
from tocsin.project.django_app import DjangoApp, Receive, Scope, Send  # noqa: E402
from tocsin.statuspage.public import PublicApp  # noqa: E402

# Of a mail of 25 MiB some providers post the source and, beside it, each file once more in base64.
LARGEST_POST = 100 * 2**20
# One that large takes several times its size in memory while it is read.
_POSTS_AT_ONCE = 2
_SMALL_POST = 2**20


class Posts:
    """What is posted to a channel and is large: it may be larger than a form, and few are read at once."""

    def __init__(self, app: DjangoApp) -> None:
        self._app = app
        self._turns = asyncio.Semaphore(_POSTS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a turn, then answer."""
        async with self._turns:
            await self._app.answer(scope, receive, send, LARGEST_POST)


def _is_small(scope: Scope) -> bool:
    """Whether a request says that its body is no larger than news of a chat or of a mail sent is."""
    length = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"")
    return length.isdigit() and len(length) < 10 and int(length) <= _SMALL_POST


class Tocsin:
    """Sends each request to the application that answers it."""

    def __init__(self) -> None:
        self._django = DjangoApp(settings.TOCSIN_WEB_SLOTS)
        self._static = static_files.serving(self._django)
        self._webhooks = Door(self._django)
        self._posts = Door(Posts(self._django))
        self._live = LiveApp(conninfo, signed_in, names_of)
        self._public = PublicApp()
        self._stopping = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._app_for(scope)(scope, receive, send)

    def _app_for(self, scope: Scope) -> Any:
        path = scope["path"]
        if path == "/live":
            return self._live
        if path == "/banner.js" or path == "/status" or path.startswith("/status/"):
            return self._public
        if path.startswith(static_files.PREFIX):
            return self._static
        if path.startswith(door.PREFIX) and door.is_webhook(path):
            return self._webhooks if _is_small(scope) else self._posts
        return self._django

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                notified.start(self._stopping)
            if message["type"] == "lifespan.shutdown":
                self._stopping.set()
                await self._live.close()
                await self._public.close()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return


application = Tocsin()
