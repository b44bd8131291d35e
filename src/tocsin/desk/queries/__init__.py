"""The desk's reads."""

from tocsin.desk.queries.acknowledged import (
    Acknowledged,
    Tells,
    acknowledged_since,
    acknowledged_to_strangers,
    to_tell,
)
from tocsin.desk.queries.api import TicketView, ticket_view, ticket_views
from tocsin.desk.queries.conversation import (
    AttachmentView,
    HistoryEntry,
    MessageView,
    attachment_by_id,
    conversation,
    files_of_message,
    history,
    recipients_of,
    told_since,
)
from tocsin.desk.queries.digest import digest, number_of, version_of
from tocsin.desk.queries.forwarded import first_writer
from tocsin.desk.queries.lists import (
    VIEWS,
    BoundedCount,
    counts,
    newest_tickets,
    queue,
    recent_tickets_of,
    ticket_by_ref,
    tickets_of_contact,
    tickets_of_customer,
)
from tocsin.desk.queries.rows import TicketRow, row_of, rows_seen
from tocsin.desk.queries.search import Found, search
from tocsin.desk.queries.texts import TicketTexts, texts_by_ids, texts_by_refs, texts_since
from tocsin.desk.queries.threads import Named, defects_in, named_by
from tocsin.desk.rules import is_from_person

__all__ = [
    "VIEWS",
    "Acknowledged",
    "AttachmentView",
    "BoundedCount",
    "Found",
    "HistoryEntry",
    "MessageView",
    "Named",
    "Tells",
    "TicketRow",
    "TicketTexts",
    "TicketView",
    "acknowledged_since",
    "acknowledged_to_strangers",
    "attachment_by_id",
    "conversation",
    "counts",
    "defects_in",
    "digest",
    "files_of_message",
    "first_writer",
    "history",
    "is_from_person",
    "named_by",
    "newest_tickets",
    "number_of",
    "queue",
    "recent_tickets_of",
    "recipients_of",
    "row_of",
    "rows_seen",
    "search",
    "texts_by_ids",
    "texts_by_refs",
    "texts_since",
    "ticket_by_ref",
    "ticket_view",
    "ticket_views",
    "tickets_of_contact",
    "tickets_of_customer",
    "to_tell",
    "told_since",
    "version_of",
]
