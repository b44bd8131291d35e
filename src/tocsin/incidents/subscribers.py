"""What the incidents room listens to. Both run in the transaction of the intake, before it acknowledges."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.desk.events import CustomerWrote, TicketOpened
from tocsin.incidents import services
from tocsin.kernel.events import subscribe, subscribe_together


@subscribe_together(TicketOpened)
def attach_new_tickets(events: Sequence[TicketOpened]) -> None:
    """Attach those that are about an incident that is going on."""
    services.match_new({event.ticket_id: event.origin_ref for event in events})


@subscribe(CustomerWrote)
def attach_after_message(event: CustomerWrote) -> None:
    """What the customer adds may make it part of an incident."""
    services.match_again(event.ticket_id, event.origin_ref)
