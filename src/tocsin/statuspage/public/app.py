"""The ASGI application of the public pages, beside Django and without a database on its path (rule 10)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tocsin.statuspage.public.prepared import Prepared, Variant, refusal
from tocsin.statuspage.public.refresh import Refresher
from tocsin.statuspage.public.shelf import Shelf

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_METHODS = b"GET, HEAD, OPTIONS"
_NOT_ALLOWED = refusal(405, b"Only GET and HEAD.", (b"allow", _METHODS))
_NOT_READY = refusal(503, b"The news page is not ready yet.", (b"retry-after", b"5"))
_MISSING = refusal(404, b"There is no such page.")
_PREFLIGHT = refusal(
    204,
    b"",
    (b"allow", _METHODS),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", _METHODS),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
)


class PublicApp:
    """Answers `/status…` and `/banner.js` from memory.

    It begins to read the documents at the first request, so that it belongs to the loop that serves;
    `start()` does so earlier. While the database is away it keeps answering what it has; started
    without one, it answers what was exported.
    """

    def __init__(self) -> None:
        self._shelf = Shelf()
        self._refresher: Refresher | None = None

    def start(self) -> None:
        """Begin to read the documents; needs a running event loop. A second call does nothing."""
        self._refresher = self._refresher or Refresher(self._shelf)

    async def close(self) -> None:
        """Stop following the database."""
        if self._refresher:
            self._refresher.stop()
            self._refresher = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if not self._shelf:
            await self._become_ready()
        accept_encoding = accept_language = if_none_match = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accept_encoding = value
            elif name == b"accept-language":
                accept_language = value
            elif name == b"if-none-match":
                if_none_match = value
        found = self._find(scope["method"], scope["path"], accept_language)
        await _send(send, found.variant(accept_encoding), if_none_match, scope["method"] == "HEAD")

    async def _become_ready(self) -> None:
        self.start()
        assert self._refresher
        await self._refresher.loaded.wait()

    def _find(self, method: str, path: str, accept_language: bytes) -> Prepared:
        if method not in {"GET", "HEAD"}:
            return _PREFLIGHT if method == "OPTIONS" else _NOT_ALLOWED
        if not self._shelf:
            return _NOT_READY
        return (
            self._shelf.find(path, accept_language) or self._shelf.missing(path, accept_language) or _MISSING
        )


async def _send(send: Send, variant: Variant, if_none_match: bytes, head: bool) -> None:
    if if_none_match and variant.etag and (variant.etag in if_none_match or if_none_match == b"*"):
        await send(variant.unchanged)
        await send({"type": "http.response.body", "body": b""})
        return
    await send(variant.start)
    await send({"type": "http.response.body", "body": b"" if head else variant.body})
