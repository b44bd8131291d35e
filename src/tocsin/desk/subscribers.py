"""What the desk listens to."""

from __future__ import annotations

from tocsin.desk import services
from tocsin.kernel.events import subscribe
from tocsin.mailroom.events import DeliveriesChanged, PostArrived


@subscribe(PostArrived)
def open_post(event: PostArrived) -> None:
    """The way of a mail (design §4): what the mailroom has taken in becomes tickets and messages."""
    services.open_post(event.inbound_ids)


@subscribe(DeliveriesChanged)
def note_deliveries(event: DeliveriesChanged) -> None:
    """An agent's answer was sent, waits, or came back: its ticket shows it."""
    services.note_deliveries(event.ids)
