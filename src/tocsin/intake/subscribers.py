"""What intake listens to."""

from __future__ import annotations

from tocsin.intake import services
from tocsin.kernel.events import subscribe
from tocsin.mailroom.events import PostArrived


@subscribe(PostArrived)
def open_post(event: PostArrived) -> None:
    """What the mailroom has taken in becomes tickets and messages."""
    services.open_post(event.inbound_ids)
