"""Past incidents and announced work, with their audiences, notices and attached tickets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tocsin.command.demo import company
from tocsin.command.demo.customers import Client
from tocsin.command.demo.loader.house import House, log_entry, sent_delivery
from tocsin.command.demo.outage_tickets import in_company_time, started_at
from tocsin.command.demo.outages import ANNOUNCED, PAST, Outage
from tocsin.desk.models import Message, Ticket
from tocsin.incidents import audience, events, reasons, words
from tocsin.incidents.models import (
    Affected,
    Incident,
    IncidentStatus,
    Kind,
    LinkState,
    TicketLink,
    Update,
)
from tocsin.kernel.models import LogEntry
from tocsin.kernel.reasons import Kept
from tocsin.kernel.references import make_reference
from tocsin.mailroom.models import Delivery
from tocsin.notices.models import Moment, Notice, Recipient

_UPDATE_EVERY = timedelta(minutes=40)


@dataclass
class Told:
    """A past incident, and what remains to be written of it once its tickets are there."""

    house: House
    incident: Incident
    updates: list[Update]
    notices: list[Notice]
    links: list[tuple[Ticket, datetime]] = field(default_factory=list)
    # By notice and customer: the ticket and message that carried it.
    replies: dict[tuple[int, int], tuple[Ticket, Message]] = field(default_factory=dict)

    def linked_columns(self, opened_at: datetime) -> dict[str, Any]:
        """What the ticket says of it. Closed with it, so it would be back in the queue when reopened."""
        return {
            "linked_ref": self.incident.ref,
            "linked_label": self.incident.title,
            "linked_reason": self._reason(),
        }

    def news_at(self, at: datetime, ticket: Ticket) -> str:
        """The state at the moment of a ticket's arrival; empty before the declaration."""
        said = [update for update in self.updates if update.at <= at]
        return words.current_state(self.incident, said[-1], ticket.pk, ticket.language) if said else ""

    def replies_to(self, client: Client, ticket: Ticket) -> Iterator[tuple[int, str, datetime]]:
        """The notices that went to a customer as replies in a ticket: (notice, text, when)."""
        for update, notice in zip(self.updates, self.notices, strict=True):
            if update.at > ticket.opened_at:
                yield notice.pk, notice.texts[client.language]["text"], update.at + timedelta(seconds=3)

    def delivered(self, notice_id: int, client: Client, ticket: Ticket, message: Message) -> None:
        """Remember which message was whose notice."""
        self.replies[notice_id, self.house.customers[client.key].pk] = (ticket, message)

    def attach(self, ticket: Ticket, at: datetime) -> None:
        """The ticket belongs to it."""
        self.links.append((ticket, at))

    def write_links(self) -> None:
        """Links, recipients and their deliveries; the tickets are written by now."""
        TicketLink.objects.bulk_create(
            TicketLink(
                incident=self.incident,
                ticket=ticket,
                customer_id=ticket.customer_id,
                state=LinkState.ATTACHED,
                reason=self._reason(),
                received_at=at,
                at=max(at, self.incident.declared_at),
            )
            for ticket, at in self.links
        )
        for update, notice in zip(self.updates, self.notices, strict=True):
            _write_recipients(self, update, notice)
        ids = tuple(ticket.pk for ticket, _ in self.links)
        if ids:
            refs = tuple(ticket.ref for ticket, _ in self.links)
            linked = events.TicketsLinked(self.incident.ref or "", ids, LinkState.ATTACHED, refs)
            log_entry(linked, self.incident.declared_at).save()

    def _reason(self) -> Kept:
        component = next(iter(self.incident.components.all()))
        return reasons.NAMES_IT_AND_AFFECTED(phrase=component.words[0])


def load_outages(house: House, now: datetime) -> dict[str, Told]:
    """The past incidents by key; their recipients follow with their tickets."""
    return {outage.key: _load_outage(house, outage, started_at(outage, now)) for outage in PAST}


def _load_outage(house: House, outage: Outage, started: datetime) -> Told:
    declarer = house.staff[company.TECHNICIAN.key].actor
    declared, ended = started + outage.words[0].after, started + outage.words[-1].after
    incident = Incident.objects.create(
        title=outage.titles["en"],
        titles=outage.titles,
        kind=Kind.UNPLANNED,
        impact=outage.impact,
        status=IncidentStatus.RESOLVED,
        coordinator=house.staff[company.HEAD_OF_SUPPORT.key],
        started_at=started,
        declared_at=declared,
        declared_by=declarer,
        resolved_at=ended,
    )
    _begin(house, incident, outage.components)
    updates = [
        Update.objects.create(
            incident=incident,
            status=word.status,
            message=word.texts,
            next_update_at=None if word.status == "resolved" else started + word.after + _UPDATE_EVERY,
            author=declarer,
            at=started + word.after,
        )
        for word in outage.words
    ]
    notices = [_notice(incident, update, number, len(updates)) for number, update in enumerate(updates, 1)]
    LogEntry.objects.bulk_create(_events(incident, updates, declarer))
    return Told(house, incident, updates, notices)


