"""How the desk's rows are made; used by its verbs only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection
from django.utils.translation import override

from tocsin.desk import reasons
from tocsin.desk.models import Attachment, Message, MessageKind, Ticket
from tocsin.kernel import clock
from tocsin.kernel.bulk import copy_in
from tocsin.kernel.errors import NotFound
from tocsin.kernel.reasons import NOTHING, Kept, words_of
from tocsin.kernel.references import make_reference, parse_reference
from tocsin.kernel.search import to_tsvector_text
from tocsin.kernel.text import storable
from tocsin.mailroom import queries as mailroom_queries
from tocsin.mailroom import services as mailroom
from tocsin.people import queries as people

# What lies further down in a message is not found by its words; the index stays in proportion.
INDEXED_CHARACTERS = 50_000
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


def locked(ref: str) -> Ticket:
    """The ticket, held until the transaction ends. Raises NotFound."""
    reference = parse_reference(ref, "T")
    tickets = Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("department")
    ticket = tickets.filter(ref=reference).first() if reference else None
    if ticket is None:
        raise NotFound(reasons.NO_TICKET(ref=ref[:40]))
    return ticket


def update(ticket: Ticket, **values: Any) -> None:
    """Write some columns of a locked ticket."""
    for name, value in values.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(values))


def search_text(
    ticket: Ticket, message: Message, file_names: Iterable[str] = (), customer_name: str = ""
) -> str:
    """What a message is found by: its ticket's ID, subject, people, files, words (R-A18)."""
    return to_tsvector_text(
        [
            (ticket.ref, "A"),
            (message.subject, "A"),
            (message.from_name, "B"),
            (message.from_address, "B"),
            (customer_name, "B"),
            (" ".join(file_names), "C"),
            (message.text[:INDEXED_CHARACTERS], "D"),
        ]
    )


def keep_files(files: Sequence[tuple[Message, File]]) -> None:
    """Write the files of saved messages; their bytes go to the mailroom's blobs."""
    if files:
        names = mailroom.keep_blobs(file.content for _message, file in files)
        copy_in([_attachment(*pair, name) for pair, name in zip(files, names, strict=True)])


def _attachment(message: Message, file: File, blob_name: str) -> Attachment:
    return Attachment(
        message=message,
        name=storable(file.name, 255),
        content_type=storable(file.content_type, 127),
        content_id=storable(file.content_id, 255),
        inline=file.inline,
        size=len(file.content),
        blob_id=blob_name,
    )


def note(
    ticket: Ticket, text: str | Kept, *, author_id: int | None = None, at: datetime | None = None
) -> Message:
    """An internal note, not yet saved: a person's text, or what we have to say, as codes."""
    said = text if isinstance(text, Kept) else NOTHING
    if said:
        with override(people.company_language()):
            text = "\n\n".join(words_of(said))
    message = Message(
        ticket=ticket,
        kind=MessageKind.NOTE,
        channel="console",
        author_id=author_id,
        text=storable(text),
        visible_text=storable(text),
        said=said,
        at=at or clock.now(),
    )
    message.search = search_text(ticket, message)
    return message


def staff_id_of(actor: str) -> int | None:
    """The id in `staff:ID`; None for anybody else."""
    kind, _colon, number = actor.partition(":")
    return int(number) if kind == "staff" and number.isdecimal() else None


def delivery_channel(ticket: Ticket) -> str:
    """On which channel its requester is reached."""
    return ticket.requester_channel or ticket.channel


def can_be_told(ticket: Ticket) -> bool:
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
