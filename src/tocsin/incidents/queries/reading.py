"""Incidents as other rooms and programs see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from tocsin.incidents import reasons
from tocsin.incidents.models import Incident
from tocsin.kernel import clock
from tocsin.kernel.errors import NotFound
from tocsin.kernel.paging import Page, page
from tocsin.kernel.references import parse_reference
from tocsin.kernel.translated import in_language_or

if TYPE_CHECKING:
    from tocsin.catalog.models import Component


@dataclass(frozen=True)
class UpdateView:
    """What was said at one moment, by language."""

    id: int
    status: str
    message: dict[str, str]
    at: datetime
    author: str
    next_update_at: datetime | None


@dataclass(frozen=True)
class IncidentView:
    """An incident with its components (keys in `component_keys`) and updates, newest first."""

    id: int
    ref: str
    title: str
    titles: dict[str, str]
    kind: str
    impact: str
    status: str
    components: tuple[Component, ...]
    words: tuple[str, ...]
    coordinator: str
    coordinator_id: int | None
    started_at: datetime
    declared_at: datetime
    declared_by: str
    scheduled_for: datetime | None
    scheduled_until: datetime | None
    next_update_at: datetime | None
    resolved_at: datetime | None
    updates: tuple[UpdateView, ...]

    @property
    def heading(self) -> str:
        """The title in the reader's language, else as it was given."""
        return in_language_or(self.titles, self.title)

    @property
    def component_keys(self) -> list[str]:
        """The keys of its components."""
        return [component.key for component in self.components]

    @property
    def promised_at(self) -> datetime:
        """When the next update was promised: with the newest one."""
        return self.updates[0].at if self.updates else self.declared_at

    @property
    def is_over(self) -> bool:
        """Whether it is resolved."""
        return self.resolved_at is not None

    @property
    def is_on(self) -> bool:
        """Whether it presses now: open, and planned work only while it runs."""
        begun = self.scheduled_for is None or self.scheduled_for <= clock.now()
        return not self.is_over and begun

    @property
    def is_overdue(self) -> bool:
        """Whether the promised next update is missing."""
        return not self.is_over and self.next_update_at is not None and self.next_update_at < clock.now()


def incident_row(ref: str) -> Incident:
    """The row itself, for this room. Raises NotFound, also for a mistyped reference."""
    reference = parse_reference(ref, "I")
    incident = _rows().filter(ref=reference).first() if reference else None
    if incident is None:
        raise NotFound(reasons.NO_INCIDENT(ref=ref[:40]))
    return incident


def incident_by_ref(ref: str) -> IncidentView:
    """Raises NotFound, also for a mistyped reference."""
    return view_of(incident_row(ref))


def headings_of(incident_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Reference and title, in the reader's language, of these incidents by id; one query."""
    rows = Incident.objects.filter(pk__in=list(incident_ids)).exclude(ref=None)
    return {row.pk: (row.ref or "", row.title_in()) for row in rows}


def incident_if_any(reference: str) -> IncidentView | None:
    """The incident with this reference, None where there is none."""
    incident = _rows().filter(ref=reference).first()
    return view_of(incident) if incident else None


def open_incidents() -> list[IncidentView]:
    """Everything not resolved, planned work included, newest first."""
    return _views(_rows().filter(resolved_at=None).order_by("-declared_at", "-id"))


def alerts_on() -> list[IncidentView]:
    """What presses now: unplanned incidents that are open, and planned work that runs."""
    return [incident for incident in open_incidents() if incident.is_on]


def alerts_shown(ended_after: datetime) -> list[IncidentView]:
    """What pages show, newest first: all that presses now, and what broke and ended since the moment."""
    rows = _rows().filter(Q(resolved_at=None) | Q(resolved_at__gte=ended_after, scheduled_for=None))
    views = _views(rows.order_by("-declared_at", "-id"))
    return [incident for incident in views if incident.is_on or incident.is_over]


def recent(cursor: str | None = None, size: int = 25) -> Page[Incident]:
    """All incidents, newest first, a page at a time; `view_of` turns a row into words."""
    return page(_rows(), by="declared_at", cursor=cursor, size=size)


def view_of(incident: Incident) -> IncidentView:
    """A row in words; needs no query when the row comes from this module."""
    coordinator = incident.coordinator
    return IncidentView(
        id=incident.pk,
        ref=incident.ref,
        title=incident.title,
        titles=incident.titles,
        kind=incident.kind,
        impact=incident.impact,
        status=incident.status,
        components=tuple(incident.components.all()),
        words=tuple(incident.words),
        coordinator=coordinator.name if coordinator else "",
        coordinator_id=coordinator.pk if coordinator else None,
        started_at=incident.started_at,
        declared_at=incident.declared_at,
        declared_by=incident.declared_by,
        scheduled_for=incident.scheduled_for,
        scheduled_until=incident.scheduled_until,
        next_update_at=incident.next_update_at,
        resolved_at=incident.resolved_at,
        updates=tuple(
            UpdateView(one.pk, one.status, one.message, one.at, one.author, one.next_update_at)
            for one in incident.updates.all()
        ),
    )


def newest_id() -> int:
    """The id of the newest incident; 0 when there is none. What a declarer has seen."""
    return Incident.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _rows() -> QuerySet[Incident]:
    return Incident.objects.select_related("coordinator").prefetch_related("components__service", "updates")


def _views(rows: Iterable[Incident]) -> list[IncidentView]:
    return [view_of(row) for row in rows]
