"""Who goes first: new tickets and declarations must not miss one another. Used by this room's verbs only.

A ticket that is being opened holds the turn together with others; a declaration or an update holds it alone.
So either the ticket sees the new state of the incident, or the declaration sees the ticket.
"""

from __future__ import annotations

from django.db import connection

# Any number that nobody else in this database takes.
_TURN = 7_400_101


def together() -> None:
    """Until the transaction ends nobody declares or posts an update."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s)")


def alone() -> None:
    """Until the transaction ends nobody attaches, declares or posts an update."""
    _execute("SELECT pg_advisory_xact_lock(%s)")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_TURN])
