"""Connections of our own beside Django's, for loops that live long and send without a framework."""

from __future__ import annotations

import os
import threading
from typing import Any

import psycopg
from django.db import connection

Connection = psycopg.Connection[tuple[Any, ...]]

SPOOL_CHANNEL = "tocsin_spool"
OUTBOX_CHANNEL = "tocsin_outbox"
REPORTS_CHANNEL = "tocsin_reports"
RESULTS_CHANNEL = "tocsin_results"

_CONNECT_TIMEOUT_S = 10
_OURS_NOT_LIBPQS = {"cursor_factory", "context", "prepare_threshold", "pool"}


def connect() -> Connection:
    """A connection to the installation's database, in autocommit. Raises psycopg.OperationalError."""
    parameters = connection.get_connection_params()
    wanted = {name: value for name, value in parameters.items() if name not in _OURS_NOT_LIBPQS}
    wanted.setdefault("connect_timeout", _CONNECT_TIMEOUT_S)
    return psycopg.connect(autocommit=True, **wanted)


def _process_birth(pid: int) -> str:
    """When a process of this machine started, in clock ticks since boot; '' when there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:  # noqa: PTH123  no Path: hot enough
            after_name = stat.read().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if after_name[0] == "Z" else after_name[19]


def _process_space() -> str:
    """Names the set of processes that this one can see: this boot of this machine, this container."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as boot:  # noqa: PTH123  as above
            return f"{boot.read().strip()[:13]}.{os.stat('/proc/self/ns/pid').st_ino}"  # noqa: PTH116  as above
    except OSError:
        return "unknown"


def own_name() -> str:
    """A name for this thread's claims by which others can tell whether we still live."""
    return f"{_process_space()}:{os.getpid()}:{_process_birth(os.getpid())}:{threading.get_native_id()}"


def is_surely_dead(name: str) -> bool:
    """Whether the process that claimed under this name no longer lives.

    Only said of processes that would be visible from here; of all others the answer is False, and the
    caller waits for the claim to grow old.
    """
    space, pid, birth = _parts(name)
    return space == _process_space() != "unknown" and _process_birth(pid) != birth


def is_surely_alive(name: str) -> bool:
    """Whether the process that claimed under this name is seen living: then its claim is never stale."""
    space, pid, birth = _parts(name)
    return space == _process_space() != "unknown" and bool(birth) and _process_birth(pid) == birth


def _parts(name: str) -> tuple[str, int, str]:
    space, pid, birth, *_ = [*name.split(":"), "", "", ""]
    return space, int(pid) if pid.isdigit() else 0, birth
