"""Write down what is announced, and tell it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from tocsin.kernel import clock
from tocsin.kernel.actors import SYSTEM, Actor
from tocsin.kernel.bulk import copy_in, copy_values, take_ids
from tocsin.kernel.events.declared import (
    LIVE_CHANNEL,
    Announced,
    Announcement,
    Event,
    from_data,
    name_of,
    to_data,
)
from tocsin.kernel.events.handlers import Handler, handler_named, handlers_of
from tocsin.kernel.reasons import Kept, plain

log = logging.getLogger(__name__)

_Heard = Announced[Any]


def emit(event: Announcement, *, actor: Actor = SYSTEM, reason: str = "") -> None:
    """Write the event down and tell its handlers. Must be called inside the transaction of the act.

    `reason` is one of ours (`kernel.reasons`), or a person's own words.
    """
    emit_many([event], actor=actor, reason=reason)


def emit_many(
    events: Sequence[Announcement], *, actor: Actor = SYSTEM, reason: str = "", actors: Sequence[Actor] = ()
) -> None:
    """As `emit`, for a batch: a few statements, one wake-up. `actors` names one for each where they
    differ."""
    if not connection.in_atomic_block:
        raise RuntimeError("emit() belongs inside the transaction of the act it announces.")
    why = reason if isinstance(reason, Kept) else plain(reason)
    announced = _dated(events, [one.ref for one in actors or [actor] * len(events)], why)
    _write(announced)
    _wake_screens(announced)
    for kind, run in groupby(announced, key=lambda one: type(one.event)):
        _tell(kind, list(run))  # in order: a ticket is opened before its customer writes again


def _dated(events: Sequence[Announcement], actors: Sequence[str], reason: Kept) -> list[_Heard]:
    """With the log's numbers, where somebody listens who may want to know them."""
    kept = sum(isinstance(event, Event) for event in events)
    is_heard = any(handlers_of(kind) for kind in {type(event) for event in events})
    ids = iter(take_ids(_log_entry(), kept) if kept and is_heard else [0] * kept)
    at = clock.now()
    return [
        Announced(event, actor, reason, at, next(ids) if isinstance(event, Event) else 0)
        for event, actor in zip(events, actors, strict=True)
    ]


def _write(announced: Sequence[_Heard]) -> None:
    kept = [one for one in announced if isinstance(one.event, Event)]
    numbered = bool(kept) and kept[0].id > 0
    copy_values(_log_entry(), _COLUMNS[not numbered :], [_row(one)[not numbered :] for one in kept])


_COLUMNS = ("id", "name", "subjects", "actor", "reason", "data", "at")


def _row(one: _Heard) -> tuple[Any, ...]:
    event = one.event
    return (one.id, name_of(type(event)), one.subjects, one.actor, one.reason, to_data(event), one.at)


def _wake_screens(announced: Sequence[_Heard]) -> None:
    """One update for all events of a name, so that a thousand tickets at once are no thousand wake-ups."""
    from tocsin.kernel.models import LiveUpdate

    topics: dict[str, dict[str, None]] = {}
    for one in announced:
        if heard_on := one.event.topics():
            topics.setdefault(name_of(type(one.event)), {}).update(dict.fromkeys(heard_on))
    if topics:
        copy_in([LiveUpdate(name=name, topics=list(on), at=announced[0].at) for name, on in topics.items()])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [LIVE_CHANNEL])


def _tell(kind: type[Announcement], announced: Sequence[_Heard]) -> None:
    """Tell events of one kind to its handlers, lower floors first."""
    for handler in handlers_of(kind):
        if handler.together and len(announced) > 1:
            _tell_together(handler, announced)
            continue
        for one in announced:
            if handler.later:
                _enqueue(handler, one)
            else:
                _tell_now(handler, one)


def _tell_together(handler: Handler, announced: Sequence[_Heard]) -> None:
    """In one call; when that fails, one by one in the same transaction, so that only what fails waits."""
    try:
        with transaction.atomic():
            handler.function(announced)
    except Exception:
        log.warning("%s hears its events one by one, since one fails", handler.name, exc_info=True)
        for one in announced:
            _tell_now(handler, one)


def _tell_now(handler: Handler, announced: _Heard) -> None:
    try:
        with transaction.atomic():
            handler.hear(announced)
    except Exception:
        log.exception("%s failed on %s; it will be tried again as a job", handler.name, announced.event)
        _enqueue(handler, announced)


def _enqueue(handler: Handler, announced: _Heard) -> None:
    from tocsin.kernel.jobs import run_handler

    run_handler.defer(
        handler=handler.name,
        event=name_of(type(announced.event)),
        data=to_data(announced.event),
        actor=announced.actor,
        reason=announced.reason,
        at=announced.at.isoformat(),
        id=announced.id,
    )


def deliver(
    handler: str, event: str, data: dict[str, Any], *, actor: str, reason: str, at: str, id: int
) -> None:
    """Run one handler on an event read back from a job; a handler that is gone is let go."""
    kind, known = Announcement.registry.get(event), handler_named(handler)
    if kind is None or known is None or known.event is not kind:
        log.warning("%s no longer listens to %s", handler, event)
        return
    with transaction.atomic():
        known.hear(Announced(from_data(kind, data), actor, Kept(reason), datetime.fromisoformat(at), id))


def _log_entry() -> Any:
    """Django's models are loaded after the rooms' events."""
    from tocsin.kernel.models import LogEntry

    return LogEntry
