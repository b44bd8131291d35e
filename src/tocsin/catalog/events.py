"""What the catalog announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event


@dataclass(frozen=True)
class ComponentSaved(Event, name="catalog.component-saved"):
    """A component was created or changed."""

    component_id: int
    key: str
    created: bool

    def subjects(self) -> list[str]:
        """The component."""
        return [f"component:{self.component_id}"]


@dataclass(frozen=True)
class UsesSet(Event, name="catalog.uses-set"):
    """What a customer uses was set."""

    customer_id: int

    def subjects(self) -> list[str]:
        """The customer."""
        return [f"customer:{self.customer_id}"]
