"""The worker process: background jobs, and the mailroom's loops beside them."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate import PsycopgConnector

from tocsin.kernel.restart import patiently

if TYPE_CHECKING:
    from procrastinate.manager import JobManager

log = logging.getLogger(__name__)

# How long loops and jobs may take to finish what they hold when the process is asked to stop.
STOP_WITHIN_S = 8
JOBS_AT_ONCE = 4
_LOOK_FOR_STOP_S = 1.0
_LOOK_FOR_STALLED_S = 5.0
# A new job is announced; this is for one whose announcement was lost. Nobody aborts ours.
_LOOK_FOR_JOBS_S, _LOOK_FOR_ABORTED_S = 15.0, 60.0
_IDLE_CONNECTION_S = 60.0
# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE_BYTES = 512 * 1024
_KEPT_BYTES = 4 * 2**20
# Whoever waits for a line of SMTP gets the turn of a thread that reads mails sooner than after Python's 5 ms:
# a mail server's connection then takes in a third more.
_TURN_S = 0.001
# How many objects may be made before Python looks among them for circles. With its 700, looking through the
# mails of a batch that is being opened took a fourteenth of the worker's time.
_OBJECTS_BETWEEN_LOOKS = 20_000

Loop = Callable[[threading.Event], None]


def load() -> None:
    """Set Django up and load what the worker runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
    django.setup(set_prefix=False)
    from procrastinate.contrib.django import app

    from tocsin.mailroom import loops

    assert app
    assert loops


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    load()
    _give_memory_back()
    sys.setswitchinterval(_TURN_S)
    from tocsin.kernel import notified, sweeps
    from tocsin.mailroom.loops import LOOPS

    gc.freeze()  # what is loaded by now stays
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    notified.start(stop)
    threads = [_start(loop, stop) for loop in [*LOOPS, sweeps.sweep_loop, _jobs]]
    log.info("worker %s is ready", os.getpid())
    stop.wait()
    for thread in threads:
        thread.join(STOP_WITHIN_S)


def _give_memory_back() -> None:
    """What held a large mail goes back to the system at once. glibc else learns from the first one to keep
    such room for itself, in each of its arenas."""
    with contextlib.suppress(OSError, AttributeError):  # another C library has other habits
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def _start(loop: Loop, stop: threading.Event) -> threading.Thread:
    name = getattr(loop, "__name__", type(loop).__name__)
    thread = threading.Thread(target=patiently, args=(loop, stop), name=name, daemon=True)
    thread.start()
    return thread


def _jobs(stop: threading.Event) -> None:
    asyncio.run(_work(stop))


async def _work(stop: threading.Event) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    from tocsin.kernel.jobs import BEAT_S, SILENT_WORKER_S

    # One connection listens, another asks; as many as jobs at most.
    sizes: dict[str, Any] = {"min_size": 2, "max_size": JOBS_AT_ONCE + 1, "max_idle": _IDLE_CONNECTION_S}
    worker_app = app.with_connector(PsycopgConnector(kwargs=connector_params(), **sizes))
    async with worker_app.open_async():
        working = asyncio.create_task(
            worker_app.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                install_signal_handlers=False,
                shutdown_graceful_timeout=STOP_WITHIN_S,
                delete_jobs="successful",
                fetch_job_polling_interval=_LOOK_FOR_JOBS_S,
                abort_job_polling_interval=_LOOK_FOR_ABORTED_S,
                update_heartbeat_interval=BEAT_S,
                stalled_worker_timeout=SILENT_WORKER_S * 2,
                task_middleware=[_give_connection_back],
            )
        )
        looking = asyncio.create_task(_look_for_stalled(worker_app.job_manager))
        stopping = asyncio.create_task(_until(stop))
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (working, looking, stopping):
            task.cancel()
        try:
            await working
        except asyncio.CancelledError:
            if not stop.is_set():
                raise


def _give_connection_back(job: Callable[[], Any], *_: object) -> Any:
    """Threads that wait for the next job hold no connection."""
    try:
        return job()
    finally:
        connections.close_all()


async def _look_for_stalled(manager: JobManager) -> None:
    from tocsin.kernel.jobs import take_up_stalled

    while True:
        await take_up_stalled(manager)
        await sync_to_async(
            connections.close_all
        )()  # in the thread by which the library defers jobs by the clock
        await asyncio.sleep(_LOOK_FOR_STALLED_S)


async def _until(stop: threading.Event) -> None:
    # Not `stop.wait` in a thread: when the library's worker ends by itself, as it does when the database goes
    # away, such a thread would keep this loop from ending and so from being started again.
    while not stop.is_set():
        await asyncio.sleep(_LOOK_FOR_STOP_S)
