"""A ticket in the shape that the API shows; the names are fixed, programs rely on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.desk.models import MessageKind, Ticket
from tocsin.desk.queries.conversation import MessageView, last_messages
from tocsin.desk.queries.lists import ticket_by_ref
from tocsin.desk.services.records import delivery_channel
from tocsin.mailroom import queries as mailroom


@dataclass(frozen=True)
class RequesterView:
    """Who asked; `verified`: they proved to be a management address of a customer."""

    name: str
    address: str
    verified: bool


@dataclass(frozen=True)
class FileView:
    """A file of a message."""

    name: str
    size: int
    content_type: str
    sha256: str


@dataclass(frozen=True)
class ApiMessage:
    """A message; `sender` is `from` outside."""

    id: int
    kind: str
    channel: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[FileView, ...]
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        """With the names used outside."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "sender"}
        return values | {
            "from": self.sender,
            "to": list(self.to),
            "attachments": [vars(file) for file in self.attachments],
        }


@dataclass(frozen=True)
class TicketView:
    """A ticket; `incident` is the reference it is linked to, or None."""

    ref: str
    subject: str
    status: str
    priority: str
    department: str
    language: str
    requester: RequesterView
    incident: str | None
    messages: tuple[ApiMessage, ...]

    def as_dict(self) -> dict[str, Any]:
        """With the names used outside, ready for JSON but for times."""
        return vars(self) | {
            "requester": vars(self.requester),
            "messages": [message.as_dict() for message in self.messages],
        }


def ticket_view(ref: str, *, visible: list[int] | None = None) -> TicketView:
    """A ticket with its last 200 messages; a handful of queries. Raises NotFound, also where it is not in one
    of the departments `visible` (None: all of them)."""
    ticket = ticket_by_ref(ref, visible=visible)
    return ticket_views([ticket])[0]


def ticket_views(tickets: Sequence[Ticket]) -> list[TicketView]:
    """These tickets, with `department`, `requester` and `account` at hand, each with its last 200 messages.

    The number of queries does not depend on theirs.
    """
    messages = last_messages(tickets)
    return [_ticket(ticket, messages[ticket.pk], _our_address(ticket)) for ticket in tickets]


def _our_address(ticket: Ticket) -> str:
    """From which we write to the requester."""
    account = mailroom.sending_account(delivery_channel(ticket), ticket.account)
    return account.address if account else ""


def _ticket(ticket: Ticket, messages: Sequence[MessageView], ours: str) -> TicketView:
    return TicketView(
        ref=ticket.ref,
        subject=ticket.subject,
        status=ticket.status,
        priority=ticket.priority,
        department=ticket.department.key,
        language=ticket.language,
        requester=RequesterView(ticket.requester.name, ticket.requester_address, ticket.verified),
        incident=ticket.linked_ref or None,
        messages=tuple(_message(message, ours) for message in messages),
    )


def _message(message: MessageView, ours: str) -> ApiMessage:
    theirs = message.kind == MessageKind.CUSTOMER
    return ApiMessage(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        sender=message.from_address if theirs else (message.is_note and message.author_email) or ours,
        to=(*message.to, *message.cc),
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=tuple(
            FileView(file.name, file.size, file.content_type, file.sha256) for file in message.attachments
        ),
        at=message.at,
    )
