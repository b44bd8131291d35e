"""Before the addresses to which the other sides of channels post: whoever their channel does not let knock is
turned away unheard.

The rest of a request is not even read, so that strangers cannot make us keep what they send.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from tocsin.channels.hosting import Request
from tocsin.channels.registry import channels

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/channels/"
CHALLENGE = 'Basic realm="Tocsin", charset="UTF-8"'
_ADDRESS = re.compile(r"/channels/([a-z0-9_-]{1,20})/(\d{1,18}|default)/webhook/(.*)", re.DOTALL)


def is_webhook(path: str) -> bool:
    """Whether the other side of a channel posts to this address."""
    return bool(_ADDRESS.fullmatch(path))


def may_knock(key: str, request: Request) -> bool:
    """Whether a channel lets this be read."""
    found = channels().get(key)
    return found is not None and found.can.webhook and found.may_knock(request)


class Door:
    """Stands before an application and lets those through whom the channel lets knock."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 at once, or hand on."""
        found = _ADDRESS.fullmatch(scope["path"])
        if found and may_knock(found.group(1), Request(found.group(3), _headers(scope["headers"]))):
            await self._app(scope, receive, send)
            return
        refusal = [(b"www-authenticate", CHALLENGE.encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 401, "headers": refusal})
        await send({"type": "http.response.body", "body": b""})


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
