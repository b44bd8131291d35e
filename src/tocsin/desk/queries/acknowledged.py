"""Which new tickets were acknowledged lately, and what an acknowledgement has to tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tocsin.desk.models import Ticket

# In the words of the index `ticket_paced`.
_OF_STRANGERS = """
SELECT paced.domain, opened_at, acknowledged_at, excerpt
FROM unnest(%s::text[]) AS paced (domain) CROSS JOIN LATERAL (
    SELECT opened_at, acknowledged_at, excerpt FROM desk_ticket
    WHERE split_part(lower(requester_address), '@', 2) = paced.domain AND acknowledged_at > %s
      AND acknowledged_at IS NOT NULL AND customer_id IS NULL
    ORDER BY acknowledged_at DESC LIMIT %s
) AS lately
"""


class Acknowledged(NamedTuple):
    """A ticket's way: when it came, when that was acknowledged, and its first words."""

    opened_at: datetime
    acknowledged_at: datetime
    excerpt: str


class Tells(NamedTuple):
    """What a new ticket's acknowledgement tells: minutes until the first answer, or, where an incident has
    taken it, the state of that; '' where none has."""

    first_answer_minutes: int
    update: str


def acknowledged_since(since: datetime, requester_ids: Collection[int]) -> list[tuple[int, Acknowledged]]:
    """Tickets of these requesters, each with whose it is; one query."""
    rows = Ticket.objects.filter(requester_id__in=requester_ids, acknowledged_at__gt=since)
    columns = rows.values_list("requester_id", "opened_at", "acknowledged_at", "excerpt")
    return [(whose, Acknowledged(came, at, words)) for whose, came, at, words in columns if at]


def acknowledged_to_strangers(
    since: datetime, domains: Sequence[str], most: int
) -> list[tuple[str, Acknowledged]]:
    """The last `most` tickets of no known customer at each of these domains; one query."""
    if not domains:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OF_STRANGERS, [list(domains), since, most])
        return [(domain, Acknowledged(*row)) for domain, *row in cursor.fetchall()]


def to_tell(ticket_ids: Collection[int]) -> dict[int, Tells]:
    """What the acknowledgements of these tickets tell; one query."""
    columns = ("pk", "department__first_answer_minutes", "linked_ref", "linked_update")
    rows = Ticket.objects.filter(pk__in=ticket_ids).values_list(*columns)
    return {pk: Tells(minutes, update if ref else "") for pk, minutes, ref, update in rows}
