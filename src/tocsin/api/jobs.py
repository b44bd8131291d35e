"""Housekeeping of the API."""

from __future__ import annotations

from tocsin.api import idempotency
from tocsin.kernel.jobs import by_the_clock


@by_the_clock("17 3 * * *", name="api.forget-answers")
def forget_old_answers() -> None:
    """Kept answers do not grow with the years."""
    idempotency.forget_old_answers()
