"""What came in."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BinaryField, Func

from tocsin.channels.base import Inbound
from tocsin.channels.hosting import Arrival
from tocsin.channels.registry import channel
from tocsin.kernel import clock
from tocsin.kernel.errors import NotFound
from tocsin.kernel.paging import Page, page
from tocsin.mailroom import reasons
from tocsin.mailroom.models import Account, BlobPiece, InboundItem, InboundState

MOST_UNMATCHED = 100
_KEYS_AT_ONCE = 5_000
_NUMBERS_AT_ONCE = 10_000


@dataclass(frozen=True)
class ParsedInbound:
    """One thing that came in, read, with the account it came to (None when there is none at all)."""

    id: int
    inbound: Inbound
    account: Account | None
    received_at: datetime


_opening = threading.local()


def hold_parsed(by_id: dict[int, ParsedInbound]) -> None:
    """Keep what this thread has just read for those it tells; `{}` lets go."""
    _opening.by_id = by_id


def parsed_inbound(inbound_id: int) -> ParsedInbound:
    """A thing that came in, read: once a drain, and anew whenever somebody asks later.

    Raises NotFound, or `channels.base.Unreadable`.
    """
    held: dict[int, ParsedInbound] = getattr(_opening, "by_id", {})
    return held[inbound_id] if inbound_id in held else parse_inbound(inbound_by_id(inbound_id))


def parse_inbound(item: InboundItem, raw: bytes | None = None) -> ParsedInbound:
    """Read an item's bytes by its channel. Raises `channels.base.Unreadable`."""
    raw = b"".join(read_blob(item.blob_id)) if raw is None else raw
    inbound = channel(item.channel).parse(raw, reading_envelope(item))
    return ParsedInbound(item.pk, inbound, item.account, item.received_at)


def reading_envelope(item: InboundItem) -> dict[str, Any]:
    """What the source said beside the bytes."""
    return {"received_at": item.received_at.isoformat(), **item.envelope}


def inbound_by_id(inbound_id: int) -> InboundItem:
    """A thing that came in, with the first of its kind where it is a duplicate. Raises NotFound."""
    item = InboundItem.objects.select_related("account", "blob", "duplicate_of").filter(pk=inbound_id).first()
    if item is None:
        raise NotFound(reasons.NO_MESSAGE())
    return item


def still_waiting(inbound_ids: Sequence[int]) -> set[int]:
    """Those of these that nobody has opened, ignored or set aside yet."""
    rows = InboundItem.objects.filter(pk__in=inbound_ids, state=InboundState.SPOOLED)
    return set(rows.values_list("pk", flat=True))


def ticket_of(item: InboundItem) -> str:
    """The ticket it became part of, or the one of the mail that it repeats; '' when none."""
    return item.ticket_ref or (item.duplicate_of.ticket_ref if item.duplicate_of else "")


def read_blob(sha256: str) -> Iterator[bytes]:
    """The bytes of this name, piece by piece; nothing when there are none."""
    pieces = BlobPiece.objects.filter(blob_id=sha256).order_by("number").values_list("data", flat=True)
    for data in pieces.iterator(chunk_size=1):
        yield bytes(data)


def blob_piece(sha256: str, number: int) -> bytes | None:
    """One piece of these bytes, from 0; None behind the last."""
    pieces = BlobPiece.objects.filter(blob_id=sha256, number=number)
    data = pieces.values_list("data", flat=True).first()
    return None if data is None else bytes(data)


def blob_heads(sha256s: Iterable[str], most: int) -> dict[str, bytes]:
    """The first `most` bytes of each (a mebibyte at most); one query."""
    first = BlobPiece.objects.filter(blob_id__in=list(sha256s), number=0)
    heads = first.annotate(head=Func("data", 1, most, function="substring", output_field=BinaryField()))
    return {name: bytes(head) for name, head in heads.values_list("blob_id", "head")}


def known_source_keys(keys: Sequence[str]) -> set[str]:
    """Those of these under which something came in already."""
    return {
        key
        for start in range(0, len(keys), _KEYS_AT_ONCE)
        for key in InboundItem.objects.filter(source_key__in=keys[start : start + _KEYS_AT_ONCE]).values_list(
            "source_key", flat=True
        )
    }


# The subquery in the list is looked up by index for each; a join might read the whole table instead.
_UNRECORDED = """
SELECT number FROM (
    SELECT number,
        (SELECT item.id FROM mailroom_inbounditem item WHERE item.source_key = %s || number) AS found
    FROM unnest(%s::bigint[], %s::bigint[]) AS span (first, last), generate_series(first, last) AS number
) AS there WHERE found IS NULL
"""


def unrecorded(prefix: str, ranges: Iterable[tuple[int, int]]) -> list[int]:
    """The numbers in these ranges for which nothing came in under `PREFIXnumber`."""
    missing: list[int] = []
    for firsts, lasts in _chunks(ranges):
        with connection.cursor() as cursor:
            cursor.execute(_UNRECORDED, [prefix, firsts, lasts])
            missing += [number for (number,) in cursor.fetchall()]
    return sorted(missing)


def _chunks(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[list[int], list[int]]]:
    """The same numbers, so many at once."""
    firsts: list[int] = []
    lasts: list[int] = []
    left = _NUMBERS_AT_ONCE
    for first, last in ranges:
        while first <= last:
            until = min(last, first + left - 1)
            firsts.append(first)
            lasts.append(until)
            left -= until - first + 1
            first = until + 1
            if not left:
                yield firsts, lasts
                firsts, lasts, left = [], [], _NUMBERS_AT_ONCE
    if firsts:
        yield firsts, lasts


def arrivals(source_keys: Sequence[str]) -> dict[str, Arrival]:
    """What came in under these: when, and what its source said beside the bytes."""
    return {
        key: Arrival(at, envelope)
        for start in range(0, len(source_keys), _KEYS_AT_ONCE)
        for key, at, envelope in InboundItem.objects.filter(
            source_key__in=source_keys[start : start + _KEYS_AT_ONCE]
        ).values_list("source_key", "received_at", "envelope")
    }


def set_aside_items(cursor: str | None = None, account_id: int | None = None) -> Page[InboundItem]:
    """What could not be opened, newest first; of one account, if named."""
    rows = InboundItem.objects.filter(state=InboundState.SET_ASIDE).select_related("account")
    if account_id:
        rows = rows.filter(account_id=account_id)
    return page(rows, by="received_at", cursor=cursor)


def unmatched_bounces(cursor: str | None = None) -> Page[InboundItem]:
    """Bounces of mails that we can't tell, newest first."""
    rows = InboundItem.objects.filter(state=InboundState.UNMATCHED).select_related("account")
    return page(rows, by="received_at", cursor=cursor)


def count_unmatched_bounces(account_id: int) -> int:
    """Those of an account in the last seven days; a hundred at most."""
    rows = InboundItem.objects.filter(
        state=InboundState.UNMATCHED,
        account_id=account_id,
        received_at__gt=clock.now() - timedelta(days=7),
    )
    return rows[:MOST_UNMATCHED].count()
