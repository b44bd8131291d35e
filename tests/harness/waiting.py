"""Waiting for what happens elsewhere: until it has happened, within a limit only the broken reaches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(predicate: Callable[[], T], timeout: float = 60.0, what: str = "it happens") -> T:
    """Call `predicate` until it is truthy and return that; AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pause = 0.001
    while not (outcome := predicate()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {timeout:g} s until {what}, in vain.")
        time.sleep(pause)
        pause = min(2 * pause, 0.03)
    return outcome
