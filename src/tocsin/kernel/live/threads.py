"""Questions that the live screens ask of rooms: in a thread of their own, one at a time, by a connection
that it keeps. When a thousand screens come back together, pages still find a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connection, connections

P = ParamSpec("P")
T = TypeVar("T")
_KEPT_FOR_S = 30.0


class AskingThread:
    """Its connection is closed when nothing is asked for half a minute."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "live")
        self._closing: asyncio.TimerHandle | None = None

    async def ask(self, question: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        """Raises what the question raises."""
        loop = asyncio.get_running_loop()
        if self._closing:
            self._closing.cancel()
        try:
            return await loop.run_in_executor(self._pool, lambda: _asked(question, *values, **named))
        finally:
            self._closing = loop.call_later(_KEPT_FOR_S, self._pool.submit, connections.close_all)

    def close(self) -> None:
        """Let the connection go."""
        if self._closing:
            self._closing.cancel()
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=False)


def _asked(question: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
    try:
        return question(*values, **named)
    except Exception:
        connection.close()  # it may be lost
        raise
