"""What work costs in CPU time of its thread: a busy machine lengthens that little, unlike elapsed time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """The work inside takes less CPU time. Give ten times what it takes, or more."""
    began = time.thread_time()
    yield
    spent = time.thread_time() - began
    assert spent < seconds, f"{spent:.3f} s of CPU time instead of less than {seconds:g} s"


def least_seconds(work: Callable[[], object], times: int) -> float:
    """CPU time of the quickest of so many runs."""
    spent = []
    for _ in range(times):
        began = time.thread_time()
        work()
        spent.append(time.thread_time() - began)
    return min(spent)
