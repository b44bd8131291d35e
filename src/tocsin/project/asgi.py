"""The web process: three applications side by side (design §2).

The public pages are answered from memory and the live screens from one listening connection; neither
touches Django's stack. Django starts a thread per request in flight, so a limiter stands before it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  settings can be read only after setup
from django.core.handlers.asgi import ASGIHandler  # noqa: E402

from tocsin.kernel.conninfo import conninfo  # noqa: E402
from tocsin.kernel.live import LiveApp  # noqa: E402
from tocsin.project import static_files  # noqa: E402
from tocsin.statuspage.public import PublicApp  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Limited:
    """Lets a fixed number of requests into an application at once; the others wait their turn."""

    def __init__(self, app: Any, slots: int) -> None:
        self._app = app
        self._slots = asyncio.Semaphore(slots)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a free slot, then answer."""
        async with self._slots:
            await self._app(scope, receive, send)


class Tocsin:
    """Sends each request to the application that answers it."""

    def __init__(self) -> None:
        static_files.collect(settings.STATIC_ROOT, settings.STATIC_EDITION)  # before Django looks at them
        self._django = Limited(ASGIHandler(), settings.TOCSIN_WEB_SLOTS)
        self._live = LiveApp(conninfo)
        self._public = PublicApp()

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
        return self._django

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self._live.close()
                await self._public.close()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return


application = Tocsin()
