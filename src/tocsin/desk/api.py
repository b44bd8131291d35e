"""API: tickets and their conversations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AfterValidator, Field

from tocsin.channels.registry import channel_of_address
from tocsin.desk import queries, services
from tocsin.desk.rules import PRIORITIES, STATUSES
from tocsin.kernel.rest import Filled, Input, Moment, Slug, Text, actor, reader
from tocsin.people import queries as people
from tocsin.people.models import Contact
from tocsin.people.permissions import READ

router = Router(tags=["tickets"])


def _one_of(known: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"use one of: {', '.join(known)}")
        return value

    return AfterValidator(check)


TicketStatus = Annotated[str, _one_of(tuple(STATUSES))]
Priority = Annotated[str, _one_of(tuple(PRIORITIES))]


class TextIn(Input):
    """What is said."""

    text: Filled


class ReplyIn(Input):
    """An answer: `text`, `html`, or both."""

    text: Text = ""
    html: Text = ""


class RequesterOut(Schema):
    """Who asks; `verified`: they proved to be who they say."""

    name: str
    address: str
    verified: bool


class FileOut(Schema):
    """A file of a message."""

    name: str
    size: int
    content_type: str
    sha256: str


class MessageOut(Schema):
    """One entry of the conversation."""

    id: int
    kind: Literal["customer", "agent", "note", "system"]
    channel: str
    from_: Annotated[str, Field(alias="from")]
    to: list[str]
    subject: str
    text: str
    html: str
    attachments: list[FileOut]
    at: Moment


class TicketOut(Schema):
    """A ticket with its conversation, oldest message first.

    `incident` is the reference of the one it is attached to.
    """

    ref: str
    subject: str
    status: str
    priority: str
    department: str
    language: str
    requester: RequesterOut
    incident: str | None
    messages: list[MessageOut]


class Tickets(Schema):
    """A page of tickets."""

    items: list[TicketOut]
    next: str | None


class Wanted(Input):
    """Which tickets a list holds."""

    status: TicketStatus | None = None
    department: Slug | None = None
    incident: str | None = None
    requester: str | None = None
    cursor: str | None = None


def _contact(address: str | None) -> Contact | None:
    return people.contact_by_address(channel_of_address(address), address) if address else None


@router.get("/tickets", response=Tickets, by_alias=True)
def list_tickets(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Tickets, newest first."""
    contact = _contact(wanted.requester)
    visible = reader(request, READ).departments(READ)
    filters = {
        "status": wanted.status,
        "department__key": wanted.department,
        "linked_ref": wanted.incident,
        "requester_id": (contact.pk if contact else 0) if wanted.requester else None,
    }
    given = Q(**{name: value for name, value in filters.items() if value is not None})
    found = queries.newest_tickets(wanted.cursor, given, visible=visible)
    return {"items": [view.as_dict() for view in queries.ticket_views(found.items)], "next": found.next}


@router.get("/tickets/{ref}", response=TicketOut, by_alias=True)
def get_ticket(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One ticket with its conversation."""
    return queries.ticket_view(ref, visible=reader(request, READ).departments(READ)).as_dict()


@router.post("/tickets/{ref}/replies", response={201: TicketOut}, by_alias=True)
def reply(request: HttpRequest, ref: str, payload: ReplyIn) -> Status[dict[str, Any]]:
    """Answer the customer, in text, in HTML, or in both; each that is left out is made of the other."""
    written = services.reply(ref, payload.text, html=payload.html, actor=actor(request))
    return Status(201, queries.ticket_view(written.ticket.ref).as_dict())


@router.post("/tickets/{ref}/notes", response={201: TicketOut}, by_alias=True)
def add_note(request: HttpRequest, ref: str, payload: TextIn) -> Status[dict[str, Any]]:
    """Add an internal note, which the customer never sees."""
    return Status(
        201,
        queries.ticket_view(services.add_note(ref, payload.text, actor=actor(request)).ticket.ref).as_dict(),
    )
