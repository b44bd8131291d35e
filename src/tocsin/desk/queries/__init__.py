"""The desk's reads."""

from tocsin.desk.queries.api import TicketView, ticket_view, ticket_views
from tocsin.desk.queries.conversation import (
    AttachmentView,
    HistoryEntry,
    MessageView,
    attachment_by_id,
    conversation,
    history,
    recipients_of,
)
from tocsin.desk.queries.lists import (
    VIEWS,
    BoundedCount,
    TicketText,
    counts,
    newest_tickets,
    open_tickets_of,
    queue,
    recent_tickets_of,
    ticket_by_id,
    ticket_by_ref,
    ticket_texts,
    tickets_of_matter,
    tickets_opened_since,
)
from tocsin.desk.queries.search import Found, search

__all__ = [
    "VIEWS",
    "AttachmentView",
    "BoundedCount",
    "Found",
    "HistoryEntry",
    "MessageView",
    "TicketText",
    "TicketView",
    "attachment_by_id",
    "conversation",
    "counts",
    "history",
    "newest_tickets",
    "open_tickets_of",
    "queue",
    "recent_tickets_of",
    "recipients_of",
    "search",
    "ticket_by_id",
    "ticket_by_ref",
    "ticket_texts",
    "ticket_view",
    "ticket_views",
    "tickets_of_matter",
    "tickets_opened_since",
]
