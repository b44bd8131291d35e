"""How the desk's rows are made; used by its verbs only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tocsin.desk.models import Attachment, Message, MessageKind, Ticket
from tocsin.kernel import clock
from tocsin.kernel.bulk import copy_in
from tocsin.kernel.errors import NotFound
from tocsin.kernel.reasons import NOTHING, Kept, words_of
from tocsin.kernel.references import make_reference, parse_reference
from tocsin.kernel.search import to_tsvector_text
from tocsin.kernel.text import storable
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
        raise NotFound(_("There is no ticket “%(ref)s”.") % {"ref": ref[:40]})
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
    """How its requester is reached: by mail wherever there is a mail address."""
    return "email" if "@" in ticket.requester_address else ticket.channel


def can_be_told(ticket: Ticket) -> bool:
    """Whether we know where to write."""
    return bool(ticket.requester_address)


def thread_of(ticket_ids: Iterable[int]) -> Mapping[int, tuple[str, tuple[str, ...]]]:
    """For each ticket what an answer names: In-Reply-To (the customer's last mail, else ours) and References.

    Looks at each conversation's last messages only; one query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_THREADS, {"tickets": list(ticket_ids), "most": MOST_REFERENCES})
        rows = cursor.fetchall()
    return {ticket: (_answered(ids, kinds), tuple(ids)) for ticket, ids, kinds in rows}


def _answered(ids: list[str], kinds: list[str]) -> str:
    theirs = [message_id for message_id, kind in zip(ids, kinds, strict=True) if kind == MessageKind.CUSTOMER]
    return theirs[-1] if theirs else ids[-1]


_THREADS = """
SELECT t.id, array_agg(m.named ORDER BY m.at, m.id), array_agg(m.kind ORDER BY m.at, m.id)
FROM unnest(%(tickets)s::bigint[]) AS t(id)
CROSS JOIN LATERAL (
    SELECT m.id, m.at, m.kind, coalesce(nullif(m.rfc_message_id, ''), d.message_id) AS named
    FROM desk_message m LEFT JOIN mailroom_delivery d ON d.id = m.delivery_id
    WHERE m.ticket_id = t.id AND coalesce(nullif(m.rfc_message_id, ''), d.message_id, '') <> ''
    ORDER BY m.at DESC, m.id DESC LIMIT %(most)s
) m
GROUP BY t.id
"""
