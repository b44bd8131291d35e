"""What the public news page reads: incidents with their components' keys and their updates."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Q, QuerySet

from tocsin.incidents.models import Incident


def public_incidents(since: datetime, newest: int = 50) -> list[Incident]:
    """Newest first: all that are open, all that began, were declared or ended since, and the newest so many.

    Components and updates (newest first) come with them: three queries in all.
    """
    recent = (
        Q(resolved_at=None)
        | Q(declared_at__gte=since)
        | Q(resolved_at__gte=since)
        | Q(pk__in=_ids(kind="unplanned", count=newest))
        | Q(pk__in=_ids(kind="scheduled", count=newest))
    )
    return list(_whole().filter(recent).exclude(ref=None))


def public_incidents_between(start: datetime, end: datetime) -> list[Incident]:
    """Those that began in a span of time, newest first."""
    return list(_whole().filter(_began(start, end)).exclude(ref=None))


def newest_start_before(moment: datetime) -> datetime | None:
    """When the last incident before a moment began; None when there is none."""
    started = Incident.objects.filter(scheduled_for=None, started_at__lt=moment).aggregate(
        at=Max("started_at")
    )["at"]
    planned = Incident.objects.filter(scheduled_for__lt=moment).aggregate(at=Max("scheduled_for"))["at"]
    return max((at for at in (started, planned) if at), default=None)


def _began(start: datetime, end: datetime) -> Q:
    planned = Q(scheduled_for__gte=start, scheduled_for__lt=end)
    return planned | Q(scheduled_for=None, started_at__gte=start, started_at__lt=end)


def _ids(kind: str, count: int) -> QuerySet[Incident, int]:
    return (
        Incident.objects.filter(kind=kind)
        .order_by("-declared_at", "-id")
        .values_list("id", flat=True)[:count]
    )


def _whole() -> QuerySet[Incident]:
    return Incident.objects.order_by("-declared_at", "-id").prefetch_related("components", "updates")
