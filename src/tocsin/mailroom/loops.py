"""What the worker process runs of the mailroom, a thread each, until its event is set.

Each is woken by NOTIFY and looks by itself every few seconds too, for a wake-up that was lost; each takes a
restart of the database for what it is and goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from tocsin.kernel.notified import Wake
from tocsin.kernel.restart import patiently
from tocsin.mailroom import direct, rules, running, services
from tocsin.mailroom.services.lanes import Lanes
from tocsin.mailroom.services.opening import Opener

Loop = Callable[[threading.Event], None]

_LOOK_EVERY_S = 30.0
_LOOK_FOR_DUE_EVERY_S = 10.0
# What trickles in for so long is opened together.
_GATHER_S = 0.25
_LANES = Lanes()


def drain_loop(stop: threading.Event) -> None:
    """Open what comes in."""
    services.ensure_accounts()
    news = Wake(direct.SPOOL_CHANNEL)
    with direct.connect() as ledger:
        opener = Opener(ledger)
        while not stop.is_set():
            opened = opener.drain()
            if not opened:
                news.wait(stop, _LOOK_FOR_DUE_EVERY_S)
            elif opened < rules.BATCH / 4:
                stop.wait(_GATHER_S)


def dispatch_loop(stop: threading.Event) -> None:
    """Send what is to go out."""
    _LANES.run(stop)


def announce_loop(stop: threading.Event) -> None:
    """Tell the other rooms what became of deliveries, in batches."""
    news = Wake(direct.RESULTS_CHANNEL)
    while not stop.is_set():
        if services.announce() == 0:
            news.wait(stop, _LOOK_EVERY_S)
        else:
            stop.wait(_GATHER_S)


def reports_loop(stop: threading.Event) -> None:
    """Let what providers report of our mails say what became of them."""
    news = Wake(direct.REPORTS_CHANNEL)
    while not stop.is_set():
        if not services.settle_reports():
            news.wait(stop, _LOOK_FOR_DUE_EVERY_S)


def serve_loop(stop: threading.Event) -> None:
    """Take in what is pushed to the channels that listen."""
    running.keep_serving(stop)


def run_loop(stop: threading.Event) -> None:
    """Run every account for which there is something to run, such as a mailbox that is fetched."""
    running.keep_running(stop)


def _patient(loop: Loop) -> Loop:
    def run(stop: threading.Event) -> None:
        patiently(loop, stop)

    run.__name__ = loop.__name__
    return run


LOOPS: list[Loop] = [
    _patient(loop)
    for loop in (
        drain_loop,
        dispatch_loop,
        announce_loop,
        reports_loop,
        serve_loop,
        run_loop,
    )
]
