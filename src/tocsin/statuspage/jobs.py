"""What the clock alone changes on the public pages: the ninety days, a maintenance, news that is late."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tocsin.kernel.jobs import PATIENT
from tocsin.statuspage import services


@app.periodic(cron="* * * * *")
@app.task(retry=PATIENT, queueing_lock="statuspage_publish", pass_context=False)
def publish_by_the_clock(timestamp: int) -> None:
    """Publish again where the minute changed something; without a change this reads and leaves."""
    services.publish()
