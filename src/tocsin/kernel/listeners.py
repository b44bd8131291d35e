"""Who may hold a live screen open: whose session it is, and only for as long as that holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping

from django.conf import settings
from django.db import connections
from django.http import parse_cookie

CHECK_EVERY_S = 30

SignedIn = Callable[[Collection[str]], Mapping[str, str]]
"""Of these sessions those that hold, each with the id of whose it is; asked in a thread of its own."""


class Listeners:
    """Asks whose sessions these are, one question at a time: when a thousand screens come back together,
    pages still find a connection."""

    def __init__(self, signed_in: SignedIn) -> None:
        self._signed_in = signed_in
        self._turn = asyncio.Lock()

    async def whose(self, sessions: Collection[str]) -> Mapping[str, str]:
        """As `SignedIn`. Raises django.db.Error."""
        if not any(sessions):
            return {}
        async with self._turn:
            return await asyncio.to_thread(self._ask, sessions)

    def _ask(self, sessions: Collection[str]) -> Mapping[str, str]:
        try:
            return self._signed_in(sessions)
        finally:
            connections.close_all()


def session_of(headers: Mapping[str, str]) -> str:
    """The session that a browser shows with its request; empty when it shows none."""
    return str(parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, ""))
