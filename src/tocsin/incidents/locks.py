"""One lock, so that new tickets and declarations do not miss one another. Used by this room's verbs only.

Tickets that are being opened share it; a declaration or an update holds it alone.
So either the ticket sees the new state of the incident, or the declaration sees the ticket.
"""

from __future__ import annotations

from tocsin.kernel.locks import Lock

_TURN = Lock("incidents.turns")


def shared() -> None:
    """Until the transaction ends nobody declares or posts an update."""
    _TURN.hold_together()


def exclusive() -> None:
    """Until the transaction ends nobody attaches, declares or posts an update."""
    _TURN.hold()
