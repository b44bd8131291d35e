"""What tickets are found by: a document for each message, written with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tocsin.desk.models import Attachment, Message, MessageKind, Ticket
from tocsin.desk.services.writing import document
from tocsin.kernel.search import Document, Indexer, register


def _documents(ticket_ids: Sequence[int]) -> Iterator[Document]:
    """As its messages were written; the acknowledgements of intake say nothing that one would look for."""
    rows = Message.objects.filter(ticket__in=ticket_ids).exclude(machine="acknowledgement")
    messages = list(rows.select_related("ticket__customer").defer("html", "visible_text"))
    files = defaultdict(list)
    for message_id, name in Attachment.objects.filter(message__in=messages).values_list("message_id", "name"):
        files[message_id].append(name)
    for message in messages:
        customer = message.ticket.customer if message.kind == MessageKind.CUSTOMER else None
        names = files[message.pk]
        yield document(message.ticket, message, names, customer.name if customer else "")


def _after(number: int, most: int) -> Sequence[int]:
    return list(Ticket.objects.filter(pk__gt=number).order_by("pk").values_list("pk", flat=True)[:most])


register(Indexer("ticket", _documents, _after, few=False))
