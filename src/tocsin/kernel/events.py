"""What happened, announced once and heard by whoever wants (design §4).

An event is a frozen dataclass of ids and enums. `emit()` writes its row in the caller's transaction,
runs the subscribers that only touch the database, floor by floor, each in a savepoint, and enqueues a
job for each of the others. A subscriber that fails becomes a job and does not take the act down.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Any, ClassVar, TypeVar

from django.apps import apps
from django.db import connection, transaction

from tocsin.kernel import clock
from tocsin.kernel.reasons import Kept, plain

log = logging.getLogger(__name__)

LIVE_CHANNEL = "tocsin_live"
SYSTEM = "system"


@dataclass(frozen=True)
class Event:
    """Base of all events. `topics()` names the live screens that want to hear of it."""

    registry: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Event.registry[cls.__name__] = cls

    @property
    def subject(self) -> str:
        """The public reference of what it happened to, such as `T-1234567`; may be empty."""
        return ""

    def topics(self) -> list[str]:
        """Live topics, such as `queue` or `ticket:T-1234567`."""
        return []


E_ = TypeVar("E_", bound=Event)
Handler = Callable[[Any], None]


@dataclass(frozen=True)
class Subscriber:
    """Who listens to an event, whether it waits for the commit, and whether it hears a batch in one call."""

    handler: Handler
    later: bool
    together: bool = False

    @property
    def name(self) -> str:
        """Its dotted name."""
        return f"{self.handler.__module__}.{self.handler.__qualname__}"

    @property
    def floor(self) -> int:
        """The floor of its room: lower rooms hear first."""
        return int(getattr(apps.get_containing_app_config(self.handler.__module__), "floor", 99))


_subscribers: dict[type[Event], list[Subscriber]] = defaultdict(list)


def subscribe(
    event: type[E_], *, later: bool = False
) -> Callable[[Callable[[E_], None]], Callable[[E_], None]]:
    """Decorator: hear of `event`, in its transaction, or `later` as a job after the commit.

    What talks to the outside is always `later`, and must be safe to run twice.
    """

    def register(handler: Callable[[E_], None]) -> Callable[[E_], None]:
        _subscribers[event].append(Subscriber(handler, later))
        return handler

    return register


def subscribe_together(
    event: type[E_],
) -> Callable[[Callable[[Sequence[E_]], None]], Callable[[Sequence[E_]], None]]:
    """Decorator: as `subscribe`, but what `emit_many` announces at once is heard in one call.

    For what would else ask the database the same for each of fifty mails. Fails it, each is heard by
    itself, and only what fails then becomes a job.
    """

    def register(handler: Callable[[Sequence[E_]], None]) -> Callable[[Sequence[E_]], None]:
        _subscribers[event].append(Subscriber(handler, later=False, together=True))
        return handler

    return register


def emit(event: Event, *, actor: str = SYSTEM, reason: str = "") -> None:
    """Write the event down and tell its subscribers. Must be called inside a transaction.

    `actor` is who acted: `staff:ID`, `api:ID`, `contact:ID` or `system`. `reason` is one of ours
    (`kernel.reasons`), or a person's own words.
    """
    emit_many([event], actor=actor, reason=reason)


def emit_many(
    events: Sequence[Event], *, actor: str = SYSTEM, reason: str = "", actors: Sequence[str] = ()
) -> None:
    """As `emit`, for a batch: one insert, one wake-up. `actors` names one for each where they differ."""
    from tocsin.kernel.bulk import copy_in
    from tocsin.kernel.models import EventRow

    if not connection.in_atomic_block:
        raise RuntimeError("emit() belongs inside the transaction of the act it announces.")
    at = clock.now()
    rows = [
        EventRow(
            name=type(event).__name__,
            subject=event.subject,
            actor=who,
            reason=reason if isinstance(reason, Kept) else plain(reason),
            data=to_data(event),
            topics=event.topics(),
            at=at,
        )
        for event, who in zip(events, actors or [actor] * len(events), strict=True)
    ]
    copy_in(rows)
    if any(row.topics for row in rows):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [LIVE_CHANNEL])
    for _, run in groupby(events, key=type):  # in order: a ticket is opened before its customer writes again
        _tell(list(run))


def subscribers_of(event: type[Event]) -> list[Subscriber]:
    """Who hears of it, lower floors first."""
    return sorted(_subscribers[event], key=lambda subscriber: subscriber.floor)


def _tell(events: Sequence[Event]) -> None:
    """Tell events of one kind to its subscribers, lower floors first."""
    for subscriber in subscribers_of(type(events[0])):
        if subscriber.together and len(events) > 1:
            _tell_together(subscriber, events)
            continue
        for event in events:
            if subscriber.later:
                _enqueue(subscriber, event)
            else:
                _tell_now(subscriber, event)


def _tell_together(subscriber: Subscriber, events: Sequence[Event]) -> None:
    """In one call; when that fails, one by one in the same transaction, so that only what fails waits."""
    try:
        with transaction.atomic():
            subscriber.handler(events)
    except Exception:
        log.warning("%s hears its events one by one, since one fails", subscriber.name, exc_info=True)
        for event in events:
            _tell_now(subscriber, event)


def _tell_now(subscriber: Subscriber, event: Event) -> None:
    try:
        with transaction.atomic():
            subscriber.handler([event] if subscriber.together else event)
    except Exception:
        log.exception("%s failed on %s; it will be tried again as a job", subscriber.name, event)
        _enqueue(subscriber, event)


def _enqueue(subscriber: Subscriber, event: Event) -> None:
    from tocsin.kernel.jobs import run_subscriber

    run_subscriber.defer(subscriber=subscriber.name, event=type(event).__name__, data=to_data(event))


def deliver(subscriber_name: str, event_name: str, data: dict[str, Any]) -> None:
    """Run one subscriber on an event read back from a job; a subscriber that is gone is let go."""
    event_class = Event.registry[event_name]
    for subscriber in subscribers_of(event_class):
        if subscriber.name == subscriber_name:
            event = from_data(event_class, data)
            with transaction.atomic():
                subscriber.handler([event] if subscriber.together else event)
            return
    log.warning("%s no longer listens to %s", subscriber_name, event_name)


def to_data(event: Event) -> dict[str, Any]:
    """The event's fields as JSON takes them."""
    fields = ((field.name, getattr(event, field.name)) for field in dataclasses.fields(event))
    return {name: value.value if isinstance(value, Enum) else value for name, value in fields}


def from_data(event_class: type[Event], data: dict[str, Any]) -> Event:
    """The event again. JSON has no tuples, so lists become tuples, as frozen events hold them."""
    return event_class(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    )


def graph() -> str:
    """Who publishes and who listens, as `tocsin events` prints it and the documentation shows it."""
    lines = []
    for name, event_class in sorted(Event.registry.items(), key=lambda item: (item[1].__module__, item[0])):
        if event_class.__subclasses__():
            continue  # a base that events share, never announced itself
        lines.append(f"{_room(event_class.__module__)}: {name}")
        for subscriber in subscribers_of(event_class):
            when = "after commit" if subscriber.later else "in the transaction"
            lines.append(
                f"    → {_room(subscriber.handler.__module__)}: {subscriber.handler.__name__} ({when})"
            )
    return "\n".join(lines)


def forget_snapshots() -> None:
    """After a restore: the rows' transaction ids come from another server and mean nothing here."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_eventrow SET xid = '0'")


def _room(module: str) -> str:
    return module.split(".")[1] if module.startswith("tocsin.") else module
