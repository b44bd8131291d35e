"""What happened, announced once and heard by whoever wants (design §4).

An `Event` is kept in the log for as long as the installation wants; a `Signal` is passing: screens that are
open hear of it, nobody asks about it later. Both are frozen dataclasses of ids and enums, and both have a
name written down beside the class, by which the log, the jobs and the documentation know them.

`emit()` writes what is announced in the caller's transaction, runs the handlers that only touch the database,
floor by floor, each in a savepoint, and enqueues a job for each of the others. A handler that fails becomes a
job and does not take the act down."""

from tocsin.kernel.actors import SYSTEM
from tocsin.kernel.events.declared import (
    LIVE_CHANNEL,
    Announced,
    Announcement,
    Event,
    Signal,
    from_data,
    name_of,
    to_data,
)
from tocsin.kernel.events.emitting import deliver, emit, emit_many
from tocsin.kernel.events.graph import graph
from tocsin.kernel.events.handlers import Handler, handlers_of, subscribe, subscribe_together

__all__ = [
    "LIVE_CHANNEL",
    "SYSTEM",
    "Announced",
    "Announcement",
    "Event",
    "Handler",
    "Signal",
    "deliver",
    "emit",
    "emit_many",
    "from_data",
    "graph",
    "handlers_of",
    "name_of",
    "subscribe",
    "subscribe_together",
    "to_data",
]
