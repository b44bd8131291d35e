"""The outbox: what is to be sent is written down in the transaction of the act that causes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from tocsin.channels.registry import channel, channels, fold
from tocsin.kernel import clock, notified
from tocsin.kernel.actors import Actor
from tocsin.kernel.bulk import server_cursor
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.mailroom import events, queries, reasons
from tocsin.mailroom.direct import OUTBOX_CHANNEL
from tocsin.mailroom.models import Delivery, DeliveryState
from tocsin.mailroom.services import accounts
from tocsin.mailroom.services.accounts import Senders
from tocsin.mailroom.services.addresses import believe_again
from tocsin.mailroom.services.upkeep import mark_unannounced
from tocsin.people.permissions import MANAGE_SETTINGS

_AT_ONCE = 500
_INSERT = """
WITH written AS (
    INSERT INTO mailroom_delivery
        (account_id, channel, to_address, payload, message_id, origin_ref, once_key, urgency, state,
         answer, attempts, maybe_twice, next_attempt_at, created_at, tried_since)
    SELECT account_id, channel, to_address, payload, message_id, origin_ref, once_key, urgency, state,
         answer, 0, false, %b, %b, %b
    FROM jsonb_to_recordset(%b) AS new (account_id bigint, channel text, to_address text, payload jsonb,
         message_id text, origin_ref text, once_key text, urgency int, state text, answer text)
    ON CONFLICT (once_key) DO NOTHING
    RETURNING message_id, id, state
), unannounced AS (
    INSERT INTO mailroom_unannounced (delivery_ids)
    SELECT array_agg(id ORDER BY id) FROM written WHERE state = 'failed' HAVING count(*) > 0
    RETURNING pg_notify('tocsin_results', '')
)
SELECT message_id, id FROM written
"""
_KNOWN = "SELECT once_key, id FROM mailroom_delivery WHERE once_key = ANY(%b)"


@dataclass(frozen=True)
class NewDelivery:
    """One thing to one recipient. `once_key` names it: a second with the same key is not written.

    `attachments` are `(sha256, name, content type)` of kept blobs, or five items with content id and whether
    it is inline. `account_id` is by which of our accounts it goes, if that is one of the channel and in use;
    else the channel's default. `reply_token` is what an answer's address shall carry, where the account takes
    such addresses. The larger the `urgency`, the earlier it is sent.
    A `rehearsal` is written, claimed and recorded like any other, and never let out.
    """

    channel: str
    to_address: str
    subject: str
    text: str
    html: str = ""
    account_id: int | None = None
    from_name: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""
    origin_ref: str = ""
    once_key: str | None = None
    urgency: int = 0
    reply_token: str = ""
    attachments: tuple[tuple[Any, ...], ...] = ()
    unsubscribe_url: str = ""
    language: str = ""
    rehearsal: bool = False


def write_deliveries(deliveries: Sequence[NewDelivery]) -> list[int]:
    """Write them down in the caller's transaction; their ids in the order given.

    Where a `once_key` was written before, the id is that delivery's. To an address whose server said that
    there is nobody, the delivery is written as failed, with the server's words, and is not tried.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("write_deliveries() belongs inside the transaction of the act that causes them.")
    senders = accounts.senders({one.channel for one in deliveries})
    ids = [found for chunk in _batched(deliveries, _AT_ONCE) for found in _write(chunk, senders)]
    if ids:
        wake_dispatchers()
    return ids


def again(before: Delivery, channel_key: str, address: str, once_key: str | None = None) -> NewDelivery:
    """What a delivery says, to another address; by the account it went by, where that is of the channel."""
    said = dict(before.payload)
    if channel_key != before.channel:  # what was answered has another name there
        said = {key: value for key, value in said.items() if key not in ("in_reply_to", "references")}
    for several in ("references", "attachments"):
        said[several] = tuple(tuple(one) if isinstance(one, list) else one for one in said.get(several, ()))
    return NewDelivery(
        **{"subject": "", "text": "", **said},
        channel=channel_key,
        to_address=address,
        account_id=before.account_id,
        origin_ref=before.origin_ref,
        once_key=once_key,
        urgency=before.urgency,
    )


def withdraw(delivery_ids: Collection[int]) -> set[int]:
    """Those of these that nobody has taken are not tried any more; which they are.

    Not one that is being sent, nor one that perhaps was. In the caller's transaction: until it ends, nobody
    begins to send them.
    """
    rows = Delivery.objects.filter(pk__in=delivery_ids, state__in=queries.WAITING, maybe_twice=False)
    held = list(rows.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True))
    free = set(held) - queries.in_flight(held)
    Delivery.objects.filter(pk__in=free).update(state=DeliveryState.SUPERSEDED)
    mark_unannounced(free)
    return free


