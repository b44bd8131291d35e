"""How things are, read from the rooms below and turned into plain values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from tocsin.catalog import queries as catalog
from tocsin.incidents.queries import public as incidents
from tocsin.kernel import clock
from tocsin.people import queries as people
from tocsin.statuspage.rules import ComponentState, IncidentState, PageState, ServiceState, UpdateState

if TYPE_CHECKING:
    from tocsin.incidents.models import Incident

_REACH = timedelta(days=100)


def page_state() -> PageState:
    """The company as its customers may see it now; a fixed number of queries."""
    now = clock.now()
    since = (now - _REACH).astimezone(_zone()).date().replace(day=1)
    rows = incidents.public_incidents(_midnight(since))
    return _state(now, rows, since=since, older_month=_month_with_incidents_before(since))


def archive() -> Iterator[tuple[date, PageState]]:
    """Each month with incidents before those of `page_state`, newest first, with its incidents."""
    now = clock.now()
    month = _month_with_incidents_before((now - _REACH).astimezone(_zone()).date().replace(day=1))
    while month:
        end = (month + timedelta(days=32)).replace(day=1)
        rows = incidents.public_incidents_between(_midnight(month), _midnight(end))
        older = _month_with_incidents_before(month)
        yield month, _state(now, rows, since=month, older_month=older)
        month = older


def _state(now: datetime, rows: list[Incident], *, since: date, older_month: date | None) -> PageState:
    company = people.company()
    return PageState(
        company=company.name,
        url=settings.TOCSIN_URL,
        language=company.language,
        languages=company.languages,
        time_zone=settings.TIME_ZONE,
        now=now,
        services=tuple(ServiceState(one.key, one.name, one.position) for one in catalog.services()),
        components=_components(),
        incidents=tuple(_incident(row) for row in rows),
        since=since,
        older_month=older_month,
    )


def _components() -> tuple[ComponentState, ...]:
    return tuple(
        ComponentState(
            key=one.key,
            name=one.name,
            position=one.position,
            created_at=one.created_at,
            service=one.service.key if one.service else "",
        )
        for one in catalog.components()
    )


def _incident(row: Incident) -> IncidentState:
    return IncidentState(
        ref=row.ref,
        title=row.title,
        titles=row.titles,
        kind=row.kind,
        impact=row.impact,
        status=row.status,
        components=tuple(component.key for component in row.components.all()),
        started_at=row.started_at,
        declared_at=row.declared_at,
        updates=tuple(
            UpdateState(one.pk, one.status, one.message, one.at, one.next_update_at)
            for one in row.updates.all()
        ),
        scheduled_for=row.scheduled_for,
        scheduled_until=row.scheduled_until,
        next_update_at=row.next_update_at,
        resolved_at=row.resolved_at,
    )


def _month_with_incidents_before(month: date) -> date | None:
    at = incidents.newest_start_before(_midnight(month))
    return at.astimezone(_zone()).date().replace(day=1) if at else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
