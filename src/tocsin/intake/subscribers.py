"""What intake listens to."""

from __future__ import annotations

from tocsin.intake import services
from tocsin.kernel.events import Announced, subscribe
from tocsin.mailroom.events import PostArrived


@subscribe(PostArrived, name="intake.open-inbound")
def open_inbound(announced: Announced[PostArrived]) -> None:
    """What the mailroom has taken in becomes tickets and messages."""
    services.open_inbound(announced.event.inbound_ids)
