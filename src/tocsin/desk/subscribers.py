"""What the desk listens to."""

from __future__ import annotations

from tocsin.desk import services
from tocsin.kernel.events import Announced, subscribe
from tocsin.mailroom.events import DeliveriesChanged


@subscribe(DeliveriesChanged, name="desk.note-deliveries")
def note_deliveries(announced: Announced[DeliveriesChanged]) -> None:
    """An agent's answer was sent, waits, or came back: its ticket shows it."""
    services.note_deliveries(announced.event.ids)
