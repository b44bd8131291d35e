"""What the catalog announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event


@dataclass(frozen=True)
class ComponentSaved(Event):
    """A component was created or changed."""

    component_id: int
    key: str
    created: bool


@dataclass(frozen=True)
class UsesSet(Event):
    """What a customer uses was set."""

    customer_id: int
