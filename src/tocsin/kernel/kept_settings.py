"""The table of settings as this process keeps it: read once, dropped when anybody changes one.

Values are kept only while the process hears of changes (`kernel.notified`); where it does not (a command, a
lost connection) every reading asks the database. A transaction that changed a setting reads its own change,
and nobody else does before the commit.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction

from tocsin.kernel import notified

CHANNEL = "tocsin_settings"
Key = tuple[str, str]
"""A setting's key and its scope."""


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
    notified.announce(CHANNEL)


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
        if notified.is_listening() and mark is _mark:
            _kept = now
    return now


def _begin_as_child() -> None:
    """Some other thread may have held the lock when the process was forked."""
    global _lock
    _lock = threading.Lock()
    drop()


os.register_at_fork(after_in_child=_begin_as_child)
# What was read while nobody listened is never kept.
notified.hear(CHANNEL, notified.Ear(lambda payload: drop(), listening=lambda is_heard: drop()))
