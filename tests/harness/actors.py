"""Who acts in tests that are not about who may do what."""

from __future__ import annotations

from tocsin.kernel.actors import Actor, Kind


def acting(kind: Kind = "staff", pk: int = 7, name: str = "Somebody") -> Actor:
    """Somebody who may everything."""
    return Actor(kind, pk, name, {}).cleared()
