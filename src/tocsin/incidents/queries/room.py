"""What the war room shows beside the incident itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tocsin.incidents.events import TicketsLinked, UpdateOverdue
from tocsin.incidents.models import Affected, LinkState, TicketLink
from tocsin.kernel import log
from tocsin.kernel.events import name_of
from tocsin.kernel.translated import in_language_or


@dataclass(frozen=True)
class LinkedTicket:
    """A ticket that is attached or suggested, and why."""

    id: int
    ref: str
    subject: str
    excerpt: str
    who: str
    customer_name: str
    language: str
    status: str
    reason: str
    received_at: datetime


@dataclass(frozen=True)
class TicketStanding:
    """How one ticket stands to one incident."""

    incident_ref: str
    title: str  # in the reader's language
    state: str
    reason: str
    is_over: bool


@dataclass(frozen=True)
class Happening:
    """One entry of the time line, as the event log has it."""

    name: str
    actor: str
    reason: str
    data: dict[str, object]
    at: datetime


_SHOWN = 100
_BESIDE_UPDATES = (name_of(TicketsLinked), name_of(UpdateOverdue))


Departments = Sequence[int] | None


def attached_tickets(
    incident_id: int, limit: int = _SHOWN, *, visible: Departments = None
) -> list[LinkedTicket]:
    """Attached tickets, the newest contact first, the first `limit` of them.

    Here and below: only those of the departments `visible`; None means all of them.
    """
    return _tickets(incident_id, LinkState.ATTACHED, limit, visible)


def suggested_tickets(
    incident_id: int, limit: int = 20, *, visible: Departments = None
) -> list[LinkedTicket]:
    """Tickets that may belong to it and wait for a person's word."""
    return _tickets(incident_id, LinkState.SUGGESTED, limit, visible)


def suggested_count(incident_id: int, *, visible: Departments = None) -> int:
    """How many tickets wait for a person's word."""
    return _links(incident_id, LinkState.SUGGESTED, visible).count()


def attached_count(incident_id: int, *, visible: Departments = None) -> int:
    """How many tickets are attached."""
    return _links(incident_id, LinkState.ATTACHED, visible).count()


def unclosed_count(incident_id: int) -> int:
    """How many attached tickets its end closes."""
    return _links(incident_id, LinkState.ATTACHED, None).exclude(ticket__status="closed").count()


def audience_of(incident_id: int, names: int) -> tuple[int, list[str]]:
    """How many customers are affected, and the first `names` of their names."""
    rows = Affected.objects.filter(incident_id=incident_id)
    first = (
        rows.order_by("customer__name", "pk").values_list("customer__name", flat=True)[:names]
        if names
        else []
    )
    return rows.count(), list(first)


def links_of_ticket(ticket_id: int) -> list[TicketStanding]:
    """How a ticket stands to incidents, the newest word first; nothing is suggested once it is over."""
    rows = TicketLink.objects.filter(ticket_id=ticket_id).select_related("incident").order_by("-at", "-id")
    rows = rows.exclude(state=LinkState.SUGGESTED, incident__resolved_at__isnull=False)
    return [
        TicketStanding(
            row.incident.ref,
            row.incident.title_in(),
            row.state,
            row.reason,
            row.incident.resolved_at is not None,
        )
        for row in rows[:10]
    ]


def alerts_of_tickets(ticket_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Reference and title, in the reader's language, of the alert that each of these tickets belongs to."""
    rows = TicketLink.objects.filter(ticket_id__in=ticket_ids, state=LinkState.ATTACHED).order_by("at", "id")
    found = rows.values_list("ticket_id", "incident__ref", "incident__titles", "incident__title")
    return {ticket: (ref, in_language_or(titles, title)) for ticket, ref, titles, title in found}


def timeline(ref: str, since: datetime, limit: int = 50) -> list[Happening]:
    """What happened to an incident since it was declared beside its updates, newest first, the last `limit`
    events."""
    rows = log.history(ref, since=since, limit=limit, names=_BESIDE_UPDATES)
    return [Happening(row.name, row.actor, row.reason, row.data, row.at) for row in rows]


def _links(incident_id: int, state: str, visible: Departments) -> QuerySet[TicketLink]:
    rows = TicketLink.objects.filter(incident_id=incident_id, state=state)
    return rows if visible is None else rows.filter(ticket__department_id__in=visible)


def _tickets(incident_id: int, state: str, limit: int, visible: Departments) -> list[LinkedTicket]:
    rows = _links(incident_id, state, visible)
    rows = rows.select_related("ticket__requester", "customer").order_by("-received_at", "-id")
    return [_linked(row) for row in rows[:limit]]


def _linked(row: TicketLink) -> LinkedTicket:
    ticket = row.ticket
    return LinkedTicket(
        id=ticket.pk,
        ref=ticket.ref,
        subject=ticket.subject,
        excerpt=ticket.excerpt,
        who=ticket.requester.name or ticket.requester_address,
        customer_name=row.customer.name if row.customer else "",
        language=ticket.language,
        status=ticket.status,
        reason=row.reason,
        received_at=row.received_at,
    )
