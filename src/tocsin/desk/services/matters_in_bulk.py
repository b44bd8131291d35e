"""The same as `matters`, for many tickets at once: a few statements whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from tocsin.desk import events, rules
from tocsin.desk.models import Message, Ticket
from tocsin.desk.services import records
from tocsin.kernel.bulk import update_rows
from tocsin.kernel.events import SYSTEM, emit, emit_many

_MATTER_FIELDS = ["matter_ref", "matter_label", "matter_reason", "matter_news", "in_queue"]


@dataclass(frozen=True)
class Tie:
    """A ticket to tie to a matter, and why.

    `news` is the matter's state in the requester's language: it goes into the acknowledgement when that is
    not written yet. `instead_of` is the matter the ticket is tied to so far, when that one is over.
    """

    ticket_id: int
    reason: str
    news: str = ""
    instead_of: str = ""


@transaction.atomic
def attach_matters(ties: Sequence[Tie], *, matter_ref: str, label: str, actor: str = SYSTEM) -> list[int]:
    """Tie tickets to a matter and take them out of the queue; returns those that this changed.

    The system never ties what the customer declined, nor takes a ticket from a matter that is not over; a
    person may.
    """
    by_id = {tie.ticket_id: tie for tie in ties}
    rows = Ticket.objects.filter(pk__in=by_id).exclude(matter_ref=matter_ref)
    if actor == SYSTEM:
        rows = rows.filter(matter_declined=False, matter_ref__in={"", *(tie.instead_of for tie in ties)})
    held = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if actor == SYSTEM:
        held = [one for one in held if one.matter_ref in ("", by_id[one.pk].instead_of)]
    changes = [events.TicketChanged(one.pk, one.ref, "matter", one.matter_ref, matter_ref) for one in held]
    for ticket in held:
        tie = by_id[ticket.pk]
        ticket.matter_ref, ticket.matter_label, ticket.in_queue = matter_ref, label[:200], False
        ticket.matter_reason, ticket.matter_news = tie.reason, tie.news
    update_rows(held, _MATTER_FIELDS)
    emit_many(changes, actor=actor)
    return [ticket.pk for ticket in held]


@transaction.atomic
def close_quietly(ticket_ids: Sequence[int], note: str, *, actor: str = SYSTEM) -> int:
    """Close tickets whose customers were answered elsewhere, with a note that says so; returns how many."""
    rows = Ticket.objects.filter(pk__in=ticket_ids).exclude(status=rules.CLOSED)
    held = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not held:
        return 0
    Message.objects.bulk_create([records.note(ticket, note) for ticket in held])
    changed = Ticket.objects.filter(pk__in=[ticket.pk for ticket in held])
    changed.update(unread=False, message_count=F("message_count") + 1, **records.entering(rules.CLOSED))
    refs = tuple(ticket.ref for ticket in held)
    emit(events.TicketsTold(tuple(ticket.pk for ticket in held), refs, refs), actor=actor)
    return len(held)
