"""The mailroom's reads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BinaryField, Count, Func, Q, Sum
from django.db.models.functions import Coalesce

from tocsin.channels.base import Inbound, channel
from tocsin.channels.email.uids import Uids
from tocsin.kernel import clock
from tocsin.kernel.errors import NotFound
from tocsin.kernel.paging import Page, page
from tocsin.kernel.reasons import Kept
from tocsin.mailroom.models import (
    ArrivalHour,
    BlobPiece,
    DeadAddress,
    Delivery,
    DeliveryState,
    InboundItem,
    InboundState,
    InFlight,
    Mailbox,
)
from tocsin.mailroom.rules import GIVE_UP_AFTER, bare_mailbox, fold_address, names_default_mailbox

WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
MOST_UNMATCHED = 100
_KEYS_AT_ONCE = 5_000
_UIDS_AT_ONCE = 10_000
UNFINISHED = (*WAITING, DeliveryState.FAILED, DeliveryState.BOUNCED)


# --- What came in ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parcel:
    """One thing that came in, read, with the mailbox it came to (None when there is none at all)."""

    id: int
    inbound: Inbound
    mailbox: Mailbox | None
    received_at: datetime


_opening = threading.local()


def hold_parcels(parcels: dict[int, Parcel]) -> None:
    """Keep what this thread has just read for those it tells; `{}` lets go."""
    _opening.parcels = parcels


def parcel(inbound_id: int) -> Parcel:
    """A thing that came in, read: once a drain, and anew whenever somebody asks later.

    Raises NotFound, or `channels.base.Unreadable`.
    """
    held: dict[int, Parcel] = getattr(_opening, "parcels", {})
    return held[inbound_id] if inbound_id in held else read_parcel(inbound_by_id(inbound_id))


def read_parcel(item: InboundItem, raw: bytes | None = None) -> Parcel:
    """Read an item's bytes by its channel. Raises `channels.base.Unreadable`."""
    raw = b"".join(read_blob(item.blob_id)) if raw is None else raw
    inbound = channel(item.channel).parse(raw, reading_envelope(item))
    return Parcel(item.pk, inbound, item.mailbox, item.received_at)


def reading_envelope(item: InboundItem) -> dict[str, Any]:
    """What the source said beside the bytes."""
    return {"received_at": item.received_at.isoformat(), **item.envelope}


def inbound_by_id(inbound_id: int) -> InboundItem:
    """A thing that came in, with the first of its kind where it is a duplicate. Raises NotFound."""
    item = InboundItem.objects.select_related("mailbox", "blob", "duplicate_of").filter(pk=inbound_id).first()
    if item is None:
        raise NotFound("There is no such message.")
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


def wholly_here(keys: Sequence[str], since: datetime) -> set[str]:
    """Those of these that came in since then, and not their beginning alone."""
    rows = InboundItem.objects.filter(source_key__in=keys, received_at__gte=since)
    return set(rows.exclude(envelope__has_key="whole_size").values_list("source_key", flat=True))


def imap_prefix(mailbox_id: int, uid_validity: int, numbering: int) -> str:
    """What the source keys of a mailbox's messages begin with; the UID follows."""
    again = f".{numbering}" if numbering else ""
    return f"imap:{mailbox_id}:{uid_validity}{again}:"


# The subquery in the list is looked up by index for each; a join might read the whole table instead.
_UNRECORDED = """
SELECT uid FROM (
    SELECT uid, (SELECT item.id FROM mailroom_inbounditem item WHERE item.source_key = %s || uid) AS found
    FROM unnest(%s::bigint[], %s::bigint[]) AS span (first, last), generate_series(first, last) AS uid
) AS there WHERE found IS NULL
"""


def unrecorded(prefix: str, uids: Uids) -> Uids:
    """Those of these that never came in under this prefix."""
    missing = Uids()
    for chunk in uids.chunks(_UIDS_AT_ONCE):
        with connection.cursor() as cursor:
            firsts, lasts = [list(ends) for ends in zip(*chunk.ranges, strict=True)]
            cursor.execute(_UNRECORDED, [prefix, firsts, lasts])
            missing |= Uids.of(uid for (uid,) in cursor.fetchall())
    return missing


