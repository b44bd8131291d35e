"""Locks of the whole installation, held in the database (advisory locks), each under a name of its own."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from tocsin.kernel.names import checked


class Lock:
    """One lock. Two of the same name can't be declared."""

    _declared: ClassVar[set[str]] = set()

    def __init__(self, name: str) -> None:
        if checked(name) in Lock._declared:
            raise ValueError(f"A lock named “{name}” is there already.")
        Lock._declared.add(name)
        self.name = name

    @property
    def key(self) -> int:
        """The number by which PostgreSQL knows it."""
        return _number(self.name)

    def key_of(self, pk: int) -> int:
        """The number of one of many locks of this kind, such as a mailbox's."""
        return _number(f"{self.name}:{pk}")

    def hold(self) -> None:
        """Until the transaction ends nobody else holds it; waits for whoever does."""
        _execute("SELECT pg_advisory_xact_lock(%s)", self.key)

    def try_hold(self) -> bool:
        """As `hold`, without waiting: False where somebody else holds it."""
        return bool(_execute("SELECT pg_try_advisory_xact_lock(%s)", self.key))

    def hold_together(self) -> None:
        """As `hold`, together with others that call this; only who calls `hold` waits, and is waited for."""
        _execute("SELECT pg_advisory_xact_lock_shared(%s)", self.key)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _execute(statement: str, key: int) -> object:
    from django.db import connection  # not above: `tocsin up` declares a lock before it needs Django

    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        return cursor.fetchone()[0]
