"""Tickets as this room sees them: what they say, and whether they are free.

A ticket that is linked to an incident that is over is free for the next one, and only what its customer wrote
since then counts: a word of thanks is no new contact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from tocsin.desk import queries as desk
from tocsin.desk.queries import TicketTexts
from tocsin.incidents.models import Incident
from tocsin.incidents.rules.checks import LOOK_BACK

_AT_ONCE = 200


@dataclass(frozen=True)
class TicketText:
    """A ticket as the matching sees it. `received_at` is when its first message reached us.

    `over_ref` is the incident it was part of that is over; `linked_ref` is empty then, and both times are
    those of what the customer wrote after the end.
    """

    id: int
    ref: str
    subject: str
    customer_id: int | None
    language: str
    address: str
    linked_ref: str
    over_ref: str
    declined: bool
    opened_at: datetime
    department_id: int
    acknowledged: bool
    received_at: datetime
    text: str
    by_person: bool

    @property
    def everything(self) -> str:
        """Subject and all that the customer wrote; the subject of what is over says nothing of today."""
        return self.text if self.over_ref else f"{self.subject}\n{self.text}"


def by_ids(ticket_ids: Sequence[int]) -> list[TicketText]:
    """These tickets; one query, and another where some are linked."""
    return _seen(desk.texts_by_ids(ticket_ids))


def by_refs(refs: Sequence[str]) -> list[TicketText]:
    """These tickets, as people type their references; unknown ones are left out."""
    return _seen(desk.texts_by_refs(refs))


def free_since(since: datetime) -> Iterator[TicketText]:
    """Every ticket opened since then that belongs to no incident and was not declined, and every other one
    whose incident is over and whose customer wrote again since then."""
    going_on = Incident.objects.filter(resolved_at=None).values_list("ref", flat=True)
    coming = desk.texts_since(since, but_linked_to=list(going_on))
    while batch := list(islice(coming, _AT_ONCE)):
        yield from (ticket for ticket in _seen(batch) if ticket.by_person)


def _seen(tickets: Sequence[TicketTexts]) -> list[TicketText]:
    refs = {ticket.linked_ref for ticket in tickets if ticket.linked_ref}
    over = Incident.objects.filter(ref__in=refs, resolved_at__isnull=False)  # asks nobody when there are none
    ended = {ref: at for ref, at in over.values_list("ref", "resolved_at") if at}
    return [_ticket(ticket, ended.get(ticket.linked_ref)) for ticket in tickets]


def _ticket(ticket: TicketTexts, ended_at: datetime | None) -> TicketText:
    heard, opened_at = ticket.texts, ticket.opened_at
    if ended_at:
        heard_from = max(ended_at, ticket.activity_at - LOOK_BACK)
        heard, opened_at = tuple(one for one in heard if one[0] > heard_from), ticket.activity_at
    return TicketText(
        id=ticket.id,
        ref=ticket.ref,
        subject=ticket.subject,
        customer_id=ticket.customer_id,
        language=ticket.language,
        address=ticket.address,
        linked_ref="" if ended_at else ticket.linked_ref,
        over_ref=ticket.linked_ref if ended_at else "",
        declined=ticket.link_declined,
        opened_at=opened_at,
        department_id=ticket.department_id,
        acknowledged=ticket.acknowledged,
        received_at=min((at for at, _text in heard), default=opened_at),
        text="\n".join(text for _at, text in heard),
        by_person=bool(heard),
    )
