"""Acts by hand reach only tickets that whoever acts could work on in the desk."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.desk.permissions import WORK_TICKETS
from tocsin.incidents import reasons, tickets
from tocsin.incidents.tickets import TicketText
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import NotFound
from tocsin.people.permissions import READ


def ticket_for(actor: Actor, ticket_ref: str) -> TicketText:
    """The ticket, when they may work on it. Raises NotFound, whether it is missing or closed to them."""
    ticket = next(iter(tickets_for(actor, [ticket_ref])), None)
    if ticket is None:
        raise _not_found(ticket_ref)
    return ticket


def tickets_for(actor: Actor, refs: Sequence[str]) -> list[TicketText]:
    """Those of the tickets that exist. Raises NotFound when one of them is closed to the actor."""
    found = tickets.by_refs(refs)
    for ticket in found:
        if not (actor.may(READ, ticket.department_id) and actor.may(WORK_TICKETS, ticket.department_id)):
            raise _not_found(ticket.ref)
    return found


def _not_found(ticket_ref: str) -> NotFound:
    return NotFound(reasons.NO_TICKET(ref=ticket_ref[:40]))
