"""What the incidents room listens to. Both run in the transaction of the intake, before it acknowledges."""

from __future__ import annotations

from tocsin.desk.events import CustomerWrote, TicketOpened
from tocsin.incidents import services
from tocsin.kernel.events import subscribe


@subscribe(TicketOpened)
def attach_new_ticket(event: TicketOpened) -> None:
    """Attach it when it is about an incident that is going on."""
    services.consider_new(event.ticket_id, event.origin_ref)


@subscribe(CustomerWrote)
def attach_after_message(event: CustomerWrote) -> None:
    """What the customer adds may make it part of an incident."""
    services.consider_again(event.ticket_id, event.origin_ref)
