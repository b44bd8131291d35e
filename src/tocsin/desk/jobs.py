"""The desk's work by the clock."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tocsin.desk import services


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="close_silent_tickets")
def close_silent_tickets(timestamp: int) -> None:
    """Close what waits for its customer in vain, batch by batch, each committed by itself."""
    while services.close_silent():
        pass
