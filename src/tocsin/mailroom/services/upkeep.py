"""The outbox's upkeep: what is due is queued, stale claims are taken back, results are told."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from tocsin.kernel import clock
from tocsin.kernel.events import emit
from tocsin.mailroom import direct, events, rules
from tocsin.mailroom.models import Delivery, DeliveryState, Untold

log = logging.getLogger(__name__)

_ANNOUNCE_AT_ONCE = 200
MARK_UNTOLD = """INSERT INTO mailroom_untold (delivery_id) {}
    ON CONFLICT (delivery_id) DO UPDATE SET delivery_id = excluded.delivery_id"""
"""Not `DO NOTHING`: where the state before is just being told, this waits, and then the new one is told."""


def queue_what_is_due() -> int:
    """Deferred deliveries whose time has come go into the queue; how many."""
    due = Delivery.objects.filter(state=DeliveryState.DEFERRED, next_attempt_at__lte=clock.now())
    moved = due.update(state=DeliveryState.QUEUED)
    if moved:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [direct.OUTBOX_CHANNEL])
    return moved


def take_back_stale_claims() -> int:
    """Queue again what a dead dispatcher was sending: perhaps it was sent, so it is marked `maybe_twice`.

    A claim is stale when its process is seen to be dead, or when it can't be seen from here and the claim
    is older than two minutes. How many were taken back.
    """
    now = clock.now()
    taken = 0
    for pk, claimed_by, claimed_at in _claims():
        if direct.is_surely_alive(claimed_by):
            continue
        if direct.is_surely_dead(claimed_by) or now - claimed_at > rules.STALE_CLAIM_AFTER:
            taken += _queue_again(pk, claimed_by)
    if taken:
        log.warning("%s deliveries of a dispatcher that ended are sent again and marked", taken)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [direct.OUTBOX_CHANNEL])
    return taken


def _claims() -> list[tuple[int, str, datetime]]:
    sending = Delivery.objects.filter(state=DeliveryState.SENDING).order_by("claimed_at")
    return [
        (pk, name, at) for pk, name, at in sending.values_list("pk", "claimed_by", "claimed_at")[:1000] if at
    ]


def _queue_again(pk: int, claimed_by: str) -> int:
    mine = Delivery.objects.filter(pk=pk, state=DeliveryState.SENDING, claimed_by=claimed_by)
    return mine.update(state=DeliveryState.QUEUED, maybe_twice=True, claimed_by="", claimed_at=None)


def mark_untold(delivery_ids: Iterable[int]) -> None:
    """The other rooms are to be told of these deliveries' new state; in the transaction that changes it."""
    with connection.cursor() as cursor:
        # In one order, lest two of these wait for each other.
        cursor.execute(MARK_UNTOLD.format("SELECT unnest(%s::bigint[])"), [sorted(delivery_ids)])


def announce() -> int:
    """Tell of a batch of results not yet told; how many. A crash before the commit leaves them untold."""
    with transaction.atomic():
        untold = Untold.objects.select_for_update(skip_locked=True).order_by("pk")
        ids = list(untold.values_list("pk", flat=True)[:_ANNOUNCE_AT_ONCE])
        if ids:
            Untold.objects.filter(pk__in=ids).delete()
            emit(events.DeliveriesChanged(tuple(ids)))
    return len(ids)
