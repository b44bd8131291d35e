"""Before the addresses for providers: whoever does not know the password is turned away unheard.

The rest of a request is not even read, so that strangers cannot make us keep what they send.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/mailroom/providers/"
CHALLENGE = 'Basic realm="Tocsin", charset="UTF-8"'
LEAST_SECRET = 16


def is_for_mail(path: str) -> bool:
    """Whether providers post mail to this address, and not what became of ours."""
    _provider, _, purpose = path.removeprefix(PREFIX).partition("/")
    return path.startswith(PREFIX) and purpose in ("inbound/", "inbound/mime")


def is_usable(secret: str) -> bool:
    """Whether this is `name:password`, and nothing that is soon guessed."""
    name, _, password = secret.partition(":")
    return bool(name) and len(password) >= LEAST_SECRET


def may_enter(authorization: str, secret: str) -> bool:
    """Whether an Authorization header names the secret; never where there is none worth the name."""
    kind, _, encoded = authorization.partition(" ")
    if not is_usable(secret) or kind.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, secret.encode())


class Door:
    """Stands before an application and lets those through who know the secret."""

    def __init__(self, app: Any, secret: str) -> None:
        self._app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 at once, or hand on."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        if may_enter(headers.get(b"authorization", b"").decode("latin-1"), self._secret):
            await self._app(scope, receive, send)
            return
        refusal = [(b"www-authenticate", CHALLENGE.encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 401, "headers": refusal})
        await send({"type": "http.response.body", "body": b""})
