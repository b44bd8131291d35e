"""What the database announces (NOTIFY), heard by one connection of the process for all who wait for it.

Who waits also looks by itself now and then: a process without the listening thread (a command) hears nothing,
and what is announced while the connection is lost is heard by nobody. When it is there again, all are woken.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from tocsin.kernel.conninfo import conninfo
from tocsin.kernel.restart import patiently

log = logging.getLogger(__name__)

_LOOK_FOR_STOP_S = 1.0
_LOOK_EVERY_S = 5.0
# A peer that vanished without a word is noticed within about 15 seconds; until then nothing is heard.
_NOTICE_A_DEAD_PEER = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


@dataclass(frozen=True)
class Ear:
    """Who hears of a channel at once: `heard(payload)`, in the listening thread, so it must not take long.

    `listening` says that from now on all is heard, or that nothing is.
    """

    heard: Callable[[str], object]
    listening: Callable[[bool], object] = lambda is_heard: None


class Wake:
    """For a thread that waits until there may be something new. Make it before looking for the first time."""

    def __init__(self, channel: str) -> None:
        self._rung = threading.Event()
        with _lock:
            _wakes[channel].add(self)

    def ring(self) -> None:
        """Wake who waits."""
        self._rung.set()

    def wait(self, stop: threading.Event, most_s: float) -> None:
        """Until something is announced, `stop` is set, or the time is over; repeats count once. Where nothing
        is heard, the time is over soon."""
        most_s = most_s if _is_listening else min(most_s, _LOOK_EVERY_S)
        most_s *= random.uniform(0.8, 1.2)  # noqa: S311  so that not all look, and need a connection, at once
        if not self._rung.is_set() and not connection.in_atomic_block:
            connection.close()  # back into the pool: many threads wait, few work
        deadline = time.monotonic() + most_s
        while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            if self._rung.wait(min(left, _LOOK_FOR_STOP_S)):
                break
        self._rung.clear()


_ears: dict[str, list[Ear]] = defaultdict(list)
_wakes: dict[str, WeakSet[Wake]] = defaultdict(WeakSet)
_lock = threading.Lock()
_is_listening = False


def hear(channel: str, ear: Ear) -> None:
    """Be told of what is announced on a channel, soon after this call."""
    with _lock:
        _ears[channel].append(ear)


def unhear(channel: str, ear: Ear) -> None:
    """Be told no more."""
    _ears[channel].remove(ear)


def announce(channel: str, payload: str = "") -> None:
    """Tell all processes, at the commit of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])


def is_listening() -> bool:
    """Whether what is announced is heard in this process."""
    return _is_listening


def start(stop: threading.Event) -> threading.Thread:
    """Listen in a thread until `stop` is set."""
    thread = threading.Thread(target=patiently, args=(listen, stop), name="notified", daemon=True)
    thread.start()
    return thread


def listen(stop: threading.Event) -> None:
    """Listen until `stop` is set. Raises psycopg.OperationalError when the connection is lost."""
    listened: set[str] = set()
    with psycopg.connect(make_conninfo(conninfo(), **_NOTICE_A_DEAD_PEER), autocommit=True) as heard:
        _listen_to_more(heard, listened)
        try:
            _tell_of_listening(True)
            while not stop.is_set():
                for notice in heard.notifies(timeout=_LOOK_FOR_STOP_S, stop_after=1):
                    _tell(notice.channel, notice.payload)
                _listen_to_more(heard, listened)
        finally:
            _tell_of_listening(False)


def _listen_to_more(heard: psycopg.Connection[Any], listened: set[str]) -> None:
    """Also to what somebody has begun to wait for since; it may have been announced already."""
    for channel in _waited_for() - listened:
        heard.execute(f"LISTEN {channel}".encode())
        listened.add(channel)
        _ring(channel)
        for ear in list(_ears[channel]) if _is_listening else ():
            ear.listening(True)


def _tell(channel: str, payload: str) -> None:
    _ring(channel)
    for ear in list(_ears[channel]):
        try:
            ear.heard(payload)
        except Exception:
            log.exception("what was announced on %s was not taken in by %s", channel, ear.heard)


def _tell_of_listening(is_listening: bool) -> None:
    global _is_listening
    _is_listening = is_listening
    for ears in list(_ears.values()):
        for ear in ears:
            ear.listening(is_listening)
    for channel in _waited_for():
        _ring(channel)


def _waited_for() -> set[str]:
    with _lock:
        return {*_ears, *_wakes}


def _ring(channel: str) -> None:
    with _lock:
        wakes = list(_wakes[channel])
    for wake in wakes:
        wake.ring()


def _begin_as_child() -> None:
    """A forked process hears nothing until it listens itself; some thread may have held the lock."""
    global _is_listening, _lock
    _is_listening, _lock = False, threading.Lock()


os.register_at_fork(after_in_child=_begin_as_child)