def arrival_times(prefix: str, uids: Uids) -> dict[int, datetime]:
    """When the server took these, as it said when they were fetched."""
    keys = [f"{prefix}{uid}" for uid in uids]
    rows = InboundItem.objects.filter(source_key__in=keys, envelope__has_key="received_at")
    return {
        int(key.rpartition(":")[2]): datetime.fromisoformat(envelope["received_at"])
        for key, envelope in rows.values_list("source_key", "envelope")
    }


def set_aside_items(cursor: str | None = None, mailbox_id: int | None = None) -> Page[InboundItem]:
    """What could not be opened, newest first; of one mailbox, if named."""
    rows = InboundItem.objects.filter(state=InboundState.SET_ASIDE).select_related("mailbox")
    if mailbox_id:
        rows = rows.filter(mailbox_id=mailbox_id)
    return page(rows, by="received_at", cursor=cursor)


def unmatched_bounces(cursor: str | None = None) -> Page[InboundItem]:
    """Bounces of mails that we can't tell, newest first."""
    rows = InboundItem.objects.filter(state=InboundState.UNMATCHED).select_related("mailbox")
    return page(rows, by="received_at", cursor=cursor)


def count_unmatched_bounces(mailbox_id: int) -> int:
    """Those of a mailbox in the last seven days; a hundred at most."""
    rows = InboundItem.objects.filter(
        state=InboundState.UNMATCHED,
        mailbox_id=mailbox_id,
        received_at__gt=clock.now() - timedelta(days=7),
    )
    return rows[:MOST_UNMATCHED].count()


# --- Mailboxes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Received by the server against seen by us: of `on_server` messages (the new ones not counted) `missing`
    were not with us and could not be had, and `recovered` were not and could. `which` names the missing."""

    on_server: int = 0
    missing: int = 0
    which: str = ""
    recovered: int = 0

    @property
    def seen(self) -> int:
        """How many of them are with us."""
        return self.on_server - self.missing


@dataclass(frozen=True)
class MailboxHealth:
    """A mailbox and how it fares: what came, what waits to be opened and what was set aside, of its mail."""

    mailbox: Mailbox
    backlog: int = 0
    set_aside: int = 0
    today: int = 0
    week: int = 0

    @property
    def comparison(self) -> Comparison:
        """As it was last compared with the server."""
        return Comparison(**self.mailbox.comparison)


def mailboxes() -> list[Mailbox]:
    """All, the default first."""
    return list(Mailbox.objects.select_related("department").order_by("-is_default", "address"))


def our_addresses() -> frozenset[str]:
    """Of our mailboxes and the address we write from; folded."""
    mail_from = parseaddr(settings.TOCSIN_MAIL_FROM)[1]
    return frozenset(map(fold_address, [mail_from, *(one.address for one in mailboxes())]))


def mailbox_by_id(mailbox_id: int) -> Mailbox:
    """Raises NotFound."""
    found = Mailbox.objects.filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound("There is no such mailbox.")
    return found


def default_mailbox() -> Mailbox | None:
    """Where mail goes that names no mailbox of ours."""
    return Mailbox.objects.filter(is_default=True).first()


def mailbox_for(recipients: Iterable[str]) -> Mailbox | None:
    """The mailbox of the first recipient that has one, else the default."""
    ours = {mailbox.address.casefold(): mailbox for mailbox in mailboxes()}
    for recipient in recipients:
        if names_default_mailbox(recipient):
            break
        for name in (fold_address(recipient), bare_mailbox(recipient)):
            if name in ours:
                return ours[name]
    return next((mailbox for mailbox in ours.values() if mailbox.is_default), None)


def mailbox_health(midnight: datetime, mailbox_id: int | None = None) -> list[MailboxHealth]:
    """All mailboxes, or one, with what came since the reader's midnight and in seven days (counted by hour),
    what waits and what was set aside (few by nature)."""
    unfinished = InboundItem.objects.filter(state__in=[InboundState.SPOOLED, InboundState.SET_ASIDE])
    counts = unfinished.values_list("mailbox_id", "state").annotate(Count("id"))
    found = {(pk, state): count for pk, state, count in counts}
    hours = ArrivalHour.objects.filter(hour__gt=clock.now() - timedelta(days=7))
    today = Coalesce(Sum("count", filter=Q(hour__gte=midnight)), 0)
    sums = hours.values("mailbox_id").annotate(today=today, week=Sum("count"))
    came = {one["mailbox_id"]: (one["today"], one["week"]) for one in sums}
    return [
        MailboxHealth(
            one,
            found.get((one.pk, "spooled"), 0),
            found.get((one.pk, "set_aside"), 0),
            *came.get(one.pk, (0, 0)),
        )
        for one in mailboxes()
        if mailbox_id in (None, one.pk)
    ]


def arrival_hours(mailbox_id: int, since: datetime) -> list[tuple[datetime, int]]:
    """The hours from then on in which somebody looked, and how many messages came in each."""
    rows = ArrivalHour.objects.filter(mailbox_id=mailbox_id, hour__gte=since).order_by("hour")
    return list(rows.values_list("hour", "count"))


def silent_mailboxes() -> list[Mailbox]:
    """Those that have been silent for longer than usual."""
    return list(Mailbox.objects.filter(silent_alarm_at__isnull=False).order_by("last_arrival_at"))


# --- What goes out --------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeliveryView:
    """A delivery as other rooms see it."""

    id: int
    origin_ref: str
    message_id: str
    to_address: str
    channel: str
    state: str
    answer: Kept
    maybe_twice: bool
    created_at: datetime
    accepted_at: datetime | None
    next_attempt_at: datetime
    tried_since: datetime

    @property
    def given_up_at(self) -> datetime:
        """Until when it is tried, while nobody takes it."""
        return self.tried_since + GIVE_UP_AFTER

    @property
    def may_be_tried_again(self) -> bool:
        """Whether somebody can have it sent once more, or now instead of later."""
        return self.state in (DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.DEFERRED)

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(DeliveryState(self.state).label)


def state_label(state: str) -> str:
    """A delivery's state in words."""
    return str(DeliveryState(state).label)


