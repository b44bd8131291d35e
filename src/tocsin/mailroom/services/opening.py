"""Opening the spool: read, sorted from the machines' mail, and told to the rooms above, batch by batch.

One connection holds the rows' locks while they are opened; a second commits before the reading begins
that it was begun (`OpeningAttempt`). So a mail that kills the process is known for it afterwards, and what
was locked is free at once, because the locks died with the connection. After a fault in a batch its things
are opened one by one, so that one poison mail stops nobody (rule 3).
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import QuerySet

from tocsin.channels.base import Unreadable
from tocsin.channels.registry import fold
from tocsin.kernel import clock
from tocsin.kernel.events import emit
from tocsin.kernel.reasons import Kept, join
from tocsin.mailroom import direct, events, queries, reasons, rules
from tocsin.mailroom.models import BlobPiece, InboundItem, InboundState, OpeningAttempt
from tocsin.mailroom.queries import ParsedInbound
from tocsin.mailroom.services import machines, outcomes
from tocsin.mailroom.services.duplicates import decide_duplicates, name_tickets
from tocsin.mailroom.services.glances import glance

log = logging.getLogger(__name__)

_MACHINES_THAT_END_HERE = {"bounce", "delay", "report", "receipt", "own"}
_BEGIN = """
INSERT INTO mailroom_openingattempt (inbound_id, count, retry_at, error)
SELECT id, 1, %b, '' FROM unnest(%b::bigint[]) AS id
ON CONFLICT (inbound_id) DO UPDATE SET count = mailroom_openingattempt.count + 1, retry_at = excluded.retry_at
"""
_NOTE = "UPDATE mailroom_openingattempt SET error = %b, retry_at = %b WHERE inbound_id = ANY(%b)"
_FORGIVE = """
WITH less AS (UPDATE mailroom_openingattempt SET count = count - 1 WHERE inbound_id = ANY(%b) AND count > 1)
DELETE FROM mailroom_openingattempt WHERE inbound_id = ANY(%b) AND count <= 1
"""


def drain(limit: int = rules.BATCH) -> int:
    """Open up to `limit` waiting things and return how many were taken up; 0 when nothing waits."""
    with direct.connect() as ledger:
        return Opener(ledger).drain(limit)


def open_now(inbound_ids: Sequence[int]) -> None:
    """Open these in the caller's transaction, which wrote them down. For loading what happened before."""
    _read_and_tell(list(InboundItem.objects.filter(pk__in=inbound_ids).select_related("blob")))


@dataclass
class Opener:
    """Opens the spool with a ledger connection of its own."""

    ledger: psycopg.Connection[tuple[Any, ...]]

    def drain(self, limit: int = rules.BATCH) -> int:
        """As the function `drain`. Whatever is raised when the database is lost on the way comes out."""
        items: list[InboundItem] = []
        holding_locks: Any = None
        try:
            with transaction.atomic():
                holding_locks = connection.connection
                items = _claim(limit)
                if items:
                    self._open(items)
        except Exception as error:
            if holding_locks is None or holding_locks.closed:
                self._forgive(items)
                raise
            self._note_fault(items, error)
        return len(items)

    def _open(self, items: list[InboundItem]) -> None:
        worn_out = _worn_out(items)
        fresh = [item for item in items if item.pk not in worn_out]
        for item in (item for item in items if item.pk in worn_out):
            _put_aside(item, worn_out[item.pk])
        self._begin(fresh)
        _read_and_tell(fresh)
        settled = InboundItem.objects.filter(pk__in=[item.pk for item in items]).exclude(
            state=InboundState.SPOOLED
        )
        done = list(settled.values_list("pk", flat=True))
        OpeningAttempt.objects.filter(pk__in=done).delete()
        left = [item.pk for item in items if item.pk not in set(done)]
        if left:
            self._note(left, reasons.OPENER_FAILED())

    def _begin(self, items: list[InboundItem]) -> None:
        self.ledger.execute(_BEGIN, [clock.now(), [item.pk for item in items]])

    def _note(self, ids: list[int], error: Kept) -> None:
        retry_at = clock.now() + rules.reopen_wait(2 if len(ids) == 1 else 1)
        self.ledger.execute(_NOTE, [error, retry_at, ids])

    def _forgive(self, items: list[InboundItem]) -> None:
        """The database went away, and not for these: three restarts must set no innocent one aside."""
        ids = [item.pk for item in items]
        with contextlib.suppress(psycopg.Error):
            self.ledger.execute(_FORGIVE, [ids, ids])

    def _note_fault(self, items: list[InboundItem], error: Exception) -> None:
        ids = [item.pk for item in items]
        log.error("opening inbound %s failed; they will be opened one by one", ids, exc_info=error)
        self._note(ids, reasons.OPENING_FAILED(error=f"{type(error).__name__}: {error}"))


