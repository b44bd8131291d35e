"""Housekeeping of the API."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tocsin.api import idempotency


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_old_answers")
def forget_old_answers(timestamp: int) -> None:
    """Kept answers do not grow with the years."""
    idempotency.forget_old_answers()