def _begin(house: House, incident: Incident, component_keys: tuple[str, ...]) -> None:
    incident.ref = make_reference("I", incident.pk)
    incident.save(update_fields=["ref"])
    components = [house.components[key] for key in component_keys]
    incident.components.set(components)
    audience.freeze(incident.pk, [component.pk for component in components])


def _notice(incident: Incident, update: Update, number: int, last: int) -> Notice:
    moment = Moment.FAULT if number == 1 else Moment.REPAIR if number == last else Moment.UPDATE
    if incident.kind == Kind.SCHEDULED:
        moment = Moment.SCHEDULED
    return Notice.objects.create(
        record_ref=incident.ref or "",
        moment=moment,
        number=number,
        texts=words.notice_texts(incident, update, moment),
        created_at=update.at,
        written_at=update.at + timedelta(seconds=2),
    )


def _events(incident: Incident, updates: list[Update], actor: str) -> list[LogEntry]:
    ref = incident.ref or ""
    first, *middle = updates
    rows = [log_entry(events.IncidentDeclared(incident.pk, ref), first.at, actor, incident.title)]
    for update in middle:
        over = update.status == IncidentStatus.RESOLVED
        event = (
            events.IncidentResolved(incident.pk, ref)
            if over
            else events.IncidentUpdated(incident.pk, ref, update.status)
        )
        rows.append(log_entry(event, update.at, actor))
    return rows


def _write_recipients(told: Told, update: Update, notice: Notice) -> None:
    """One for each affected customer: a reply in their ticket, else a mail of its own."""
    rows, mails = [], []
    for affected in Affected.objects.filter(incident=told.incident).order_by("pk"):
        ticket, message = told.replies.get((notice.pk, affected.customer_id), (None, None))
        delivery = message.delivery if message else None
        if delivery is None:
            delivery = _mail(told.house, notice, affected, update.at)
            mails.append(delivery)
        rows.append(
            Recipient(
                notice=notice,
                customer_id=affected.customer_id,
                address=affected.address,
                language=affected.language,
                ticket_ref=ticket.ref if ticket else "",
                delivery=delivery,
                at=update.at + timedelta(seconds=2),
            )
        )
    Delivery.objects.bulk_create(mails)
    Recipient.objects.bulk_create(rows)


def _mail(house: House, notice: Notice, affected: Affected, at: datetime) -> Delivery:
    said = notice.texts[affected.language]
    payload = {
        "from_address": company.MAIL_ADDRESS,
        "from_name": company.NAME,
        "subject": said["subject"],
        "text": said["text"],
        "auto_submitted": "auto-generated",
        "language": affected.language,
    }
    took = timedelta(seconds=house.random.uniform(2, 14))
    return sent_delivery(
        house, at=at, took=took, to=affected.address, payload=payload, origin_ref=f"notice:{notice.pk}"
    )


def load_announced(house: House, now: datetime) -> None:
    """The maintenance that is announced."""
    work = ANNOUNCED
    begins = in_company_time(now + timedelta(days=work.days_ahead), work.hour)
    told_at = now - timedelta(hours=work.announced_hours_ago)
    declarer = house.staff[company.HEAD_OF_SUPPORT.key]
    incident = Incident.objects.create(
        title=work.titles["en"],
        titles=work.titles,
        kind=Kind.SCHEDULED,
        impact="minor",
        status=IncidentStatus.SCHEDULED,
        coordinator=declarer,
        started_at=begins,
        scheduled_for=begins,
        scheduled_until=begins + work.lasts,
        next_update_at=begins,
        declared_at=told_at,
        declared_by=declarer.actor,
    )
    _begin(house, incident, work.components)
    update = Update.objects.create(
        incident=incident,
        status=IncidentStatus.SCHEDULED,
        message=work.texts,
        next_update_at=begins,
        author=declarer.actor,
        at=told_at,
    )
    LogEntry.objects.bulk_create(_events(incident, [update], declarer.actor))
    told = Told(house, incident, [update], [_notice(incident, update, 1, 1)])
    told.write_links()