def _claim(limit: int) -> list[InboundItem]:
    """Lock a batch of what was never begun, else one of those that were."""
    suspects = OpeningAttempt.objects.all()
    never_begun = InboundItem.objects.exclude(pk__in=suspects.values("inbound_id"))
    due = suspects.filter(retry_at__lte=clock.now())
    return _bounded(_lock(never_begun, limit)) or _lock(
        InboundItem.objects.filter(pk__in=due.values("inbound_id")), 1
    )


def _lock(rows: QuerySet[InboundItem], limit: int) -> list[InboundItem]:
    waiting = rows.filter(state=InboundState.SPOOLED).select_related("blob").order_by("pk")
    items = list(waiting.select_for_update(of=("self",), skip_locked=True)[:limit])
    accounts = {one.pk: one for one in queries.accounts()} if items else {}
    for item in items:
        if item.account_id in accounts:
            item.account = accounts[item.account_id]
    return items


def _bounded(items: list[InboundItem]) -> list[InboundItem]:
    """The first few that fit into memory together; at least one."""
    total, fitting = 0, 0
    for item in items:
        total += item.blob.size
        if fitting and total > rules.BATCH_BYTES:
            break
        fitting += 1
    return items[:fitting]


def _worn_out(items: list[InboundItem]) -> dict[int, Kept]:
    """Those that were begun too often, with what is known of why."""
    attempts = OpeningAttempt.objects.filter(
        pk__in=[item.pk for item in items], count__gte=rules.OPENING_ATTEMPTS
    )
    return {one.pk: one.error or reasons.READER_DIED() for one in attempts}


def _put_aside(item: InboundItem, why: Kept) -> None:
    _store_glance(item)
    outcomes.set_aside(item.pk, join(reasons.TRIED(count=rules.OPENING_ATTEMPTS), why))


def _read_and_tell(items: list[InboundItem]) -> None:
    several = [parsed for item, raw in _with_bytes(items) if (parsed := _read(item, raw))]
    for parsed in sorted(several, key=_bounced):
        if parsed.inbound.machine in _MACHINES_THAT_END_HERE:
            _note_sender(parsed)
            machines.handle(parsed)
    for_people = [parsed for parsed in several if parsed.inbound.machine not in _MACHINES_THAT_END_HERE]
    first, repeats = decide_duplicates(for_people)
    machines.revive([parsed for parsed in first if not parsed.inbound.machine])
    _tell(first)
    name_tickets(repeats)


def _bounced(parsed: ParsedInbound) -> str:
    """Whom it reports on: marked as dead in one order, lest two workers wait for each other."""
    return min((fold(parsed.inbound.channel, one.recipient) for one in parsed.inbound.bounces), default="")


def _tell(several: list[ParsedInbound]) -> None:
    if not several:
        return
    queries.hold_parsed({parsed.id: parsed for parsed in several})
    try:
        emit(events.PostArrived(tuple(parsed.id for parsed in several)))
    finally:
        queries.hold_parsed({})


def _read(item: InboundItem, raw: bytes) -> ParsedInbound | None:
    """The thing read; None when it can't be, and then it is set aside."""
    try:
        return queries.parse_inbound(item, raw)
    except Unreadable as unreadable:
        why = unreadable.reason
    except Exception as error:
        log.exception("reading inbound %s failed", item.pk)
        why = reasons.READER_FAILED(error=f"{type(error).__name__}: {error}")
    _store_glance(item, raw)
    outcomes.set_aside(item.pk, why)
    return None


def _with_bytes(items: list[InboundItem]) -> Iterator[tuple[InboundItem, bytes]]:
    """Each with its bytes; those of small ones are read together."""
    small = {item.blob_id for item in items if item.blob.size <= 2**20}
    rows = BlobPiece.objects.filter(blob_id__in=small).values_list("blob_id", "data")
    content = {blob_id: bytes(data) for blob_id, data in rows}
    for item in items:
        yield (
            item,
            content[item.blob_id] if item.blob_id in content else _joined(queries.read_blob(item.blob_id)),
        )


def _joined(pieces: Iterable[bytes]) -> bytes:
    """At no moment twice in memory, in pieces and whole."""
    with io.BytesIO() as whole:
        whole.writelines(pieces)
        return whole.getvalue()


def _store_glance(item: InboundItem, raw: bytes | None = None) -> None:
    head = next(queries.read_blob(item.blob_id), b"") if raw is None else raw
    seen = glance(item.channel, head)
    InboundItem.objects.filter(pk=item.pk).update(
        from_address=seen.from_address, message_subject=seen.subject
    )


def _note_sender(parsed: ParsedInbound) -> None:
    InboundItem.objects.filter(pk=parsed.id).update(
        from_address=rules.clean(parsed.inbound.from_address, 320),
        message_subject=rules.clean(parsed.inbound.subject, 1000),
    )
