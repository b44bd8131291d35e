"""What the clock alone changes on the public pages: the ninety days, a maintenance, news that is late."""

from __future__ import annotations

from tocsin.kernel.jobs import by_the_clock
from tocsin.statuspage import services


@by_the_clock("* * * * *", name="statuspage.publish-by-the-clock")
def publish_by_the_clock() -> None:
    """Publish again where the minute changed something; without a change this reads and leaves."""
    services.publish()