def deliveries_by_id(ids: Sequence[int]) -> dict[int, DeliveryView]:
    """Those of these that there are."""
    return {one.id: one for one in _views(Q(pk__in=ids))}


def message_ids_of(delivery_ids: Sequence[int]) -> dict[int, str]:
    """The Message-IDs of these deliveries."""
    rows = Delivery.objects.filter(pk__in=delivery_ids) if delivery_ids else Delivery.objects.none()
    return dict(rows.values_list("pk", "message_id"))


def delivery_by_message_ids(message_ids: Sequence[str]) -> dict[str, DeliveryView]:
    """Our mails among these Message-IDs: what an answer answers."""
    return {one.message_id: one for one in _views(Q(message_id__in=[name for name in message_ids if name]))}


def deliveries_of(origin_refs: Sequence[str]) -> dict[str, list[DeliveryView]]:
    """What each of these caused, oldest first."""
    found: dict[str, list[DeliveryView]] = {ref: [] for ref in origin_refs}
    for one in _views(Q(origin_ref__in=origin_refs)):
        found[one.origin_ref].append(one)
    return found


def unfinished_deliveries(cursor: str | None = None, *, waiting: bool = False) -> Page[Delivery]:
    """What failed or bounced, or what still waits; newest first."""
    states = WAITING if waiting else (DeliveryState.FAILED, DeliveryState.BOUNCED)
    rows = Delivery.objects.filter(state__in=states).filter(state__in=UNFINISHED)
    return page(rows, by="created_at", cursor=cursor)


def dead_reasons(channel_key: str, addresses: Iterable[str]) -> dict[str, Kept]:
    """Those of these addresses whose server said that there is nobody, by folded address, with its words."""
    folded = {fold_address(address) for address in addresses}
    rows = DeadAddress.objects.filter(channel=channel_key, folded__in=folded)
    return dict(rows.values_list("folded", "reason"))


def _views(condition: Q) -> Iterator[DeliveryView]:
    fields = list(DeliveryView.__dataclass_fields__)
    for values in Delivery.objects.filter(condition).order_by("id").values(*fields):
        yield DeliveryView(**values)


def in_flight(delivery_ids: Sequence[int]) -> set[int]:
    """Which of these are being sent now, or were and are not settled yet."""
    rows = InFlight.objects.filter(delivery_id__in=delivery_ids)
    return set(rows.values_list("delivery_id", flat=True))
