"""Stand-ins for the rooms above: who hears of an event in a test, in place of all who do otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from tocsin.kernel.events import Announcement, Handler, handlers

A_ = TypeVar("A_", bound=Announcement)


def only_hears(monkeypatch: pytest.MonkeyPatch, event: type[A_], function: Callable[[A_], None]) -> None:
    """In this test nobody but `function` hears of `event`, in its transaction."""

    def hear(announced: Any) -> None:
        function(announced.event)

    handler = Handler(f"tests.hear-{event.__name__.lower()}", event, hear, later=False, together=False)
    monkeypatch.setitem(handlers._handlers, event, [handler])
