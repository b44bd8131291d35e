"""What the desk listens to."""

from __future__ import annotations

from tocsin.desk import services
from tocsin.kernel.events import subscribe
from tocsin.mailroom.events import PostArrived


@subscribe(PostArrived)
def open_post(event: PostArrived) -> None:
    """The way of a mail (design §4): what the mailroom has taken in becomes tickets and messages."""
    services.open_post(event.inbound_ids)
