"""What providers report of our mails: written down when it comes, settled when its delivery is known."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tocsin.channels.base import Report
from tocsin.channels.registry import fold
from tocsin.kernel import clock, notified
from tocsin.kernel.events import emit
from tocsin.kernel.reasons import plain
from tocsin.mailroom import direct, events, queries, reporting
from tocsin.mailroom.models import Delivery, DeliveryReport, ReportState
from tocsin.mailroom.reporting import Said
from tocsin.mailroom.services.addresses import mark_dead
from tocsin.mailroom.services.upkeep import mark_unannounced

log = logging.getLogger(__name__)

_AT_ONCE = 200
_KEPT_FOR = timedelta(days=30)
_GIVEN_UP_AFTER = timedelta(days=1)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=30)
_POSTPONE = """
UPDATE mailroom_deliveryreport AS report SET state = told.state, look_at = told.look_at
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS told (id, state, look_at)
WHERE report.id = told.id
"""
_ASSIGN = """
UPDATE mailroom_deliveryreport AS report SET state = 'settled', delivery_id = told.delivery_id
FROM unnest(%s::bigint[], %s::bigint[]) AS told (id, delivery_id)
WHERE report.id = told.id
"""
# One that was taken though its sender never heard so counts as accepted, and is not sent again.
_RECORD = """
UPDATE mailroom_delivery AS delivery
SET state = told.state, answer = told.words, accepted_at = told.accepted_at
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[]) AS told (id, state, words, accepted_at)
WHERE delivery.id = told.id
"""
_OBJECTIONS = {reporting.COMPLAINED, reporting.UNSUBSCRIBED}


@transaction.atomic
def write_reports(reports: Sequence[Report]) -> None:
    """Write them down; one that came before is not written again. Raises django.db.Error."""
    now = clock.now()
    DeliveryReport.objects.bulk_create(
        [_row(one, received_at=now) for one in reports], batch_size=1_000, ignore_conflicts=True
    )
    notified.announce(direct.REPORTS_CHANNEL)


@transaction.atomic
def settle_reports() -> int:
    """Let a batch of reports say what they say of their deliveries; how many were looked at."""
    waiting = DeliveryReport.objects.filter(state=ReportState.WAITING, look_at__lte=clock.now())
    batch = list(waiting.select_for_update(skip_locked=True).order_by("look_at", "id")[:_AT_ONCE])
    if batch:
        _settle(batch)
    return len(batch)


def forget_old_reports() -> int:
    """Those of more than 30 days ago; how many."""
    gone, _models = DeliveryReport.objects.filter(received_at__lt=clock.now() - _KEPT_FOR).delete()
    return gone


def _row(one: Report, received_at: datetime) -> DeliveryReport:
    return DeliveryReport(
        provider=one.provider,
        provider_ref=one.provider_ref,
        message_id=one.message_id,
        recipient=one.recipient,
        kind=one.kind,
        nobody_there=one.nobody_there,
        words=one.words,
        at=one.at or received_at,
        received_at=received_at,
        digest=one.digest,
        look_at=received_at,
    )


def _settle(batch: list[DeliveryReport]) -> None:
    deliveries = _deliveries_of(batch)
    # What these were answered is recorded soon; a report waits for that.
    being_sent = queries.in_flight([delivery.pk for delivery in deliveries.values()])
    by_delivery: dict[int, list[DeliveryReport]] = defaultdict(list)
    unsettled: list[DeliveryReport] = []
    for report in batch:
        delivery = next((deliveries[name] for name in _names(report) if name in deliveries), None)
        if delivery is None or delivery.pk in being_sent or not _is_to(delivery, report):
            unsettled.append(report)
        else:
            report.delivery = delivery
            by_delivery[delivery.pk].append(report)
    _postpone(unsettled)
    _assign([one for reports in by_delivery.values() for one in reports])
    _apply(by_delivery)


def _deliveries_of(batch: Iterable[DeliveryReport]) -> dict[str, Delivery]:
    """The deliveries that these may be about, locked, by each of their names."""
    names = {name for report in batch for name in _names(report)}
    of_theirs = Delivery.objects.filter(provider_ref__in=names).exclude(provider_ref="")  # as its index says
    ids = {
        *Delivery.objects.filter(message_id__in=names).values_list("pk", flat=True),
        *of_theirs.values_list("pk", flat=True),
    }
    deliveries: dict[str, Delivery] = {}
    for one in Delivery.objects.filter(pk__in=ids).select_for_update().order_by("pk").defer("payload"):
        deliveries[one.message_id] = one
        if one.provider_ref:
            deliveries[one.provider_ref] = one
    return deliveries


def _names(report: DeliveryReport) -> list[str]:
    """Under which its delivery may be found, the surest first: our own, the Message-ID, the provider's."""
    theirs = report.provider_ref.partition(":")[2]
    names = (report.message_id, theirs if theirs.startswith("<") else "", report.provider_ref)
    return [name for name in names if name]


