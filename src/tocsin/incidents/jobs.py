"""Background work of the incidents room; each job is safe to run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tocsin.incidents import services
from tocsin.kernel.jobs import PATIENT
from tocsin.kernel.sweeps import sweep
from tocsin.notices import services as notices


@app.task(name="incidents.write-notice", retry=PATIENT)
def write_notice(notice_id: int) -> None:
    """Write a notice to its audience, batch by batch; begun again, it finds who is left."""
    after: int | None = 0
    while after is not None:
        after = services.write_next_batch(notice_id, after)
    services.write_to_outsiders(notice_id)
    services.close_remaining(notice_id)
    notices.finish(notice_id)


@sweep("incidents.warn-overdue")
def warn_overdue() -> None:
    """Look whether a promised update is missing."""
    services.warn_overdue()
