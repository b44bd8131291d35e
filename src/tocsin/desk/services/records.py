"""What the verbs of the desk have in common: holding tickets, naming them, reaching their requesters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db import connection
from django.db.models import Q

from tocsin.desk import reasons
from tocsin.desk.models import MessageKind, Ticket
from tocsin.desk.permissions import WORK_TICKETS
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import NotFound
from tocsin.kernel.references import make_reference, parse_reference
from tocsin.mailroom import queries as mailroom_queries
from tocsin.people.permissions import READ

if TYPE_CHECKING:
    from tocsin.desk.services.writing import AnyTicket

# A btree entry holds 2,700 bytes; honest Message-IDs have a tenth of that.
LONGEST_MESSAGE_ID = 500
# References that we send and look at: the nearest are worth most.
MOST_REFERENCES = 20


class File(Protocol):
    """A file that came with a message or goes out with it."""

    @property
    def name(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def content_id(self) -> str: ...
    @property
    def inline(self) -> bool: ...


@dataclass(frozen=True)
class NewAttachment:
    """A file for a message; `content_id` and `inline` for pictures inside HTML."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


def ticket_reference(ticket_id: int) -> str:
    """The public reference of a ticket (R-A01)."""
    return make_reference("T", ticket_id)


def locked(ref: str, actor: Actor) -> Ticket:
    """The ticket that somebody is about to work on, held until the transaction ends; it is here that the
    verbs of one ticket check whether they may.

    Raises NotFound, also for one in a department that they do not see, and Forbidden.
    """
    reference = parse_reference(ref, "T")
    tickets = Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("department")
    ticket = tickets.filter(ref=reference).first() if reference else None
    if ticket is None or not actor.may(READ, ticket.department_id):
        raise NotFound(reasons.NO_TICKET(ref=ref[:40]))
    actor.check(WORK_TICKETS, ticket.department_id)
    return ticket


def held(ids: Collection[int] = (), refs: Collection[str] = ()) -> list[Ticket]:
    """These tickets, held until the transaction ends; in one order, so that two never wait for each other."""
    if not ids and not refs:
        return []
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True).filter(Q(pk__in=ids) | Q(ref__in=refs))
    return list(rows.order_by("pk"))


def update(ticket: Ticket, **values: Any) -> None:
    """Write some columns of a locked ticket."""
    for name, value in values.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(values))


def delivery_channel(ticket: AnyTicket) -> str:
    """On which channel its requester is reached."""
    return ticket.requester_channel or ticket.channel


def can_be_told(ticket: AnyTicket) -> bool:
    """Whether we know where to write."""
    return bool(ticket.requester_address)


def thread_of(ticket_ids: Iterable[int]) -> Mapping[int, tuple[str, tuple[str, ...]]]:
    """For each ticket what an answer names: In-Reply-To (the customer's last mail, else ours) and References.

    Looks at each conversation's last messages only; two queries.
    """
    with connection.cursor() as cursor:
        cursor.execute(_THREADS, {"tickets": list(ticket_ids), "most": MOST_REFERENCES})
        rows: list[tuple[int, str, str, int | None]] = cursor.fetchall()
    ours = mailroom_queries.message_ids_of([delivery for _ticket, _kind, _own, delivery in rows if delivery])
    threads: dict[int, list[tuple[str, str]]] = {}
    for ticket, kind, own, delivery in rows:
        if name := own or ours.get(delivery or 0, ""):
            threads.setdefault(ticket, []).append((name, kind))
    return {ticket: (_answered(named), tuple(name for name, _ in named)) for ticket, named in threads.items()}


def _answered(named: list[tuple[str, str]]) -> str:
    theirs = [name for name, kind in named if kind == MessageKind.CUSTOMER]
    return theirs[-1] if theirs else named[-1][0]


_THREADS = """
SELECT t.id, m.kind, m.rfc_message_id, m.delivery_id
FROM unnest(%(tickets)s::bigint[]) AS t(id)
CROSS JOIN LATERAL (
    SELECT id, at, kind, rfc_message_id, delivery_id FROM desk_message
    WHERE ticket_id = t.id AND (rfc_message_id <> '' OR delivery_id IS NOT NULL)
    ORDER BY at DESC, id DESC LIMIT %(most)s
) m
ORDER BY t.id, m.at, m.id
"""
