"""API: open a ticket. It is one more act at the desk's addresses, so it is added to the desk's router."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from tocsin.desk import queries
from tocsin.desk.api import Priority, TicketOut, router
from tocsin.intake import services
from tocsin.kernel.rest import Filled, Input, Language, Slug, Text, actor


class RequesterIn(Input):
    """Who asks."""

    address: Annotated[Filled, Field(max_length=320)]
    name: Annotated[Text, Field(max_length=200)] = ""


class TicketIn(Input):
    """A contact that a program writes down; the requester gets the acknowledgement."""

    requester: RequesterIn
    subject: Annotated[Filled, Field(max_length=300)]
    text: Filled
    department: Slug | None = None
    language: Language | None = None
    priority: Priority = "normal"


@router.post("/tickets", response={201: TicketOut}, by_alias=True)
def open_ticket(request: HttpRequest, payload: TicketIn) -> Status[dict[str, Any]]:
    """Open a ticket for somebody."""
    new = services.TicketRequest(
        requester_address=payload.requester.address,
        requester_name=payload.requester.name,
        subject=payload.subject,
        text=payload.text,
        channel="api",
        department=payload.department or "",
        language=payload.language or "",
        priority=payload.priority,
    )
    return Status(201, queries.ticket_view(services.open_ticket(new, actor=actor(request)).ref).as_dict())
