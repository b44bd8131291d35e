"""What the desk listens to."""

from __future__ import annotations

from tocsin.desk import services
from tocsin.kernel.events import subscribe
from tocsin.mailroom.events import DeliveriesChanged


@subscribe(DeliveriesChanged)
def note_deliveries(event: DeliveriesChanged) -> None:
    """An agent's answer was sent, waits, or came back: its ticket shows it."""
    services.note_deliveries(event.ids)
