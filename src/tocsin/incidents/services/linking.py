"""How a ticket is linked to an incident and unlinked; used by this room's verbs only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.desk import services as desk
from tocsin.incidents import events, words
from tocsin.incidents.models import Incident, LinkState, TicketLink, Update
from tocsin.incidents.tickets import TicketText
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.events import emit
from tocsin.kernel.reasons import Kept


@dataclass(frozen=True)
class Choice:
    """A ticket that is attached to an incident or suggested for it, and why."""

    ticket: TicketText
    state: LinkState
    reason: Kept


def newest_update(incident: Incident) -> Update:
    return incident.updates.order_by("-at", "-id")[0]


def link(incident: Incident, update: Update, choices: Sequence[Choice], *, actor: Actor) -> list[int]:
    """Write the links that are not there yet and tell the desk of the attached ones.

    Returns the ids of the tickets that are new. Whatever was linked or declined before stays as it is.
    """
    known = TicketLink.objects.filter(
        incident=incident, ticket_id__in=[choice.ticket.id for choice in choices]
    )
    before = set(known.values_list("ticket_id", flat=True))
    new = [choice for choice in choices if choice.ticket.id not in before]
    TicketLink.objects.bulk_create([_row(incident, choice) for choice in new], ignore_conflicts=True)
    for state in (LinkState.ATTACHED, LinkState.SUGGESTED):
        linked = [choice.ticket for choice in new if choice.state == state]
        if linked:
            _announce(incident, linked, state, actor=actor)
    _tell_the_desk(incident, update, [choice for choice in new if choice.state == LinkState.ATTACHED], actor)
    return [choice.ticket.id for choice in new]


def _row(incident: Incident, choice: Choice) -> TicketLink:
    return TicketLink(
        incident=incident,
        ticket_id=choice.ticket.id,
        customer_id=choice.ticket.customer_id,
        state=choice.state,
        reason=choice.reason,
        received_at=choice.ticket.received_at,
        at=clock.now(),
    )


def _tell_the_desk(incident: Incident, update: Update, choices: Sequence[Choice], actor: Actor) -> None:
    if not choices:
        return
    states = words.current_states(incident, update, ((one.ticket.id, one.ticket.language) for one in choices))
    links = [
        desk.NewLink(one.ticket.id, one.reason, states[one.ticket.id], instead_of=one.ticket.over_ref)
        for one in choices
    ]
    desk.link_tickets(links, record_ref=incident.ref, label=incident.title, actor=actor)


def answer_in(incident: Incident, update: Update, told: Sequence[TicketText]) -> None:
    """Tell the customers of these tickets the current state, as a reply."""
    if not told:
        return
    states = words.current_states(incident, update, ((ticket.id, ticket.language) for ticket in told))
    desk.write_system_messages(
        [
            desk.SystemMessage(
                ticket_id=ticket.id,
                text=states[ticket.id],
                once_key=answer_key(incident, ticket.id),
                origin_ref=f"incident:{incident.pk}",
            )
            for ticket in told
        ]
    )


def answer_key(incident: Incident, ticket_id: int) -> str:
    """What `answer_in` writes once: the first telling of this incident in this ticket."""
    return f"incident:{incident.pk}:ticket:{ticket_id}"


def unlink(incident: Incident, ticket: TicketText, state: LinkState, reason: Kept, actor: Actor) -> bool:
    """From `state` to declined, whoever comes first."""
    rows = TicketLink.objects.filter(incident=incident, ticket_id=ticket.id, state=state)
    if not rows.update(state=LinkState.DECLINED, reason=reason, at=clock.now()):
        return False
    _announce(incident, [ticket], LinkState.DECLINED, actor=actor, reason=reason)
    return True


def _announce(
    incident: Incident, linked: Sequence[TicketText], state: LinkState, *, actor: Actor, reason: str = ""
) -> None:
    ids, refs = tuple(one.id for one in linked), tuple(one.ref for one in linked)
    emit(events.TicketsLinked(incident.ref, ids, state, refs), actor=actor, reason=reason)
