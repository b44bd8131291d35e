"""The desk's work by the clock."""

from __future__ import annotations

from tocsin.desk import services
from tocsin.kernel.jobs import by_the_clock


@by_the_clock("17 * * * *", name="desk.close-silent")
def close_silent_tickets() -> None:
    """Close what waits for its customer in vain, batch by batch, each committed by itself."""
    while services.close_silent():
        pass
