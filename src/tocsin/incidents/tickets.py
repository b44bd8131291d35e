"""What this room reads of tickets: whose they are, what they say, and whether they are free.

The desk's tables are read here and not in the desk's queries, since the answer depends on ours: a ticket that
is linked to an incident that is over is free for the next one, and only what its customer wrote since counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tocsin.desk.queries import PEOPLES_MARKS
from tocsin.incidents.rules.checks import LOOK_BACK
from tocsin.kernel.references import parse_reference

# Only what customers newly wrote speaks of their problem; machines' and our own words do not. Where an
# earlier incident is over, only what they last wrote after its end does: a word of thanks is no new contact.
_FOUND = """
SELECT t.id, t.ref, t.subject, t.customer_id, t.language, t.requester_address,
       CASE WHEN past.id IS NULL THEN t.linked_ref ELSE '' END, coalesce(past.ref, ''), t.link_declined,
       CASE WHEN past.id IS NULL THEN t.opened_at ELSE t.activity_at END, t.department_id,
       t.acknowledged_at IS NOT NULL, min(coalesce(i.received_at, m.at)),
       coalesce(string_agg(left(coalesce(nullif(m.visible_text, ''), m.text), 4000), E'\\n' ORDER BY m.id),
                '')
FROM desk_ticket t
LEFT JOIN incidents_incident past ON past.ref = t.linked_ref AND past.resolved_at IS NOT NULL
{join} desk_message m ON m.ticket_id = t.id AND m.kind = 'customer' AND m.machine = ANY(%(people)s)
    AND (past.id IS NULL OR m.at > greatest(past.resolved_at, t.activity_at - %(lately)s))
LEFT JOIN mailroom_inbounditem i ON i.id = m.inbound_id
WHERE {condition}
GROUP BY t.id, past.id
"""
_BY_ID = _FOUND.format(join="LEFT JOIN", condition="t.id = ANY(%(ids)s)")
_BY_REF = _FOUND.format(join="LEFT JOIN", condition="t.ref = ANY(%(refs)s)")
_FREE_SINCE = _FOUND.format(
    join="JOIN",
    condition="""NOT t.link_declined AND t.id IN (
    SELECT id FROM desk_ticket WHERE opened_at >= %(since)s AND linked_ref = ''
    UNION ALL
    SELECT again.id FROM desk_ticket again JOIN incidents_incident ended ON ended.ref = again.linked_ref
    WHERE again.activity_at >= %(since)s AND again.status <> 'closed' AND ended.resolved_at IS NOT NULL
)""",
)
_ALWAYS: dict[str, Any] = {"people": list(PEOPLES_MARKS), "lately": LOOK_BACK}
_AT_ONCE = 200


@dataclass(frozen=True)
class TicketText:
    """A ticket as the matching sees it. `received_at` is when its first message reached us.

    `over_ref` is the incident it was part of that is over; `linked_ref` is empty then, and both times are
    those of what the customer wrote after the end.
    """

    id: int
    ref: str
    subject: str
    customer_id: int | None
    language: str
    address: str
    linked_ref: str
    over_ref: str
    declined: bool
    opened_at: datetime
    department_id: int
    acknowledged: bool
    received_at: datetime
    text: str
    by_person: bool

    @property
    def everything(self) -> str:
        """Subject and all that the customer wrote; the subject of what is over says nothing of today."""
        return self.text if self.over_ref else f"{self.subject}\n{self.text}"


def by_ids(ticket_ids: Sequence[int]) -> list[TicketText]:
    """These tickets; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_ID, {"ids": list(ticket_ids), **_ALWAYS})
        return [_from_row(row) for row in cursor.fetchall()]


def by_refs(refs: Sequence[str]) -> list[TicketText]:
    """These tickets, as people type their references; unknown ones are left out. One query."""
    known = [parsed for ref in refs if (parsed := parse_reference(ref, "T"))]
    with connection.cursor() as cursor:
        cursor.execute(_BY_REF, {"refs": known, **_ALWAYS})
        return [_from_row(row) for row in cursor.fetchall()]


def free_since(since: datetime) -> Iterator[TicketText]:
    """Every ticket opened since then that belongs to no incident and was not declined, and every other one
    whose incident is over and whose customer wrote again since then."""
    with connection.cursor() as cursor:
        cursor.execute(_FREE_SINCE, {"since": since, **_ALWAYS})
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from map(_from_row, rows)


def _from_row(row: tuple[Any, ...]) -> TicketText:
    pk, ref, subject, customer, language, address, linked, over, declined, opened_at, *rest = row
    department, acknowledged, received_at, text = rest
    return TicketText(
        pk,
        ref,
        subject,
        customer,
        language,
        address,
        linked,
        over,
        declined,
        opened_at,
        department,
        acknowledged,
        received_at or opened_at,
        text,
        by_person=received_at is not None,
    )
