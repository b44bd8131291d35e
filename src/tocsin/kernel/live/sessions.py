"""Who may hold a live screen open: whose session it is, and only for as long as that holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from django.conf import settings
from django.http import parse_cookie

from tocsin.kernel.live.threads import AskingThread

CHECK_EVERY_S = 30.0

SignedIn = Callable[[Collection[str]], Mapping[str, str]]
"""Of these sessions those that hold, each with the id of whose it is; asked in a thread of its own."""


class Sessions:
    """Whose sessions these are."""

    def __init__(self, signed_in: SignedIn, thread: AskingThread) -> None:
        self._signed_in = signed_in
        self._thread = thread
        self._known: dict[str, tuple[str, float]] = {}

    async def whose(self, sessions: Collection[str]) -> Mapping[str, str]:
        """As `SignedIn`, asked now. Raises django.db.Error."""
        if not any(sessions):
            return {}
        found = await self._thread.ask(self._signed_in, sessions)
        now = time.monotonic()
        self._known = {key: known for key, known in self._known.items() if now - known[1] < CHECK_EVERY_S}
        for session in sessions:
            self._known.pop(session, None)
        self._known |= {session: (listener, now) for session, listener in found.items()}
        return found

    async def is_of(self, session: str, listener: str) -> bool:
        """Whether a session is theirs. One that was so a moment ago is looked at with all others soon, so
        that going from page to page asks nothing. Raises django.db.Error."""
        known, at = self._known.get(session, ("", 0.0))
        if known == listener and time.monotonic() - at < CHECK_EVERY_S:
            return True
        return (await self.whose([session])).get(session) == listener


def session_of(headers: Mapping[str, str]) -> str:
    """The session that a browser shows with its request; empty when it shows none."""
    return str(parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, ""))
