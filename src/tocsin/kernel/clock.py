"""The only source of time (rule 5 of the house).

Tests move it: one row in the database shifts every process of an installation together, so that a
promise of thirty minutes can be watched running out in seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.conf import settings

_REREAD_AFTER_S = 0.2
_offset = timedelta()
_read_at = 0.0
_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if standing := _standing.get():
        return standing
    if not settings.TOCSIN_MOVABLE_CLOCK:
        return datetime.now(UTC)
    return datetime.now(UTC) + _current_offset()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Inside, in this thread alone, it is always `moment`: for loading what happened before."""
    token = _standing.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _standing.reset(token)


def started() -> Callable[[], datetime]:
    """A clock that goes on from the present moment by itself: for who may not depend on the database then."""
    began, at = time.monotonic(), now()
    return lambda: at + timedelta(seconds=time.monotonic() - began)


def move(by: timedelta) -> None:
    """Shift the clock of all processes by `by`. Only where TOCSIN_MOVABLE_CLOCK is set.

    Raises RuntimeError elsewhere: nobody moves the time of a running company.
    """
    from tocsin.kernel.models import ClockOffset

    if not settings.TOCSIN_MOVABLE_CLOCK:
        raise RuntimeError("The clock can be moved only where TOCSIN_MOVABLE_CLOCK=1.")
    row, _ = ClockOffset.objects.get_or_create(pk=1)
    ClockOffset.objects.filter(pk=1).update(offset=row.offset + by)
    forget()


def forget() -> None:
    """Read the offset anew at the next call."""
    global _read_at
    _read_at = 0.0


def _current_offset() -> timedelta:
    global _offset, _read_at
    from tocsin.kernel.models import ClockOffset

    if not _read_at or time.monotonic() - _read_at > _REREAD_AFTER_S:
        _offset = ClockOffset.objects.filter(pk=1).values_list("offset", flat=True).first() or timedelta()
        _read_at = time.monotonic()
    return _offset
