"""Find tickets by anything that was ever said in them (R-A18)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from tocsin.desk.models import Ticket
from tocsin.kernel.errors import Refused
from tocsin.kernel.references import parse_reference
from tocsin.kernel.search import to_tsquery_text
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff

# The newest messages that match are ranked, so that a common word costs the same in a large archive.
RANKED = 200

_LOOKS_LIKE_ID = re.compile(r"\s*t-?\s?\d{5,19}\s*|\s*\d{7,19}\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """What a search found. `jump` is the ticket whose ID was typed; `mistyped` says that what was typed
    looks like an ID and is none: its check digit is wrong."""

    items: list[Ticket] = field(default_factory=list)
    next: str | None = None
    jump: str = ""
    mistyped: bool = False
    # The newest matches only were looked at: a more exact search finds older ones.
    more_exact: bool = False


def search(query: str, staff: Staff, cursor: str | None = None, *, size: int = 25) -> Found:
    """The best of the newest matches among what `staff` sees. Three queries.

    An ID typed whole leads straight to its ticket. Raises Refused for a cursor that is not ours.
    """
    visible = people.visible_departments(staff)
    if _LOOKS_LIKE_ID.fullmatch(query):
        by_id = _by_id(query, visible)
        if by_id:
            return by_id
    asked = to_tsquery_text(query)
    return _ranked(asked, visible, _offset(cursor), size) if asked else Found()


def _by_id(query: str, visible: list[int] | None) -> Found | None:
    typed = query.strip().replace(" ", "")
    has_letter = typed[:1] in "tT"
    reference = parse_reference(typed if has_letter else f"T-{typed}", "T")
    tickets = _rows([reference] if reference else [], visible, by="ref")
    if tickets:
        return Found(items=list(tickets.values()), jump=reference or "")
    # Digits alone may be a phone or an invoice number: those are searched for.
    return Found(mistyped=reference is None) if has_letter else None


def _ranked(asked: str, visible: list[int] | None, offset: int, size: int) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND, {"asked": asked, "visible": visible, "everything": visible is None, "ranked": RANKED}
        )
        rows = cursor.fetchall()
    ids = [ticket_id for ticket_id, _total in rows]
    tickets = _rows(ids[offset : offset + size], visible)
    more = len(ids) > offset + size
    return Found(
        items=[tickets[pk] for pk in ids[offset : offset + size] if pk in tickets],
        next=str(offset + size) if more else None,
        more_exact=bool(rows) and rows[0][1] >= RANKED,
    )


def _rows(keys: list[int] | list[str], visible: list[int] | None, by: str = "pk") -> dict[int, Ticket]:
    rows = Ticket.objects.filter(**{f"{by}__in": keys})
    rows = rows if visible is None else rows.filter(department_id__in=visible)
    return {row.pk: row for row in rows.select_related("requester", "customer", "assignee", "department")}


def _offset(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not (cursor.isdecimal() and cursor.isascii() and len(cursor) < 4 and int(cursor) <= RANKED):
        raise Refused(
            _("This page address is not valid. Start again from the first page."), {"cursor": "not valid"}
        )
    return int(cursor)


_FIND = """
WITH newest AS MATERIALIZED (
    SELECT m.id, m.ticket_id, m.search
    FROM desk_message m JOIN desk_ticket t ON t.id = m.ticket_id
    WHERE m.search @@ %(asked)s::tsquery
      AND (%(everything)s OR t.department_id = ANY(%(visible)s::bigint[]))
    ORDER BY m.id DESC LIMIT %(ranked)s
)
SELECT ticket_id, (SELECT count(*) FROM newest)
FROM newest
GROUP BY ticket_id
ORDER BY max(ts_rank(search, %(asked)s::tsquery, 1)) DESC, max(id) DESC
"""
