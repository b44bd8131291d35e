"""One conversation as people read it: messages with their files, and whether ours arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from tocsin.desk import reasons
from tocsin.desk.events import StatusChanged, TicketChanged
from tocsin.desk.models import Attachment, Message, MessageKind, Ticket
from tocsin.kernel import log
from tocsin.kernel.errors import NotFound
from tocsin.kernel.events import name_of
from tocsin.kernel.models import LogEntry
from tocsin.kernel.reasons import Kept
from tocsin.mailroom import queries as mailroom
from tocsin.mailroom.queries import DeliveryView

MOST_MESSAGES = 200
_CHANGES = (name_of(StatusChanged), name_of(TicketChanged))


@dataclass(frozen=True)
class AttachmentView:
    """A file of a message; its bytes are read by `mailroom.queries.read_blob(sha256)`."""

    id: int
    message_id: int
    name: str
    content_type: str
    content_id: str
    inline: bool
    size: int
    sha256: str


@dataclass(frozen=True)
class MessageView:
    """One entry of a conversation. `visible_text` is without the quoted history that `text` still has."""

    id: int
    kind: str
    channel: str
    author_id: int | None
    author_email: str
    from_name: str
    from_address: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    visible_text: str
    html: str
    verified: bool
    defects: Kept
    said: Kept
    machine: str
    origin_ref: str
    inbound_id: int | None
    at: datetime
    attachments: tuple[AttachmentView, ...] = ()
    deliveries: tuple[DeliveryView, ...] = ()

    @property
    def has_history(self) -> bool:
        """Whether something was folded away."""
        return len(self.text.strip()) > len(self.visible_text.strip())

    @property
    def is_note(self) -> bool:
        """Whether the customer never sees it."""
        return self.kind == MessageKind.NOTE


@dataclass(frozen=True)
class HistoryEntry:
    """One change of a ticket beside its words. `what` is such as `status`; `message_id` is the message that
    brought it, or 0; `reason` as `kernel.reasons` keeps it."""

    id: int
    what: str
    old: str
    new: str
    message_id: int
    actor: str
    reason: Kept
    at: datetime


def conversation(
    ticket: Ticket, *, before: int | None = None, limit: int = MOST_MESSAGES
) -> list[MessageView]:
    """The last `limit` messages, oldest first; with `before` those before the message of that id.

    Four queries, whatever their number.
    """
    rows = Message.objects.filter(ticket=ticket).select_related("author")
    if before is not None:
        at = Message.objects.filter(ticket=ticket, pk=before).values_list("at", flat=True).first()
        rows = rows.filter(at__lte=at).exclude(pk__gte=before) if at else rows.none()
    return message_views(list(rows.order_by("-at", "-pk")[:limit])[::-1])


def last_messages(tickets: Sequence[Ticket], *, limit: int = MOST_MESSAGES) -> dict[int, list[MessageView]]:
    """The last `limit` messages of each ticket by its id, oldest first.

    Four queries, whatever their number; a long conversation takes nothing from the others.
    """
    place = Window(RowNumber(), partition_by="ticket_id", order_by=[F("at").desc(), F("pk").desc()])
    last = Message.objects.filter(ticket__in=tickets).annotate(place=place).filter(place__lte=limit)
    rows = Message.objects.filter(pk__in=last.values("pk")).select_related("author").order_by("at", "pk")
    found: dict[int, list[MessageView]] = defaultdict(list)
    messages = list(rows)
    for message, view in zip(messages, message_views(messages), strict=True):
        found[message.ticket_id].append(view)
    return found


def message_views(messages: Sequence[Message]) -> list[MessageView]:
    """These messages with their files and deliveries; three queries."""
    files = _files([message.pk for message in messages])
    deliveries = _deliveries(messages)
    return [_view(message, files[message.pk], deliveries[message.pk]) for message in messages]


def told_since(
    ticket_ids: Iterable[int], at: datetime, once_keys: Iterable[str] = ()
) -> dict[int, tuple[int, datetime]]:
    """By which delivery, and when, each ticket's requester was told since a moment: by its acknowledgement
    or by a system message with one of these `once_key`s. The newest one counts; one query."""
    says_it = Q(machine="acknowledgement") | Q(once_key__in=list(once_keys))
    rows = Message.objects.filter(
        says_it, ticket__in=list(ticket_ids), kind=MessageKind.SYSTEM, at__gte=at, delivery__isnull=False
    )
    found = rows.order_by("at", "pk").values_list("ticket_id", "delivery_id", "at")
    return {ticket: (delivery, when) for ticket, delivery, when in found if delivery}


def attachment_by_id(attachment_id: int, ticket: Ticket) -> AttachmentView:
    """A file of this ticket. Raises NotFound."""
    found = Attachment.objects.filter(pk=attachment_id, message__ticket=ticket).first()
    if found is None:
        raise NotFound(reasons.NO_FILE())
    return _file(found)


def files_of_message(message_id: int) -> list[AttachmentView]:
    """The files of one message, in the order in which they came."""
    return _files([message_id])[message_id]


def recipients_of(ticket: Ticket) -> list[tuple[str, str]]:
    """Who gets a reply, as (name, address): the requester, then whom they copied in."""
    copied = [("", address) for address in ticket.copied_addresses if address != ticket.requester_address]
    return [(ticket.requester.name, ticket.requester_address), *copied]


def history(ticket: Ticket, limit: int = 100) -> list[HistoryEntry]:
    """The last changes of a ticket, newest first; one query."""
    rows = log.history(ticket.ref, since=ticket.opened_at, limit=limit, names=_CHANGES)
    return [_change(row) for row in rows]


def _change(row: LogEntry) -> HistoryEntry:
    return HistoryEntry(
        id=row.pk,
        what=row.data.get("what", "status"),
        old=row.data["old"],
        new=row.data["new"],
        message_id=row.data.get("message_id", 0),
        actor=row.actor,
        reason=row.reason,
        at=row.at,
    )


def _files(message_ids: Sequence[int]) -> dict[int, list[AttachmentView]]:
    found: dict[int, list[AttachmentView]] = defaultdict(list)
    for attachment in Attachment.objects.filter(message_id__in=message_ids).order_by("id"):
        found[attachment.message_id].append(_file(attachment))
    return found


def _file(attachment: Attachment) -> AttachmentView:
    return AttachmentView(
        id=attachment.pk,
        message_id=attachment.message_id,
        name=attachment.name,
        content_type=attachment.content_type,
        content_id=attachment.content_id,
        inline=attachment.inline,
        size=attachment.size,
        sha256=attachment.blob_id,
    )


def _deliveries(messages: Sequence[Message]) -> dict[int, list[DeliveryView]]:
    """Each message's own delivery first, then its copies to others."""
    sent = {message.pk: message.delivery_id for message in messages if message.delivery_id}
    own = mailroom.deliveries_by_id(list(sent.values())) if sent else {}
    copies = mailroom.deliveries_of([f"message:{pk}" for pk in sent]) if sent else {}
    found: dict[int, list[DeliveryView]] = defaultdict(list)
    for pk, delivery_id in sent.items():
        first = [own[delivery_id]] if delivery_id in own else []
        found[pk] = first + [one for one in copies.get(f"message:{pk}", []) if one.id != delivery_id]
    return found


def _view(message: Message, files: list[AttachmentView], deliveries: list[DeliveryView]) -> MessageView:
    return MessageView(
        id=message.pk,
        kind=message.kind,
        channel=message.channel,
        author_id=message.author_id,
        author_email=message.author.email if message.author else "",
        from_name=message.from_name,
        from_address=message.from_address,
        to=tuple(message.to_addresses),
        cc=tuple(message.cc_addresses),
        subject=message.subject,
        text=message.text,
        visible_text=message.visible_text,
        html=message.html,
        verified=message.verified,
        defects=message.defects,
        said=message.said,
        machine=message.machine,
        origin_ref=message.origin_ref,
        inbound_id=message.inbound_id,
        at=message.at,
        attachments=tuple(files),
        deliveries=tuple(deliveries),
    )
