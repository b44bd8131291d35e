"""Background work on procrastinate: jobs live in PostgreSQL, so enqueueing is part of the act.

A job runs at least once: it carries ids, calls one verb, and is safe to run twice. A job whose worker
was killed is not run again by itself, so a sweep takes up those whose worker is silent (design §2).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.manager import JobManager

from tocsin.kernel import events, live_updates
from tocsin.kernel import log as event_log
from tocsin.kernel.names import checked

log = logging.getLogger(__name__)

# A Red Alert must not wait long for a worker that was killed: it beats often, and silent for longer than
# this it counts as dead. Should it live after all, its job runs twice, which every job can take.
BEAT_S = 3
SILENT_WORKER_S = 12
_TAKE_WAITING = """
DELETE FROM procrastinate_jobs WHERE id = (
    SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL ORDER BY id LIMIT 1
) RETURNING task_name, args::text
"""
PATIENT = RetryStrategy(max_attempts=12, exponential_wait=3)


@app.task(name="kernel.run-handler", retry=PATIENT)
def run_handler(
    handler: str, event: str, data: dict[str, Any], actor: str, reason: str, at: str, id: int
) -> None:
    """Tell one handler of one event."""
    events.deliver(handler, event, data, actor=actor, reason=reason, at=at, id=id)


def perform_waiting() -> None:
    """Do the jobs that wait, and those that they enqueue, in the caller's transaction and at its time.

    For loading what happened before: left to a worker they would be done today.
    """
    while job := _take_waiting():
        name, arguments = job
        app.tasks[name](**json.loads(arguments))


def _take_waiting() -> tuple[str, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_WAITING)
        row: tuple[str, str] | None = cursor.fetchone()
        return row


def by_the_clock(cron: str, *, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Make a function a job that runs at the times of `cron`, never twice at once.

    `name` is the job's and its lock's. A round that fails, as when the database is away, is logged and left
    to the next one: nobody has to clear up after it."""

    def decorate(work: Callable[[], None]) -> Callable[[], None]:
        def one_round(timestamp: int) -> None:
            try:
                work()
            except Exception:
                log.exception("%s failed; the next round does its work", name)

        one_round.__module__ = work.__module__
        app.periodic(cron=cron)(app.task(name=checked(name), queueing_lock=name)(one_round))
        return work

    return decorate


@by_the_clock("*/10 * * * *", name="kernel.prepare-log")
def prepare_log() -> None:
    """Make the log's months ahead, and move there what found none."""
    event_log.prepare_months()


@by_the_clock("27 3 * * *", name="kernel.drop-old-log")
def drop_old_log() -> None:
    """Remove events that are older than the installation wants to keep."""
    event_log.drop_expired()


@by_the_clock("37 * * * *", name="kernel.forget-live-updates")
def forget_live_updates() -> None:
    """Remove what no screen asks for any more, batch by batch, each committed by itself."""
    while live_updates.forget_old():
        pass


async def take_up_stalled(manager: JobManager) -> None:
    """Take up again the jobs whose worker was killed; several workers may look at once."""
    try:
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_WORKER_S):
            log.warning("job %s of a silent worker is taken up again", job.id)
            await manager.retry_job(job)
        await manager.prune_stalled_workers(SILENT_WORKER_S * 2)
    except Exception:
        log.exception("looking for jobs of silent workers failed; the next look does it")
