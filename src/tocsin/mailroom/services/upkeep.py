"""The outbox's upkeep: what is due is queued, and results are told."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from tocsin.kernel import clock, notified
from tocsin.kernel.events import emit
from tocsin.mailroom import direct, events
from tocsin.mailroom.models import Delivery, DeliveryState, InFlight, Unannounced

_ANNOUNCED_AT_ONCE = 300
# Any number that nobody else in this database takes.
_ANNOUNCING = 7_400_103


def queue_what_is_due() -> int:
    """Deferred deliveries whose time has come go into the queue; how many."""
    due = Delivery.objects.filter(state=DeliveryState.DEFERRED, next_attempt_at__lte=clock.now())
    moved = due.update(state=DeliveryState.QUEUED)
    if moved:
        notified.announce(direct.OUTBOX_CHANNEL)
    return moved


def is_something_in_flight() -> bool:
    """Whether any process is sending, or was when it ended."""
    return InFlight.objects.exists()


def mark_unannounced(delivery_ids: Iterable[int]) -> None:
    """The other rooms are to be told of these deliveries' new state; in the transaction that changes it."""
    if ids := sorted(delivery_ids):
        Unannounced.objects.create(delivery_ids=ids)
        notified.announce(direct.RESULTS_CHANNEL)


def announce() -> int:
    """Tell of a batch of results not yet told; how many. A crash before the commit leaves them untold.

    One process at a time, so that of two changes of one delivery the later is told last.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ANNOUNCING])
        if not cursor.fetchone()[0]:
            return 0
        rows = _first_unannounced()
        ids = tuple(dict.fromkeys(pk for row in rows for pk in row.delivery_ids))
        if ids:
            Unannounced.objects.filter(pk__in=[row.pk for row in rows]).delete()
            emit(events.DeliveriesChanged(ids))
    return len(ids)


def _first_unannounced() -> list[Unannounced]:
    """The oldest rows, of a few hundred deliveries together."""
    taken: list[Unannounced] = []
    left = _ANNOUNCED_AT_ONCE
    for row in Unannounced.objects.order_by("pk")[:_ANNOUNCED_AT_ONCE]:
        if taken and len(row.delivery_ids) > left:
            break
        taken.append(row)
        left -= len(row.delivery_ids)
    return taken
