"""Short looks at what the time has brought, every few seconds and by one process at a time.

As a job of the library each look would be five commits in every worker, all day, mostly for nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, connections, transaction

from tocsin.kernel.locks import Lock

log = logging.getLogger(__name__)

EVERY_S = 5.0


@dataclass(frozen=True)
class _Sweep:
    name: str
    turn: Lock
    work: Callable[[], object]


_sweeps: list[_Sweep] = []


def sweep(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Make a function one that is called every few seconds, in a transaction of its own. `name` is its own
    and its lock's."""

    def decorate(work: Callable[[], None]) -> Callable[[], None]:
        _sweeps.append(_Sweep(name, Lock(name), work))
        return work

    return decorate


def sweep_once() -> None:
    """One round. What fails is logged and left to the next one; that the database is away is raised."""
    for one in _sweeps:
        try:
            with transaction.atomic():
                if one.turn.try_hold():
                    one.work()
        except DatabaseError:
            raise
        except Exception:
            log.exception("%s failed; the next round does its work", one.name)


def sweep_loop(stop: threading.Event) -> None:
    """Round after round, until `stop` is set."""
    while not stop.is_set():
        sweep_once()
        connections.close_all()
        stop.wait(EVERY_S)
