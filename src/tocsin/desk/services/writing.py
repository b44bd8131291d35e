"""New tickets and new messages: the only place where their rows are made, for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F
from django.utils.translation import override

from tocsin.desk import rules
from tocsin.desk.models import Attachment, Message, MessageKind, Ticket
from tocsin.desk.services.records import File, ticket_reference
from tocsin.kernel import clock, search
from tocsin.kernel.bulk import copy_values, take_ids
from tocsin.kernel.reasons import NOTHING, Kept, words_of
from tocsin.kernel.text import clean_subject, make_excerpt, storable
from tocsin.mailroom import services as mailroom
from tocsin.people import queries as people

# What lies further down in a message is not found by its words; the index stays in proportion.
INDEXED_CHARACTERS = 50_000


@dataclass(slots=True, kw_only=True, eq=False)
class NewTicket:
    """A ticket to be written; its id and reference are given when it is. `excerpt` may be the whole text."""

    subject: str
    channel: str
    department_id: int
    requester_id: int
    requester_address: str
    requester_channel: str
    language: str
    opened_at: datetime
    excerpt: str
    customer_id: int | None = None
    account_id: int | None = None
    verified: bool = False
    priority: str = "normal"
    copied_addresses: list[str] = field(default_factory=list)
    message_count: int = 0
    unread: bool = True
    status: str = rules.NEW
    activity_at: datetime | None = None
    acknowledged_at: datetime | None = None
    linked_ref: str = ""
    pk: int = 0
    ref: str = ""

    def __post_init__(self) -> None:
        """Subject, excerpt and address as the table has them."""
        self.subject = storable(clean_subject(self.subject))
        self.excerpt = make_excerpt(self.excerpt)
        self.requester_address = self.requester_address.strip()[:320]


AnyTicket = Ticket | NewTicket


@dataclass(slots=True, kw_only=True, eq=False)
class NewMessage:
    """An entry of a conversation to be written, in a ticket that is there. Texts are `storable`.

    One that is not `searchable` is not found by its words. Its id is given when it is written, or before that
    by `number_messages`, for what has to name it.
    """

    ticket: AnyTicket
    kind: str
    channel: str
    text: str
    at: datetime
    visible_text: str | None = None
    html: str = ""
    subject: str = ""
    author_id: int | None = None
    from_name: str = ""
    from_address: str = ""
    to_addresses: Sequence[str] = ()
    cc_addresses: Sequence[str] = ()
    verified: bool = False
    defects: Kept = NOTHING
    said: Kept = NOTHING
    machine: str = ""
    rfc_message_id: str = ""
    inbound_id: int | None = None
    delivery_id: int | None = None
    origin_ref: str = ""
    once_key: str | None = None
    files: Sequence[File] = ()
    customer_name: str = ""
    searchable: bool = True
    pk: int = 0

    @property
    def ticket_id(self) -> int:
        """The ticket it stands in."""
        return self.ticket.pk


_TICKET = (
    "id", "ref", "subject", "status", "priority", "priority_rank", "channel", "department_id", "customer_id",
    "requester_id", "requester_address", "requester_channel", "copied_addresses", "verified", "language",
    "account_id", "excerpt", "message_count", "unread", "opened_at", "activity_at", "acknowledged_at",
)  # fmt: skip
_MESSAGE = (
    "id", "ticket_id", "kind", "channel", "author_id", "from_name", "from_address", "to_addresses",
    "cc_addresses", "subject", "text", "visible_text", "html", "verified", "defects", "said", "machine",
    "rfc_message_id", "inbound_id", "delivery_id", "origin_ref", "once_key", "at",
)  # fmt: skip
_FILE = ("message_id", "name", "content_type", "content_id", "inline", "size", "blob_id")


def new_tickets(tickets: Sequence[NewTicket]) -> None:
    """Write them; their messages come by `new_messages`, and count already in `message_count`. Whoever opens
    them announces them."""
    if not tickets:
        return
    for pk, one in zip(take_ids(Ticket, len(tickets)), tickets, strict=True):
        one.pk, one.ref = pk, ticket_reference(pk)
    copy_values(Ticket, _TICKET, [_ticket_row(one) for one in tickets])


def new_messages(messages: Sequence[NewMessage]) -> None:
    """Write them with their files, in a few statements whatever their number. Raises what an INSERT raises,
    such as IntegrityError for a `once_key` that was used before."""
    if not messages:
        return
    number_messages(messages)
    copy_values(Message, _MESSAGE, [_message_row(one) for one in messages])
    search.write("ticket", [_document(one) for one in messages if one.searchable])
    files = [(one.pk, file) for one in messages for file in one.files]
    if files:
        blobs = mailroom.keep_blobs(file.content for _pk, file in files)
        copy_values(Attachment, _FILE, [_file_row(*pair) for pair in zip(files, blobs, strict=True)])


def new_message(message: NewMessage) -> Message:
    """As `new_messages`, for one; the row as it was written."""
    new_messages([message])
    values = dict(zip(_MESSAGE, _message_row(message), strict=True))
    row = Message(**values | {"ticket": message.ticket})
    row._state.adding = False
    return row


def number_messages(messages: Sequence[NewMessage]) -> None:
    """Give ids to those that have none yet."""
    unnumbered = [one for one in messages if not one.pk]
    if unnumbered:
        for pk, one in zip(take_ids(Message, len(unnumbered)), unnumbered, strict=True):
            one.pk = pk


def count_messages(ticket_ids: Collection[int], *, acknowledged: Collection[int] = ()) -> None:
    """One more message in each of these tickets, and when the `acknowledged` among them were acknowledged."""
    rows, more = Ticket.objects.filter(pk__in=ticket_ids), F("message_count") + 1
    if acknowledged:
        rows.filter(pk__in=acknowledged).update(message_count=more, acknowledged_at=clock.now())
    if len(acknowledged) < len(ticket_ids):
        rows.exclude(pk__in=acknowledged).update(message_count=more)


def note(
    ticket: AnyTicket, text: str | Kept, *, author_id: int | None = None, at: datetime | None = None
) -> NewMessage:
    """An internal note to be written: a person's text, or what we have to say, as codes."""
    said = text if isinstance(text, Kept) else NOTHING
    if said:
        with override(people.company_language()):
            text = "\n\n".join(words_of(said))
    return NewMessage(
        ticket=ticket,
        kind=MessageKind.NOTE,
        channel=rules.WRITTEN_BY_STAFF,
        author_id=author_id,
        text=storable(text),
        said=said,
        at=at or clock.now(),
    )


