"""What customers wrote in tickets, for rooms that look into the words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tocsin.desk.rules import PEOPLES_MARKS
from tocsin.kernel.references import parse_reference

# Only what customers newly wrote; machines' and our own words do not count.
_TEXTS = """
SELECT t.id, t.ref, t.subject, t.customer_id, t.language, t.requester_address, t.linked_ref, t.link_declined,
       t.opened_at, t.activity_at, t.department_id,
       EXISTS (SELECT FROM desk_message WHERE ticket_id = t.id AND machine = 'acknowledgement'),
       coalesce(array_agg(m.at ORDER BY m.id) FILTER (WHERE m.id IS NOT NULL), '{{}}'),
       coalesce(array_agg(left(coalesce(nullif(m.visible_text, ''), m.text), 4000) ORDER BY m.id)
                FILTER (WHERE m.id IS NOT NULL), '{{}}')
FROM desk_ticket t
LEFT JOIN desk_message m ON m.ticket_id = t.id AND m.kind = 'customer' AND m.machine = ANY(%(people)s)
WHERE {condition}
GROUP BY t.id
"""
_BY_ID = _TEXTS.format(condition="t.id = ANY(%(ids)s)")
_BY_REF = _TEXTS.format(condition="t.ref = ANY(%(refs)s)")
_SINCE = _TEXTS.format(
    condition="""NOT t.link_declined AND t.id IN (
    SELECT id FROM desk_ticket WHERE opened_at >= %(since)s AND linked_ref = ''
    UNION ALL
    SELECT id FROM desk_ticket WHERE activity_at >= %(since)s AND linked_ref <> '' AND status <> 'closed'
        AND linked_ref <> ALL(%(but)s)
)"""
)
_PEOPLE = list(PEOPLES_MARKS)
_AT_ONCE = 200


@dataclass(frozen=True)
class TicketTexts:
    """A ticket with what its customer wrote, oldest first, each with its moment, cut at 4,000 characters."""

    id: int
    ref: str
    subject: str
    customer_id: int | None
    language: str
    address: str
    linked_ref: str
    link_declined: bool
    opened_at: datetime
    activity_at: datetime
    department_id: int
    acknowledged: bool
    texts: tuple[tuple[datetime, str], ...]


def texts_by_ids(ticket_ids: Sequence[int]) -> list[TicketTexts]:
    """These tickets; one query."""
    return list(_found(_BY_ID, {"ids": list(ticket_ids)}))


def texts_by_refs(refs: Sequence[str]) -> list[TicketTexts]:
    """These tickets, as people type their references; unknown ones are left out. One query."""
    known = [parsed for ref in refs if (parsed := parse_reference(ref, "T"))]
    return list(_found(_BY_REF, {"refs": known}))


def texts_since(since: datetime, *, but_linked_to: Collection[str] = ()) -> Iterator[TicketTexts]:
    """Tickets opened since then that are linked to nothing, and those not closed whose customer wrote since
    then and that are linked to something else than these; never one whose link was declined."""
    return _found(_SINCE, {"since": since, "but": list(but_linked_to)})


def _found(statement: str, values: dict[str, Any]) -> Iterator[TicketTexts]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "people": _PEOPLE})
        while rows := cursor.fetchmany(_AT_ONCE):
            for *columns, moments, texts in rows:
                theirs = tuple(zip(moments, texts, strict=True))
                yield TicketTexts(*[*columns, theirs])
