"""What does not get to its reader goes to their next address: one delivery after the other, the last of which
counts.

A delivery that failed for good is followed by the next, in the transaction that tells of it. One that nobody
has taken within its channel's window is withdrawn first; where it is being sent, or perhaps was, it is let
be: nobody is told twice what has really left. So there is at every moment one delivery that counts, and a
process that dies has either written the next one or not withdrawn the last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from tocsin.channels.registry import channel
from tocsin.desk.services import redirect_messages
from tocsin.kernel import clock
from tocsin.kernel.events import emit_many
from tocsin.mailroom.models import Delivery
from tocsin.mailroom.services import again, channels_to_send_by, withdraw, write_deliveries
from tocsin.notices import rules
from tocsin.notices.events import NoticeProgress
from tocsin.notices.models import EarlierDelivery, Notice, Recipient, Unsubscribed
from tocsin.notices.queries import LOST, WAITING

_AT_ONCE = 500
_SOON = timedelta(minutes=1)


@transaction.atomic
def follow_up(delivery_ids: Collection[int]) -> None:
    """Deliveries came to something: who was not reached by one is written to at their next address."""
    rows = Recipient.objects.filter(delivery_id__in=delivery_ids, delivery__state__in=LOST)
    lost = _still_to_be_told(_held(rows.exclude(others=[]), "delivery"))
    usable = channels_to_send_by({way[0] for one in lost for way in one.others})
    _go_on([(one, way) for one in lost if (way := rules.next_way(one.others, usable))])


@transaction.atomic
def follow_up_late() -> int:
    """What nobody took within its channel's window goes to the next address, too; how many were looked at, at
    most some hundreds."""
    due = Recipient.objects.filter(go_on_at__lte=clock.now())
    due.exclude(delivery__state__in=WAITING).update(go_on_at=None)
    rows = _held(due.filter(delivery__state__in=WAITING), limit=_AT_ONCE)
    late = _still_to_be_told(rows)
    usable = channels_to_send_by({way[0] for one in late for way in one.others})
    next_ways = {one.pk: _way_past(one, usable) for one in late}
    withdrawn = withdraw([_delivery(one).pk for one in late if next_ways[one.pk]])
    stay = [one for one in late if one.delivery_id not in withdrawn]
    _go_on([(one, way) for one in late if (way := next_ways[one.pk]) and one.delivery_id in withdrawn])
    for one in stay:
        wait = _SOON if next_ways[one.pk] else channel(_delivery(one).channel).can.window
        one.go_on_at = clock.now() + wait
    Recipient.objects.bulk_update(stay, ["go_on_at"])
    emit_many([NoticeProgress(ref) for ref in sorted({one.notice.record_ref for one in late})])
    return len(rows)


def _held(rows: Any, *also: str, limit: int | None = None) -> list[Recipient]:
    """Locked, in one order; what somebody else is at work on is theirs."""
    held = rows.select_for_update(of=("self", *also), skip_locked=limit is not None)
    return list(held.select_related("delivery", "notice").order_by("pk")[:limit])


def _still_to_be_told(rows: Sequence[Recipient]) -> list[Recipient]:
    """Without those whom a newer notice of the record tells more by now, and who asked for no more: for them
    it ends here."""
    newer = Notice.objects.filter(record_ref=OuterRef("record_ref"), number__gt=OuterRef("number"))
    current = set(
        Notice.objects.filter(~Exists(newer), pk__in={one.notice_id for one in rows}).values_list(
            "pk", flat=True
        )
    )
    customers = [one.customer_id for one in rows if one.customer_id and not one.ticket_ref]
    gone = set(Unsubscribed.objects.filter(customer_id__in=customers).values_list("customer_id", flat=True))
    ended = {
        one.pk
        for one in rows
        if one.notice_id not in current or (one.customer_id in gone and not one.ticket_ref)
    }
    Recipient.objects.filter(pk__in=ended).update(others=[], go_on_at=None)
    return [one for one in rows if one.pk not in ended]


def _way_past(one: Recipient, usable: Collection[str]) -> tuple[str, str] | None:
    """The next way of somebody whose delivery waits. Where it waits for us, since our way out is closed or
    busy, another address on the same channel would wait as well."""
    delivery = _delivery(one)
    waits_for_us = delivery.way_was_closed or not delivery.attempts
    return rules.next_way(one.others, set(usable) - {delivery.channel} if waits_for_us else usable)


def _delivery(one: Recipient) -> Delivery:
    assert one.delivery is not None, "it was asked for by its delivery"
    return one.delivery


def _go_on(parts: Sequence[tuple[Recipient, tuple[str, str]]]) -> None:
    """Each is written to by this way; the delivery there counts from now on."""
    if not parts:
        return
    now, earlier, moved = clock.now(), [], {}
    ids = write_deliveries(
        [
            again(_delivery(one), *way, once_key=f"notice:{one.notice_id}:after:{one.delivery_id}")
            for one, way in parts
        ]
    )
    for (one, way), delivery_id in zip(parts, ids, strict=True):
        earlier.append(EarlierDelivery(recipient=one, delivery=_delivery(one), at=now))
        if one.ticket_ref:
            moved[_delivery(one).pk] = (delivery_id, *way)
        one.instead_of = one.instead_of or one.address
        one.delivery_id, one.address = delivery_id, way[1]
        one.others = [other for other in one.others if tuple(other) != way]
        one.go_on_at = now + channel(way[0]).can.window if one.others else None
    EarlierDelivery.objects.bulk_create(earlier)
    Recipient.objects.bulk_update(
        [one for one, _way in parts], ["delivery", "address", "instead_of", "others", "go_on_at"]
    )
    redirect_messages(moved)
