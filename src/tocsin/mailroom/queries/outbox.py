"""What goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tocsin.channels.registry import fold
from tocsin.kernel.paging import Page, page
from tocsin.kernel.reasons import Kept
from tocsin.mailroom.models import DeadAddress, Delivery, DeliveryState, InFlight
from tocsin.mailroom.rules import GIVE_UP_AFTER

WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
UNFINISHED = (*WAITING, DeliveryState.FAILED, DeliveryState.BOUNCED)


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
    folded = {fold(channel_key, address) for address in addresses}
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
