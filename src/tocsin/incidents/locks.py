"""One lock, so that new tickets and declarations do not miss one another. Used by this room's verbs only.

Tickets that are being opened share it; a declaration or an update holds it alone.
So either the ticket sees the new state of the incident, or the declaration sees the ticket.
"""

from __future__ import annotations

from django.db import connection

# Any number that nobody else in this database takes.
_LOCK = 7_400_101


def shared() -> None:
    """Until the transaction ends nobody declares or posts an update."""
    _execute("SELECT pg_advisory_xact_lock_shared(%s)")


def exclusive() -> None:
    """Until the transaction ends nobody attaches, declares or posts an update."""
    _execute("SELECT pg_advisory_xact_lock(%s)")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_LOCK])
