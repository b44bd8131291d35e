"""What can be announced, and how it is written as JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

from tocsin.kernel.names import checked
from tocsin.kernel.reasons import Kept

LIVE_CHANNEL = "tocsin_live"


@dataclass(frozen=True)
class Announcement:
    """Base of events and signals. A class without a name is a base that others share, never announced itself:

    class TicketOpened(TicketEvent, name="desk.ticket-opened"): …
    """

    registry: ClassVar[dict[str, type[Announcement]]] = {}
    _names: ClassVar[dict[type[Announcement], str]] = {}

    def __init_subclass__(cls, *, name: str = "", **more: Any) -> None:
        super().__init_subclass__(**more)
        if name:
            taken = Announcement.registry.setdefault(checked(name), cls)
            if taken is not cls:
                raise ValueError(f"“{name}” is the name of {taken.__qualname__} already.")
            Announcement._names[cls] = name

    def subjects(self) -> list[str]:
        """Whatever it is about, what it happened to first: a public reference such as `T-1234567` or
        `I-0000018`, else `customer:7`, `staff:3`, … The log finds it by each of them."""
        return []

    def topics(self) -> list[str]:
        """Live topics of the screens that want to hear of it, such as `queue` or `ticket:T-1234567`."""
        return []


@dataclass(frozen=True)
class Event(Announcement):
    """A change that a person could ask about later: kept in the log."""


@dataclass(frozen=True)
class Signal(Announcement):
    """Something passing, such as progress: told to handlers and open screens, not kept in the log."""


A_ = TypeVar("A_", bound=Announcement)


@dataclass(frozen=True)
class Announced(Generic[A_]):
    """What a handler hears: what happened, who did it, why and when. `id` is the log entry's; 0 for a signal.

    `actor` is who acted as the log names them (`Actor.ref`); `reason` one of ours (`kernel.reasons`) or a
    person's own words."""

    event: A_
    actor: str
    reason: Kept
    at: datetime
    id: int

    @property
    def subjects(self) -> list[str]:
        """As the event says."""
        return self.event.subjects()


def name_of(kind: type[Announcement]) -> str:
    """The name it is stored by. Raises TypeError for a class that was declared without one."""
    name = Announcement._names.get(kind)
    if name is None:
        raise TypeError(f"{kind.__qualname__} has no name and can't be announced.")
    return name


def to_data(event: Announcement) -> dict[str, Any]:
    """The event's fields as JSON takes them."""
    fields = ((field.name, getattr(event, field.name)) for field in dataclasses.fields(event))
    return {name: value.value if isinstance(value, Enum) else value for name, value in fields}


def from_data(kind: type[A_], data: dict[str, Any]) -> A_:
    """The event again. JSON has no tuples, so lists become tuples, as frozen events hold them."""
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in data.items()})
