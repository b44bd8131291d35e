"""Who listens to what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.apps import apps

from tocsin.kernel.events.declared import Announced, Announcement
from tocsin.kernel.names import checked

A_ = TypeVar("A_", bound=Announcement)


@dataclass(frozen=True)
class Handler:
    """A function that hears of one kind of event: in the transaction or `later`; a batch in one call or not.

    Jobs that wait for it know it by its name.
    """

    name: str
    event: type[Announcement]
    function: Callable[[Any], None]
    later: bool
    together: bool

    @cached_property
    def floor(self) -> int:
        """The floor of its room: lower rooms hear first."""
        return int(getattr(apps.get_containing_app_config(self.function.__module__), "floor", 99))

    def hear(self, announced: Announced[Any]) -> None:
        """Tell it of one event."""
        self.function([announced] if self.together else announced)


_handlers: dict[type[Announcement], list[Handler]] = defaultdict(list)


def subscribe(
    event: type[A_], *, name: str, later: bool = False
) -> Callable[[Callable[[Announced[A_]], None]], Callable[[Announced[A_]], None]]:
    """Decorator: hear of `event`, in its transaction, or `later` as a job after the commit.

    What talks to the outside is always `later`, and must be safe to run twice.
    """

    def register(function: Callable[[Announced[A_]], None]) -> Callable[[Announced[A_]], None]:
        _register(Handler(checked(name), event, function, later, together=False))
        return function

    return register


def subscribe_together(
    event: type[A_], *, name: str
) -> Callable[[Callable[[Sequence[Announced[A_]]], None]], Callable[[Sequence[Announced[A_]]], None]]:
    """Decorator: as `subscribe`, but what `emit_many` announces at once is heard in one call.

    For what would else ask the database the same for each of fifty mails. Fails it, each is heard by itself,
    and only what fails then becomes a job."""

    def register(
        function: Callable[[Sequence[Announced[A_]]], None],
    ) -> Callable[[Sequence[Announced[A_]]], None]:
        _register(Handler(checked(name), event, function, later=False, together=True))
        return function

    return register


def handlers_of(event: type[Announcement]) -> list[Handler]:
    """Who hears of it, lower floors first."""
    return sorted(_handlers[event], key=lambda handler: handler.floor)


def handler_named(name: str) -> Handler | None:
    """The handler that a job waits for, unless it is gone."""
    return next((one for known in _handlers.values() for one in known if one.name == name), None)


def _register(handler: Handler) -> None:
    if handler_named(handler.name):
        raise ValueError(f"A handler named “{handler.name}” is there already.")
    _handlers[handler.event].append(handler)
