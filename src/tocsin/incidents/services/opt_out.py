"""*This is not my problem*, said by the customer (R-C11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from tocsin.desk import services as desk
from tocsin.incidents import links, locks, reasons, tickets
from tocsin.incidents.models import Incident, LinkState, TicketLink
from tocsin.incidents.services.linking import unlink
from tocsin.kernel.errors import NotFound
from tocsin.kernel.events import SYSTEM


@dataclass(frozen=True)
class Claimed:
    """How things stand: `open` (not yet said), `back` in the queue, or `over` (incident resolved)."""

    state: str
    title: str
    language: str
    ticket_ref: str


def claimed(token: str) -> Claimed:
    """How things stand with a *not my problem* link. Raises NotFound for a forged or mangled token."""
    claim = links.read_token(token)
    incident = Incident.objects.filter(pk=claim.incident_id).first()
    ticket = next(iter(tickets.by_ids([claim.ticket_id])), None)
    if incident is None or ticket is None:
        raise NotFound(reasons.REQUEST_GONE())
    link = TicketLink.objects.filter(incident=incident, ticket_id=ticket.id).first()
    attached = link is not None and link.state == LinkState.ATTACHED
    state = "back" if not attached else "over" if incident.resolved_at else "open"
    return Claimed(state, incident.title_in(ticket.language), ticket.language, ticket.ref)


@transaction.atomic
def decline(token: str) -> Claimed:
    """The ticket is back in the queue, high, and never attached by itself again.

    Saying it twice changes nothing, and so does saying it after the end. Raises NotFound for a forged token.
    """
    locks.shared()
    now = claimed(token)
    if now.state != "open":
        return now
    claim = links.read_token(token)
    incident = Incident.objects.get(pk=claim.incident_id)
    reason = reasons.DECLINED()
    (ticket,) = tickets.by_ids([claim.ticket_id])
    if unlink(incident, ticket, LinkState.ATTACHED, reason, SYSTEM):
        desk.unlink_ticket(claim.ticket_id, actor=SYSTEM, priority="high", declined=True)
        desk.add_note(now.ticket_ref, reason, actor=SYSTEM)
    return claimed(token)
