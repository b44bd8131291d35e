"""Who gets no automatic answer for now: a robot that does not say that it is one, and answers ours (R-A03).

A loop needs both to speak, so it ends where we are silent. Only acknowledgements are counted and held back:
what staff write, and the notices of a Red Alert, go to everybody. The ticket says why there was none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.desk import queries as desk
from tocsin.desk.queries import Acknowledged
from tocsin.desk.services import NewTicket
from tocsin.intake import rules
from tocsin.intake.rules import Exchange
from tocsin.kernel import clock


@dataclass(frozen=True)
class Pause:
    """Who is answered no more for now, after how many answers in a short time."""

    who: str
    count: int


class Pace:
    """What was acknowledged in the last day: to each sender, and to the strangers of each domain. Two
    queries, whatever the number of new tickets."""

    def __init__(self, tickets: Sequence[NewTicket]) -> None:
        self.now = clock.now()
        since = self.now - rules.DAY
        self._of_senders: dict[int, list[Exchange]] = defaultdict(list)
        self._of_domains: dict[str, list[Exchange]] = defaultdict(list)
        if not tickets:
            return
        for requester, one in desk.acknowledged_since(since, {one.requester_id for one in tickets}):
            self._of_senders[requester].append(_exchange(one))
        domains = sorted({_domain(one) for one in tickets} - {""})
        most = rules.QUICK_EXCHANGES_OF_A_DOMAIN
        for domain, one in desk.acknowledged_to_strangers(since, domains, most):
            self._of_domains[domain].append(_exchange(one))

    def pause(self, ticket: NewTicket, *, with_update: bool) -> Pause | None:
        """Why this one is not acknowledged; None when it is, and then it counts for those after it.

        `with_update`: its acknowledgement would tell the state of an incident.
        """
        words, domain = rules.bare_words(ticket.excerpt), _domain(ticket)
        of_sender = self._of_senders[ticket.requester_id]
        if count := rules.pause_for_sender(of_sender, ticket.opened_at, with_news=with_update):
            return Pause(ticket.requester_address, count)
        if domain and (count := rules.pause_for_domain(self._of_domains[domain], ticket.opened_at, words)):
            return Pause(f"…@{domain}", count)
        exchange = Exchange(ticket.opened_at, self.now, words)
        of_sender.append(exchange)
        self._of_domains[domain].append(exchange)
        return None


def _exchange(one: Acknowledged) -> Exchange:
    return Exchange(one.opened_at, one.acknowledged_at, rules.bare_words(one.excerpt))


def _domain(ticket: NewTicket) -> str:
    """Whose strangers it is counted with; '' for a customer, and where everybody may have an address."""
    return "" if ticket.customer_id else rules.paced_domain(ticket.requester_address)
