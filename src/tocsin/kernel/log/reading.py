"""What the log says of something."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from tocsin.kernel.models import LogEntry


def history(subject: str, *, since: datetime, limit: int, names: Collection[str] = ()) -> list[LogEntry]:
    """What happened to a subject itself, newest first, by one index; with `names` only these events.

    `since` is when the subject came into being: earlier months are not opened.
    """
    rows = LogEntry.objects.filter(subjects__0=subject, at__gte=since)
    return list(_named(rows, names).order_by("-id")[:limit])


def about(subject: str, *, since: datetime, limit: int, names: Collection[str] = ()) -> list[LogEntry]:
    """Whatever names a subject, such as all that happened in a customer's tickets; newest first, by one
    index.

    Ordered by time, for which there is no index on purpose: the rows that name the subject are few against
    those that do not, and are looked up before they are put in order.
    """
    rows = LogEntry.objects.filter(subjects__contains=[subject], at__gte=since)
    return list(_named(rows, names).order_by("-at", "-id")[:limit])


def _named(rows: QuerySet[LogEntry], names: Collection[str]) -> QuerySet[LogEntry]:
    return rows.filter(name__in=names) if names else rows
