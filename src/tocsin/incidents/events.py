"""What the incidents room announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event

ALERT = "alert"


@dataclass(frozen=True)
class IncidentEvent(Event):
    """Something happened to an incident that every screen shows."""

    incident_id: int
    ref: str

    def subjects(self) -> list[str]:
        """The incident's public reference."""
        return [self.ref]

    def topics(self) -> list[str]:
        """The bar over every page, and the war room."""
        return [ALERT, f"incident:{self.ref}"]


@dataclass(frozen=True)
class IncidentDeclared(IncidentEvent, name="incidents.declared"):
    """A Red Alert was declared, or a maintenance announced."""


@dataclass(frozen=True)
class IncidentUpdated(IncidentEvent, name="incidents.updated"):
    """An update was posted; the incident goes on."""

    status: str = ""


@dataclass(frozen=True)
class IncidentResolved(IncidentEvent, name="incidents.resolved"):
    """It is over."""


@dataclass(frozen=True)
class UpdateOverdue(IncidentEvent, name="incidents.update-overdue"):
    """The promised time of the next update passed in silence."""


@dataclass(frozen=True)
class TicketsLinked(Event, name="incidents.tickets-linked"):
    """Tickets were attached to an incident, suggested for it, or let go. `state` is as in `LinkState`."""

    ref: str
    ticket_ids: tuple[int, ...]
    state: str
    ticket_refs: tuple[str, ...] = ()

    def subjects(self) -> list[str]:
        """The incident, then the tickets."""
        return [self.ref, *self.ticket_refs]

    def topics(self) -> list[str]:
        """The war room."""
        return [f"incident:{self.ref}"]
