"""Taking in: written down raw and committed, before anybody is told that we have it (rule 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from tocsin.channels.hosting import Post
from tocsin.kernel import clock
from tocsin.kernel.bulk import server_cursor
from tocsin.mailroom import queries
from tocsin.mailroom.direct import SPOOL_CHANNEL
from tocsin.mailroom.models import InboundItem
from tocsin.mailroom.services import outcomes
from tocsin.mailroom.services.blobs import Bytes, keep_blobs
from tocsin.mailroom.services.glances import GLANCE_BYTES, glance

_INSERT = """
WITH taken AS (
    INSERT INTO mailroom_inbounditem
        (channel, source_key, blob_id, account_id, envelope, received_at,
         state, reason, from_address, message_subject, ticket_ref)
    SELECT channel, source_key, blob_id, account_id, envelope, %b, 'spooled', '', '', '', ''
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::jsonb[])
        AS arriving (channel, source_key, blob_id, account_id, envelope)
    ON CONFLICT (source_key) DO NOTHING
    RETURNING source_key, id
), woken AS MATERIALIZED (SELECT pg_notify(%b, ''))
SELECT source_key, id FROM taken CROSS JOIN woken
"""
_KNOWN = "SELECT source_key, id FROM mailroom_inbounditem WHERE source_key = ANY(%b)"


@dataclass(frozen=True)
class Arrival:
    """One thing that a source hands over. `source_key` is the source's own lasting name for it."""

    channel: str
    source_key: str
    raw: Bytes = field(repr=False)
    account_id: int | None = None
    envelope: dict[str, Any] = field(default_factory=dict)


def take_in(
    channel: str,
    source_key: str,
    raw: bytes,
    *,
    account_id: int | None = None,
    envelope: dict[str, Any] | None = None,
) -> int:
    """Write down one thing that came in and return its id: when this returns, it is committed.

    The same `source_key` again gives the same id and writes nothing. Raises django.db.Error when it could
    not be written: then the sender keeps it.
    """
    return take_in_many([Arrival(channel, source_key, raw, account_id, envelope or {})])[0]


def take_in_many(arrivals: Sequence[Arrival]) -> list[int]:
    """As `take_in`, for a batch in one commit; the ids in the order given."""
    with transaction.atomic(durable=True):
        return write_down(arrivals)


def take_in_posts(channel: str, posts: Sequence[Post], *, account_id: int | None = None) -> list[int]:
    """What a channel took in, in one commit (the caller's, where there is one); the ids in the order given.
    `account_id` is whose it is where a post names no other. What a person is to look at is set aside."""
    arrivals = [
        Arrival(channel, post.source_key, post.raw, post.account or account_id, dict(post.envelope))
        for post in posts
    ]
    with transaction.atomic():
        ids = write_down(arrivals)
        for inbound_id, post in zip(ids, posts, strict=True):
            if post.aside:
                _put_aside(inbound_id, channel, post)
    return ids


def _put_aside(inbound_id: int, channel: str, post: Post) -> None:
    """Nothing waits for it; where it was known already, somebody decided on it before."""
    if not queries.still_waiting([inbound_id]):
        return
    seen = glance(channel, bytes(post.raw[:GLANCE_BYTES]))
    InboundItem.objects.filter(pk=inbound_id).update(
        from_address=seen.from_address, message_subject=seen.subject
    )
    outcomes.set_aside(inbound_id, post.aside)


def write_down(arrivals: Sequence[Arrival]) -> list[int]:
    """The part of `take_in_many` inside a transaction of the caller's, which commits more with it."""
    if not arrivals:
        return []
    names = keep_blobs(arrival.raw for arrival in arrivals)
    with server_cursor() as cursor:
        cursor.execute(_INSERT, [clock.now(), *_columns(arrivals, names), SPOOL_CHANNEL])
        ids: dict[str, int] = dict(cursor.fetchall())
        known = [arrival.source_key for arrival in arrivals if arrival.source_key not in ids]
        if known:
            ids |= dict(cursor.execute(_KNOWN, [known]).fetchall())
    return [ids[arrival.source_key] for arrival in arrivals]


def _columns(arrivals: Sequence[Arrival], names: list[str]) -> list[list[Any]]:
    return [
        [arrival.channel for arrival in arrivals],
        [arrival.source_key for arrival in arrivals],
        names,
        [arrival.account_id for arrival in arrivals],
        [Jsonb(arrival.envelope) for arrival in arrivals],
    ]
