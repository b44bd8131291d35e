"""Connections that several lanes share: so many may send at a time, and who has waited longest is next."""

from __future__ import annotations

import threading
import zlib
from collections import deque

import psycopg

from tocsin.mailroom import direct

# Any number that nobody else in this database takes.
_LOGINS = 7_400_104


class Turns:
    """`count` of them. Each is one thread's until it gives it back; `who` is the lane that it works for."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[tuple[object, threading.Event]] = deque()
        self._lock = threading.Lock()

    def take(self, who: object) -> None:
        """Wait for one."""
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return
            called = threading.Event()
            self._waiting.append((who, called))
        called.wait()

    def give_back(self) -> None:
        """To whoever waits, else for later."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft()[1].set()
            else:
                self._free += 1

    def are_wanted_by_others(self, who: object) -> bool:
        """Whether another lane waits."""
        with self._lock:
            return any(one is not who for one, _called in self._waiting)


class Login:
    """A login to the other side, whose connections all lanes of one process share: a lock of a session of its
    own says which process, for as long as any of its lanes is at work."""

    def __init__(self, name: str, connections: int) -> None:
        self.turns = Turns(connections)
        self._key = zlib.crc32(name.encode()) - 2**31
        self._users: set[object] = set()
        self._session: direct.Connection | None = None
        self._lock = threading.Lock()

    def take(self, who: object) -> bool:
        """Whether it is this process's, until `who` leaves it; waits two seconds for the process that has it.
        Raises psycopg.Error."""
        with self._lock:
            if self._is_held() or self._is_taken():
                self._users.add(who)
                return True
            return False

    def leave(self, who: object) -> None:
        """Whoever leaves last gives it to another process."""
        with self._lock:
            self._users.discard(who)
            if not self._users:
                self._close()

    def _is_held(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error:  # the lock went with the session
            self._close()
        return self._session is not None

    def _is_taken(self) -> bool:
        session = direct.connect()
        try:
            session.execute("SET lock_timeout = '2s'")
            session.execute("SELECT pg_advisory_lock(%s, %s)", [_LOGINS, self._key])
        except psycopg.errors.LockNotAvailable:
            session.close()
            return False
        except psycopg.Error:
            session.close()
            raise
        self._session = session
        return True

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