def _is_to(delivery: Delivery, report: DeliveryReport) -> bool:
    named = fold(delivery.channel, report.recipient)
    return not named or named == fold(delivery.channel, delivery.to_address)


def _postpone(reports: Sequence[DeliveryReport]) -> None:
    """Their deliveries may be known soon; what nobody claims in a day is about no mail of ours."""
    now = clock.now()
    ages = [now - one.received_at for one in reports]
    states = [_after(age).value for age in ages]
    waits = [now + min(max(age, _SHORTEST_WAIT), _LONGEST_WAIT) for age in ages]
    _execute(_POSTPONE, [one.pk for one in reports], states, waits)
    if unknown := states.count(ReportState.UNKNOWN.value):
        log.info("%s reports of providers are about no mail of ours", unknown)


def _after(age: timedelta) -> ReportState:
    return ReportState.UNKNOWN if age > _GIVEN_UP_AFTER else ReportState.WAITING


def _assign(reports: Sequence[DeliveryReport]) -> None:
    _execute(_ASSIGN, [one.pk for one in reports], [one.delivery_id for one in reports])


def _execute(statement: str, ids: list[int], *columns: list[Any]) -> None:
    """One statement for all rows."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(statement, [ids, *columns])


def _apply(by_delivery: dict[int, list[DeliveryReport]]) -> None:
    """What all reports of the present sending make of each delivery, and what the new say of its address.

    Address by address in one order: two workers that mark the same as dead must not wait for each other."""
    histories = _histories(by_delivery)
    changed: list[tuple[Delivery, reporting.Standing]] = []
    for pk, new in sorted(by_delivery.items(), key=_address):
        delivery = new[0].delivery
        assert delivery is not None
        standing = reporting.standing(
            delivery.state,
            [
                Said(one.kind, one.at, one.words, one.nobody_there)
                for one in histories[pk]
                if _is_of_this_sending(delivery, one)
            ],
        )
        if standing.state and (standing.state, plain(standing.words)) != (delivery.state, delivery.answer):
            changed.append((delivery, standing))
        _heed(delivery, new)
    _record(changed)


def _address(one: tuple[int, list[DeliveryReport]]) -> str:
    delivery = one[1][0].delivery
    return fold(delivery.channel, delivery.to_address) if delivery else ""


def _histories(delivery_ids: Iterable[int]) -> dict[int, list[DeliveryReport]]:
    """Everything ever reported of these."""
    found: dict[int, list[DeliveryReport]] = defaultdict(list)
    for one in DeliveryReport.objects.filter(delivery_id__in=list(delivery_ids)):
        found[one.delivery_id or 0].append(one)
    return found


def _is_of_this_sending(delivery: Delivery, report: DeliveryReport) -> bool:
    """A mail that staff had sent again is not judged by what became of it before."""
    if report.received_at < delivery.tried_since:
        return False
    if not report.provider_ref or not delivery.provider_ref or delivery.maybe_twice:
        return True
    return report.provider_ref == delivery.provider_ref or _names_it_otherwise(report)


def _names_it_otherwise(report: DeliveryReport) -> bool:
    """Some providers report under the Message-ID, which stays the same, and not under their own name."""
    return report.provider_ref.partition(":")[2].startswith("<")


def _record(changed: Sequence[tuple[Delivery, reporting.Standing]]) -> None:
    now = clock.now()
    _execute(
        _RECORD,
        [delivery.pk for delivery, _standing in changed],
        [standing.state for _delivery, standing in changed],
        [plain(standing.words) for _delivery, standing in changed],
        [delivery.accepted_at or now for delivery, _standing in changed],
    )
    mark_unannounced(delivery.pk for delivery, _standing in changed)


def _heed(delivery: Delivery, new: Sequence[DeliveryReport]) -> None:
    """An address with nobody behind it is not tried again; a reader who objects gets no more notices."""
    gone = next((one for one in new if one.nobody_there), None)
    if gone:
        words = plain(gone.words)
        mark_dead(delivery.channel, delivery.to_address, words)
        emit(events.AddressBounced(delivery.to_address, words, delivery.pk, delivery.origin_ref))
    for kind in sorted({one.kind for one in new} & _OBJECTIONS):
        emit(events.ReaderObjected(delivery.to_address, kind, delivery.pk, delivery.origin_ref))
