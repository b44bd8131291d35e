"""What the desk announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tocsin.kernel.events import Event, Signal

if TYPE_CHECKING:
    from tocsin.desk.services.writing import AnyTicket

QUEUE = "queue"


@dataclass(frozen=True)
class TicketEvent(Event):
    """Something happened to one ticket. `linked_ref` is the record it is linked to, such as an incident, or
    ''."""

    ticket_id: int
    ref: str
    customer_id: int | None = None
    linked_ref: str = ""

    @classmethod
    def of(cls, ticket: AnyTicket, **more: Any) -> Self:
        """The event about this ticket as it is now."""
        return cls(ticket.pk, ticket.ref, ticket.customer_id, ticket.linked_ref, **more)

    def subjects(self) -> list[str]:
        """The ticket, its customer, the record it is linked to."""
        customer = [f"customer:{self.customer_id}"] if self.customer_id else []
        return [self.ref, *customer, *([self.linked_ref] if self.linked_ref else [])]

    def topics(self) -> list[str]:
        """Every list, and whoever has this ticket open."""
        return [QUEUE, f"ticket:{self.ref}"]


@dataclass(frozen=True)
class TicketOpened(TicketEvent, name="desk.ticket-opened"):
    """A new ticket; its acknowledgement is written after everybody has heard of it.

    `origin_ref` is that of the delivery it answers, such as `notice:7`; mostly empty.
    """

    origin_ref: str = ""


@dataclass(frozen=True)
class StatusChanged(TicketEvent, name="desk.status-changed"):
    """Where a ticket stands, from `old` to `new`. `message_id` is the message that brought it, or 0."""

    old: str = ""
    new: str = ""
    message_id: int = 0


@dataclass(frozen=True)
class TicketChanged(TicketEvent, name="desk.ticket-changed"):
    """Something else about a ticket changed. `what` is which: priority, assignee, department, linked, …

    `old` and `new` are its values, for the history; `also` is whom or what it concerns besides.
    """

    what: str = ""
    old: str = ""
    new: str = ""
    also: tuple[str, ...] = ()

    def subjects(self) -> list[str]:
        """Those of the ticket, and whatever else it concerns."""
        return list(dict.fromkeys([*super().subjects(), *self.also]))


@dataclass(frozen=True)
class CustomerWrote(TicketEvent, name="desk.customer-wrote"):
    """A person wrote again in a ticket. `origin_ref` is that of the delivery they answered, if any."""

    message_id: int = 0
    origin_ref: str = ""


@dataclass(frozen=True)
class ReplyWritten(TicketEvent, name="desk.reply-written"):
    """An agent answered; the mail is in the outbox."""

    message_id: int = 0


@dataclass(frozen=True)
class NoteAdded(TicketEvent, name="desk.note-added"):
    """An internal note was left."""

    message_id: int = 0


@dataclass(frozen=True)
class SystemWrote(TicketEvent, name="desk.system-wrote"):
    """The requester was written to in the system's own voice; what answers it carries `origin_ref`."""

    message_id: int = 0
    origin_ref: str = ""


@dataclass(frozen=True)
class TicketRead(Signal, name="desk.ticket-read"):
    """Somebody has seen what came in."""

    ref: str

    def topics(self) -> list[str]:
        """Every list, and whoever has this ticket open."""
        return [QUEUE, f"ticket:{self.ref}"]


@dataclass(frozen=True)
class AnswersProgressed(Signal, name="desk.answers-progressed"):
    """Answers of agents in these tickets were sent, wait, or came back."""

    refs: tuple[str, ...]

    def topics(self) -> list[str]:
        """Whoever has one of these tickets open."""
        return [f"ticket:{ref}" for ref in self.refs]
