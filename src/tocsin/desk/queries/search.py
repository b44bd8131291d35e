"""Find tickets by anything that was ever said in them (R-A18)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import connection

from tocsin.desk.models import Ticket
from tocsin.kernel.errors import Refused
from tocsin.kernel.reasons import PAGE_ADDRESS
from tocsin.kernel.references import guess_reference
from tocsin.kernel.search import to_tsquery_text
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff

# The newest messages that match are ranked, so that a common word costs the same in a large archive.
RANKED = 200

_LOOKS_LIKE_ID = re.compile(r"t-?\s?\d{2,19}|\d{2,19}", re.IGNORECASE)
_WHOLE_DIGITS = 7
_MISTYPED_DIGITS = 5


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

    An ID typed whole leads straight to its ticket; by its number without leading zeros the ticket is shown
    before what else was found. Raises Refused for a cursor that is not ours.
    """
    visible = people.visible_departments(staff)
    by_id = _by_id(query.strip(), visible) if _LOOKS_LIKE_ID.fullmatch(query.strip()) else Found()
    if by_id.jump or by_id.mistyped:
        return by_id
    asked = to_tsquery_text(query)
    found = _ranked(asked, visible, _offset(cursor), size) if asked else Found()
    return _with_first(found, by_id.items) if not cursor else found


def _by_id(typed: str, visible: list[int] | None) -> Found:
    has_letter = typed[:1] in "tT"
    digits = sum(letter.isdecimal() for letter in typed)
    reference = guess_reference(typed, "T")
    tickets = list(_rows([reference], visible, by="ref").values()) if reference else []
    # A few digits alone may be a room or a year: their ticket is offered beside what else there is.
    jumps = bool(tickets) and (has_letter or digits >= _WHOLE_DIGITS)
    # Digits alone may be a phone or an invoice number: those are searched for.
    mistyped = has_letter and digits >= _MISTYPED_DIGITS and reference is None
    return Found(items=tickets, jump=reference or "" if jumps else "", mistyped=mistyped)


def _with_first(found: Found, first: list[Ticket]) -> Found:
    known = {ticket.pk for ticket in first}
    return replace(found, items=[*first, *(one for one in found.items if one.pk not in known)])


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
        raise Refused(PAGE_ADDRESS(), ["cursor"])
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
