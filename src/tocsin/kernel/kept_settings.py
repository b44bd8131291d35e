"""The table of settings as this process keeps it: read once, dropped when anybody changes one.

Values are kept only while a connection of our own listens for changes; without one (a command, a lost
connection) every reading asks the database. A transaction that changed a setting reads its own change, and
nobody else does before the commit.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from tocsin.kernel.conninfo import conninfo
from tocsin.kernel.restart import patiently

log = logging.getLogger(__name__)

CHANNEL = "tocsin_settings"
Key = tuple[str, str]
"""A setting's key and its scope."""

_LOOK_FOR_STOP_S = 5.0
# A peer that vanished without a word is noticed within about 15 seconds; until then values may be old.
_NOTICE_A_DEAD_PEER = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


@dataclass(frozen=True)
class Values:
    """One reading of the whole table; `checked` holds what was made of it since."""

    stored: Mapping[Key, object]
    checked: dict[Key, object] = field(default_factory=dict)


class _OwnChange:
    """What this transaction changed. Django keeps it among the hooks of the commit: where the transaction, or
    the savepoint, is rolled back, it goes with them."""

    def __init__(self) -> None:
        self.values: Values | None = None

    def __call__(self) -> None:
        """Committed."""
        drop()

    def is_open(self) -> bool:
        """Whether the change is neither committed nor rolled back."""
        return any(hook is self for _, hook, *_ in connection.run_on_commit)


_lock = threading.Lock()
_kept: Values | None = None
_listening = False
_mark = object()
"""Another one after every change, so that a reading that was overtaken by one is not kept."""
_own = threading.local()


def values() -> Values:
    """The table as it is now, for this transaction."""
    if own := _own_change():
        own.values = own.values or read()
        return own.values
    return _kept or _read_and_keep()


def read() -> Values:
    """The table as the database has it for this transaction, asked in any case."""
    from tocsin.kernel.models import SettingRow

    rows = SettingRow.objects.values_list("key", "scope", "value")
    return Values({(key, scope): value for key, scope, value in rows})


def drop() -> None:
    """Ask anew from now on."""
    global _kept, _mark
    with _lock:
        _kept, _mark = None, object()


def note_change() -> None:
    """Somebody writes the table in this transaction, which sees that at once; all others do at its commit."""
    change = _OwnChange()
    _own.changes = [*getattr(_own, "changes", []), change]
    transaction.on_commit(change)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def start_keeping(stop: threading.Event) -> threading.Thread:
    """Keep what is read in this process, with a thread that listens for changes, until `stop` is set."""
    thread = threading.Thread(target=patiently, args=(listen, stop), name="settings", daemon=True)
    thread.start()
    return thread


def is_keeping() -> bool:
    """Whether changes are heard of, so that values are kept."""
    return _listening


def listen(stop: threading.Event) -> None:
    """Keep values for as long as changes are heard of. Raises psycopg.OperationalError."""
    with psycopg.connect(make_conninfo(conninfo(), **_NOTICE_A_DEAD_PEER), autocommit=True) as heard:
        heard.execute(f"LISTEN {CHANNEL}")
        try:
            _keep(True)
            while not stop.is_set():
                for _ in heard.notifies(timeout=_LOOK_FOR_STOP_S, stop_after=1):
                    drop()
        finally:
            _keep(False)


def _keep(wanted: bool) -> None:
    global _listening
    _listening = wanted
    drop()  # what was read while nobody listened is never kept


def _own_change() -> _OwnChange | None:
    changes: list[_OwnChange] = getattr(_own, "changes", [])
    while changes and not changes[-1].is_open():
        changes.pop()
    return changes[-1] if changes else None


def _read_and_keep() -> Values:
    global _kept
    mark = _mark
    now = read()
    with _lock:
        if _listening and mark is _mark:
            _kept = now
    return now


def _begin_as_child() -> None:
    """A forked process has no thread that listens, until it starts one."""
    global _lock
    _lock = threading.Lock()
    _keep(False)


os.register_at_fork(after_in_child=_begin_as_child)
