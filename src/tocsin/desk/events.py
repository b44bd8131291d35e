"""What the desk announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event

QUEUE = "queue"


@dataclass(frozen=True)
class TicketEvent(Event):
    """Something happened to one ticket."""

    ticket_id: int
    ref: str

    @property
    def subject(self) -> str:
        """The ticket's public reference."""
        return self.ref

    def topics(self) -> list[str]:
        """Every list, and whoever has this ticket open."""
        return [QUEUE, f"ticket:{self.ref}"]


@dataclass(frozen=True)
class TicketOpened(TicketEvent):
    """A new ticket; its acknowledgement is written after everybody has heard of it.

    `origin_ref` is that of the delivery it answers, such as `notice:7`; mostly empty.
    """

    customer_id: int | None = None
    origin_ref: str = ""


@dataclass(frozen=True)
class CustomerWrote(TicketEvent):
    """A person wrote again in a ticket. `origin_ref` is that of the delivery they answered, if any."""

    message_id: int = 0
    origin_ref: str = ""


@dataclass(frozen=True)
class ReplyWritten(TicketEvent):
    """An agent answered; the mail is in the outbox."""

    message_id: int = 0


@dataclass(frozen=True)
class NoteAdded(TicketEvent):
    """An internal note was left."""

    message_id: int = 0


@dataclass(frozen=True)
class TicketChanged(TicketEvent):
    """Something about a ticket changed. `what` is which: status, priority, assignee, department, linked, …

    `old` and `new` are its values, for the history.
    """

    what: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class TicketsTold(Event):
    """The system wrote in many tickets at once, and closed some of them."""

    ticket_ids: tuple[int, ...]
    refs: tuple[str, ...]
    closed: tuple[str, ...] = ()

    def topics(self) -> list[str]:
        """Every list, and whoever has one of these tickets open."""
        return [QUEUE, *(f"ticket:{ref}" for ref in self.refs)]


@dataclass(frozen=True)
class AnswersProgressed(Event):
    """Answers of agents in these tickets were sent, wait, or came back."""

    refs: tuple[str, ...]

    def topics(self) -> list[str]:
        """Whoever has one of these tickets open."""
        return [f"ticket:{ref}" for ref in self.refs]