def _ticket_row(one: NewTicket) -> tuple[object, ...]:
    return (
        one.pk, one.ref, one.subject, one.status, one.priority, rules.rank_of(one.priority), one.channel,
        one.department_id, one.customer_id, one.requester_id, one.requester_address, one.requester_channel,
        one.copied_addresses, one.verified, one.language, one.account_id, one.excerpt, one.message_count,
        one.unread, one.opened_at, one.activity_at or one.opened_at, one.acknowledged_at,
    )  # fmt: skip


def _message_row(one: NewMessage) -> tuple[object, ...]:
    visible = one.text if one.visible_text is None else one.visible_text
    return (
        one.pk, one.ticket.pk, one.kind, one.channel, one.author_id, storable(one.from_name, 200),
        storable(one.from_address, 320), list(one.to_addresses), list(one.cc_addresses),
        storable(one.subject, 2000), one.text, visible, one.html, one.verified, one.defects, one.said,
        one.machine, storable(one.rfc_message_id), one.inbound_id, one.delivery_id, one.origin_ref,
        one.once_key, one.at,
    )  # fmt: skip


def _file_row(of: tuple[int, File], blob: str) -> tuple[object, ...]:
    message_id, file = of
    names = (storable(file.name, 255), storable(file.content_type, 127), storable(file.content_id, 255))
    return (message_id, *names, file.inline, len(file.content), blob)


def _document(one: NewMessage) -> search.Document:
    return document(one.ticket, one, [file.name for file in one.files], one.customer_name)


def document(
    ticket: AnyTicket, message: Message | NewMessage, file_names: Iterable[str], customer_name: str
) -> search.Document:
    """What a message is found by: its ticket's ID, subject, people, files, words (R-A18)."""
    found_by = search.to_tsvector_text(
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
    return search.Document(ticket.pk, message.pk, ticket.department_id, message.at, found_by)
