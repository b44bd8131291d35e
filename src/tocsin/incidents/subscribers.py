"""What the incidents room listens to. Both run in the transaction of the intake, before it acknowledges."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.desk.events import CustomerWrote, TicketOpened
from tocsin.incidents import services
from tocsin.kernel.events import Announced, subscribe_together


@subscribe_together(TicketOpened, name="incidents.attach-opened")
def attach_new_tickets(announced: Sequence[Announced[TicketOpened]]) -> None:
    """Attach those that are about an incident that is going on."""
    services.match_new((one.event.ticket_id, one.event.origin_ref) for one in announced)


@subscribe_together(CustomerWrote, name="incidents.attach-answered")
def attach_after_message(announced: Sequence[Announced[CustomerWrote]]) -> None:
    """What customers add may make it part of an incident."""
    services.match_again((one.event.ticket_id, one.event.origin_ref) for one in announced)
