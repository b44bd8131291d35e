"""Correcting by hand which tickets belong to an incident, with one click (R-C11)."""

from __future__ import annotations

from django.db import transaction

from tocsin.desk import services as desk
from tocsin.incidents import locks, reasons
from tocsin.incidents.models import Incident, LinkState, TicketLink
from tocsin.incidents.permissions import UPDATE_INCIDENTS
from tocsin.incidents.queries.reading import incident_row
from tocsin.incidents.services.access import ticket_for
from tocsin.incidents.services.linking import (
    Choice,
    answer_in,
    link,
    newest_update,
    unlink,
)
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict
from tocsin.kernel.reasons import plain


@transaction.atomic
def attach(ref: str, ticket_ref: str, *, actor: Actor, reason: str = "") -> None:
    """Attach a ticket by hand and tell its customer how things stand; doing it twice changes nothing.

    Raises NotFound, also for a ticket that the actor may not work on, Forbidden, and Conflict when the
    incident is over or the ticket belongs to another one."""
    actor.check(UPDATE_INCIDENTS)
    locks.shared()
    incident = _open(ref)
    ticket = ticket_for(actor, ticket_ref)
    if ticket.linked_ref == incident.ref:
        return
    if ticket.linked_ref:
        raise Conflict(reasons.TICKET_TAKEN(ref=ticket.linked_ref))
    why = plain(reason) or reasons.ATTACHED(who=actor.name)
    update = newest_update(incident)
    TicketLink.objects.filter(incident=incident, ticket_id=ticket.id).exclude(
        state=LinkState.ATTACHED
    ).delete()
    if link(incident, update, [Choice(ticket, LinkState.ATTACHED, why)], actor=actor):
        answer_in(incident, update, [ticket])


@transaction.atomic
def detach(ref: str, ticket_ref: str, *, actor: Actor, reason: str = "") -> None:
    """Detach a ticket by hand: back into the queue, and never attached to this incident by itself again.

    Raises NotFound, also for a ticket that the actor may not work on, Forbidden.
    """
    actor.check(UPDATE_INCIDENTS)
    locks.shared()
    incident, ticket = incident_row(ref), ticket_for(actor, ticket_ref)
    why = plain(reason) or reasons.DETACHED(who=actor.name)
    linked_to = ticket.linked_ref or ticket.over_ref
    if unlink(incident, ticket, LinkState.ATTACHED, why, actor) and linked_to == incident.ref:
        desk.unlink_ticket(ticket.id, actor=actor)


@transaction.atomic
def dismiss(ref: str, ticket_ref: str, *, actor: Actor) -> None:
    """The agent says that a suggested ticket is about something else; it stays in the queue as it is.

    Raises NotFound, also for a ticket that the actor may not work on, Forbidden.
    """
    actor.check(UPDATE_INCIDENTS)
    why = reasons.DISMISSED(who=actor.name)
    unlink(incident_row(ref), ticket_for(actor, ticket_ref), LinkState.SUGGESTED, why, actor)


def _open(ref: str) -> Incident:
    incident = incident_row(ref)
    if incident.resolved_at:
        raise Conflict(reasons.RESOLVED_NO_TICKETS())
    return incident
