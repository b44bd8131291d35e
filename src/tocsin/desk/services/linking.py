"""Tickets linked to a record of a room above, such as an incident. The desk knows its reference only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tocsin.desk import events, reasons, rules
from tocsin.desk.models import ParkedBy, Ticket
from tocsin.desk.services.statuses import Step, change_status, take_steps
from tocsin.desk.services.writing import new_messages
from tocsin.desk.services.writing import note as new_note
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.bulk import update_rows
from tocsin.kernel.errors import NotFound
from tocsin.kernel.events import SYSTEM, emit_many
from tocsin.kernel.reasons import NOTHING, Kept

_LINK_FIELDS = ["linked_ref", "linked_label", "linked_reason", "linked_update", "parked_by"]


@dataclass(frozen=True)
class NewLink:
    """A ticket to link to a record, and why.

    `update` is the record's state in the requester's language: it goes into the acknowledgement when that is
    not written yet. `instead_of` is the record the ticket is linked to so far, when that one is over.
    """

    ticket_id: int
    reason: Kept
    update: str = ""
    instead_of: str = ""


@transaction.atomic
def link_tickets(
    links: Sequence[NewLink], *, record_ref: str, label: str, actor: Actor = SYSTEM
) -> list[int]:
    """Link tickets to a record and take them out of the queue; returns those that this changed.

    The system never links what the customer declined, nor takes a ticket from a record that is not over; a
    person may.
    """
    by_id = {link.ticket_id: link for link in links}
    rows = Ticket.objects.filter(pk__in=by_id).exclude(linked_ref=record_ref)
    if actor.is_system:
        rows = rows.filter(link_declined=False, linked_ref__in={"", *(link.instead_of for link in links)})
    held = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if actor.is_system:
        held = [one for one in held if one.linked_ref in ("", by_id[one.pk].instead_of)]
    before = {one.pk: one.linked_ref for one in held}
    for ticket in held:
        link = by_id[ticket.pk]
        ticket.linked_ref, ticket.linked_label, ticket.parked_by = record_ref, label[:200], ParkedBy.LINKED
        ticket.linked_reason, ticket.linked_update = link.reason, link.update
    update_rows(held, _LINK_FIELDS)
    emit_many([_linked(ticket, before[ticket.pk]) for ticket in held], actor=actor)
    return [ticket.pk for ticket in held]


def _linked(ticket: Ticket, before: str) -> events.TicketChanged:
    also = (before,) if before else ()
    return events.TicketChanged.of(ticket, what="linked", old=before, new=ticket.linked_ref, also=also)


@transaction.atomic
def unlink_ticket(
    ticket_id: int,
    *,
    actor: Actor = SYSTEM,
    priority: str | None = None,
    declined: bool = False,
    reason: str = "",
) -> bool:
    """Take a ticket out of its linked record: back in the queue, open, at `priority`; whether it was linked.

    `declined`: the customer said that it is not theirs, so the system never attaches it again (R-C11).
    """
    ticket = Ticket.objects.select_for_update(of=("self",), no_key=True).filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFound(reasons.NO_SUCH_TICKET())
    if not ticket.linked_ref:
        return False
    old, old_priority = ticket.linked_ref, ticket.priority
    status = ticket.status if ticket.status == rules.NEW else rules.OPEN
    change_status(ticket, status, actor=actor, reason=reason, **_unlinked(ticket, priority, declined))
    changes = [events.TicketChanged.of(ticket, what="linked", old=old, also=(old,))]
    if ticket.priority != old_priority:
        changes.append(
            events.TicketChanged.of(ticket, what="priority", old=old_priority, new=ticket.priority)
        )
    emit_many(changes, actor=actor, reason=reason)
    return True


def _unlinked(ticket: Ticket, priority: str | None, declined: bool) -> dict[str, Any]:
    values: dict[str, Any] = {
        "linked_ref": "",
        "linked_label": "",
        "linked_reason": NOTHING,
        "linked_update": "",
        "link_declined": ticket.link_declined or declined,
        "unread": True,
        "parked_by": "",
    }
    if declined:
        values["activity_at"] = clock.now()
    if priority:
        values |= {"priority": priority, "priority_rank": rules.rank_of(priority)}
    return values


@transaction.atomic
def close_quietly(ticket_ids: Sequence[int], note: Kept, *, reason: Kept, actor: Actor = SYSTEM) -> int:
    """Close tickets whose customers were answered elsewhere, with a note that says so; returns how many."""
    rows = Ticket.objects.filter(pk__in=ticket_ids).exclude(status=rules.CLOSED)
    held = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not held:
        return 0
    notes = [new_note(ticket, note) for ticket in held]
    new_messages(notes)
    for ticket in held:
        ticket.unread, ticket.message_count = False, ticket.message_count + 1
    emit_many([events.NoteAdded.of(one.ticket, message_id=one.pk) for one in notes], actor=actor)
    take_steps(
        [Step(ticket, rules.CLOSED, actor) for ticket in held],
        reason=reason,
        columns=["unread", "message_count"],
    )
    return len(held)
