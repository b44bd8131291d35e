"""Who gets no automatic answer for now: a robot that does not say that it is one, and answers ours (R-A03).

A loop needs both to speak, so it ends where we are silent. Only acknowledgements are counted and held back:
what staff write, and the notices of a Red Alert, go to everybody. The ticket says why there was none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from django.db import connection
from django.db.models import F

from tocsin.desk.models import Message, Ticket
from tocsin.desk.services import records
from tocsin.intake import reasons, rules
from tocsin.intake.rules import Turn
from tocsin.kernel import clock

# In the words of the index `ticket_paced`.
_OF_DOMAINS = """
SELECT paced.domain, opened_at, acknowledged_at, excerpt
FROM unnest(%s::text[]) AS paced (domain) CROSS JOIN LATERAL (
    SELECT opened_at, acknowledged_at, excerpt FROM desk_ticket
    WHERE split_part(lower(requester_address), '@', 2) = paced.domain AND acknowledged_at > %s
      AND acknowledged_at IS NOT NULL AND customer_id IS NULL
    ORDER BY acknowledged_at DESC LIMIT %s
) AS turn
"""


def keep_pace(tickets: Sequence[Ticket], *, with_news: Container[int]) -> set[int]:
    """The ids of the new tickets that may be acknowledged; the others get a note that says why they were not.

    `with_news`: the ids of those whose acknowledgement tells the state of an incident.
    """
    pace = _Pace(tickets)
    may: set[int] = set()
    notes: list[Message] = []
    for ticket in tickets:
        paused = pace.why_paused(ticket, with_news=ticket.pk in with_news)
        if paused:
            notes.append(_note(ticket, *paused))
        else:
            pace.count(ticket)
            may.add(ticket.pk)
    _write(notes)
    return may


class _Pace:
    """What was acknowledged in the last day: to each sender, and to the strangers of each domain."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        self._now = clock.now()
        self._of_senders = self._turns_of_senders({one.requester_id for one in tickets})
        domains = {_domain(one) for one in tickets} - {""}
        self._of_domains = self._turns_of_domains(sorted(domains)) if domains else defaultdict(list)

    def why_paused(self, ticket: Ticket, *, with_news: bool) -> tuple[str, int] | None:
        """Who is answered no more for now, after how many answers; None while it goes on."""
        turns, came_at = self._of_senders[ticket.requester_id], ticket.opened_at
        count = rules.pause_for_sender(turns, came_at, with_news=with_news)
        if count:
            return ticket.requester_address, count
        domain, words = _domain(ticket), rules.bare_words(ticket.excerpt)
        count = rules.pause_for_domain(self._of_domains[domain], came_at, words) if domain else 0
        return (f"…@{domain}", count) if count else None

    def count(self, ticket: Ticket) -> None:
        """This one is acknowledged now."""
        turn = Turn(ticket.opened_at, self._now, rules.bare_words(ticket.excerpt))
        self._of_senders[ticket.requester_id].append(turn)
        self._of_domains[_domain(ticket)].append(turn)

    def _turns_of_senders(self, requesters: set[int]) -> defaultdict[int, list[Turn]]:
        since = self._now - rules.DAY
        rows = Ticket.objects.filter(requester_id__in=requesters, acknowledged_at__gt=since)
        found: defaultdict[int, list[Turn]] = defaultdict(list)
        for requester, came_at, answered_at in rows.values_list(
            "requester_id", "opened_at", "acknowledged_at"
        ):
            if answered_at:
                found[requester].append(Turn(came_at, answered_at))
        return found

    def _turns_of_domains(self, domains: list[str]) -> defaultdict[str, list[Turn]]:
        since = self._now - rules.DAY
        found: defaultdict[str, list[Turn]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(_OF_DOMAINS, [domains, since, rules.QUICK_TURNS_OF_A_DOMAIN])
            for domain, came_at, answered_at, excerpt in cursor.fetchall():
                found[domain].append(Turn(came_at, answered_at, rules.bare_words(excerpt)))
        return found


def _domain(ticket: Ticket) -> str:
    """Whose strangers it is counted with; '' for a customer, and where everybody may have an address."""
    return "" if ticket.customer_id else rules.paced_domain(ticket.requester_address)


def _note(ticket: Ticket, who: str, count: int) -> Message:
    return records.note(ticket, reasons.PAUSED(who=who, count=count))


def _write(notes: list[Message]) -> None:
    if notes:
        Message.objects.bulk_create(notes)
        noted = Ticket.objects.filter(pk__in=[note.ticket_id for note in notes])
        noted.update(message_count=F("message_count") + 1)
