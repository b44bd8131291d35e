"""What this room reads of tickets: whose they are and what they say. Read through our own foreign key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tocsin.kernel.references import parse_reference

# Only what customers newly wrote speaks of their matter; machines' and our own words do not.
_FOUND = """
SELECT t.id, t.ref, t.subject, t.customer_id, t.language, t.requester_address,
       t.matter_ref, t.matter_declined, t.opened_at, t.department_id,
       min(coalesce(i.received_at, m.at)),
       coalesce(string_agg(left(coalesce(nullif(m.visible_text, ''), m.text), 4000), E'\\n' ORDER BY m.id),
                '')
FROM desk_ticket t
{join} desk_message m ON m.ticket_id = t.id AND m.kind = 'customer' AND m.machine = ''
LEFT JOIN mailroom_inbounditem i ON i.id = m.inbound_id
WHERE {condition}
GROUP BY t.id
"""
_BY_ID = _FOUND.format(join="LEFT JOIN", condition="t.id = ANY(%(ids)s)")
_BY_REF = _FOUND.format(join="LEFT JOIN", condition="t.ref = ANY(%(refs)s)")
_FREE_SINCE = _FOUND.format(
    join="JOIN", condition="t.opened_at >= %(since)s AND t.matter_ref = '' AND NOT t.matter_declined"
)
_AT_ONCE = 200


@dataclass(frozen=True)
class TicketText:
    """A ticket as the matching sees it. `received_at` is when its first message reached us."""

    id: int
    ref: str
    subject: str
    customer_id: int | None
    language: str
    address: str
    matter_ref: str
    declined: bool
    opened_at: datetime
    department_id: int
    received_at: datetime
    text: str
    by_person: bool

    @property
    def everything(self) -> str:
        """Subject and all that the customer wrote."""
        return f"{self.subject}\n{self.text}"


def by_ids(ticket_ids: Sequence[int]) -> list[TicketText]:
    """These tickets; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_ID, {"ids": list(ticket_ids)})
        return [_from_row(row) for row in cursor.fetchall()]


def by_refs(refs: Sequence[str]) -> list[TicketText]:
    """These tickets, as people type their references; unknown ones are left out. One query."""
    known = [parsed for ref in refs if (parsed := parse_reference(ref, "T"))]
    with connection.cursor() as cursor:
        cursor.execute(_BY_REF, {"refs": known})
        return [_from_row(row) for row in cursor.fetchall()]


def free_since(since: datetime) -> Iterator[TicketText]:
    """Every ticket opened since then that belongs to no matter and was not declined."""
    with connection.cursor() as cursor:
        cursor.execute(_FREE_SINCE, {"since": since})
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from map(_from_row, rows)


def _from_row(row: tuple[Any, ...]) -> TicketText:
    pk, ref, subject, customer, language, address, matter, declined, opened_at, *rest = row
    department, received_at, text = rest
    return TicketText(
        pk,
        ref,
        subject,
        customer,
        language,
        address,
        matter,
        declined,
        opened_at,
        department,
        received_at or opened_at,
        text,
        by_person=received_at is not None,
    )
