"""Everything that the public pages are made from, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tocsin.kernel.translated import in_language_or

Texts = Mapping[str, str]
"""A text by language, as `{"en": …, "el": …}`."""


@dataclass(frozen=True)
class ServiceState:
    """What customers buy; a heading over its components."""

    key: str
    name: Texts
    position: int


@dataclass(frozen=True)
class ComponentState:
    """A part that can break by itself."""

    key: str
    name: Texts
    position: int
    created_at: datetime
    service: str = ""


@dataclass(frozen=True)
class UpdateState:
    """What was said at one moment: investigating, identified, monitoring or resolved."""

    id: int
    status: str
    message: Texts
    at: datetime
    next_update_at: datetime | None = None


@dataclass(frozen=True)
class IncidentState:
    """A declared incident or an announced maintenance, with its updates, newest first.

    `kind` is unplanned or scheduled, `impact` minor, major or critical.
    """

    ref: str
    title: str
    kind: str
    impact: str
    status: str
    components: tuple[str, ...]
    started_at: datetime
    declared_at: datetime
    updates: tuple[UpdateState, ...] = ()
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    next_update_at: datetime | None = None
    resolved_at: datetime | None = None
    titles: Texts = field(default_factory=dict)

    def title_in(self, language: str) -> str:
        """The title in a language, else as it was given."""
        return in_language_or(self.titles, self.title, language)

    @property
    def is_maintenance(self) -> bool:
        """Whether it was planned."""
        return self.kind == "scheduled"

    @property
    def begins_at(self) -> datetime:
        """When customers feel it: the fault's start, or the hour a maintenance is planned for."""
        return self.scheduled_for or self.started_at if self.is_maintenance else self.started_at


@dataclass(frozen=True)
class PageState:
    """The company as its customers may see it at one moment.

    `incidents` holds, newest first, all that are open and all since the month `since`, which covers the
    ninety days and more; it may hold older ones too. `older_month` is the newest month before `since`
    that has an incident, None when there is none.
    `url` is the installation's public address without a slash at its end.
    """

    company: str
    url: str
    language: str
    languages: tuple[str, ...]
    time_zone: str
    now: datetime
    services: tuple[ServiceState, ...] = ()
    components: tuple[ComponentState, ...] = ()
    incidents: tuple[IncidentState, ...] = ()
    since: date | None = None
    older_month: date | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """The date in the company's zone."""
        return self.now.astimezone(self.zone).date()

    def component(self, key: str) -> ComponentState | None:
        """The component with this key, None when it is gone."""
        return next((one for one in self.components if one.key == key), None)
