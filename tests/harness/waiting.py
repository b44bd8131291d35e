"""Waiting for what happens elsewhere: until it has happened, within a limit only the broken reaches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 120.0
"""How long a test waits for anything. A busy machine is slow; only what never happens takes so long."""


def wait_until(predicate: Callable[[], T], what: str = "it happens", *, patience_s: float = PATIENCE_S) -> T:
    """Call `predicate` until it is truthy and return that; AssertionError when patience ends."""
    deadline = time.monotonic() + patience_s
    pause = 0.001
    while not (outcome := predicate()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {patience_s:g} s until {what}, in vain.")
        time.sleep(pause)
        pause = min(2 * pause, 0.03)
    return outcome