def channels_to_send_by(among: Set[str]) -> frozenset[str]:
    """Those of these by which we can write to somebody: we have an account there that is in use; where there
    is none at all, those that wait until it is."""
    able = {key for key in among if key in channels() and channel(key).can.sends}
    found = accounts.senders(able)
    in_use = frozenset(key for key, ids in found.by_channel.items() if ids)
    return in_use or frozenset(found.defaults)


def wake_dispatchers() -> None:
    """Tell the dispatchers, at commit, that there is something to send."""
    notified.announce(OUTBOX_CHANNEL)


@transaction.atomic
def try_again(delivery_id: int, actor: Actor = SYSTEM) -> None:
    """Put a failed or bounced delivery back into the queue and believe its address once more.

    Raises Forbidden, NotFound, or Conflict when it did not fail.
    """
    actor.check(MANAGE_SETTINGS)
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(reasons.NO_DELIVERY())
    if delivery.state not in {DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.DEFERRED}:
        raise Conflict(reasons.NOT_FAILED())
    believe_again(delivery.channel, [delivery.to_address])
    delivery.state, delivery.attempts, delivery.next_attempt_at = DeliveryState.QUEUED, 0, clock.now()
    delivery.tried_since = clock.now()
    delivery.save()
    mark_unannounced([delivery_id])
    emit(events.DeliveryTriedAgain(delivery_id), actor=actor)
    wake_dispatchers()


def count_as_sent(answer: str, took: timedelta) -> list[Delivery]:
    """What is queued counts as accepted by a server `took` after the present moment; those deliveries.

    For loading what happened before: nothing of it may leave today.
    """
    waiting = list(Delivery.objects.filter(state=DeliveryState.QUEUED).order_by("pk"))
    if waiting:
        rows = Delivery.objects.filter(pk__in=[one.pk for one in waiting])
        rows.update(state=DeliveryState.SENT, answer=answer, attempts=1, accepted_at=clock.now() + took)
        emit(events.DeliveriesChanged(tuple(one.pk for one in waiting)))
    return waiting


def _batched(deliveries: Sequence[NewDelivery], size: int) -> Iterator[Sequence[NewDelivery]]:
    for start in range(0, len(deliveries), size):
        yield deliveries[start : start + size]


def _write(deliveries: Sequence[NewDelivery], senders: Senders) -> list[int]:
    rows = _rows(deliveries, senders)
    now = clock.now()
    with server_cursor() as cursor:
        ids: dict[str, int] = dict(cursor.execute(_INSERT, [now, now, now, Jsonb(rows)]).fetchall())
        others = [row["once_key"] for row in rows if row["message_id"] not in ids]
        known: dict[str, int] = dict(cursor.execute(_KNOWN, [others]).fetchall()) if others else {}
    return [ids.get(row["message_id"]) or known[row["once_key"]] for row in rows]


def _rows(deliveries: Sequence[NewDelivery], senders: Senders) -> list[dict[str, Any]]:
    dead = _dead(deliveries)
    return [
        _row(one, senders, dead.get((one.channel, fold(one.channel, one.to_address)), NOTHING))
        for one in deliveries
    ]


def _dead(deliveries: Sequence[NewDelivery]) -> dict[tuple[str, str], Kept]:
    found: dict[tuple[str, str], Kept] = {}
    for key in {one.channel for one in deliveries}:
        addresses = [one.to_address for one in deliveries if one.channel == key]
        known = queries.dead_reasons(key, addresses)
        found |= {(key, folded): reason for folded, reason in known.items()}
    return found


def _row(one: NewDelivery, senders: Senders, dead: Kept) -> dict[str, Any]:
    return {
        "account_id": senders.account_id(one.channel, one.account_id),
        "channel": one.channel,
        "to_address": one.to_address.replace("\x00", ""),
        "payload": _payload(one),
        "message_id": channel(one.channel).new_message_id(),
        "origin_ref": one.origin_ref,
        "once_key": one.once_key,
        "urgency": one.urgency,
        "state": DeliveryState.FAILED if dead else DeliveryState.QUEUED,
        "answer": reasons.NOT_TRIED(reason=dead) if dead else "",
    }


def _payload(one: NewDelivery) -> dict[str, Any]:
    """What `channels.base.Outbound` needs beside recipient, sender and Message-ID; empty things are left
    out."""
    values = {
        "from_name": one.from_name,
        "reply_token": one.reply_token,
        "subject": _text(one.subject),
        "text": _text(one.text),
        "html": _text(one.html),
        "in_reply_to": one.in_reply_to,
        "references": list(one.references),
        "auto_submitted": one.auto_submitted,
        "unsubscribe_url": one.unsubscribe_url,
        "attachments": [list(attachment) for attachment in one.attachments],
        "language": one.language,
        "rehearsal": one.rehearsal,
    }
    return {key: value for key, value in values.items() if value}


def _text(text: str) -> str:
    return text.replace("\x00", "")
