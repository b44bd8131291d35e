"""Which tickets belong to an incident by themselves: those already there and those that come (R-C11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from django.db import transaction

from tocsin.incidents import locks, reasons, tickets
from tocsin.incidents.models import Affected, Incident, LinkState, TicketLink, Update
from tocsin.incidents.rules import matching
from tocsin.incidents.rules.checks import LOOK_BACK
from tocsin.incidents.rules.matching import Finding, Verdict, Vocabulary
from tocsin.incidents.services.access import tickets_for
from tocsin.incidents.services.linking import Choice, answer_in, link, newest_update
from tocsin.incidents.tickets import TicketText
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.events import SYSTEM
from tocsin.notices import queries as notices

_AT_ONCE = 200


def attach_existing(incident: Incident, update: Update) -> None:
    """The tickets already there: opened since four hours before the start, about this."""
    known_by = vocabulary_of(incident)
    coming = tickets.free_since(incident.started_at - LOOK_BACK)
    while batch := list(islice(coming, _AT_ONCE)):
        inside = _affected_among(incident, batch)
        found = ((ticket, _judge(ticket, known_by, inside)) for ticket in batch)
        choices = [
            _choice(ticket, finding, ticket.customer_id in inside)
            for ticket, finding in found
            if finding.phrase
        ]
        link(incident, update, choices, actor=SYSTEM)


def attach_evidence(incident: Incident, update: Update, refs: Sequence[str], *, actor: Actor) -> None:
    """The tickets that the declarer pointed to, those attached already left alone.

    Raises NotFound for one that the declarer does not see.
    """
    free = [ticket for ticket in tickets_for(actor, refs) if not ticket.linked_ref]
    ids = [ticket.id for ticket in free]
    TicketLink.objects.filter(incident=incident, ticket_id__in=ids, state=LinkState.SUGGESTED).delete()
    reason = reasons.CHOSEN(who=actor.name)
    link(incident, update, [Choice(ticket, LinkState.ATTACHED, reason) for ticket in free], actor=actor)


@transaction.atomic
def match_new(origins: Iterable[tuple[int, str]]) -> None:
    """Tickets were opened (their ids, and what each answers, or ''): attach each before it is acknowledged,
    or suggest it, or leave it alone. One that is acknowledged already, since this failed and is tried again
    later, is answered instead."""
    _match(origins, lambda ticket: ticket.acknowledged)


@transaction.atomic
def match_again(origins: Iterable[tuple[int, str]]) -> None:
    """Customers wrote again: what they say now may make a ticket part of an incident, and then they are
    answered."""
    _match(origins, lambda ticket: True)


def _match(origins: Iterable[tuple[int, str]], answers: Callable[[TicketText], bool]) -> None:
    """A few statements, whatever the number of tickets, and a few for each incident that they are about."""
    locks.shared()
    going_on = _going_on()
    if not going_on:
        return
    answered: dict[int, set[str]] = defaultdict(set)
    for ticket_id, origin_ref in origins:
        answered[ticket_id].add(origin_ref)
    free = [one for one in tickets.by_ids(list(answered)) if _is_free(one)]
    records = notices.records_of({ref for refs in answered.values() for ref in refs if ref})
    inside = _affected_by(going_on, free)
    found: dict[int, list[Choice]] = defaultdict(list)
    for ticket in free:
        about = {records[ref] for ref in answered[ticket.id] if ref in records}
        for incident, choice in _choices(ticket, going_on, about, inside)[:1]:
            found[incident.pk].append(choice)
    for incident in going_on:
        if incident.pk in found:
            _link(incident, found[incident.pk], answers)


def _link(incident: Incident, choices: Sequence[Choice], answers: Callable[[TicketText], bool]) -> None:
    update = newest_update(incident)
    linked = set(link(incident, update, choices, actor=SYSTEM))
    attached = [one.ticket for one in choices if one.state == LinkState.ATTACHED and one.ticket.id in linked]
    answer_in(incident, update, [ticket for ticket in attached if answers(ticket)])


def _is_free(ticket: TicketText) -> bool:
    return ticket.by_person and not ticket.linked_ref and not ticket.declined


def _going_on() -> list[Incident]:
    """What new tickets may be about, newest first; planned work from four hours before it begins."""
    rows = Incident.objects.filter(resolved_at=None, started_at__lte=clock.now() + LOOK_BACK)
    return list(rows.order_by("-declared_at", "-id").prefetch_related("components__service"))


def _affected_by(going_on: Sequence[Incident], batch: Iterable[TicketText]) -> set[tuple[int, int | None]]:
    """The pairs of incident and customer, of the customers of these tickets, of whom it is affected."""
    customers = {ticket.customer_id for ticket in batch if ticket.customer_id}
    if not customers:
        return set()
    rows = Affected.objects.filter(incident__in=going_on, customer_id__in=customers)
    return set(rows.values_list("incident_id", "customer_id"))


def _choices(
    ticket: TicketText, going_on: list[Incident], about: set[str], inside: set[tuple[int, int | None]]
) -> list[tuple[Incident, Choice]]:
    """What the ticket could belong to, the surest first. `about` are the records whose notices it answers."""
    found = []
    said = matching.Text(ticket.everything)
    for incident in going_on:
        is_inside = (incident.pk, ticket.customer_id) in inside
        if incident.ref in about and (is_inside or ticket.customer_id is None):
            reason = reasons.ANSWERS_NOTICE()
            return [(incident, Choice(ticket, LinkState.ATTACHED, reason))]
        if ticket.opened_at < incident.started_at - LOOK_BACK:
            continue
        finding = matching.judge(said, vocabulary_of(incident), in_audience=is_inside)
        if finding.phrase:
            found.append((incident, _choice(ticket, finding, is_inside)))
    return sorted(found, key=lambda pair: pair[1].state != LinkState.ATTACHED)


def vocabulary_of(incident: Incident) -> Vocabulary:
    """What the incident is known by: its components' names and words and its own words, in all languages."""
    components = list(incident.components.all())
    said = [text for part in components for text in (*part.name.values(), *part.words)]
    hints = [text for part in components if part.service for text in part.service.name.values()]
    return matching.vocabulary([*said, *incident.words], hints)


def _affected_among(incident: Incident, batch: Iterable[TicketText]) -> set[int]:
    ids = {ticket.customer_id for ticket in batch if ticket.customer_id}
    rows = Affected.objects.filter(incident=incident, customer_id__in=ids)
    return set(rows.values_list("customer_id", flat=True))


def _judge(ticket: TicketText, known_by: Vocabulary, inside: set[int]) -> Finding:
    return matching.judge(ticket.everything, known_by, in_audience=ticket.customer_id in inside)


def _choice(ticket: TicketText, finding: Finding, in_audience: bool) -> Choice:
    if finding.verdict == Verdict.ATTACH:
        reason = reasons.NAMES_IT_AND_AFFECTED(phrase=finding.phrase)
        return Choice(ticket, LinkState.ATTACHED, reason)
    if in_audience:
        why = reasons.HINTS_AND_AFFECTED
    else:
        why = reasons.NOT_AFFECTED if ticket.customer_id else reasons.CUSTOMER_UNKNOWN
    return Choice(ticket, LinkState.SUGGESTED, why(phrase=finding.phrase))
