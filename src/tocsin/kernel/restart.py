"""Keeping a loop alive: a database that restarts or a fault in one round ends no loop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connections

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 10.0


def patiently(loop: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run `loop(stop)` until `stop` is set, starting it again after a fault, with growing pauses."""
    pause = _FIRST_PAUSE_S
    while not stop.is_set():
        try:
            loop(stop)
            pause = _FIRST_PAUSE_S
        except Exception as error:
            log.warning(
                "%s stopped (%s: %s); it starts again in %.1f s", loop, type(error).__name__, error, pause
            )
        finally:
            connections.close_all()
        if stop.wait(pause):
            return
        pause = min(pause * 2, _LONGEST_PAUSE_S)
