"""Who gets no automatic answer for now: a robot that does not say that it is one, and answers ours (R-A03).

A loop needs both to speak, so it ends where we are silent. Only acknowledgements are counted and held back:
what staff write, and the notices of a Red Alert, go to everybody. The ticket says why there was none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass

from django.db import connection

from tocsin.desk.models import Message, Ticket
from tocsin.desk.services import records
from tocsin.intake import reasons, rules
from tocsin.intake.rules import Exchange
from tocsin.kernel import clock

# In the words of the index `ticket_paced`.
_OF_DOMAINS = """
SELECT paced.domain, opened_at, acknowledged_at, excerpt
FROM unnest(%s::text[]) AS paced (domain) CROSS JOIN LATERAL (
    SELECT opened_at, acknowledged_at, excerpt FROM desk_ticket
    WHERE split_part(lower(requester_address), '@', 2) = paced.domain AND acknowledged_at > %s
      AND acknowledged_at IS NOT NULL AND customer_id IS NULL
    ORDER BY acknowledged_at DESC LIMIT %s
) AS lately
"""


@dataclass(frozen=True)
class Pause:
    """Who is answered no more for now, after how many answers in a short time."""

    who: str
    count: int


def paused_among(tickets: Sequence[Ticket], *, with_news: Container[int]) -> dict[int, Pause]:
    """Which of these new tickets get no acknowledgement, by id; two queries, whatever their number.

    `with_news`: the ids of those whose acknowledgement tells the state of an incident.
    """
    pace = _Pace(tickets)
    found = {one.pk: pace.next(one, with_news=one.pk in with_news) for one in tickets}
    return {pk: pause for pk, pause in found.items() if pause}


def pause_notes(paused: Sequence[tuple[Ticket, Pause]]) -> list[Message]:
    """The internal notes that say so, not yet saved."""
    return [
        records.note(ticket, reasons.PAUSED(who=pause.who, count=pause.count)) for ticket, pause in paused
    ]


class _Pace:
    """What was acknowledged in the last day: to each sender, and to the strangers of each domain."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        self._now = clock.now()
        self._since = self._now - rules.DAY
        self._of_senders = self._exchanges_with({one.requester_id for one in tickets})
        domains = {_domain(one) for one in tickets} - {""}
        self._of_domains = self._exchanges_at(sorted(domains)) if domains else defaultdict(list)

    def next(self, ticket: Ticket, *, with_news: bool) -> Pause | None:
        """Whether this one is paused; if it is not, it counts as acknowledged for those after it."""
        words = rules.bare_words(ticket.excerpt)
        of_sender, domain = self._of_senders[ticket.requester_id], _domain(ticket)
        if count := rules.pause_for_sender(of_sender, ticket.opened_at, with_news=with_news):
            return Pause(ticket.requester_address, count)
        if domain and (count := rules.pause_for_domain(self._of_domains[domain], ticket.opened_at, words)):
            return Pause(f"…@{domain}", count)
        exchange = Exchange(ticket.opened_at, self._now, words)
        of_sender.append(exchange)
        self._of_domains[domain].append(exchange)
        return None

    def _exchanges_with(self, requesters: set[int]) -> defaultdict[int, list[Exchange]]:
        rows = Ticket.objects.filter(requester_id__in=requesters, acknowledged_at__gt=self._since)
        found: defaultdict[int, list[Exchange]] = defaultdict(list)
        for requester, came_at, answered_at in rows.values_list(
            "requester_id", "opened_at", "acknowledged_at"
        ):
            if answered_at:
                found[requester].append(Exchange(came_at, answered_at))
        return found

    def _exchanges_at(self, domains: list[str]) -> defaultdict[str, list[Exchange]]:
        found: defaultdict[str, list[Exchange]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(_OF_DOMAINS, [domains, self._since, rules.QUICK_EXCHANGES_OF_A_DOMAIN])
            for domain, came_at, answered_at, excerpt in cursor.fetchall():
                found[domain].append(Exchange(came_at, answered_at, rules.bare_words(excerpt)))
        return found


def _domain(ticket: Ticket) -> str:
    """Whose strangers it is counted with; '' for a customer, and where everybody may have an address."""
    return "" if ticket.customer_id else rules.paced_domain(ticket.requester_address)
